import { listNames, messageOf } from '@millrace/core/component'
import { JinjaError, type OwnFunction, Template, type TemplateOptions } from '@millrace/jinja'
import { ComponentsError, type ComponentsErrorCode } from '../errors.ts'
import { withMessageViews } from './message-view.ts'

export type Values = Readonly<Record<string, unknown>>

/** The value of a name that a template may choose, which `constructor` is, too. */
export function ownValue(values: Values, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

/** A Jinja template whose errors name the parameter that it came from. */
export class PromptTemplate {
  readonly template: Template
  readonly #option: string

  /**
   * @param option - the parameter, as a path inside the parameters: `template[1].content`
   * @throws ComponentsError `TEMPLATE_INVALID`, `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN`
   */
  constructor(source: unknown, option: string, options: TemplateOptions = {}) {
    if (typeof source !== 'string') {
      const found = source === null ? 'null' : typeof source
      throw new ComponentsError('TEMPLATE_INVALID', `'${option}' must be a string, not ${found}.`, { option })
    }
    this.#option = option
    this.template = located(option, () => new Template(source, options))
  }

  /**
   * The text with the values in it. Chat messages among them print as their texts.
   *
   * @throws ComponentsError `TEMPLATE_FAILED` or `TEMPLATE_FORBIDDEN`
   */
  render(values: Values): string {
    return located(this.#option, () => this.template.render(withMessageViews(values) as Values), true)
  }

  /**
   * The value of the template where it is a single `{{ … }}`, otherwise its text; undefined for what is not there.
   *
   * @throws ComponentsError `TEMPLATE_FAILED` or `TEMPLATE_FORBIDDEN`
   */
  evaluate(values: Values): unknown {
    return located(this.#option, () => this.template.evaluate(withMessageViews(values) as Values), true)
  }
}

/** A failure of code of this package that a template calls. */
export function failure(message: string): ComponentsError {
  return new ComponentsError('TEMPLATE_FAILED', message)
}

/** Runs code of this package on the values of a parameter: its failures get the name of the parameter. */
export function named<Result>(option: string, run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ComponentsError) || error.option !== undefined) throw error
    throw new ComponentsError(error.code, `'${option}' failed: ${error.message}`, { option })
  }
}

function located<Result>(option: string, run: () => Result, isRendering = false): Result {
  try {
    return run()
  } catch (error) {
    if (error instanceof JinjaError) throw asComponentsError(error, option, isRendering)
    if (error instanceof ComponentsError) throw error
    // A value of the caller that throws when it is read.
    const reason = messageOf(error)
    const message = `'${option}' failed: a value cannot be read: ${reason}`
    throw new ComponentsError('TEMPLATE_FAILED', message, { option, cause: error })
  }
}

function asComponentsError(error: JinjaError, option: string, isRendering: boolean): ComponentsError {
  const { line, column, excerpt, cause } = error
  const code: ComponentsErrorCode =
    error.code === 'FORBIDDEN' ? 'TEMPLATE_FORBIDDEN' : isRendering ? 'TEMPLATE_FAILED' : 'TEMPLATE_SYNTAX'
  // What our own filters and statements throw has a reason of its own.
  const reason = cause instanceof ComponentsError ? cause.message : (placeHint(error.reason) ?? error.reason)
  const place = `at line ${line}, column ${column}`
  const opening =
    code === 'TEMPLATE_SYNTAX'
      ? `Error in '${option}' ${place}`
      : code === 'TEMPLATE_FORBIDDEN'
        ? `Not allowed in '${option}' ${place}`
        : `'${option}' failed ${place}`
  const details = { line, column, excerpt, option }
  return new ComponentsError(
    code,
    `${opening}: ${reason}`,
    cause === undefined ? details : { ...details, cause },
  )
}

/** Filters and statements that a ChatPromptBuilder has, and other templates have not. */
const PLACES: Readonly<Record<string, string>> = {
  "filter 'image'": 'It works in the user messages of a ChatPromptBuilder only.',
  "filter 'file'": 'It works in the user messages of a ChatPromptBuilder only.',
  "filter 'reasoning'":
    'It works in the \'{% message role="assistant" %}\' blocks of a ChatPromptBuilder only.',
  "statement 'message'":
    'It makes a message: it stands in a template of a ChatPromptBuilder that is one string.',
  "statement 'insert'":
    'It makes messages: it stands in a template of a ChatPromptBuilder that is one string.',
}

function placeHint(reason: string): string | undefined {
  const found = Object.entries(PLACES).find(([what]) => reason.startsWith(`There is no ${what}.`))
  return found && `There is no ${found[0]} here. ${found[1]}`
}

/** A filter that takes nothing but the value in front of it. */
export function plainFilter(apply: (value: unknown) => unknown): OwnFunction {
  return { parameters: '', apply }
}

/** `'a' is only set in some cases …`, for variables that are missing; otherwise nothing. */
export function sometimesSetHint(template: Template, missing: readonly string[]): string {
  const names = missing.filter((name) => template.sometimesSet.includes(name))
  const [first] = names
  if (first === undefined) return ''
  return ` The template sets ${listNames(names)} in some cases only: put {% set ${first} = '' %} in front of them, if it is not an input.`
}
