import { type Component, type Socket, t, type ValueOf, type VariadicSocket } from '@millrace/core'

/** By the names that the parameter `of` takes. */
const joined = {
  boolean: t.boolean(),
  integer: t.integer(),
  number: t.number(),
  string: t.string(),
  strings: t.array(t.string()),
  json: t.json(),
  messages: t.array(t.message()),
  documents: t.array(t.document()),
  images: t.array(t.image()),
} satisfies Record<string, Socket>

type Joined = typeof joined

/** What values a `BranchJoiner` passes on. */
export type JoinedValues = keyof Joined

export interface BranchJoinerParameters<Of extends JoinedValues = JoinedValues> {
  readonly of: Of
}

/**
 * Passes on each value that one of its senders sends, as soon as it comes. Where the branches of a pipeline meet, and
 * where a loop begins: one sender is outside of it, the other at its end.
 *
 * Haystack's component takes a type of Python; this one takes the name of one, which a file can say, too.
 *
 * @example
 * const pipeline = new Pipeline({ prompt, start: new BranchJoiner({ of: 'messages' }), llm })
 *   .connect('prompt.prompt', 'start.value')
 *   .connect('start.value', 'llm.messages')
 */
export class BranchJoiner<const Of extends JoinedValues> implements Component {
  static readonly type = 'BranchJoiner'
  static readonly description = 'Passes on each value that one of its senders sends, as soon as it comes.'
  static readonly parameters = t.object({
    of: t.described(
      t.literal<JoinedValues>(...(Object.keys(joined) as JoinedValues[])),
      'What the values are.',
    ),
  })
  readonly inputs: { readonly value: VariadicSocket<ValueOf<Joined[Of]>> }
  readonly outputs: { readonly value: Joined[Of] }
  readonly initParameters: BranchJoinerParameters<Of>

  constructor(parameters: BranchJoinerParameters<Of>) {
    this.initParameters = parameters
    const socket = joined[parameters.of] as Joined[Of]
    this.inputs = { value: t.greedy(socket, { description: 'What one of the senders sends.' }) }
    this.outputs = { value: socket }
  }

  run({ value }: { readonly value: readonly ValueOf<Joined[Of]>[] }): {
    readonly value: ValueOf<Joined[Of]>
  } {
    return { value: value[0] as ValueOf<Joined[Of]> }
  }
}
