import { type Component, t, type VariadicSocket } from '@millrace/core'
import { readParameters } from '@millrace/core/component'
import {
  type ListTypeName,
  listTypeNames,
  type SocketNamed,
  socketNamed,
  type ValueNamed,
} from '../value-types.ts'

export interface ListJoinerParameters<Of extends ListTypeName = ListTypeName> {
  /** The type of the lists. */
  readonly of: Of
}

/**
 * Makes one list of the lists that its senders send, once all of them have run: in the order of the connections, nothing
 * sorted and nothing left out.
 *
 * @example
 * const pipeline = new Pipeline({ news, wiki, join: new ListJoiner({ of: 'documents' }) })
 *   .connect('news.documents', 'join.values')
 *   .connect('wiki.documents', 'join.values')
 */
export class ListJoiner<const Of extends ListTypeName> implements Component {
  static readonly type = 'ListJoiner'
  static readonly description = 'Makes one list of the lists that its senders send.'
  static readonly parameters = t.object({
    /** The type of the lists. */
    of: t.described(t.literal<ListTypeName>(...listTypeNames), 'The type of the lists.'),
  })

  readonly initParameters: ListJoinerParameters<Of>
  readonly inputs: {
    /** The lists. */
    readonly values: VariadicSocket<ValueNamed<Of>>
  }
  readonly outputs: { readonly values: SocketNamed<Of> }

  /** @throws ComponentsError `VALUE_INVALID` for a type that is not one of lists */
  constructor(given: ListJoinerParameters<Of>) {
    const parameters = readParameters(ListJoiner, given)
    this.initParameters = parameters
    const socket = socketNamed(parameters.of, 'of', listTypeNames)
    this.inputs = { values: t.variadic(socket, { description: 'The lists.' }) }
    this.outputs = { values: socket }
  }

  run({ values }: { readonly values: readonly ValueNamed<Of>[] }): { readonly values: ValueNamed<Of> } {
    return { values: (values as readonly (readonly unknown[])[]).flat() as ValueNamed<Of> }
  }
}
