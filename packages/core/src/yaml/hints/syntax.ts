/** A mistake that makes the parser report many things, none of which says what to do. */
export interface Mistake {
  readonly message: string
  readonly offset: number
}

const PROGRAM =
  /^(?:import\s|export\s|const\s|let\s|var\s|function\s|class\s|async\s|#!|\/\/|\/\*|['"]use strict)/

/** What to say of a text that is no YAML because it is a program. */
export function programMistake(text: string, name: string | undefined): Mistake | undefined {
  if (!/\.[cm]?[jt]sx?$/i.test(name ?? '') && !PROGRAM.test(text.slice(0, 1000).trimStart())) return undefined
  const message =
    'This is a program, not a pipeline file, which is YAML. The module of your own components goes with --package beside the file; a program itself is run with node.'
  return { message, offset: 0 }
}

/** What to say of a text in which the first error is at an offset; undefined where the parser says it well enough. */
export function syntaxMistake(text: string, firstError: number): Mistake | undefined {
  const tab = /^ *\t\s*\S/m.exec(text)
  if (tab !== null) {
    const offset = tab.index + tab[0].indexOf('\t')
    return { message: 'A tab stands here. YAML is indented with spaces: replace all tabs.', offset }
  }
  return unquoted(text, firstError)
}

/** A text with `{{` or `: ` that is not in quotes, on the line of an offset. */
export function unquoted(text: string, at: number): Mistake | undefined {
  const start = text.lastIndexOf('\n', at - 1) + 1
  const end = text.indexOf('\n', at)
  const line = text.slice(start, Math.min(end < 0 ? text.length : end, start + 1000))
  const [, before = '', value] =
    /^(\s*(?:- +)*(?:[\w.-]+:\s+|(?<=- +)))([^\s"'|>&*[{].*(?:\{\{|: ).*|\{\{.*)$/.exec(line) ?? []
  if (value === undefined) return undefined
  const quote = value.includes("'") ? '"' : "'"
  const written = value.includes(quote) ? `${quote}…${quote}` : `${quote}${value.trimEnd()}${quote}`
  return {
    message: `YAML takes '{{' and ': ' in a text for its own. Put the text in quotes: ${written}.`,
    offset: start + before.length,
  }
}
