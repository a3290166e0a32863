import { type OptionalSocket, type Socket, t } from '@millrace/core'
import { didYouMean, listNames } from '@millrace/core/component'
import type { Template } from '@millrace/jinja'
import { ComponentsError } from '../errors.ts'
import { sometimesSetHint, type Values } from './prompt-template.ts'

/** How a prompt builder gets its inputs from its template. */
export interface VariableParameters<Variables extends string = string> {
  /**
   * The variables that must be given, or '*' for all of them. The others print as nothing when they are missing.
   *
   * @defaultValue '*'
   */
  readonly requiredVariables?: '*' | readonly string[]
  /**
   * The variables that are inputs, in place of those that the template reads: for templates that are given at run
   * time.
   *
   * @defaultValue the variables that the template reads
   */
  readonly variables?: readonly Variables[]
}

/** The declaration of `VariableParameters`, for the `parameters` of a builder. */
export const variableParameters = {
  /** The variables that must be given, or '*' for all of them. The others print as nothing when they are missing. */
  requiredVariables: t.optional(t.union(t.literal('*'), t.array(t.string())), {
    default: '*',
    description:
      "The variables that must be given, or '*' for all of them. The others print as nothing when they are missing.",
  }),
  /**
   * The variables that are inputs, in place of those that the template reads: for templates that are given at run
   * time.
   */
  variables: t.optional(t.array(t.string()), {
    description:
      'The variables that are inputs, in place of those that the template reads: for templates that are given at run time.',
  }),
}

/**
 * The inputs of a prompt builder: one for each variable, beside its own two. Nothing is inferred from them: where any component
 * is expected, the variables would be any.
 */
export type PromptInputs<Template, Variables extends string> = {
  readonly [Name in NoInfer<Variables>]: Socket
} & {
  /** Takes the place of the builder's own template, for this run. */
  readonly template: Socket<Template>
  /** Values of variables. They win over the inputs of the same name. */
  readonly templateVariables: OptionalSocket<{ readonly [name: string]: unknown }>
}

/** Each variable is an input, and nobody connects so many. */
const MOST_VARIABLES = 1000

/** What a template needs. */
export interface Needs {
  readonly variables: readonly string[]
  readonly texts: readonly Template[]
}

/** The variables of one prompt builder: which inputs they are, and whether a run has all that it needs. */
export class TemplateVariables {
  readonly #owner: string
  readonly #own: Needs
  readonly #names: readonly string[]
  readonly #required: '*' | readonly string[]

  /**
   * @param owner - the type of the component, for messages
   * @param own - the template that the component was made with
   * @throws ComponentsError `TEMPLATE_INVALID` or `TEMPLATE_VARIABLE_UNKNOWN`
   */
  constructor(owner: string, parameters: VariableParameters, own: Needs) {
    const { requiredVariables = '*', variables } = parameters
    for (const name of own.variables) checkIsFree(name, 'template')
    if (variables !== undefined) checkIsList(variables, 'variables')
    for (const [index, name] of (variables ?? []).entries()) checkVariableName(name, `variables[${index}]`)
    const names = new Set(variables ?? own.variables)
    if (names.size > MOST_VARIABLES) {
      const message = `It has ${names.size} variables, more than the ${MOST_VARIABLES} that are possible. Give values that belong together as one.`
      throw new ComponentsError('TEMPLATE_INVALID', message, {
        option: variables === undefined ? 'template' : 'variables',
      })
    }
    this.#owner = owner
    this.#own = own
    this.#names = [...names]
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
      `'requiredVariables' names '${name}', which is not a variable of the builder. Variables: ${listNames(this.#names)}.${didYouMean(name, this.#names)}`,
      { option: `requiredVariables[${index}]` },
    )
  }

  /** One socket for each variable; those without a type of their own take any value. */
  sockets(types: ReadonlyMap<string, Socket> = new Map()): Readonly<Record<string, Socket>> {
    return Object.fromEntries(
      this.#names.map((name) => {
        const socket = t.described(types.get(name) ?? t.unknown(), `The variable '${name}' of the template.`)
        const isRequired = this.#required === '*' || this.#required.includes(name)
        return [name, isRequired ? socket : t.optional(socket)]
      }),
    )
  }

  /**
   * The values of one run; those in `templateVariables` win. `undefined` counts as not given.
   *
   * @param given - a template that takes the place of the builder's own, which must have all its variables
   * @throws ComponentsError `TEMPLATE_VARIABLE_MISSING` or `TEMPLATE_VARIABLE_UNKNOWN`
   */
  gather(inputs: Values, templateVariables: Values, given?: Needs): Values {
    const values = Object.fromEntries(
      [...Object.entries(inputs), ...Object.entries(templateVariables)].filter(
        ([, value]) => value !== undefined,
      ),
    )
    const template = given ?? this.#own
    this.#checkKnown(Object.keys(values), template)
    const required = this.#requiredBy(given)
    const missing = required.filter((name) => !Object.hasOwn(values, name))
    if (missing.length === 0) return values
    const hints = template.texts.map((text) => sometimesSetHint(text, missing)).join('')
    throw new ComponentsError(
      'TEMPLATE_VARIABLE_MISSING',
      `${this.#owner} was not given ${listNames(missing)}. Required: ${listNames(required)}. Given: ${listNames(Object.keys(values))}. Give what is missing, or leave it out of 'requiredVariables'.${hints}`,
    )
  }

  #requiredBy(given: Needs | undefined): readonly string[] {
    if (this.#required !== '*') return this.#required
    return given ? given.variables : this.#names
  }

  #checkKnown(names: readonly string[], template: Needs): void {
    const known = new Set([...template.variables, ...this.#names])
    const stranger = names.find((name) => !known.has(name))
    if (stranger === undefined) return
    throw new ComponentsError(
      'TEMPLATE_VARIABLE_UNKNOWN',
      `${this.#owner} was given '${stranger}', which its template does not read. Variables: ${listNames(known)}.${didYouMean(stranger, known)}`,
    )
  }
}

/** The sockets that every prompt builder has. */
const reservedNames = ['template', 'templateVariables']

const NAME = /^(?!__)[\p{ID_Start}_]\p{ID_Continue}*$/u
/** Words of the language that no variable can have as its name. */
const WORDS = 'and or not in is if else elif for recursive true false none True False None loop'.split(' ')

/** Whether a text is nothing but the name of a variable. */
export function isVariableName(text: string): boolean {
  return NAME.test(text) && !WORDS.includes(text)
}

/**
 * The name, when a variable may have it.
 *
 * @throws ComponentsError `TEMPLATE_INVALID`
 */
export function checkVariableName(name: unknown, option: string): string {
  if (typeof name !== 'string' || !isVariableName(name)) {
    const shown = typeof name === 'string' ? `'${name}'` : `A ${typeof name}`
    throw new ComponentsError(
      'TEMPLATE_INVALID',
      `${shown} in '${option}' cannot be the name of a variable: it starts with a letter or '_', goes on with letters, digits and '_', and is not a word of the template language.`,
      { option },
    )
  }
  return checkIsFree(name, option)
}

/** For a name that a socket of the builder has: @throws ComponentsError `TEMPLATE_INVALID` */
function checkIsFree(name: string, option: string): string {
  if (!reservedNames.includes(name)) return name
  throw new ComponentsError(
    'TEMPLATE_INVALID',
    `A variable cannot be called '${name}' ('${option}'): the builder has inputs ${listNames(reservedNames)} of its own. Rename the variable.`,
    { option },
  )
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
