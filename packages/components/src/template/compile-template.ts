import { didYouMean, listNames } from '@millrace/core'
import { ComponentsError } from '../errors.ts'
import { parseTemplate } from './parse-template.ts'
import { renderTemplate } from './render-template.ts'
import { TemplateSource } from './template-source.ts'

export interface TemplateOptions {
  /** What errors call the template, and what they carry as their `option`: a path such as `template[1].content`. */
  readonly option?: string | undefined
}

export interface RenderOptions {
  /**
   * Variables that may be missing: they print as nothing, and `is defined` is false for them. `'*'` means all.
   *
   * @defaultValue none
   */
  readonly optional?: '*' | readonly string[]
}

/** A template that was read once and renders any number of times. It has no state. */
export interface Template {
  /** The names that the template reads and does not set itself, in the order of the text. */
  readonly variables: readonly string[]
  /**
   * The text with the values in it. Values are data: they are printed, never read as templates. `undefined` counts
   * as missing, `null` does not.
   *
   * @throws ComponentsError `TEMPLATE_VARIABLE_MISSING`, `TEMPLATE_FAILED`, or `TEMPLATE_FORBIDDEN` for values that
   * are not plain data
   */
  render(values: Readonly<Record<string, unknown>>, options?: RenderOptions): string
}

/**
 * Reads a Jinja template. It sees the values it is given and nothing else: no globals, no prototypes, no functions
 * but those of the language. Its work is bounded (`templateLimits`), so that a hostile one fails and never hangs.
 *
 * The dialect is that of `@huggingface/jinja` with white space as in Jinja's defaults. Lists and objects print as
 * JSON, `true` and `false` in lower case, none and what is missing as nothing.
 *
 * @throws ComponentsError `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN`, with line and column
 */
export function compileTemplate(source: string, { option }: TemplateOptions = {}): Template {
  checkIsText(source, option)
  const parsed = parseTemplate(new TemplateSource(source, option), 'text')
  return {
    variables: parsed.variables,
    render(values, { optional = [] } = {}) {
      if (optional !== '*') checkGiven(parsed.variables, values, optional)
      return renderTemplate(parsed, values)
    },
  }
}

/** @throws ComponentsError `TEMPLATE_INVALID` */
export function checkIsText(source: unknown, option: string | undefined): asserts source is string {
  if (typeof source === 'string') return
  const name = option === undefined ? 'A template' : `'${option}'`
  throw new ComponentsError(
    'TEMPLATE_INVALID',
    `${name} must be a string, not ${source === null ? 'null' : typeof source}.`,
    {
      option,
    },
  )
}

function checkGiven(
  variables: readonly string[],
  values: Readonly<Record<string, unknown>>,
  optional: readonly string[],
): void {
  const given = Object.keys(values).filter((name) => values[name] !== undefined)
  const missing = variables.filter((name) => !given.includes(name) && !optional.includes(name))
  const [first] = missing
  if (first === undefined) return
  throw new ComponentsError(
    'TEMPLATE_VARIABLE_MISSING',
    `The template was not given ${listNames(missing)}. Given: ${listNames(given)}.${didYouMean(first, given)}`,
  )
}
