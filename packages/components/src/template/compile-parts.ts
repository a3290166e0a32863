import type { ImageContent, TextContent } from '@millrace/core'
import { checkIsText } from './compile-template.ts'
import { ImageMarks } from './image-marks.ts'
import { parseTemplate } from './parse-template.ts'
import { renderTemplate } from './render-template.ts'
import { TemplateSource } from './template-source.ts'

/** A template for the content of a user message: text in which the filter `image` places images. */
export interface PartsTemplate {
  readonly variables: readonly string[]
  /**
   * At least one part. A variable without a value is missing, which is not an error here.
   *
   * @throws ComponentsError `TEMPLATE_FAILED` or `TEMPLATE_FORBIDDEN`
   */
  render(values: Readonly<Record<string, unknown>>): readonly (TextContent | ImageContent)[]
}

/** @throws ComponentsError `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN` */
export function compileParts(text: string, option: string | undefined): PartsTemplate {
  checkIsText(text, option)
  const source = new TemplateSource(text, option)
  const parsed = parseTemplate(source, 'parts')
  return {
    variables: parsed.variables,
    render(values) {
      const marks = new ImageMarks()
      const content = renderTemplate(parsed, values, { filters: { image: marks.mark } })
      try {
        return marks.split(content)
      } catch (error) {
        throw source.locate(error, undefined)
      }
    },
  }
}
