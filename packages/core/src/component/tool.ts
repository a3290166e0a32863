import { ToolError } from '../errors.ts'
import { schemaOf } from '../schema/schema.ts'
import { isSocket, type Socket } from '../schema/socket.ts'
import type { JsonSchema, SocketType } from '../schema/socket-type.ts'
import { checkSchema, schemaFault } from '../schema/validate.ts'
import { withDefaults } from '../schema/with-defaults.ts'
import { withoutNulls } from '../schema/without-nulls.ts'
import { unknownKey } from '../text/names.ts'
import { messageOf } from '../text/show.ts'

const brand = Symbol.for('millrace.tool')

export interface ToolContext {
  readonly signal: AbortSignal
}

/** A function that a model may call, with the schema of its arguments. Made by `tool`. */
export interface Tool {
  /** For the compiler alone, which thus refuses what `tool` did not make. */
  readonly '~tool': true
  /** What the model calls it by: letters, digits, `_` and `-`, 64 at most. */
  readonly name: string
  /** What the model reads to decide when to call it. */
  readonly description: string
  /** JSON Schema of the arguments: always of an object. Of 2020-12, or of draft 7 where its `$schema` says so. */
  readonly parameters: JsonSchema
  readonly run: (args: Readonly<Record<string, unknown>>, context: ToolContext) => unknown
}

export interface ToolDefinition<Arguments> {
  readonly name: string
  readonly description: string
  /** Made with `t.object`, which gives `run` its argument type, or a JSON Schema of an object. */
  readonly parameters: Socket<Arguments> | JsonSchema
  readonly run: (args: Arguments, context: ToolContext) => unknown
}

const toolKeys = ['name', 'description', 'parameters', 'run']

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
  const { name, description, parameters, run } = definition
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
  const schema = isSocket(parameters) ? schemaOf(parameters) : parameters
  const fault = schemaFault(schema) ?? (schema['type'] === 'object' ? undefined : "its type is not 'object'")
  if (fault !== undefined) {
    throw new ToolError(
      'TOOL_INVALID',
      `The parameters of tool '${name}' cannot be used as a JSON Schema: ${fault}.`,
      { tool: name },
    )
  }
  const fields =
    isSocket(parameters) && parameters.type.kind === 'object' ? parameters.type.fields : undefined
  const made = Object.freeze({
    [brand]: true,
    name,
    description,
    parameters: schema,
    run: (fields === undefined
      ? run
      : (args, context) => run(withDefaults(fields, args as object) as Arguments, context)) as Tool['run'],
  } as object) as Tool
  if (isSocket(parameters)) declared.set(made, parameters.type)
  return made
}

/** The arguments that a tool declares with `t`. */
const declared = new WeakMap<Tool, SocketType>()

export function isTool(value: unknown): value is Tool {
  return typeof value === 'object' && value !== null && brand in value
}

const never = new AbortController().signal

/**
 * Checks the arguments against the tool's schema, then runs it. A null is absent for an argument that `t` declares as
 * optional.
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
  const problems = checkSchema(called.parameters, args)
  if (problems.length > 0) {
    const list = problems.map((problem) => `\n  ${problem.path.join('.') || 'arguments'}: ${problem.message}`)
    throw new ToolError(
      'TOOL_INVALID_ARGUMENTS',
      `Tool '${called.name}' cannot take these arguments:${list.join('')}`,
      { tool: called.name },
    )
  }
  try {
    return await called.run(args, context)
  } catch (cause) {
    if (context.signal.aborted) throw context.signal.reason
    throw new ToolError('TOOL_FAILED', `Tool '${called.name}' failed: ${messageOf(cause)}`, {
      cause,
      tool: called.name,
    })
  }
}
