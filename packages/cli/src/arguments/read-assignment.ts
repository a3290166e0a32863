import { extname } from 'node:path'
import { InputError, type PipelineInput } from '@millrace/core'
import { checkType, readValue } from '@millrace/core/component'
import { shortType } from '../output/reference/socket-lines.ts'
import type { Assignment } from './assignment.ts'
import { readImageFile } from './read-image.ts'
import { readTextFile, readTextStream, withoutLastEnd } from './read-text.ts'
import { takesImage } from './takes-image.ts'
import { type Reading, readJsonText, readText } from './text-value.ts'

/** What `=@-` reads. */
export interface Sources {
  readonly stdin: AsyncIterable<Uint8Array | string>
  readonly signal?: AbortSignal | undefined
}

/** The types that images in files have; what a file really is, its bytes say. */
const IMAGE_FILE = new Set(['.png', '.jpg', '.jpeg', '.gif', '.webp', '.bmp'])

/**
 * The value of one `--set`, by the type of its input.
 *
 * @throws InputError when it does not fit; CliError for a file that cannot be read
 */
export async function readAssignment(
  input: PipelineInput,
  { text, isJson, isFile }: Assignment,
  { stdin, signal }: Sources,
): Promise<unknown> {
  if (isFile && !isJson && isImage(input, text)) {
    const option = `--set ${input.path}=@`
    const image = await readImageFile(option + text, text, `${option}photo.png`)
    return checked(input, readValue(input.type, image))
  }
  const content = !isFile
    ? text
    : text === '-'
      ? await textOf(stdin, signal)
      : await readTextFile(text, signal)
  const reading: Reading = isJson ? readJsonText(input.type, content) : readText(input.type, content)
  if ('problem' in reading) throw invalid(input, reading.problem)
  return reading.value
}

const texts = new WeakMap<Sources['stdin'], Promise<string>>()

/** All of a stream, which can be read once and may be for several inputs of one name. */
function textOf(stdin: Sources['stdin'], signal: AbortSignal | undefined): Promise<string> {
  const text = texts.get(stdin) ?? readTextStream(stdin, signal)
  texts.set(stdin, text)
  return text.then(withoutLastEnd)
}

/** A variable of a template takes any value: there the file says whether it is an image. */
function isImage({ type }: PipelineInput, file: string): boolean {
  return takesImage(type) || (type.kind === 'unknown' && IMAGE_FILE.has(extname(file).toLowerCase()))
}

/** The value, when it is one of the input's type. @throws InputError `INPUT_INVALID` */
export function checked(input: PipelineInput, value: unknown): unknown {
  const problems = checkType(input.type, value)
  if (problems.length === 0) return value
  const text = problems.map(({ path, message }) => [...path, message].join(': ')).join(' ')
  throw invalid(input, text + imageHint(input, value))
}

/** Of `--input`: a JSON object has no way to name a file. */
function imageHint({ type, name }: PipelineInput, value: unknown): string {
  if (typeof value !== 'string' || !takesImage(type)) return ''
  return ` Give an image with --set ${name}=@photo.png; in JSON it is { "type": "image", "base64": "…", "mimeType": "image/png" }.`
}

function invalid({ name, type }: PipelineInput, problem: string): InputError {
  return new InputError('INPUT_INVALID', `Input '${name}' (${shortType(type)}): ${problem}`)
}
