import { didYouMean, listNames } from '@millrace/core'
import { TemplateFailure } from './template-failure.ts'
import type { Token } from './token.ts'

interface Block {
  readonly keyword: string
  readonly offset: number
}

const closers: Readonly<Record<string, string>> = {
  if: 'endif',
  for: 'endfor',
  set: 'endset',
  macro: 'endmacro',
  call: 'endcall',
  filter: 'endfilter',
  message: 'endmessage',
}

const openers = new Map(Object.entries(closers).map(([opener, closer]) => [closer, opener]))
const middles: Readonly<Record<string, readonly string[]>> = { elif: ['if'], else: ['if', 'for'] }
const statements = ['break', 'call', 'continue', 'filter', 'for', 'if', 'macro', 'raw', 'set']
const messageStatements = ['message', 'insert']

/** Blocks whose text goes somewhere else than to where they stand. */
const collectors = ['message', 'macro', 'set', 'call', 'filter']

/**
 * Checks that every statement exists, stands where it may, and that every block is closed by its own end. The parser
 * of `@huggingface/jinja` would say the same less clearly, or not at all. A template that has message blocks has
 * nothing but white space outside of them.
 *
 * @param messages - whether the template may have message blocks
 * @throws TemplateFailure `TEMPLATE_SYNTAX`
 */
export function checkBlocks(tokens: readonly Token[], { messages }: { readonly messages: boolean }): void {
  const open: Block[] = []
  const isDivided = messages && hasMessageBlocks(tokens)
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'Text' && isDivided) checkPlace(token, open)
    if (token.type !== 'OpenStatement') continue
    const word = tokens[index + 1]
    const keyword = word?.type === 'Identifier' ? word.value : ''
    const place = { keyword, offset: token.offset }
    if (Object.hasOwn(closers, keyword)) {
      if (keyword === 'message' && open.some((block) => block.keyword === 'message')) {
        throw failure("A '{% message %}' block cannot stand in another one.", token.offset)
      }
      checkDialect(place, messages)
      if (keyword !== 'set' || !assigns(tokens, index)) open.push(place)
    } else if (openers.has(keyword)) close(place, open)
    else checkSingle(place, open, messages)
  }
  const left = open.at(-1)
  if (left === undefined) return
  throw failure(
    `'{% ${left.keyword} %}' is never closed: '{% ${closers[left.keyword]} %}' is missing.`,
    left.offset,
  )
}

/** Tells whether a template has message blocks; otherwise all of it is one text. */
export function hasMessageBlocks(tokens: readonly Token[]): boolean {
  return tokens.some(
    (token, index) =>
      token.type === 'OpenStatement' && messageStatements.includes(tokens[index + 1]?.value ?? ''),
  )
}

function close({ keyword, offset }: Block, open: Block[]): void {
  const block = open.pop()
  if (block?.keyword === openers.get(keyword)) return
  const inner = block === undefined ? 'no block is open' : `the open block is '{% ${block.keyword} %}'`
  throw failure(`'{% ${keyword} %}' closes nothing: ${inner}.`, offset)
}

function checkSingle(place: Block, open: readonly Block[], messages: boolean): void {
  const { keyword, offset } = place
  if (Object.hasOwn(middles, keyword)) {
    const owners = middles[keyword] as readonly string[]
    if (owners.includes(open.at(-1)?.keyword ?? '')) return
    throw failure(
      `'{% ${keyword} %}' stands in no ${owners.map((owner) => `'{% ${owner} %}'`).join(' or ')}.`,
      offset,
    )
  }
  if (keyword === 'break' || keyword === 'continue') {
    const around = open.findLast((block) => block.keyword === 'for' || collectors.includes(block.keyword))
    if (around?.keyword === 'for') return
    throw failure(`'{% ${keyword} %}' stands in no '{% for %}'.`, offset)
  }
  if (keyword === 'insert') {
    checkDialect(place, messages)
    const around = open.find((block) => block.keyword === 'message')
    if (around === undefined) return
    throw failure(
      "'{% insert %}' cannot stand in a '{% message %}' block: it inserts whole messages.",
      offset,
    )
  }
  const known = messages ? [...statements, ...messageStatements] : statements
  const name = keyword === '' ? "'{%' is followed by no statement." : `There is no statement '${keyword}'.`
  throw failure(`${name} Possible: ${listNames(known)}.${didYouMean(keyword, known)}`, offset)
}

function checkDialect({ keyword, offset }: Block, messages: boolean): void {
  if (messages || !messageStatements.includes(keyword)) return
  throw failure(
    `'{% ${keyword} %}' makes messages. It stands in a template of a ChatPromptBuilder that is one string.`,
    offset,
  )
}

function checkPlace(text: Token, open: readonly Block[]): void {
  const start = text.value.search(/\S/)
  if (start < 0 || open.some((block) => collectors.includes(block.keyword))) return
  throw failure(
    "This text stands outside of the '{% message %}' blocks, so it belongs to no message.",
    text.offset + start,
  )
}

/** `{% set x = 1 %}`, and not the block `{% set x %}…{% endset %}`. */
function assigns(tokens: readonly Token[], statement: number): boolean {
  for (let at = statement; at < tokens.length; at++) {
    if (tokens[at]?.type === 'Equals') return true
    if (tokens[at]?.type === 'CloseStatement') return false
  }
  return false
}

function failure(message: string, offset: number): TemplateFailure {
  return new TemplateFailure('TEMPLATE_SYNTAX', message, offset)
}
