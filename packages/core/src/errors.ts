import type { Snapshot } from './snapshot/snapshot.ts'

/**
 * Every code that `@millrace/core` throws, with what it means and the way out.
 * `docs/errors.md` is this table in prose; a test keeps the two equal.
 */
export const errorCodes = {
  // A value that travels along a connection could not be made or read.
  DATA_INVALID_MESSAGE:
    'A chat message or one of its parts has a role, a type or a field that is not possible. The text says where, and what is possible.',
  DATA_INVALID_BASE64: 'A base64 text is not strict base64: standard alphabet, padding, no white space.',
  DATA_INVALID_MEDIA:
    'A file, URL or byte array is not an image of a known kind, or an image or file part has a wrong MIME type or field.',
  DATA_UNREADABLE:
    'A file or URL could not be read in time, or is larger than allowed. The text has the path and the reason.',
  DATA_INVALID_OPTION: 'A limit for reading a file or URL, timeoutMs or maxBytes, is out of its range.',
  DATA_INVALID_CHUNK:
    'A streaming chunk has a wrong field, more than one of content, tool calls, tool result and reasoning, or no index.',
  DATA_INVALID_REPLY:
    'A reply is not the JSON that was asked for: it was cut off, or the model was free to write anything.',
  DATA_INVALID_DOCUMENT: 'A document lacks a field, or has one that is unknown or of the wrong type.',

  // A tool could not be made, found or called.
  TOOL_INVALID: 'A tool lacks a name, a function or a valid JSON Schema for its parameters.',
  TOOL_DUPLICATE: 'Two tools in one list share a name, so that a call could be of either. Rename one.',
  TOOL_INVALID_ARGUMENTS: 'The arguments of a tool call do not fit the schema of the tool.',
  TOOL_FAILED: 'The function of a tool threw. The cause is attached.',

  // Declaring and registering components.
  SOCKET_INVALID: 'A socket was declared with options that contradict each other.',
  PATTERN_UNSUPPORTED:
    'A regular expression needs backtracking, with which a text could keep the process busy: a back-reference, or a look-ahead that is not right behind a ^ at the start. Or its repetitions make it too large.',
  COMPONENT_INVALID:
    'A value is not a component: it lacks `inputs`, `outputs` or `run`, or its class lacks a type.',
  COMPONENT_PARAMETERS: 'A component was made with parameters that its declaration refuses.',
  REGISTRY_DUPLICATE: 'Two components, tools or callbacks of one package, or two packages, share a name.',
  REGISTRY_UNKNOWN: 'A name is not in the registry. The text lists what is.',
  REGISTRY_AMBIGUOUS: 'Two packages register this type. Write it with its package: `@scope/package/Type`.',

  // Building a pipeline.
  CONNECT_INVALID_NAME: 'A component name must match ^[A-Za-z_][A-Za-z0-9_-]*$ and must not be __proto__.',
  CONNECT_NAME_TAKEN: 'The pipeline already has a component of this name.',
  CONNECT_ALREADY_OWNED: 'A component instance belongs to one pipeline, under one name. Make a new instance.',
  CONNECT_INVALID_PATH: 'A connection end must read component.socket.',
  CONNECT_UNKNOWN_COMPONENT: 'A connection names a component that the pipeline does not have.',
  CONNECT_UNKNOWN_SOCKET: 'A connection names a socket that the component does not have.',
  CONNECT_TYPE_MISMATCH: 'The type that is sent neither fits the type that is expected nor converts to it.',
  CONNECT_OCCUPIED:
    'A second sender was connected to a socket that takes one value. Arrays and variadic sockets join.',
  CONNECT_SELF:
    'A component cannot be connected to itself, nor a pipeline be part of itself. Put another component between the two ends.',
  PIPELINE_INVALID_NAME:
    'The name that a pipeline gives to an input or output is malformed, taken, or names a socket that another name has.',

  // Options of a call.
  PIPELINE_INVALID_OPTION:
    'An option of a pipeline, a run, a drawing or the loader is out of its range, or names a component that does not exist.',

  // Before the first component runs.
  INPUT_UNKNOWN: 'An input names no component, or no open socket. Nothing would read it.',
  INPUT_MISSING: 'A mandatory socket has no sender and the caller gave no value.',
  INPUT_INVALID: 'The value of an input does not fit the type of its socket.',
  INPUT_OCCUPIED: 'The caller gave a value for a socket that has a sender and takes one value.',
  INPUT_SNAPSHOT:
    'A snapshot cannot be resumed: it is not a snapshot, it is of another graph, or it lacks a value that was not JSON.',
  INPUT_ANSWERS:
    'The answers that a run was resumed with are not those to its questions: one is missing, unknown, or not JSON.',
  INPUT_AMBIGUOUS: 'The inputs are neither all component names nor all socket names.',

  // Running.
  RUN_COMPONENT_FAILED: 'A component threw. The cause is attached.',
  RUN_INVALID_OUTPUT:
    'A component returned something other than an object of its declared outputs: an iterator, an output that it does not declare or of a wrong type, or not one that is not optional.',
  RUN_INVALID_INPUT: 'The lists of several senders, joined for one input, do not fit its type.',
  RUN_CONVERSION_FAILED: 'A value could not be converted for the socket it was sent to.',
  RUN_BLOCKED: 'Components wait for values that will never come, and because of that the run gave nothing.',
  RUN_MAX_VISITS: 'A component ran as often as maxRunsPerComponent allows. The text names the loop.',
  RUN_TIMEOUT: 'A run or a component took longer than its timeoutMs.',
  RUN_INVALID_PAUSE:
    'A component paused with a state that is not JSON, with malformed questions, or outside a pipeline, or did not return the pause.',
  RUN_NO_OUTPUT: 'The result was asked for a socket that gave no value in this run, or that does not exist.',
  RUN_CLOSED: 'The pipeline was closed while the run was going on.',
  RUN_CLOSE_INSIDE: 'A component closed the pipeline that was running it, and would have waited for itself.',

  // Loading a pipeline file.
  LOAD_NOT_FOUND: 'The pipeline file does not exist or cannot be read.',
  LOAD_LIMIT:
    'The file, with those it includes, is larger or deeper than the loader accepts, or has more aliases, components or levels of pipelines.',
  LOAD_CYCLE: 'A pipeline file includes itself, directly or through others. The text has the chain.',
  LOAD_SYNTAX: 'The text is not the YAML 1.2 that a pipeline file is written in.',
  LOAD_SHAPE: 'A key is unknown, missing or has a value of the wrong kind.',
  LOAD_UNKNOWN_TYPE:
    'A component type is not registered. Loading a file never imports code: register its package.',
  LOAD_PARAMETERS: 'A component parameter is unknown, missing or does not fit its declaration.',
  LOAD_COMPONENT: 'A component refused its parameters when it was made.',
  LOAD_CONNECTION: 'A connection names something that does not exist, or two types that do not fit.',
  LOAD_ENVIRONMENT:
    'A ${env:NAME} reference is malformed, stands where nothing replaces it, or names a variable that the caller does not allow.',
  LOAD_COMMAND:
    'The file would start a program, such as an MCP server, that the caller does not allow. The text has its arguments.',
  DUMP_UNSUPPORTED: 'A component holds a parameter that a file cannot express, such as a function.',
} as const

export type ErrorCode = keyof typeof errorCodes

const brand = Symbol.for('millrace.error')

export interface ErrorDetails {
  readonly cause?: unknown
}

/**
 * The base of every error that Millrace throws on purpose.
 * `code` is stable and documented in `docs/errors.md`; the message is for people and may change.
 */
export class MillraceError<Code extends string = string> extends Error {
  readonly code: Code

  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.name = new.target.name
  }

  static {
    // In every copy of the library in one process. Not in the type, which would differ from copy to copy.
    Object.defineProperty(MillraceError.prototype, brand, { value: true })
  }

  /** Like `instanceof`, but also true for errors that another copy of the package made. */
  static isInstance<Class extends abstract new (...parameters: never[]) => Error>(
    this: Class,
    value: unknown,
  ): value is InstanceType<Class> {
    // biome-ignore-start lint/complexity/noThisInStatic: `this` is the class it is called on, which may be a subclass.
    try {
      if (value instanceof this) return true
      if (!(value instanceof Error) || !(brand in value)) return false
      return this.name === 'MillraceError' || value.name === this.name
    } catch {
      // A revoked proxy, or a getter that throws.
      return false
    }
    // biome-ignore-end lint/complexity/noThisInStatic: see above
  }
}

/** A message, image, chunk or document could not be made or read. */
export class DataError extends MillraceError<Extract<ErrorCode, `DATA_${string}`>> {}

/** A tool could not be made or called; `tool` is its name where it is known. */
export class ToolError extends MillraceError<Extract<ErrorCode, `TOOL_${string}`>> {
  readonly tool: string | undefined

  constructor(
    code: Extract<ErrorCode, `TOOL_${string}`>,
    message: string,
    details: ErrorDetails & { readonly tool?: string } = {},
  ) {
    super(code, message, details)
    this.tool = details.tool
  }
}

type BuildingCode = Extract<
  ErrorCode,
  | `CONNECT_${string}`
  | `SOCKET_${string}`
  | `COMPONENT_${string}`
  | `REGISTRY_${string}`
  | 'PIPELINE_INVALID_NAME'
  | `PATTERN_${string}`
>

/** Declaring, registering or building went wrong: thrown while a pipeline is put together. */
export class DefinitionError extends MillraceError<BuildingCode> {
  /** Which end of a connection is to blame, where it is one. */
  readonly end: 'sender' | 'receiver' | undefined

  constructor(
    code: BuildingCode,
    message: string,
    details: ErrorDetails & { readonly end?: 'sender' | 'receiver' } = {},
  ) {
    super(code, message, details)
    this.end = details.end
  }
}

/** An option of a call was refused: of `new Pipeline`, a run, a drawing or the loader. */
export class OptionError extends MillraceError<'PIPELINE_INVALID_OPTION'> {}

/** The caller's inputs were refused: no component has run and no model was loaded. */
export class InputError extends MillraceError<Extract<ErrorCode, `INPUT_${string}`>> {}

export interface RunErrorDetails extends ErrorDetails {
  readonly component?: string
  readonly type?: string
  readonly visit?: number
}

/**
 * A run failed. `component`, `type` and `visit` (1 for the first) say where, when a single component is to
 * blame; `cause` is what it threw.
 */
export class RunError extends MillraceError<Extract<ErrorCode, `RUN_${string}`>> {
  readonly component: string | undefined
  readonly type: string | undefined
  readonly visit: number | undefined
  /**
   * The run as it stood when it failed, for `pipeline.resume`; made when it is first read. Undefined for an error that
   * did not end a run.
   */
  get snapshot(): Snapshot | undefined {
    if (typeof this.#snapshot === 'function') this.#snapshot = this.#snapshot()
    return this.#snapshot
  }
  #snapshot: Snapshot | (() => Snapshot) | undefined

  /** For the runner. Each run around the failed one replaces the snapshot, so that of the outermost stays. */
  attachSnapshot(makeSnapshot: () => Snapshot): void {
    this.#snapshot = makeSnapshot
  }

  constructor(code: Extract<ErrorCode, `RUN_${string}`>, message: string, details: RunErrorDetails = {}) {
    super(code, message, details)
    this.component = details.component
    this.type = details.type
    this.visit = details.visit
  }
}

/** One thing that is wrong with a pipeline file. Lines and columns count from 1. */
export interface LoadProblem {
  readonly code: Extract<ErrorCode, `LOAD_${string}`>
  readonly message: string
  readonly line?: number
  readonly column?: number
  /** The file it is in, where that is not the file of the error but one that it includes. */
  readonly file?: string
  /** Where in the document, as in `components.llm.initParameters.nCtx`. */
  readonly path?: string
  /** The line of the file with a caret under the place. */
  readonly excerpt?: string
  readonly cause?: unknown
}

/**
 * A pipeline file was refused. `problems` holds everything that was found in one go, in the order of the file, those of
 * the files that it includes after its own; `code`, `line`, `column` and `path` are those of the first.
 */
export class LoadError extends MillraceError<Extract<ErrorCode, `LOAD_${string}` | 'DUMP_UNSUPPORTED'>> {
  readonly file: string | undefined
  readonly problems: readonly LoadProblem[]
  readonly line: number | undefined
  readonly column: number | undefined
  readonly path: string | undefined

  constructor(
    code: Extract<ErrorCode, `LOAD_${string}` | 'DUMP_UNSUPPORTED'>,
    message: string,
    details: ErrorDetails & { readonly file?: string; readonly problems?: readonly LoadProblem[] } = {},
  ) {
    super(code, message, details)
    this.file = details.file
    this.problems = details.problems ?? []
    const first = this.problems[0]
    this.line = first?.line
    this.column = first?.column
    this.path = first?.path
  }
}
