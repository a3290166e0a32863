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

/** A value that fills its line, and begins like a template or holds what YAML takes for its own. */
const BLOCK = /^(\s*(?:- +)*(?:[\w.-]+:\s+|(?<=- +)))([^\s"'|>&*[{].*(?:\{\{|: ).*|\{[{%].*)$/
/** A value in a mapping or list in braces, with a template in it. */
const FLOW =
  /^(.*[{[,] *(?:[\w.-]+: +)?)((?:[^\s"'|>&*[{},][^"'{},]*)?\{[{%][^{}]*[}%]\}[^"'{},]*?) *(?:,.*|[}\]].*)?$/
/** A text in quotes, and more behind it. */
const QUOTED = /^(.*?(?:[\w.-]+:|-) +)((["'])(?:\3\3|(?!\3)[^\\]|\\.)*\3(?!\3) *[^\s,}\]#:].*)$/

/** A text on the line of an offset that needs quotes, or others than it has. */
export function unquoted(text: string, at: number): Mistake | undefined {
  const start = text.lastIndexOf('\n', at - 1) + 1
  const end = text.indexOf('\n', at)
  const line = text.slice(start, Math.min(end < 0 ? text.length : end, start + 1000))
  const [, around = '', quoted] = QUOTED.exec(line) ?? []
  if (quoted !== undefined) {
    const given = around.includes('{') ? quoted.replace(/[\s}\]]+$/, '') : quoted.trimEnd()
    const message = `The text in quotes ends before the value does. Put all of it in quotes: ${inQuotes(meant(given))}.`
    return { message, offset: start + around.length }
  }
  const [, before = '', value] = BLOCK.exec(line) ?? FLOW.exec(line) ?? []
  if (value === undefined) return undefined
  return {
    message: `YAML takes '{{', '{%' and ': ' in a text for its own. Put the text in quotes: ${inQuotes(value.trimEnd())}.`,
    offset: start + before.length,
  }
}

/** An apostrophe inside leaves one quote too many: then the outer ones are no part of the text. */
function meant(given: string): string {
  const [quote = ''] = given
  const isAround = given.length > 1 && given.endsWith(quote) && given.split(quote).length % 2 === 0
  return isAround ? given.slice(1, -1) : given
}

function inQuotes(text: string): string {
  if (!text.includes("'")) return `'${text}'`
  return /["\\]/.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`
}
