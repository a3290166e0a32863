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

  // Routers, adapters and what gives values of types.
  ROUTE_INVALID:
    'The routes of a router contradict each other: an output with two types, a route behind the default, a name that the router has for itself, a generator that cannot be held to its labels. Or a pattern for MIME types is not a regular expression.',
  ROUTE_NOT_FOUND:
    'No route of a router applies to its values, which the text shows; add a route without a condition, which is the default. Or a model chose no label: its reply was cut off.',
  VALUE_INVALID:
    'What a template gave is not of the type that was declared for it, or a condition gave a text, which is neither true nor false.',
  FILTER_INVALID: 'A filter of documents lacks a key, has one too many, or an operator that does not exist.',
  FILTER_FAILED: 'A filter compares what has no order: a text that is not a date with a number, or a list.',
  SOURCE_NOT_FOUND: 'A file that was to be routed by its type is not there. Only with `raiseOnFailure`.',

  // Reading what models write.
  SCHEMA_INVALID: 'A parameter is not a JSON Schema. The text says why.',
  JSON_INVALID:
    'A text is not JSON, or does not fit the schema; after `maxAttempts` attempts, where that is set. The text says what is wrong.',
  PATTERN_INVALID:
    'A pattern is not a regular expression, has more than one group, or needs backtracking: a back-reference, or a look-ahead that is not right behind a ^ at the start.',
  ANSWER_INVALID: 'An AnswerBuilder was given metadata for more or fewer replies than there are.',

  // Asking models.
  GENERATORS_FAILED:
    'None of the generators of a FallbackChatGenerator could answer. The text has the reason of each.',

  SCRIPTED_FAILURE: 'The script of a ScriptedChatGenerator says that this request fails.',

  // Running tools. The model is told, as an error result; with `raiseOnFailure` the run fails.
  TOOL_UNKNOWN: 'A model called a tool that there is not. The text has those that are available.',
  TOOL_CALL_MALFORMED: 'A model called a tool with arguments that are not the JSON text of an object.',
  TOOL_RESULT_INVALID: 'What a tool returned has no JSON: a function, or an object that holds itself.',
  TOOL_TIMEOUT:
    'A tool took longer than the `timeoutMs` of its ToolInvoker, or the `toolTimeoutMs` of its Agent.',
  TOOL_REFUSED:
    'A call was not run, for the reason in the text: a person did not approve it, or the same call was made again and again. Never raised.',
  TOOL_COMPONENT_INVALID:
    'A component or a pipeline cannot be a tool with these parameters: they name an input or an output that it does not have, or nothing gives a value to an input that must get one.',
  TOOL_PAUSED:
    'What a ComponentTool or a PipelineTool runs wanted to pause, for an approval for instance. A tool cannot pause the run around it.',

  // Agents.
  AGENT_INVALID:
    'The parameters of an Agent contradict each other: they name a tool that it does not have, a part of its state has a name that it needs itself, or its generator takes no tools.',
  AGENT_HOOK_INVALID:
    'A hook of an Agent returned something that it may not, or has a key that it does not know.',
  STATE_INVALID: 'A tool or a caller gave a value for the state that is not of the type declared for it.',
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
