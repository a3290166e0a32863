import { type Component, t, type VariadicSocket } from '@millrace/core'
import { readParameters } from '@millrace/core/component'
import {
  type SocketNamed,
  socketNamed,
  typeNameSocket,
  type ValueNamed,
  type ValueTypeName,
} from '../value-types.ts'

export interface BranchJoinerParameters<Of extends ValueTypeName = ValueTypeName> {
  /** The type of the values. */
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
export class BranchJoiner<const Of extends ValueTypeName> implements Component {
  static readonly type = 'BranchJoiner'
  static readonly description = 'Passes on each value that one of its senders sends, as soon as it comes.'
  static readonly parameters = t.object({
    of: typeNameSocket('The type of the values.'),
  })
  readonly inputs: {
    /** What one of the senders sends. */
    readonly value: VariadicSocket<ValueNamed<Of>>
  }
  readonly outputs: { readonly value: SocketNamed<Of> }
  readonly initParameters: BranchJoinerParameters<Of>

  /** @throws ComponentsError `VALUE_INVALID` for a type that there is not */
  constructor(given: BranchJoinerParameters<Of>) {
    const parameters = readParameters(BranchJoiner, given)
    this.initParameters = parameters
    const socket = socketNamed(parameters.of, 'of')
    this.inputs = { value: t.greedy(socket, { description: 'What one of the senders sends.' }) }
    this.outputs = { value: socket }
  }

  run({ value }: { readonly value: readonly ValueNamed<Of>[] }): {
    readonly value: ValueNamed<Of>
  } {
    return { value: value[0] as ValueNamed<Of> }
  }
}
