import type { Component, InputsOf, ParametersOf } from '../component/component.ts'
import { defineComponent } from '../component/define-component.ts'
import type { Socket, Sockets, ValueOf, VariadicSocket } from '../component/socket.ts'
import { t } from '../component/t.ts'

/** Sends on one of its two outputs and leaves out the other. */
export const Parity = defineComponent({
  type: 'Parity',
  description: 'Sends a number to the output of its parity.',
  inputs: { value: t.integer() },
  outputs: { even: t.optional(t.integer()), odd: t.optional(t.integer()) },
  run: ({ value }) => (value % 2 === 0 ? { even: value } : { odd: value }),
})

/** A number that equals the threshold is not above it. */
export const Threshold = defineComponent({
  type: 'Threshold',
  description: 'Tells numbers above a threshold from those below.',
  parameters: t.object({
    threshold: t.integer({ default: 10, description: 'What numbers are compared with.' }),
  }),
  inputs: { value: t.integer(), threshold: t.optional(t.integer()) },
  outputs: { above: t.optional(t.integer()), below: t.optional(t.integer()) },
  run: ({ value, threshold }, _context, { threshold: fixed = 10 }) =>
    value > (threshold ?? fixed) ? { above: value } : { below: value },
})

/** Has the outputs `remainderIs0`, `remainderIs1` …, as many as the divisor says. */
export class Remainder implements Component {
  static readonly type = 'Remainder'
  static readonly description = 'Sends a number to the output of its remainder.'
  static readonly parameters = t.object({
    divisor: t.integer({ default: 3, minimum: 1, description: 'What the number is divided by.' }),
  })
  readonly inputs = { value: t.integer() }
  readonly outputs: Sockets
  readonly initParameters: ParametersOf<typeof Remainder>
  readonly #divisor: number

  constructor(initParameters: ParametersOf<typeof Remainder> = {}) {
    this.initParameters = initParameters
    this.#divisor = initParameters.divisor ?? 3
    const names = Array.from({ length: this.#divisor }, (_, remainder) => `remainderIs${remainder}`)
    this.outputs = Object.fromEntries(names.map((name) => [name, t.optional(t.integer())]))
  }

  run({ value }: InputsOf<Remainder>): Readonly<Record<string, number>> {
    const remainder = ((value % this.#divisor) + this.#divisor) % this.#divisor
    return { [`remainderIs${remainder}`]: value }
  }
}

/** Has the outputs that its parameter names. */
export class Repeat implements Component {
  static readonly type = 'Repeat'
  static readonly description = 'Sends a number to each of its outputs.'
  static readonly parameters = t.object({
    outputs: t.array(t.string(), { description: 'The names of the outputs.' }),
  })
  readonly inputs = { value: t.integer() }
  readonly outputs: Sockets
  readonly initParameters: ParametersOf<typeof Repeat>

  constructor(initParameters: ParametersOf<typeof Repeat>) {
    this.initParameters = initParameters
    this.outputs = Object.fromEntries(initParameters.outputs.map((name) => [name, t.integer()]))
  }

  run({ value }: InputsOf<Repeat>): Readonly<Record<string, number>> {
    return Object.fromEntries(this.initParameters.outputs.map((name) => [name, value]))
  }
}

const joined = {
  integer: t.integer(),
  string: t.string(),
  messages: t.array(t.message()),
  documents: t.array(t.document()),
} satisfies Record<string, Socket>

type Joined = typeof joined

/** Greedy: runs at each value, whoever sent it. Where the branches of a pipeline, or the ends of a loop, meet. */
export class BranchJoiner<Of extends keyof Joined = 'integer'> implements Component {
  static readonly type = 'BranchJoiner'
  static readonly description = 'Passes on each value that one of its senders sends.'
  static readonly parameters = t.object({
    of: t.optional(t.literal('integer', 'string', 'messages', 'documents'), {
      default: 'integer',
      description: 'The type of the values.',
    }),
  })
  readonly inputs: { readonly value: VariadicSocket<ValueOf<Joined[Of]>> }
  readonly outputs: { readonly value: Joined[Of] }
  readonly initParameters: { readonly of?: Of }

  constructor(initParameters: { readonly of?: Of } = {}) {
    this.initParameters = initParameters
    const socket = joined[initParameters.of ?? 'integer'] as Joined[Of]
    this.inputs = { value: t.greedy(socket) }
    this.outputs = { value: socket }
  }

  run({ value }: { readonly value: readonly ValueOf<Joined[Of]>[] }): {
    readonly value?: ValueOf<Joined[Of]>
  } {
    const [first] = value
    return first === undefined ? {} : { value: first }
  }
}
