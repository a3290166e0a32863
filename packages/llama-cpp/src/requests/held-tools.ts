import { isJsonObject, type JsonObject, type JsonSchema } from '@millrace/core'
import type { ModelWarning } from '../chat/choose-template.ts'
import type { ToolDescription } from '../engines/request.ts'
import { LlamaCppError } from '../errors.ts'
import { GbnfRules } from '../gbnf/gbnf-rules.ts'

/** A keyword that was taken out of the parameters of a tool. */
interface Loosened {
  readonly path: string
  readonly keyword: string
}

interface Held {
  readonly schema: JsonSchema
  readonly loosened: readonly Loosened[]
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
    const places = loosened.map(({ path, keyword }) => `'${keyword}' at '${path}'`).join(', ')
    const message = `Calls of the tool '${tool.name}' are not held to all of its parameters: a grammar cannot express ${places}. The call is checked when it is invoked.`
    warnings.push({ code: 'TOOL_SCHEMA_LOOSENED', message })
    return { ...tool, held: schema }
  })
  return { tools: held, warnings }
}

function heldSchema(parameters: JsonSchema): Held {
  const cached = typeof parameters === 'object' ? known.get(parameters) : undefined
  if (cached) return cached
  const held = compiles(parameters, parameters) ? { schema: parameters, loosened: [] } : loosen(parameters)
  if (typeof parameters === 'object') known.set(parameters, held)
  return held
}

function loosen(parameters: JsonSchema): Held {
  const loosened: Loosened[] = []
  const schema = new Loosening(parameters, loosened).of(parameters, 'parameters')
  const isHeld = compiles(schema, schema)
  if (!isHeld) loosened.push({ path: 'parameters', keyword: '$ref' })
  return { schema: (isHeld ? schema : { type: 'object' }) as JsonSchema, loosened }
}

const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const MAPS = ['properties', '$defs', 'definitions']
const SINGLE = ['items', 'additionalProperties']
/** What a schema keeps longest. */
const KEPT = [
  'type',
  'properties',
  'items',
  'required',
  'enum',
  'const',
  'anyOf',
  '$ref',
  '$defs',
  'definitions',
]

/** Takes out of a schema, from its leaves to its root, what does not compile. */
class Loosening {
  readonly #root: unknown
  readonly #loosened: Loosened[]

  constructor(root: unknown, loosened: Loosened[]) {
    this.#root = root
    this.#loosened = loosened
  }

  of(schema: unknown, path: string): unknown {
    if (!isJsonObject(schema)) return typeof schema === 'boolean' ? schema : true
    const inner = this.#inner(schema, path)
    if (compiles(inner, this.#root)) return inner
    let left = inner
    const keywords = Object.keys(inner).toSorted((one, other) => KEPT.indexOf(one) - KEPT.indexOf(other))
    for (const keyword of keywords) {
      const { [keyword]: _, ...without } = left
      if (!compiles(without, this.#root) && KEPT.includes(keyword)) continue
      // A keyword is only to blame where it makes a difference.
      if (compiles({ ...pick(left, 'type'), ...pick(left, keyword) }, this.#root)) continue
      this.#loosened.push({ path, keyword })
      left = without
      if (compiles(left, this.#root)) return left
    }
    if (!compiles(left, this.#root)) {
      this.#loosened.push({ path, keyword: Object.keys(left).join(', ') })
      return pick(inner, 'type')
    }
    return left
  }

  #inner(schema: JsonObject, path: string): JsonObject {
    const entries = Object.entries(schema).map(([keyword, value]) => {
      const at = `${path}.${keyword}`
      if (SINGLE.includes(keyword)) return [keyword, this.of(value, at)]
      if (LISTS.includes(keyword) && Array.isArray(value)) {
        return [keyword, value.map((item, index) => this.of(item, `${at}.${index}`))]
      }
      if (!MAPS.includes(keyword) || !isJsonObject(value)) return [keyword, value]
      return [
        keyword,
        Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.of(item, `${at}.${key}`)])),
      ]
    })
    return Object.fromEntries(entries) as JsonObject
  }
}

function pick(schema: JsonObject, keyword: string): JsonObject {
  return schema[keyword] === undefined ? {} : { [keyword]: schema[keyword] }
}

/** Whether a grammar can express a schema, with the definitions of the whole. */
function compiles(schema: unknown, root: unknown): boolean {
  const { $defs, definitions } = isJsonObject(root) ? root : {}
  const whole = isJsonObject(schema)
    ? {
        ...($defs === undefined ? {} : { $defs }),
        ...(definitions === undefined ? {} : { definitions }),
        ...schema,
      }
    : schema
  try {
    new GbnfRules().jsonValue(whole, 'parameters')
    return true
  } catch (error) {
    if (!LlamaCppError.isInstance(error)) throw error
    return false
  }
}
