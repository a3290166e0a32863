import type { Token, TokenType } from './token.ts'

/** Names of functions that no template can write. */
export const MESSAGE_FUNCTION = '{% message %}'
export const INSERT_FUNCTION = '{% insert %}'

/**
 * Writes the tags of messages in what the parser knows: `{% message … %}` becomes `{% call f(…) %}`, and
 * `{% insert x %}` becomes `{{ g(x) }}`, with functions under names that cannot be written.
 */
export function rewriteMessageTags(tokens: readonly Token[]): Token[] {
  const rewritten: Token[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as Token
    const word = tokens[at + 1]
    if (token.type !== 'OpenStatement' || word === undefined || !Object.hasOwn(rewriters, word.value)) {
      rewritten.push(token)
      continue
    }
    let end = at
    while (tokens[end]?.type !== 'CloseStatement') end++
    const [opening, closing] = [token, tokens[end] as Token]
    const inside = tokens.slice(at + 2, end)
    rewritten.push(...(rewriters[word.value] as Rewriter)({ opening, word, inside, closing }))
    at = end
  }
  return rewritten
}

interface Tag {
  readonly opening: Token
  readonly word: Token
  readonly inside: readonly Token[]
  readonly closing: Token
}

type Rewriter = (tag: Tag) => Token[]

const rewriters: Readonly<Record<string, Rewriter>> = {
  message: ({ opening, word, inside, closing }) => [
    opening,
    as(word, 'Identifier', 'call'),
    as(word, 'Identifier', MESSAGE_FUNCTION),
    as(word, 'OpenParen', '('),
    ...inside,
    as(closing, 'CloseParen', '%}'),
    closing,
  ],
  endmessage: ({ opening, word, inside, closing }) => [
    opening,
    as(word, 'Identifier', 'endcall'),
    ...inside,
    closing,
  ],
  insert: ({ opening, word, inside, closing }) => [
    as(opening, 'OpenExpression', '{%'),
    as(word, 'Identifier', INSERT_FUNCTION),
    as(word, 'OpenParen', '('),
    ...inside,
    as(closing, 'CloseParen', '%}'),
    as(closing, 'CloseExpression', '%}'),
  ],
}

function as(place: Token, type: TokenType, value: string): Token {
  return { type, value, offset: place.offset }
}
