import { ComponentsError, type ComponentsErrorCode } from '../errors.ts'
import { explainError } from './library-error.ts'
import { TemplateFailure } from './template-failure.ts'

const EXCERPT_WIDTH = 80

/** The text of one template, and how its errors name it. */
export class TemplateSource {
  readonly text: string
  readonly option: string | undefined

  constructor(text: string, option: string | undefined) {
    // As Jinja does: however a line ends, the prompt gets a line feed.
    this.text = text.replace(/\r\n?/g, '\n')
    this.option = option
  }

  /** Any error from within a template as one that names the template and the place. */
  locate(error: unknown, offset: number | undefined): ComponentsError {
    if (error instanceof ComponentsError) return error
    const failure = explainError(error)
    const place = failure.offset ?? offset
    const details = error instanceof TemplateFailure ? {} : { cause: error }
    const position = place === undefined ? undefined : this.#position(place)
    const where = position === undefined ? '' : ` at line ${position.line}, column ${position.column}`
    return new ComponentsError(failure.code, `${this.#opening(failure.code, where)}: ${failure.message}`, {
      ...details,
      ...position,
      option: this.option,
    })
  }

  #opening(code: ComponentsErrorCode, where: string): string {
    const name = this.option === undefined ? 'the template' : `'${this.option}'`
    switch (code) {
      case 'TEMPLATE_SYNTAX':
        return `Syntax error in ${name}${where}`
      case 'TEMPLATE_FORBIDDEN':
        return `Not allowed in ${name}${where}`
      default:
        return `${name.replace(/^t/, 'T')} failed${where}`
    }
  }

  #position(offset: number): { line: number; column: number; excerpt: string } {
    const start = this.text.lastIndexOf('\n', offset - 1) + 1
    const next = this.text.indexOf('\n', start)
    const line = this.text.slice(start, next < 0 ? undefined : next)
    const column = Math.min(offset - start, line.length)
    return {
      line: countLines(this.text, start),
      column: column + 1,
      excerpt: excerptOf(line, column),
    }
  }
}

function countLines(text: string, end: number): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** Long lines are cut to the part around the caret; tabs stay tabs, so that the caret stays in its place. */
function excerptOf(line: string, column: number): string {
  const start = Math.max(0, Math.min(column - EXCERPT_WIDTH / 2, line.length - EXCERPT_WIDTH))
  const shown = line.slice(start, start + EXCERPT_WIDTH)
  return `${shown}\n${shown.slice(0, column - start).replace(/[^\t]/g, ' ')}^`
}
