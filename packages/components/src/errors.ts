import { MillraceError } from '@millrace/core'

/**
 * Every code that `@millrace/components` throws, with what it means and the way out.
 * `docs/errors.md` is this table in prose; a test keeps the two equal.
 */
export const componentsErrorCodes = {
  // Making a prompt builder.
  TEMPLATE_SYNTAX:
    'A template cannot be read. The text has the line and the column, and what is possible there.',
  TEMPLATE_INVALID:
    'What was given as a template, or as a list of variables, has the wrong shape. The text says where and what is possible.',
  TEMPLATE_FORBIDDEN:
    'A template reached for something that is not data: a function, a prototype, a global. Or a value that it was given is not plain data.',
  TEMPLATE_VARIABLE_UNKNOWN:
    'A variable was required or given that the template does not have. Nothing would read it.',

  // Running one.
  TEMPLATE_VARIABLE_MISSING:
    'A template needs a variable that was not given. Give it, or leave it out of `requiredVariables`.',
  TEMPLATE_FAILED:
    'A filter or an operation of a template could not work on the values it was given, or the template took too much work.',

  // Running tools. The model is told, as an error result; with `raiseOnFailure` the run fails.
  TOOL_UNKNOWN: 'A model called a tool that there is not. The text has those that are available.',
  TOOL_CALL_MALFORMED: 'A model called a tool with arguments that are not the JSON text of an object.',
  TOOL_RESULT_INVALID: 'What a tool returned has no JSON: a function, or an object that holds itself.',
  TOOL_TIMEOUT: 'A tool took longer than the `timeoutMs` of its ToolInvoker.',
} as const

export type ComponentsErrorCode = keyof typeof componentsErrorCodes

/** The facts of an error, so that nobody has to read them out of its message. Each is set where it is known. */
export interface ComponentsErrorDetails {
  readonly cause?: unknown
  /** The parameter that is to blame, as a path inside the parameters: `template[1].content`. */
  readonly option?: string | undefined
  /** The name of the tool. */
  readonly tool?: string | undefined
  /** The line of the template, counted from 1. */
  readonly line?: number | undefined
  /** The column of the template, counted from 1, in characters. */
  readonly column?: number | undefined
  /** The line of the template with a caret under the place. */
  readonly excerpt?: string | undefined
}

/** A component of the standard package could not be made, or could not work on its inputs. */
export class ComponentsError extends MillraceError<ComponentsErrorCode> {
  readonly option: string | undefined
  readonly tool: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  readonly excerpt: string | undefined

  constructor(code: ComponentsErrorCode, message: string, details: ComponentsErrorDetails = {}) {
    super(code, message, 'cause' in details ? { cause: details.cause } : {})
    this.option = details.option
    this.tool = details.tool
    this.line = details.line
    this.column = details.column
    this.excerpt = details.excerpt
  }
}
