import type { Tool, ToolCall } from '@millrace/core'

/** What tools read and write beside their arguments and results, by name. */
export interface ToolState {
  /** Undefined for what is not there. */
  readonly read: (key: string) => unknown
  /** @throws ComponentsError `STATE_INVALID` for what cannot be merged */
  readonly write: (key: string, value: unknown) => void
}

/** State without a declaration: a list is added to the list that is there, any other value replaces it. */
export class LooseState implements ToolState {
  readonly #values: Map<string, unknown>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = new Map(Object.entries(values))
  }

  get values(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#values)
  }

  read(key: string): unknown {
    return this.#values.get(key)
  }

  write(key: string, value: unknown): void {
    this.#values.set(key, mergeValues(this.#values.get(key), value))
  }
}

/** Lists are added to; anything else is replaced. */
export function mergeValues(before: unknown, value: unknown): unknown {
  return Array.isArray(before) ? [...before, ...(Array.isArray(value) ? value : [value])] : value
}

/**
 * The arguments of a call, with those that come from the state. The model does not see these: what it gives for one all the
 * same does not count. In Haystack it wins over the state.
 */
export function argumentsWith(
  state: ToolState | undefined,
  { inputsFromState = {} }: Tool,
  given: ToolCall['arguments'],
): Readonly<Record<string, unknown>> {
  const fromState = Object.entries(inputsFromState)
  if (fromState.length === 0) return given
  const hidden = fromState.map(([, argument]) => argument)
  const ofModel = Object.entries(given).filter(([name]) => !hidden.includes(name))
  const ofState = fromState.flatMap(([key, argument]) => {
    const value = state?.read(key)
    return value === undefined ? [] : [[argument, value] as const]
  })
  return Object.fromEntries([...ofModel, ...ofState])
}

/** Writes what a tool returned where it says. @throws ComponentsError `STATE_INVALID` */
export function writeState(state: ToolState, { outputsToState = {} }: Tool, returned: unknown): void {
  for (const [key, { source }] of Object.entries(outputsToState)) {
    const value = source === undefined ? returned : partOf(returned, source)
    if (value !== undefined) state.write(key, value)
  }
}

function partOf(returned: unknown, name: string): unknown {
  if (typeof returned !== 'object' || returned === null || !Object.hasOwn(returned, name)) return undefined
  return (returned as Readonly<Record<string, unknown>>)[name]
}

/**
 * Calls in groups: those of one group may run at once, and the groups run one after the other. As in Haystack a call that reads
 * a part of the state comes after those of the same step that write it; where they wait for each other, in their own order.
 */
export function inOrderOfState<Call>(
  calls: readonly Call[],
  toolOf: (call: Call) => Tool | undefined,
): readonly (readonly Call[])[] {
  const reads = (call: Call) => Object.keys(toolOf(call)?.inputsFromState ?? {})
  const writes = (call: Call) => Object.keys(toolOf(call)?.outputsToState ?? {})
  if (!calls.some((call) => reads(call).length > 0)) return calls.length === 0 ? [] : [calls]
  const groups: Call[][] = []
  let open = [...calls]
  while (open.length > 0) {
    const written = (key: string, reader: Call) =>
      open.some((other) => other !== reader && writes(other).includes(key))
    const ready = open.filter((call) => !reads(call).some((key) => written(key, call)))
    const group = ready.length > 0 ? ready : open.slice(0, 1)
    groups.push(group)
    open = open.filter((call) => !group.includes(call))
  }
  return groups
}
