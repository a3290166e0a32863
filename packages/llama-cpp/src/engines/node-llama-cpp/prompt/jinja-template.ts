import { Template } from '@huggingface/jinja'

/** Renders a Jinja template with variables. Throws what the template raises. */
export type RenderTemplate = (variables: Readonly<Record<string, unknown>>) => string

/**
 * Reads a Jinja template. The binding's own chat wrapper cannot be used: it reads the names, arguments and descriptions
 * of tools for control tokens, and has no call without a result.
 *
 * @throws what the template has wrong
 */
export function jinjaTemplate(text: string): RenderTemplate {
  const template = new Template(text)
  return (variables) => template.render({ ...variables })
}
