import { type Component, type Socket, t } from '@millrace/core'
import { readParameters } from '@millrace/core/component'
import type { Values } from '../templates/prompt-template.ts'
import {
  checkInputs,
  type InputTypeParameters,
  inputSockets,
  inputTypeParameters,
  ValueTemplate,
} from '../templates/value-template.ts'
import { type SocketNamed, typeNameSocket, type ValueNamed, type ValueTypeName } from '../value-types.ts'

export interface OutputAdapterParameters<Type extends ValueTypeName = ValueTypeName>
  extends InputTypeParameters {
  /**
   * A Jinja template, such as "{{ documents | length }}", or the name of an input. Each variable that it reads is an
   * input.
   */
  readonly template: string
  /** What the template gives. All but `string` take the value of a single {{ … }}. */
  readonly outputType: Type
}

/**
 * Makes of the values that it gets a value of another type, by a template. Where the template is a single `{{ … }}`, the
 * output is the value of that, and not its text: a list, a number, a message. A template of type `string` gives its text.
 *
 * @example
 * const names = new OutputAdapter({
 *   template: '{{ documents | map(attribute="meta.name") }}',
 *   outputType: 'strings',
 * })
 * names.run({ documents: [{ meta: { name: 'a.txt' } }] }).output // ['a.txt']
 */
export class OutputAdapter<const Type extends ValueTypeName> implements Component {
  static readonly type = 'OutputAdapter'
  static readonly description = 'Makes a value of another type of what it gets, by a Jinja template.'
  static readonly parameters = t.object({
    /**
     * A Jinja template, such as "{{ documents | length }}", or the name of an input. Each variable that it reads is
     * an input.
     */
    template: t.string({
      description:
        'A Jinja template, such as "{{ documents | length }}", or the name of an input. Each variable that it reads is an input.',
    }),
    outputType: typeNameSocket(
      'What the template gives. All but `string` take the value of a single {{ … }}.',
    ),
    ...inputTypeParameters,
  })

  readonly initParameters: OutputAdapterParameters<Type>
  readonly inputs: { readonly [variable: string]: Socket }
  readonly outputs: { readonly output: SocketNamed<Type> }
  readonly #template: ValueTemplate

  /** @throws ComponentsError `TEMPLATE_SYNTAX`, `TEMPLATE_FORBIDDEN`, `TEMPLATE_INVALID` or `TEMPLATE_VARIABLE_UNKNOWN` */
  constructor(given: OutputAdapterParameters<Type>) {
    const parameters = readParameters(OutputAdapter, given)
    this.initParameters = parameters
    this.#template = new ValueTemplate(parameters.template, parameters.outputType, 'template', 'outputType')
    this.inputs = inputSockets(this.#template.variables, [this.#template], parameters)
    this.outputs = { output: this.#template.socket as SocketNamed<Type> }
  }

  /** @throws ComponentsError `VALUE_INVALID`, `TEMPLATE_FAILED`, `TEMPLATE_FORBIDDEN` or `TEMPLATE_VARIABLE_MISSING` */
  run(inputs: Values): { readonly output: ValueNamed<Type> } {
    checkInputs(OutputAdapter.type, this.inputs, inputs)
    return { output: this.#template.value(inputs) as ValueNamed<Type> }
  }
}
