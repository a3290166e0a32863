import { type Component, type Socket, t } from '@millrace/core'
import { readParameters } from '@millrace/core/component'
import { PromptTemplate } from '../templates/prompt-template.ts'
import {
  type Needs,
  type PromptInputs,
  TemplateVariables,
  type VariableParameters,
  variableParameters,
} from '../templates/variables.ts'
import type { VariablesIn } from '../templates/variables-in.ts'

export interface PromptBuilderParameters<Template extends string = string, Variables extends string = string>
  extends VariableParameters<Variables> {
  /** A Jinja template, such as "What is the capital of {{ country }}?". Each variable that it reads is an input. */
  readonly template: Template
}

/** What one run of a prompt builder takes: its variables by name, and these. */
export interface PromptBuilderInputs {
  readonly [variable: string]: unknown
  /** Takes the place of the builder's own template, for this run. */
  readonly template?: string
  /** Values of variables. They win over the inputs of the same name. */
  readonly templateVariables?: { readonly [name: string]: unknown }
}

/**
 * Makes a text from a Jinja template. As in Haystack each variable of the template is an input, and a missing one is
 * an error unless `requiredVariables` leaves it out. The compiler knows the inputs of a template that is a literal, as long
 * as it has nothing but variables, their attributes, and filters without arguments.
 *
 * The language is Jinja2 as Python prints it. Chat messages print as their texts, so that `{{ replies[0] }}` or
 * `{{ replies }}` put an answer into the next prompt. The values are data: they are never read as templates, and a
 * template sees nothing but them.
 *
 * @example
 * const prompt = new PromptBuilder({
 *   template: `Answer from these documents:
 * {% for document in documents %}- {{ document.content }}
 * {% endfor %}Question: {{ question }}`,
 * })
 * prompt.run({ documents: [{ content: 'Paris is in France.' }], question: 'Where is Paris?' }).prompt
 */
export class PromptBuilder<
  const Template extends string = string,
  const Variables extends string = VariablesIn<Template>,
> implements Component
{
  static readonly type = 'PromptBuilder'
  static readonly description =
    'Makes a text from a Jinja template; each variable of the template is an input.'
  static readonly parameters: Socket<PromptBuilderParameters> = t.object({
    /** A Jinja template, such as "What is the capital of {{ country }}?". Each variable that it reads is an input. */
    template: t.string({
      description:
        'A Jinja template, such as "What is the capital of {{ country }}?". Each variable that it reads is an input.',
    }),
    ...variableParameters,
  })

  readonly initParameters: PromptBuilderParameters
  readonly inputs: PromptInputs<string, Variables>
  readonly outputs = {
    /** The template with the values in it. */
    prompt: t.string({ description: 'The template with the values in it.' }),
  }
  readonly #template: PromptTemplate
  readonly #variables: TemplateVariables

  /**
   * @throws ComponentsError `TEMPLATE_SYNTAX`, `TEMPLATE_FORBIDDEN`, `TEMPLATE_INVALID` or
   * `TEMPLATE_VARIABLE_UNKNOWN`, with the parameter in `option`
   */
  constructor(given: PromptBuilderParameters<Template, Variables>) {
    const parameters = readParameters(PromptBuilder, given) as PromptBuilderParameters<Template, Variables>
    this.initParameters = parameters
    this.#template = new PromptTemplate(parameters.template, 'template')
    this.#variables = new TemplateVariables(PromptBuilder.type, parameters, needsOf(this.#template))
    const inputs = {
      ...this.#variables.sockets(),
      /** Takes the place of the builder's own template, for this run. */
      template: t.optional(t.string(), {
        description: "Takes the place of the builder's own template, for this run.",
      }),
      /** Values of variables. They win over the inputs of the same name. */
      templateVariables: t.optional(t.record(t.unknown()), {
        description: 'Values of variables. They win over the inputs of the same name.',
      }),
    }
    this.inputs = inputs as object as PromptInputs<string, Variables>
  }

  /**
   * @throws ComponentsError `TEMPLATE_VARIABLE_MISSING`, `TEMPLATE_VARIABLE_UNKNOWN`, `TEMPLATE_FAILED` or
   * `TEMPLATE_FORBIDDEN`; for a template that was given, also those of the constructor
   */
  run({ template: given, templateVariables = {}, ...inputs }: PromptBuilderInputs): { prompt: string } {
    const other = given === undefined ? undefined : new PromptTemplate(given, 'template')
    const values = this.#variables.gather(inputs, templateVariables, other && needsOf(other))
    return { prompt: (other ?? this.#template).render(values) }
  }
}

function needsOf({ template }: PromptTemplate): Needs {
  return { variables: template.variables, texts: [template] }
}
