import { open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { completeLimits } from './limits.ts'
import { type LoadOptions, loadPipeline } from './load.ts'
import { ProblemList } from './problem-list.ts'
import { SourceText } from './source-text.ts'

/**
 * Reads a pipeline file and makes its pipeline. Relative paths in parameters start from the folder of the file.
 *
 * @throws LoadError `LOAD_NOT_FOUND` when the file can't be read, and what `loadPipeline` throws
 */
export async function loadPipelineFile(
  path: string,
  { registry, limits }: Pick<LoadOptions, 'registry' | 'limits'>,
): Promise<Pipeline> {
  const { maxBytes } = completeLimits(limits)
  const problems = new ProblemList(new SourceText(''), path)
  const bytes = await read(path, maxBytes, problems)
  if (bytes.length > maxBytes)
    problems.fail('LOAD_LIMIT', `The file is larger than the ${maxBytes} bytes of 'maxBytes'.`)
  const text = decode(bytes, problems)
  return loadPipeline(text, {
    registry,
    file: path,
    baseDir: dirname(resolve(path)),
    ...(limits ? { limits } : {}),
  })
}

/** The bytes of a file, or one more than `most` of them. Pipes and devices have no size to ask for first. */
async function read(path: string, most: number, problems: ProblemList): Promise<Buffer> {
  try {
    const file = await open(path)
    const pieces: Buffer[] = []
    for await (const piece of file.createReadStream({ end: most })) pieces.push(piece)
    return Buffer.concat(pieces)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return problems.fail('LOAD_NOT_FOUND', `The file cannot be read: ${reason.split(', ')[0]}.`, { cause })
  }
}

function decode(bytes: Buffer, problems: ProblemList): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    return problems.fail('LOAD_SYNTAX', 'The file is not UTF-8 text. Save it in that encoding.', { cause })
  }
}
