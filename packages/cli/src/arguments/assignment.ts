import { CliError } from '../errors.ts'

/** One `--set` or `--answer`, taken apart. */
export interface Assignment {
  /** `prompt.country`, or a flat or named input. */
  readonly name: string
  readonly text: string
  /** `name:=value`: the value is JSON, whatever the type of the socket. */
  readonly isJson: boolean
  /** `name=@path`: the value is in a file, and `text` is its path; `-` for the standard input. */
  readonly isFile: boolean
}

/**
 * Reads `name=value`, `name:=json`, and `=@path` for a value in a file or `=@-` on the standard input; `=@@…` is a text that begins with `@`. The
 * first `=` divides.
 *
 * @throws CliError `USAGE_INVALID`
 */
export function parseAssignment(written: string): Assignment {
  return parseOption(written, '--set', 'prompt.country=France')
}

/** The same for another option, with an example of its own in messages. */
export function parseOption(written: string, option: string, example: string): Assignment {
  const equals = written.indexOf('=')
  const isJson = written[equals - 1] === ':'
  const name = written.slice(0, Math.max(0, isJson ? equals - 1 : equals)).trim()
  if (name === '') {
    throw new CliError(
      'USAGE_INVALID',
      `${option} takes name=value, as in ${option} ${example}, without spaces around the =, and '${written}' is not of that form.`,
    )
  }
  const value = written.slice(equals + 1)
  if (value.startsWith('@@')) return { name, text: value.slice(1), isJson, isFile: false }
  if (value === '@') {
    throw new CliError(
      'USAGE_INVALID',
      `${option} ${name}=@ names no file. Write =@path for the text of a file, or =@@ for an at sign.`,
    )
  }
  if (value.startsWith('@')) return { name, text: value.slice(1), isJson, isFile: true }
  return { name, text: value, isJson, isFile: false }
}
