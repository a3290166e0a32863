import type { Plan } from '../graph/plan.ts'
import type { JsonValue } from '../json.ts'
import type { RunWarning } from '../run/result.ts'
import type { JsonSchema } from '../schema/socket-type.ts'

export const runWarningCodes = [
  'NEVER_RAN',
  'DID_NOT_RUN_AGAIN',
  'UNDECLARED_OUTPUT',
  'BREAKPOINT_NOT_REACHED',
  'OUTPUT_NOT_RESTORED',
] as const

/** A value as a snapshot holds it; one that is not JSON is left out, with the type of its socket. */
export type SavedValue = { readonly value: JsonValue } | { readonly omitted: string }

/**
 * A run that was stopped, as JSON: it can be stored, moved and resumed by the same graph in another process. Values
 * are shared with the run, not copied. `snapshotSchema` is its JSON Schema.
 */
export interface Snapshot {
  readonly version: 1
  /** When the run stopped, in ISO 8601. */
  readonly created: string
  readonly reason: 'breakpoint' | 'failure'
  /** The visit that was to start, or that failed, when it stopped at one component. */
  readonly at?: { readonly component: string; readonly visit: number }
  /** What a pipeline must consist of to resume: its component types by name, and its connections. */
  readonly graph: {
    readonly components: Readonly<Record<string, string>>
    readonly connections: readonly (readonly [sender: string, receiver: string])[]
  }
  readonly includeOutputsFrom: readonly string[]
  /** How often the inputs of each component were taken: its visits, those in `pending` among them. */
  readonly visits: Readonly<Record<string, number>>
  /** The caller's values that are still to be used. */
  readonly inputs: readonly (SavedValue & { readonly socket: string })[]
  /** What has arrived and was not used yet: values, or none where the sender ran and gave nothing. */
  readonly arrived: readonly {
    readonly sender: string
    readonly receiver: string
    readonly values: readonly SavedValue[]
  }[]
  /**
   * Visits that were to start or had not ended, with the inputs they took, in the order in which they start. An eager
   * one goes before all that are not.
   */
  readonly pending: readonly {
    readonly component: string
    readonly visit: number
    readonly eager: boolean
    readonly inputs: Readonly<Record<string, SavedValue>>
  }[]
  /** The result so far. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, SavedValue>>>>
  readonly named: Readonly<Record<string, SavedValue>>
  readonly warnings: readonly RunWarning[]
}

const saved: JsonSchema = {
  anyOf: [shape({ value: {} }), shape({ omitted: { type: 'string' } })],
}

const savedByName = { type: 'object', additionalProperties: saved } as const
const text = { type: 'string' } as const
/** Visits are counted in 32 bits. */
const most = 2 ** 32 - 1
const visit = { type: 'integer', minimum: 1, maximum: most } as const

function shape(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name))
  return { type: 'object', properties, required, additionalProperties: false }
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items }
}

/** The JSON Schema (2020-12) of a snapshot. */
export const snapshotSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A stopped run of a Millrace pipeline',
  ...shape(
    {
      version: { const: 1 },
      created: text,
      reason: { enum: ['breakpoint', 'failure'] },
      at: shape({ component: text, visit }),
      graph: shape({
        components: { type: 'object', additionalProperties: text },
        connections: listOf({ ...listOf(text), minItems: 2, maxItems: 2 }),
      }),
      includeOutputsFrom: listOf(text),
      visits: { type: 'object', additionalProperties: { type: 'integer', minimum: 0, maximum: most } },
      inputs: listOf({
        anyOf: [shape({ socket: text, value: {} }), shape({ socket: text, omitted: text })],
      }),
      arrived: listOf(shape({ sender: text, receiver: text, values: listOf(saved) })),
      pending: listOf(shape({ component: text, visit, eager: { type: 'boolean' }, inputs: savedByName })),
      outputs: { type: 'object', additionalProperties: savedByName },
      named: savedByName,
      warnings: listOf(shape({ code: { enum: runWarningCodes }, component: text, message: text })),
    },
    ['at'],
  ),
}

/** The part of a snapshot that says what graph it is of. */
export function graphOf(plan: Plan): Snapshot['graph'] {
  return {
    components: Object.fromEntries(plan.components.map(({ name, type }) => [name, type])),
    connections: plan.edges.map(({ from, to }) => [from, to]),
  }
}
