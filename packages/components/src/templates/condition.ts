import { shorten } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { ownValue, PromptTemplate, type Values } from './prompt-template.ts'
import { isVariableName } from './variables.ts'

/** A template, the name of an input, or a constant, that is true or false. */
export class Condition {
  readonly variables: readonly string[]
  readonly #evaluate: (values: Values) => unknown
  readonly #option: string

  /**
   * @param option - the parameter, as a path inside the parameters: `routes[1].condition`
   * @throws ComponentsError `TEMPLATE_INVALID`, `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN`
   */
  constructor(source: unknown, option: string) {
    this.#option = option
    if (typeof source === 'boolean') {
      this.variables = []
      this.#evaluate = () => source
    } else if (typeof source === 'string' && isVariableName(source)) {
      this.variables = [source]
      this.#evaluate = (values) => ownValue(values, source)
    } else {
      const template = new PromptTemplate(source, option)
      if (!/\{[{%]/.test(source as string)) {
        throw new ComponentsError(
          'TEMPLATE_INVALID',
          `'${option}' has no '{{ … }}', so that it is the same for all values. Write {{ ${(source as string).trim()} }}.`,
          { option },
        )
      }
      this.variables = template.template.variables
      this.#evaluate = (values) => template.evaluate(values)
    }
  }

  /**
   * As in Python: false are 0, none, what is empty, and what is not there.
   *
   * @throws ComponentsError `VALUE_INVALID` for a text, which the words `true` and `false` are, too
   */
  isTrue(values: Values): boolean {
    const value = this.#evaluate(values)
    if (typeof value === 'string' && value.trim() !== '') {
      throw new ComponentsError(
        'VALUE_INVALID',
        `'${this.#option}' gives the text ${JSON.stringify(shorten(value.trim(), 40))}, which is neither true nor false. Compare it, as in {{ answer == 'yes' }}; a condition is a single {{ … }}.`,
        { option: this.#option },
      )
    }
    if (typeof value === 'string' || !value) return false
    if (Array.isArray(value)) return value.length > 0
    return typeof value !== 'object' || Object.keys(value).length > 0
  }
}
