import { styleText } from 'node:util'
import { canRedraw, type Output, type Terminal } from '../terminal.ts'

export type Style = (format: Parameters<typeof styleText>[0], text: string) => string

/** Colours for a terminal; plain text for everything else, and where NO_COLOR is set (https://no-color.org). */
export function styleFor(output: Output, terminal: Pick<Terminal, 'env'>): Style {
  const plain = !canRedraw(output, terminal) || Boolean(terminal.env['NO_COLOR'])
  // What the stream can do has been asked above; styleText itself would ask about the process's stdout.
  return plain ? (_, text) => text : (format, text) => styleText(format, text, { validateStream: false })
}
