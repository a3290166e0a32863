import { ToolError } from '../errors.ts'
import { frozenCopy, ownCopy } from '../frozen-copy.ts'
import { object } from '../schema/builders.ts'
import { schemaOf } from '../schema/schema.ts'
import { isSocket, type Socket } from '../schema/socket.ts'
import type { JsonSchema, SocketType } from '../schema/socket-type.ts'
import {
  isStandardSchema,
  jsonSchemaOf,
  type StandardSchema,
  validateStandard,
} from '../schema/standard-schema.ts'
import { checkForeignSchema, schemaFault, uncheckedPatterns, type ValueProblem } from '../schema/validate.ts'
import { withDefaults } from '../schema/with-defaults.ts'
import { withoutNulls } from '../schema/without-nulls.ts'
import { didYouMean, unknownKey } from '../text/names.ts'
import { formatPath, messageOf } from '../text/show.ts'
import { warnProcess } from '../warn-process.ts'
import type { Resource } from './holding/resource.ts'
import type { RunContext } from './run-context.ts'

const brand = Symbol.for('millrace.tool')

export interface ToolContext {
  readonly signal: AbortSignal
  /**
   * The context of the component that runs the tool, in which a tool that asks models itself reports their calls. Absent where
   * a tool is called outside of one.
   */
  readonly run?: RunContext
}

/** A function that a model may call, with the schema of its arguments. Made by `tool`, or of a class, by `asTool`. */
export interface Tool extends Pick<Resource, 'warmUp' | 'check' | 'close'> {
  /** For the compiler alone, which thus refuses what `tool` did not make. */
  readonly '~tool': true
  /** What the model calls it by: letters, digits, `_` and `-`, 64 at most. */
  readonly name: string
  /** What the model reads to decide when to call it. */
  readonly description: string
  /** JSON Schema of the arguments: always of an object. Of 2020-12, or of draft 7 where its `$schema` says so. */
  readonly parameters: JsonSchema
  /** Takes arguments that were checked: `invokeTool` does that. */
  readonly run: (args: Readonly<Record<string, unknown>>, context: ToolContext) => unknown
  /** Arguments that come from the state of whoever runs the tool, by the name of that part of the state. Models do not see them. */
  readonly inputsFromState?: Readonly<Record<string, string>>
  /** Parts of that state that get what the tool returned, or a field of it. The model gets the result all the same. */
  readonly outputsToState?: Readonly<Record<string, { readonly source?: string }>>
  /** What the model gets of what the tool returned. Absent: all of it. */
  readonly toResult?: (returned: unknown) => unknown
  /** Checks arguments in place of the JSON Schema, and gives those that `run` gets. Of schemas of other libraries. */
  readonly validate?: (args: unknown) => ReturnType<typeof validateStandard>
}

export interface ToolDefinition<Arguments> extends Partial<Pick<Tool, 'inputsFromState' | 'outputsToState'>> {
  readonly name: string
  readonly description: string
  /**
   * What the arguments are: made with `t.object` or with another library (see `StandardSchema`), both of which give `run`
   * its argument type, or a JSON Schema of an object. Absent: the tool takes no arguments.
   */
  readonly parameters?: Socket<Arguments> | StandardSchema<Arguments> | JsonSchema | null
  readonly run: (args: Arguments, context: ToolContext) => unknown
}

const toolKeys = ['name', 'description', 'parameters', 'run', 'inputsFromState', 'outputsToState']

/**
 * Makes a tool. Defaults that `t.object` declares reach `run` where the model gives nothing; those of a JSON Schema are
 * for the model alone.
 *
 * @throws ToolError `TOOL_INVALID` for a bad name, a missing function, an unusable schema or an unknown key
 * @example
 * const add = tool({
 *   name: 'add',
 *   description: 'Adds two numbers.',
 *   parameters: t.object({ a: t.number(), b: t.number() }),
 *   run: ({ a, b }) => a + b,
 * })
 */
export function tool<Arguments = Readonly<Record<string, unknown>>>(
  definition: ToolDefinition<Arguments>,
): Tool {
  const { name, description, parameters, run, inputsFromState, outputsToState } = definition
  if (typeof name !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw new ToolError(
      'TOOL_INVALID',
      `A tool cannot be called '${String(name)}': a name has 1 to 64 letters, digits, '_' or '-'.`,
    )
  }
  if (typeof run !== 'function') {
    throw new ToolError('TOOL_INVALID', `Tool '${name}' has no 'run' function.`, { tool: name })
  }
  if (typeof description !== 'string') {
    throw new ToolError('TOOL_INVALID', `Tool '${name}' has no description for the model to read.`, {
      tool: name,
    })
  }
  const unknown = Object.keys(definition).find((key) => !toolKeys.includes(key))
  if (unknown !== undefined) {
    throw new ToolError('TOOL_INVALID', `Tool '${name}': ${unknownKey(unknown, toolKeys)}`, { tool: name })
  }
  const schema = schemaOfArguments(name, parameters)
  const fromState = Object.values(inputsFromState ?? {})
  checkFromState(name, schema, inputsFromState ?? {})
  const fields =
    isSocket(parameters) && parameters.type.kind === 'object' ? parameters.type.fields : undefined
  const made = Object.freeze({
    [brand]: true,
    name,
    description,
    parameters: fromState.length === 0 ? schema : withoutProperties(schema, fromState),
    ...(inputsFromState && { inputsFromState: frozenCopy(inputsFromState) }),
    ...(outputsToState && { outputsToState: frozenCopy(outputsToState) }),
    ...(isStandardSchema(parameters) && {
      validate: (args: unknown) => validateStandard(parameters, args),
    }),
    run: (fields === undefined
      ? run
      : (args, context) => run(withDefaults(fields, args as object) as Arguments, context)) as Tool['run'],
  } as object) as Tool
  if (isSocket(parameters)) declared.set(made, parameters.type)
  if (fromState.length > 0) whole.set(made, schema)
  // The library of a Standard Schema checks its patterns itself.
  if (!made.validate) warnOfUnchecked(made)
  return made
}

function checkFromState(
  tool: string,
  schema: JsonSchema,
  inputsFromState: NonNullable<Tool['inputsFromState']>,
): void {
  const names = Object.keys(Object(schema['properties']))
  for (const [key, argument] of Object.entries(inputsFromState)) {
    if (names.includes(argument)) continue
    throw new ToolError(
      'TOOL_INVALID',
      `Tool '${tool}': inputsFromState gives '${key}' to '${argument}', which is not one of its parameters.${didYouMean(argument, names)}`,
      { tool },
    )
  }
}

function warnOfUnchecked({ name, parameters }: Tool): void {
  for (const reason of uncheckedPatterns(parameters)) {
    warnProcess(
      `Arguments of the tool '${name}' are not checked by one of its patterns. ${reason}.`,
      'MILLRACE_PATTERN_UNCHECKED',
    )
  }
}

function withoutProperties(schema: JsonSchema, names: readonly string[]): JsonSchema {
  const properties = Object.entries(Object(schema['properties'])).filter(([name]) => !names.includes(name))
  const required = ((schema['required'] ?? []) as readonly string[]).filter((name) => !names.includes(name))
  return { ...schema, properties: Object.fromEntries(properties), required }
}

/**
 * Makes an object a tool, and returns it: for a class whose instances are tools, in its constructor. What a tool has, the
 * object has by itself, `parameters` as a JSON Schema. `warmUp`, `check` and `close` are called as those of a resource.
 *
 * @throws ToolError `TOOL_INVALID` as `tool` does
 * @example
 * class Search implements Tool {
 *   static readonly type = 'Search'
 *   static readonly parameters = t.object({ index: t.string() })
 *   declare readonly '~tool': true
 *   readonly name = 'search'
 *   readonly description = 'Finds documents.'
 *   readonly parameters = jsonSchemaOf(t.object({ query: t.string() }))
 *   readonly initParameters: ParametersOf<typeof Search>
 *
 *   constructor(initParameters: ParametersOf<typeof Search>) {
 *     this.initParameters = initParameters
 *     asTool(this)
 *   }
 *
 *   run({ query }: Readonly<Record<string, unknown>>) { … }
 * }
 */
export function asTool<Made extends Omit<Tool, '~tool'>>(made: Made): Made & Tool {
  const { name, description, parameters, run } = made
  tool({ name, description, parameters, run })
  return Object.defineProperty(made, brand, { value: true }) as Made & Tool
}

function schemaOfArguments(name: string, parameters: ToolDefinition<unknown>['parameters']): JsonSchema {
  if (parameters === undefined || parameters === null) return schemaOf(object({}))
  let schema: JsonSchema | undefined
  let fault: string | undefined
  try {
    schema = jsonSchemaOf(parameters)
    fault = schemaFault(schema) ?? (schema['type'] === 'object' ? undefined : "its type is not 'object'")
  } catch (error) {
    fault = messageOf(error).replace(/\.$/, '')
  }
  if (schema !== undefined && fault === undefined) return schema
  throw new ToolError(
    'TOOL_INVALID',
    `The parameters of tool '${name}' cannot be used as a JSON Schema: ${fault}.`,
    { tool: name },
  )
}

/** The schemas of tools that get arguments from a state: with these. */
const whole = new WeakMap<Tool, JsonSchema>()

/** The arguments that a tool declares with `t`. */
const declared = new WeakMap<Tool, SocketType>()

export function isTool(value: unknown): value is Tool {
  return typeof value === 'object' && value !== null && brand in value
}

type Arguments = Readonly<Record<string, unknown>>

const never = new AbortController().signal

/**
 * Checks the arguments against the tool's schema, then runs it with a copy of them. A null is absent for an argument that
 * `t` declares as optional.
 *
 * @throws ToolError `TOOL_INVALID_ARGUMENTS` before the call, `TOOL_FAILED` with the cause when the function throws
 * @throws the reason of the signal, untouched, when that aborts
 */
export async function invokeTool(
  called: Tool,
  given: Readonly<Record<string, unknown>>,
  context: ToolContext = { signal: never },
): Promise<unknown> {
  context.signal.throwIfAborted()
  const type = declared.get(called)
  const args = type === undefined ? given : withoutNulls(type, given)
  const problems = called.validate ? [] : checkForeignSchema(whole.get(called) ?? called.parameters, args)
  if (problems.length > 0) throw invalidArguments(called, problems)
  let isChecked = false
  try {
    const meant = called.validate ? await validated(called as Required<Tool>, args) : args
    context.signal.throwIfAborted()
    isChecked = true
    return await called.run(ownCopy(meant), context)
  } catch (cause) {
    if (context.signal.aborted) throw context.signal.reason
    if (!isChecked && ToolError.isInstance(cause)) throw cause
    throw new ToolError('TOOL_FAILED', `Tool '${called.name}' failed: ${messageOf(cause)}`, {
      cause,
      tool: called.name,
    })
  }
}

/** What `run` gets: with the defaults and transformations of a schema of another library. */
async function validated(called: Required<Tool>, args: Arguments): Promise<Arguments> {
  const result = await called.validate(args)
  if ('problems' in result) throw invalidArguments(called, result.problems)
  return result.value as Arguments
}

function invalidArguments({ name }: Tool, problems: readonly ValueProblem[]): ToolError {
  const list = problems.map(({ path, message }) => `\n  ${formatPath(path) || 'arguments'}: ${message}`)
  return new ToolError(
    'TOOL_INVALID_ARGUMENTS',
    `Tool '${name}' cannot take these arguments:${list.join('')}`,
    { tool: name },
  )
}
