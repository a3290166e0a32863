import type { JsonObject, JsonSchema } from '@millrace/core'
import { isJsonObject } from '@millrace/core/component'
import type { ModelWarning } from '../chat/choose-template.ts'
import type { ToolDescription } from '../engines/request.ts'
import { LlamaCppError } from '../errors.ts'
import { GbnfRules } from '../gbnf/gbnf-rules.ts'

interface Held {
  readonly schema: JsonSchema
  /** Places and keywords that were taken out. */
  readonly loosened: readonly string[]
}

/** By the parameters, which stay the same from one request to the next. */
const known = new WeakMap<object, Held>()

/**
 * The tools with what of their parameters a grammar can hold a call to. What it cannot is left to whoever invokes the
 * tool, and is a warning `TOOL_SCHEMA_LOOSENED` with the tool, the place and the keyword.
 */
export function heldTools(tools: readonly ToolDescription[]): {
  readonly tools: readonly ToolDescription[]
  readonly warnings: readonly ModelWarning[]
} {
  const warnings: ModelWarning[] = []
  const held = tools.map((tool) => {
    const { schema, loosened } = heldSchema(tool.parameters)
    if (loosened.length === 0) return tool
    const message = `Calls of the tool '${tool.name}' are not held to all of its parameters: a grammar cannot express ${loosened.join(', ')}. The call is checked when it is invoked.`
    warnings.push({ code: 'TOOL_SCHEMA_LOOSENED', message })
    return { ...tool, held: schema }
  })
  return { tools: held, warnings }
}

function heldSchema(parameters: JsonSchema): Held {
  if (typeof parameters !== 'object') return { schema: parameters, loosened: [] }
  const cached = known.get(parameters)
  if (cached) return cached
  const loosened: string[] = []
  // What refers to a definition compiles only when that does.
  const definitions = DEFINITIONS.filter((key) => isJsonObject(parameters[key])).map((key) => [
    key,
    loosenEach(parameters[key], `parameters.${key}`, parameters as JsonObject, loosened),
  ])
  const root = { ...parameters, ...Object.fromEntries(definitions) } as JsonObject
  const schema = loosen(root, 'parameters', root, loosened) as JsonSchema
  const held = { schema, loosened }
  known.set(parameters, held)
  return held
}

const DEFINITIONS = ['$defs', 'definitions']

/** Takes out of a schema, from its leaves to its root, what does not compile. */
function loosen(schema: unknown, path: string, root: JsonObject, loosened: string[]): unknown {
  if (!isJsonObject(schema) || compiles(schema, root)) return schema
  const again = (value: unknown, at: string) => loosen(value, `${path}.${at}`, root, loosened)
  const inner = Object.entries(schema).map(([keyword, value]): [string, unknown] => {
    if (keyword === 'items' || keyword === 'additionalProperties') return [keyword, again(value, keyword)]
    if (Array.isArray(value) && value.every(isJsonObject)) {
      return [keyword, value.map((item, index) => again(item, `${keyword}.${index}`))]
    }
    if (keyword !== 'properties') return [keyword, value]
    return [keyword, loosenEach(value, `${path}.${keyword}`, root, loosened)]
  })
  const type = schema['type'] === undefined ? {} : { type: schema['type'] }
  // A keyword is to blame that is refused with nothing beside it.
  const kept = inner.filter(([keyword, value]) => compiles({ ...type, [keyword]: value } as JsonObject, root))
  const left = Object.fromEntries(kept) as JsonObject
  const isHeld = compiles(left, root)
  const remains = isHeld ? left : type
  for (const [keyword] of inner) {
    if (!Object.hasOwn(remains, keyword)) loosened.push(`'${keyword}' at '${path}'`)
  }
  return remains
}

function loosenEach(schemas: unknown, path: string, root: JsonObject, loosened: string[]): JsonObject {
  const members = Object.entries(isJsonObject(schemas) ? schemas : {})
  return Object.fromEntries(
    members.map(([key, schema]) => [key, loosen(schema, `${path}.${key}`, root, loosened)]),
  ) as JsonObject
}

/** Whether a grammar can express a schema, with the definitions of the whole. */
function compiles(schema: JsonObject, root: JsonObject): boolean {
  const definitions = DEFINITIONS.filter((key) => root[key] !== undefined).map((key) => [key, root[key]])
  try {
    new GbnfRules().jsonValue({ ...Object.fromEntries(definitions), ...schema }, 'parameters')
    return true
  } catch (error) {
    if (!LlamaCppError.isInstance(error)) throw error
    return false
  }
}
