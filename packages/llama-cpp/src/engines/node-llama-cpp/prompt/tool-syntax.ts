/**
 * How a model writes tool calls: `prefix NAME middle ARGUMENTS`, then `between NAME middle ARGUMENTS` for each further
 * one, and `suffix` at the end. The arguments are JSON.
 */
export interface ToolSyntax {
  readonly prefix: string
  readonly middle: string
  /** Undefined where a model makes one call in a turn. */
  readonly between: string | undefined
  readonly suffix: string
  /** What an answer in words begins with, in formats that say first whom it is for. */
  readonly lead: string
}

/** The syntax for models whose template knows nothing of tools. Many models have seen it. */
export const GENERAL_SYNTAX: ToolSyntax = {
  prefix: '<tool_call>\n{"name": "',
  middle: '", "arguments": ',
  between: '}\n</tool_call>\n<tool_call>\n{"name": "',
  suffix: '}\n</tool_call>',
  lead: '',
}

/** A name as it stands in a call: within the quotes of JSON it is escaped as JSON is. */
export function writtenName(name: string, { middle }: ToolSyntax): string {
  return middle.startsWith('"') ? JSON.stringify(name).slice(1, -1) : name
}

/** What a call of this tool begins with, up to the arguments. */
export function callHead(name: string, syntax: ToolSyntax): string {
  return syntax.prefix + writtenName(name, syntax) + syntax.middle
}

/**
 * The mark that alone tells that a call begins, as `<tool_call>` does. Undefined for formats that begin like any JSON:
 * there only the name of a tool tells.
 */
export function callMark({ prefix }: ToolSyntax): string | undefined {
  const tag = /^(<[^<>\s]+>|\[[A-Za-z_]+\])/.exec(prefix)?.[0]
  if (tag !== undefined) return tag
  return /^<[^\s{["]{3,}$/.test(prefix) ? prefix : undefined
}

/** Whether each call of a turn begins with the mark of its own, so that anything may stand in between. */
export function standsAlone(syntax: ToolSyntax): boolean {
  const { between, suffix } = syntax
  const mark = callMark(syntax)
  if (between === undefined || mark === undefined) return between === undefined
  return between.startsWith(suffix) && between.slice(suffix.length).trimStart().startsWith(mark)
}
