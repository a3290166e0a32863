import { type Component, type JsonValue, t } from '@millrace/core'
import { checkValue, formatPath, frozenCopy, readParameters } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import {
  type SocketNamed,
  socketNamed,
  typeNameSocket,
  type ValueNamed,
  type ValueTypeName,
} from '../value-types.ts'

export interface ConstantParameters<Of extends ValueTypeName = 'json'> {
  /** The value. */
  readonly value: JsonValue
  /**
   * The type of the value.
   *
   * @defaultValue 'json'
   */
  readonly of?: Of
}

/**
 * Gives the same value in each run, frozen: what a file sets once and several components read, or the one way of a branch.
 *
 * @example
 * new Constant({ value: ['Paris is in France.'], of: 'strings' }).run().value
 */
export class Constant<const Of extends ValueTypeName = 'json'> implements Component {
  static readonly type = 'Constant'
  static readonly description = 'Gives the same value in each run.'
  static readonly parameters = t.object({
    /** The value. */
    value: t.json({ description: 'The value.' }),
    of: t.optional(typeNameSocket('The type of the value.'), { default: 'json' }),
  })

  readonly initParameters: ConstantParameters<Of>
  readonly inputs = {}
  readonly outputs: { readonly value: SocketNamed<Of> }
  readonly #value: ValueNamed<Of>

  /** @throws ComponentsError `VALUE_INVALID` for a value of another type, or a type that there is not */
  constructor(given: ConstantParameters<Of>) {
    const parameters = readParameters(Constant, given)
    this.initParameters = parameters
    const socket = socketNamed(parameters.of ?? 'json', 'of')
    const [problem] = checkValue(socket, parameters.value)
    if (problem) {
      const option = formatPath(['value', ...problem.path])
      throw new ComponentsError(
        'VALUE_INVALID',
        `'${option}' is not of the type '${parameters.of ?? 'json'}': ${problem.message}`,
        { option },
      )
    }
    this.outputs = { value: socket as SocketNamed<Of> }
    this.#value = frozenCopy(parameters.value) as ValueNamed<Of>
  }

  run(): { readonly value: ValueNamed<Of> } {
    return { value: this.#value }
  }
}
