import { CliError } from '../errors.ts'
import { parseOption } from './assignment.ts'
import { readTextFile, readTextStream, withoutLastEnd } from './read-text.ts'

/**
 * The answers of `--answer`, by the ids of the questions: `id=text`, `id:=json`, `=@path` for what is in a file, and `=@-` for what is
 * on the standard input.
 *
 * @throws CliError `USAGE_INVALID`, `USAGE_UNREADABLE`
 */
export async function readAnswers(
  written: readonly string[],
  stdin: AsyncIterable<Uint8Array | string>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const answers = new Map<string, unknown>()
  for (const answer of written) {
    const { name, text, isJson, isFile } = parseOption(answer, '--answer', 'mailer.send=yes')
    if (answers.has(name)) throw new CliError('USAGE_INVALID', `--answer ${name} is there twice.`)
    const content = !isFile
      ? text
      : text === '-'
        ? withoutLastEnd(await readTextStream(stdin, signal))
        : await readTextFile(text, signal)
    answers.set(name, isJson ? parseJson(name, content) : content)
  }
  return Object.fromEntries(answers)
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = `--answer ${name}:= takes JSON, such as true or "text", and what it was given is not: ${(cause as Error).message}.`
    throw new CliError('USAGE_INVALID', message, { cause })
  }
}
