import { lexTag } from './lex-tag.ts'
import { TemplateFailure } from './template-failure.ts'
import type { Token } from './token.ts'

const OPENING = /\{[{%#]/g
const END_RAW = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g

/** Text between tags that is still to be cut at its ends. */
interface Piece {
  readonly start: number
  readonly end: number
  readonly trimStart: boolean
  readonly trimEnd: boolean
}

/**
 * Splits a template into tokens. Of our own, because the lexer of `@huggingface/jinja` knows no positions and has no
 * `raw` block. White space as in Jinja's defaults: one line feed at the end of the template goes, `-` at the
 * edge of a tag takes the white space beside it, everything else stays. Linear in the length of the text.
 *
 * @throws TemplateFailure `TEMPLATE_SYNTAX`
 */
export function lexTemplate(source: string): Token[] {
  const text = source.endsWith('\n') ? source.slice(0, -1) : source
  const tokens: Token[] = []
  let at = 0
  let trimStart = false
  while (at < text.length) {
    OPENING.lastIndex = at
    const opening = OPENING.exec(text)?.index ?? text.length
    pushText(tokens, text, { start: at, end: opening, trimStart, trimEnd: text[opening + 2] === '-' })
    if (opening === text.length) break
    const tag = text[opening + 1] === '#' ? skipComment(text, opening) : readTag(tokens, text, opening)
    at = tag.end
    trimStart = tag.trimsAfter
  }
  return tokens
}

interface TagEnd {
  readonly end: number
  readonly trimsAfter: boolean
}

function skipComment(text: string, opening: number): TagEnd {
  const closing = text.indexOf('#}', opening + 2)
  if (closing < 0) {
    throw new TemplateFailure('TEMPLATE_SYNTAX', "'{#' is never closed: '#}' is missing.", opening)
  }
  return { end: closing + 2, trimsAfter: closing > opening + 3 && text[closing - 1] === '-' }
}

function readTag(tokens: Token[], text: string, opening: number): TagEnd {
  const statement = text[opening + 1] === '%'
  const sign = text[opening + 2] === '-' || (statement && text[opening + 2] === '+') ? 1 : 0
  const tag = lexTag(text, opening, opening + 2 + sign, statement ? '%}' : '}}')
  if (statement && tag.tokens.length === 1 && tag.tokens[0]?.value === 'raw') {
    return readRaw(tokens, text, opening, tag)
  }
  const last = tag.end - 2
  tokens.push(
    statement
      ? { type: 'OpenStatement', value: '{%', offset: opening }
      : { type: 'OpenExpression', value: '{{', offset: opening },
    ...tag.tokens,
    statement
      ? { type: 'CloseStatement', value: '%}', offset: last }
      : { type: 'CloseExpression', value: '}}', offset: last },
  )
  return tag
}

function readRaw(tokens: Token[], text: string, opening: number, tag: TagEnd): TagEnd {
  END_RAW.lastIndex = tag.end
  const closing = END_RAW.exec(text)
  if (closing === null) {
    throw new TemplateFailure(
      'TEMPLATE_SYNTAX',
      "'{% raw %}' is never closed: '{% endraw %}' is missing.",
      opening,
    )
  }
  const piece = { start: tag.end, end: closing.index, trimStart: tag.trimsAfter, trimEnd: closing[1] === '-' }
  pushText(tokens, text, piece)
  return { end: closing.index + closing[0].length, trimsAfter: closing[2] === '-' }
}

function pushText(tokens: Token[], text: string, { start, end, trimStart, trimEnd }: Piece): void {
  let value = text.slice(start, end)
  let offset = start
  if (trimStart) {
    const trimmed = value.trimStart()
    offset += value.length - trimmed.length
    value = trimmed
  }
  if (trimEnd) value = value.trimEnd()
  if (value !== '') tokens.push({ type: 'Text', value, offset })
}
