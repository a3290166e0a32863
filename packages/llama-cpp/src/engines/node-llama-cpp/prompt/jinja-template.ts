import { readProgram, runProgram } from './bounded-interpreter.ts'
import { TemplateBudget } from './template-budget.ts'

/** Renders a Jinja template with plain data. Throws what the template raises, and TemplateExcess when it takes too much. */
export type RenderTemplate = (variables: Readonly<Record<string, unknown>>, budget: TemplateBudget) => string

/**
 * Reads a Jinja template. The binding's own chat wrapper cannot be used: it reads the names, arguments and descriptions
 * of tools for control tokens, has no call without a result, and lets a template run forever.
 *
 * @throws what the template has wrong
 */
export function jinjaTemplate(text: string): RenderTemplate {
  const program = new TemplateBudget().run(() => readProgram(text))
  return (variables, budget) => budget.run(() => runProgram(program, variables, budget))
}
