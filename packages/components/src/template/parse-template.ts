import { checkBlocks, hasMessageBlocks } from './check-blocks.ts'
import { checkNames } from './check-names.ts'
import { freeVariables } from './free-variables.ts'
import { parse } from './jinja.ts'
import { lexTemplate } from './lex-template.ts'
import { rewriteMessageTags } from './message-tags.ts'
import type { Body, ProgramNode, TemplateNode } from './node.ts'
import { TemplateFailure } from './template-failure.ts'
import type { TemplateSource } from './template-source.ts'
import type { Token } from './token.ts'
import { templateLimits } from './work-budget.ts'

/**
 * What a template may make: `text`; `parts`, text with `image` filters; `messages`, message blocks if it has any,
 * and otherwise parts.
 */
export type TemplateDialect = 'text' | 'parts' | 'messages'

/** A template that is read and checked, ready to be rendered any number of times. */
export interface ParsedTemplate {
  readonly source: TemplateSource
  readonly program: ProgramNode
  /** The names that it reads without having set them, in the order of the text. */
  readonly variables: readonly string[]
  readonly hasMessageBlocks: boolean
  /** Where texts, statements and printed expressions start. */
  readonly offsets: ReadonlyMap<TemplateNode, number>
  /** The places at which a function may stand: where it is called or asked for. */
  readonly functionPlaces: ReadonlySet<TemplateNode>
}

/** @throws ComponentsError `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN`, with line and column */
export function parseTemplate(source: TemplateSource, dialect: TemplateDialect): ParsedTemplate {
  try {
    return parseText(source, dialect)
  } catch (error) {
    throw source.locate(isOverflow(error) ? failure('It is nested too deeply.') : error, undefined)
  }
}

function parseText(source: TemplateSource, dialect: TemplateDialect): ParsedTemplate {
  if (source.text.length > templateLimits.sourceLength) {
    throw failure(`It is longer than ${templateLimits.sourceLength.toLocaleString('en')} characters.`)
  }
  const written = lexTemplate(source.text)
  checkBlocks(written, { messages: dialect === 'messages' })
  const tokens = rewriteMessageTags(written)
  const program = parseTokens(tokens)
  const offsets = findOffsets(program, tokens)
  const names = checkNames(program, { images: dialect !== 'text', offsets, tokens })
  return {
    source,
    program,
    offsets,
    variables: freeVariables(program, names.macros),
    hasMessageBlocks: hasMessageBlocks(written),
    functionPlaces: names.functionPlaces,
  }
}

function parseTokens(tokens: readonly Token[]): ProgramNode {
  try {
    return parse(tokens)
  } catch (error) {
    if (isOverflow(error)) throw error
    const at = Math.min(lastRead(tokens), tokens.length - 1)
    throw failure(explain((error as Error).message, tokens[at] as Token), tokens[at]?.offset)
  }
}

/** The parser does not say where it stopped. It is asked again, and watched. */
function lastRead(tokens: readonly Token[]): number {
  let last = 0
  const watched = new Proxy([...tokens], {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) last = Number(key)
      return Reflect.get(target, key)
    },
  })
  try {
    parse(watched)
  } catch {
    // The same error as before.
  }
  return last
}

function explain(message: string, token: Token): string {
  const found = `'${token.value}'`
  if (message.includes('Expected closing expression token')) return `'}}' was expected, not ${found}.`
  if (/Expected (?:closing statement|%}) token/.test(message)) return `'%}' was expected, not ${found}.`
  if (/^Unexpected token|^Cannot read/.test(message)) return `${found} cannot stand here.`
  const words = message.replace(/^Parser Error: /, '').replace(/(?:, got .*|\. \w+ !== \w+)?\.?$/, '')
  return words.startsWith('Expected') ? `${words}, not ${found}.` : `${words}.`
}

/**
 * Finds out which node came from which tag. The parser keeps no positions, but the statements of a tree, read from
 * top to bottom, are the texts and the tags that start something, read from left to right.
 */
function findOffsets(program: ProgramNode, tokens: readonly Token[]): Map<TemplateNode, number> {
  const offsets = new Map<TemplateNode, number>()
  const starts = tokens.filter((token, index) => startsNode(token, tokens[index + 1]))
  const visit = (body: Body): void => {
    for (const node of body) {
      offsets.set(node, starts[offsets.size]?.offset ?? 0)
      if ('body' in node) visit(node.body)
      if (node.type === 'If') visit(node.alternate)
      if (node.type === 'For') visit(node.defaultBlock)
    }
  }
  visit(program.body)
  return offsets
}

function startsNode(token: Token, next: Token | undefined): boolean {
  if (token.type !== 'OpenStatement') return token.type === 'Text' || token.type === 'OpenExpression'
  return next !== undefined && next.value !== 'else' && !next.value.startsWith('end')
}

function isOverflow(error: unknown): boolean {
  return error instanceof RangeError
}

function failure(message: string, offset?: number): TemplateFailure {
  return new TemplateFailure('TEMPLATE_SYNTAX', message, offset)
}
