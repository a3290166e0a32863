import { type OptionalSocket, type Socket, t } from '@millrace/core'
import { checkValue, didYouMean, formatPath, listNames } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { mergeValues, type ToolState } from '../tools/tool-state.ts'
import { socketNamed, typeNameSocket, type ValueNamed, type ValueTypeName } from '../value-types.ts'

/** Makes one value of what is there (undefined at first) and what is new. */
export type MergeHandler = (before: unknown, value: unknown) => unknown

/** One part of the state of an agent. */
export interface StatePart {
  readonly type: ValueTypeName
  /** @defaultValue `append` for types of lists, otherwise `replace` */
  readonly merge?: 'append' | 'replace' | undefined
  /** In the place of `merge`. */
  readonly handler?: MergeHandler | undefined
}

export type StateSchema = { readonly [name: string]: StatePart }

/** The declaration of `StateSchema`. */
export const stateSchemaSocket = t.record(
  t.object({
    type: typeNameSocket('The type of the values.'),
    /** How a new value meets the one that is there. Without it lists are added to, and other values replaced. */
    merge: t.optional(t.literal('append', 'replace'), {
      description:
        'How a new value meets the one that is there. Without it lists are added to, and other values replaced.',
    }),
    /** Makes one value of both, in the place of `merge`. In a file: the name of a callback. */
    handler: t.optional(t.callback<MergeHandler>(), {
      description: 'Makes one value of both, in the place of `merge`. In a file: the name of a callback.',
    }),
  }),
)

/** The sockets of a state: inputs and outputs alike. */
export type StateSockets<State extends StateSchema> = {
  readonly [Name in keyof State & string]: OptionalSocket<ValueNamed<State[Name]['type']>>
}

/** @throws ComponentsError `VALUE_INVALID` for a type that does not exist */
export function stateSockets(schema: StateSchema): Readonly<Record<string, Socket>> {
  return Object.fromEntries(
    Object.entries(schema).map(([name, { type }]) => {
      const socket = t.described(
        socketNamed(type, `stateSchema.${name}.type`) as Socket,
        `The part '${name}' of the state.`,
      )
      return [name, t.optional(socket)]
    }),
  )
}

/** The state of one run. */
export class AgentState implements ToolState {
  readonly #schema: StateSchema
  readonly #values = new Map<string, unknown>()

  constructor(schema: StateSchema, values: Readonly<Record<string, unknown>>) {
    this.#schema = schema
    for (const name of Object.keys(schema)) {
      if (values[name] !== undefined) this.#set(name, values[name])
    }
  }

  get values(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#values)
  }

  read(key: string): unknown {
    return this.#values.get(key)
  }

  write(key: string, value: unknown): void {
    const part = Object.hasOwn(this.#schema, key) ? this.#schema[key] : undefined
    if (part === undefined) {
      const parts = Object.keys(this.#schema)
      throw new ComponentsError(
        'STATE_INVALID',
        `The state has no part '${key}'. Parts: ${listNames(parts)}.${didYouMean(key, parts)}`,
      )
    }
    this.#set(key, mergedBy(part, this.#values.get(key), value))
  }

  #set(key: string, value: unknown): void {
    const { type } = this.#schema[key] as StatePart
    const [problem] = checkValue(socketNamed(type, `stateSchema.${key}.type`), value)
    if (problem !== undefined) {
      throw new ComponentsError(
        'STATE_INVALID',
        `The part '${key}' of the state (${type}) cannot take this value: ${formatPath([key, ...problem.path])}: ${problem.message}`,
      )
    }
    this.#values.set(key, value)
  }
}

function mergedBy({ type, merge, handler }: StatePart, before: unknown, value: unknown): unknown {
  if (handler !== undefined) return handler(before, value)
  if ((merge ?? (isList(type) ? 'append' : 'replace')) === 'replace') return value
  return mergeValues(before === undefined ? [] : [before].flat(), value)
}

function isList(type: ValueTypeName): boolean {
  return socketNamed(type, 'type').type.kind === 'array'
}

/** Whether values of this type can be added to what is there. */
export function canAppend(type: ValueTypeName): boolean {
  return isList(type) || type === 'json'
}
