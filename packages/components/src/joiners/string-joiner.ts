import { type Component, type InputsOf, t } from '@millrace/core'

/**
 * Makes a list of the texts that its senders send, once all of them have run, in the order of the connections.
 *
 * @example
 * const pipeline = new Pipeline({ first, second, join: new StringJoiner() })
 *   .connect('first.prompt', 'join.strings')
 *   .connect('second.prompt', 'join.strings')
 */
export class StringJoiner implements Component {
  static readonly type = 'StringJoiner'
  static readonly description = 'Makes a list of the texts that its senders send.'

  readonly inputs = {
    /** The texts. */
    strings: t.variadic(t.string(), { description: 'The texts.' }),
  }
  readonly outputs = {
    /** All texts. */
    strings: t.array(t.string(), { description: 'All texts.' }),
  }

  run({ strings }: InputsOf<StringJoiner>): { readonly strings: readonly string[] } {
    return { strings }
  }
}
