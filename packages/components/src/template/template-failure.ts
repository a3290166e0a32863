import type { ComponentsErrorCode } from '../errors.ts'

/**
 * What went wrong inside a template, before anybody knows which template it is. Never leaves this folder:
 * `TemplateSource.locate` makes a `ComponentsError` of it.
 */
export class TemplateFailure extends Error {
  readonly code: ComponentsErrorCode
  /** Where in the text of the template, when the one who throws knows. */
  readonly offset: number | undefined

  constructor(code: ComponentsErrorCode, message: string, offset?: number) {
    super(message)
    this.code = code
    this.offset = offset
  }
}
