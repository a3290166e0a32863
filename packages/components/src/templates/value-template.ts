import { type Socket, t } from '@millrace/core'
import { checkValue, didYouMean, listNames, shorten } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { socketNamed, typeNameSocket, type ValueTypeName } from '../value-types.ts'
import { ownValue, PromptTemplate, type Values } from './prompt-template.ts'
import { isVariableName } from './variables.ts'

/** A template, or the name of an input, that stands for a value of a type. */
export class ValueTemplate {
  readonly variables: readonly string[]
  /** The input that is passed on as it is. */
  readonly passed: string | undefined
  readonly type: ValueTypeName
  readonly socket: Socket
  readonly #source: string
  readonly #template: PromptTemplate | undefined
  readonly #option: string

  /**
   * @param option - the parameter that has the template, as a path inside the parameters: `routes[1].output`
   * @param typeOption - the parameter that has the type
   * @throws ComponentsError `VALUE_INVALID`, `TEMPLATE_INVALID`, `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN`
   */
  constructor(source: unknown, type: ValueTypeName, option: string, typeOption: string) {
    this.#option = option
    this.#source = String(source)
    this.type = type
    this.socket = socketNamed(type, typeOption)
    if (typeof source === 'string' && isVariableName(source)) {
      this.passed = source
      this.variables = [source]
    } else {
      this.#template = new PromptTemplate(source, option)
      this.variables = this.#template.template.variables
    }
  }

  /**
   * A template of type `string` gives its text. Of another type it gives the value of its only `{{ … }}`; a text that is not
   * of the type is read as JSON. Something undefined is an error of all types.
   *
   * @throws ComponentsError `VALUE_INVALID`, `TEMPLATE_FAILED` or `TEMPLATE_FORBIDDEN`
   */
  value(values: Values): unknown {
    if (this.#template === undefined) return this.#checked(ownValue(values, this.passed as string))
    const value = this.#template.evaluate(values)
    if (this.type === 'string' && value !== undefined) return this.#template.render(values)
    if (typeof value !== 'string' || this.#problem(value) === undefined) return this.#checked(value)
    return this.#checked(fromJson(value))
  }

  #problem(value: unknown): string | undefined {
    if (value === undefined) return `'${shorten(this.#source, 60)}' is undefined`
    const [problem] = checkValue(this.socket, value)
    if (problem === undefined) return undefined
    const place = problem.path.length === 0 ? '' : `at ${problem.path.join('.')}: `
    return place + problem.message.replace(/\.$/, '')
  }

  #checked(value: unknown): unknown {
    const problem = this.#problem(value)
    if (problem === undefined) return value
    throw new ComponentsError(
      'VALUE_INVALID',
      `What '${this.#option}' gives is not of the type '${this.type}': ${problem}.`,
      { option: this.#option },
    )
  }
}

/** What a JSON text stands for; any other text as it is. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** How a component gets its inputs from its templates. */
export interface InputTypeParameters {
  /**
   * The types of variables, as in { count: integer }, by which text from a command line is read. Without one, a variable
   * that an output passes on has the type of that output, and any other takes any value.
   *
   * @defaultValue `{}`
   */
  readonly inputTypes?: { readonly [variable: string]: ValueTypeName }
}

/** The declaration of `InputTypeParameters`. */
export const inputTypeParameters = {
  /**
   * The types of variables, as in { count: integer }, by which text from a command line is read. Without one, a variable
   * that an output passes on has the type of that output, and any other takes any value.
   */
  inputTypes: t.optional(t.record(typeNameSocket('The type of the variable.')), {
    description:
      'The types of variables, as in { count: integer }, by which text from a command line is read. Without one, a variable that an output passes on has the type of that output, and any other takes any value.',
  }),
}

/**
 * An input for each variable. Its type is what `inputTypes` says; otherwise that of the outputs that pass it on.
 *
 * @throws ComponentsError `TEMPLATE_VARIABLE_UNKNOWN` or `VALUE_INVALID`
 */
export function inputSockets(
  variables: Iterable<string>,
  templates: readonly ValueTemplate[],
  { inputTypes = {} }: InputTypeParameters,
  optional: readonly string[] = [],
): { readonly [variable: string]: Socket } {
  const names = [...new Set(variables)]
  for (const name of Object.keys(inputTypes)) checkIsVariable(name, names, `inputTypes.${name}`)
  for (const [index, name] of optional.entries()) checkIsVariable(name, names, `optionalVariables[${index}]`)
  return Object.fromEntries(
    names.map((name) => {
      const type = ownValue(inputTypes, name) as ValueTypeName | undefined
      const known =
        type === undefined ? typeOfPassed(name, templates) : socketNamed(type, `inputTypes.${name}`)
      const socket = t.described(known, `The variable '${name}'.`)
      return [name, optional.includes(name) ? t.optional(socket) : socket]
    }),
  )
}

/** What the outputs take that pass a variable on. */
function typeOfPassed(name: string, templates: readonly ValueTemplate[]): Socket {
  const passing = templates.filter(({ passed }) => passed === name)
  const sockets = new Map(passing.map(({ type, socket }) => [type, socket]))
  return sockets.size === 0 || sockets.has('any') ? t.unknown() : t.union(...sockets.values())
}

function checkIsVariable(name: string, names: readonly string[], option: string): void {
  if (names.includes(name)) return
  throw new ComponentsError(
    'TEMPLATE_VARIABLE_UNKNOWN',
    `'${option}' is about '${name}', which no template reads. Variables: ${listNames(names)}.${didYouMean(name, names)}`,
    { option },
  )
}

/**
 * For runs outside of a pipeline, which checks its inputs itself.
 *
 * @param owner - the type of the component, for messages
 * @throws ComponentsError `TEMPLATE_VARIABLE_MISSING`
 */
export function checkInputs(
  owner: string,
  sockets: { readonly [variable: string]: Socket },
  values: Values,
): void {
  const missing = Object.keys(sockets).filter(
    (name) => !sockets[name]?.optional && ownValue(values, name) === undefined,
  )
  if (missing.length === 0) return
  throw new ComponentsError(
    'TEMPLATE_VARIABLE_MISSING',
    `${owner} was not given ${listNames(missing)}. Given: ${listNames(Object.keys(values))}.`,
  )
}
