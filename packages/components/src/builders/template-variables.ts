import { didYouMean, listNames, type OptionalSocket, type Socket, t } from '@millrace/core'
import { ComponentsError } from '../errors.ts'
import { checkIsFree, checkVariableName } from './variable-name.ts'

/** How a prompt builder gets its inputs from its template. */
export interface VariableParameters {
  /**
   * The variables that must be given, or `'*'` for all of them. The others print as nothing when they are missing.
   *
   * @defaultValue '*'
   */
  readonly requiredVariables?: '*' | readonly string[]
  /**
   * Variables that get an input although the template does not read them: for templates that are given at run time.
   *
   * @defaultValue none
   */
  readonly variables?: readonly string[]
}

/** The declaration of `VariableParameters`, for the `parameters` of a builder. */
export const variableParameters = {
  requiredVariables: t.optional(t.union(t.literal('*'), t.array(t.string())), {
    default: '*',
    description:
      "The variables that must be given, or '*' for all of them. The others print as nothing when they are missing.",
  }),
  variables: t.optional(t.array(t.string()), {
    description:
      'Variables that get an input although the template does not read them: for templates that are given at run time.',
  }),
}

/** The inputs of a prompt builder: one for each variable, beside its own two. */
export type PromptInputs<Template> = { readonly [variable: string]: Socket } & {
  readonly template: Socket<Template>
  readonly templateVariables: OptionalSocket<{ readonly [name: string]: unknown }>
}

type Values = Readonly<Record<string, unknown>>

/** The variables of one prompt builder: which inputs they are, and whether a run has all that it needs. */
export class TemplateVariables {
  readonly #owner: string
  readonly #names: readonly string[]
  readonly #required: '*' | readonly string[]

  /**
   * @param owner - the type of the component, for messages
   * @param reads - the variables of the template that the component was made with
   * @throws ComponentsError `TEMPLATE_INVALID` or `TEMPLATE_VARIABLE_UNKNOWN`
   */
  constructor(owner: string, parameters: VariableParameters, reads: readonly string[]) {
    const { requiredVariables = '*', variables = [] } = parameters
    for (const name of reads) checkIsFree(name, 'template')
    checkIsList(variables, 'variables')
    for (const [index, name] of variables.entries()) checkVariableName(name, `variables[${index}]`)
    this.#owner = owner
    this.#names = [...new Set([...reads, ...variables])]
    this.#required = requiredVariables
    if (requiredVariables !== '*') this.#checkRequired(requiredVariables)
  }

  #checkRequired(required: readonly string[]): void {
    checkIsList(required, 'requiredVariables', "'*' or ")
    const index = required.findIndex((name) => !this.#names.includes(name))
    if (index < 0) return
    const name = String(required[index])
    throw new ComponentsError(
      'TEMPLATE_VARIABLE_UNKNOWN',
      `'requiredVariables' names '${name}', which the template does not read. Variables: ${listNames(this.#names)}.${didYouMean(name, this.#names)}`,
      { option: `requiredVariables[${index}]` },
    )
  }

  /** One socket for each variable; those without a type of their own take any value. */
  sockets(types: ReadonlyMap<string, Socket> = new Map()): Readonly<Record<string, Socket>> {
    return Object.fromEntries(
      this.#names.map((name) => {
        const socket = t.described(types.get(name) ?? t.unknown(), `The variable '${name}' of the template.`)
        return [name, this.#isRequired(name) ? socket : t.optional(socket)]
      }),
    )
  }

  /**
   * The values of one run; those in `templateVariables` win.
   *
   * @param reads - the variables of the template that is about to be rendered
   * @throws ComponentsError `TEMPLATE_VARIABLE_MISSING` or `TEMPLATE_VARIABLE_UNKNOWN`
   */
  gather(inputs: Values, templateVariables: Values, reads: readonly string[]): Values {
    const values = Object.fromEntries(
      [...Object.entries(inputs), ...Object.entries(templateVariables)].filter(
        ([, value]) => value !== undefined,
      ),
    )
    const given = Object.keys(values)
    const known = new Set([...reads, ...this.#names])
    const stranger = given.find((name) => !known.has(name))
    if (stranger !== undefined) {
      throw new ComponentsError(
        'TEMPLATE_VARIABLE_UNKNOWN',
        `${this.#owner} was given '${stranger}', which its template does not read. Variables: ${listNames(known)}.${didYouMean(stranger, known)}`,
      )
    }
    const required = reads.filter((name) => this.#isRequired(name))
    const missing = required.filter((name) => !given.includes(name))
    if (missing.length === 0) return values
    throw new ComponentsError(
      'TEMPLATE_VARIABLE_MISSING',
      `${this.#owner} was not given ${listNames(missing)}. Required: ${listNames(required)}. Given: ${listNames(given)}. Give what is missing, or leave it out of 'requiredVariables'.`,
    )
  }

  #isRequired(name: string): boolean {
    return this.#required === '*' || this.#required.includes(name)
  }
}

function checkIsList(value: unknown, option: string, alternative = ''): void {
  if (Array.isArray(value)) return
  throw new ComponentsError(
    'TEMPLATE_INVALID',
    `'${option}' must be ${alternative}a list of names, not ${value === null ? 'null' : typeof value}.`,
    {
      option,
    },
  )
}
