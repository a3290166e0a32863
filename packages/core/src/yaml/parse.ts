import {
  Composer,
  type CST,
  type Document,
  Lexer,
  type ParsedNode,
  Parser,
  visit,
  type YAMLError,
} from 'yaml'
import { byteLength } from '#platform'
import { type LoadLimits, TOKENS_PER_NODE, type Usage } from './bounds/limits.ts'
import { programMistake, syntaxMistake } from './hints/syntax.ts'
import type { FileProblems } from './problems.ts'

export type ParsedDocument = Document.Parsed<ParsedNode>

/**
 * YAML 1.2 with the core schema and nothing else: no merge keys, no tags that make other values. Duplicate keys are
 * looked for later, because the library compares each key with each.
 */
export const yamlOptions = {
  version: '1.2',
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  uniqueKeys: false,
  logLevel: 'silent',
} as const

/**
 * Parses the one document of a pipeline file. Undefined when it has syntax errors, which are then reported.
 *
 * @throws LoadError `LOAD_LIMIT`
 */
export function parseText(
  limits: Required<LoadLimits>,
  problems: FileProblems,
  usage: Usage,
): ParsedDocument | undefined {
  const { text } = problems
  // A code unit is a byte at least, so the very long text isn't measured.
  if (text.length > limits.maxBytes || byteLength(text) > limits.maxBytes) {
    problems.stop(`The file is larger than the ${limits.maxBytes} bytes of 'maxBytes'.`)
  }
  const tokens = tokensOf(limits, problems, usage)
  if (tokens === undefined) return undefined
  const [document] = composerFor(limits, problems).compose(tokens, true, text.length)
  const errors = [...(document?.errors ?? []), ...(document?.warnings ?? [])].filter(isOwn)
  if (errors.length === 0) return document as ParsedDocument
  const first = Math.min(...errors.slice(0, 100).map(({ pos }) => pos[0]))
  const mistake = programMistake(text, problems.name) ?? syntaxMistake(text, first)
  if (mistake === undefined) report(errors, document, problems)
  else problems.add('LOAD_SYNTAX', mistake.message, { offset: mistake.offset })
  return undefined
}

/** Stops after the last syntax error that is reported: each costs time. */
function composerFor({ maxProblems }: Required<LoadLimits>, problems: FileProblems): Composer<ParsedNode> {
  const composer = new Composer<ParsedNode>(yamlOptions)
  // The library declares it private, and reads it as it composes.
  const counted = composer as unknown as { onError: OnError; errors: YAMLError[] }
  const { onError } = counted
  let errors = 0
  counted.onError = (source, code, message, warning) => {
    if (code === 'TAG_RESOLVE_FAILED') return
    errors += 1
    onError(source, code, message, warning)
    if (errors < maxProblems) return
    const mistake = programMistake(problems.text, problems.name)
    if (mistake === undefined) report(counted.errors, undefined, problems)
    else problems.add('LOAD_SYNTAX', mistake.message, { offset: mistake.offset })
    problems.stop(`There are ${maxProblems} syntax errors or more, as 'maxProblems' says.`)
  }
  return composer
}

type OnError = (source: unknown, code: string, message: string, warning?: boolean) => void

/** Tags are refused node by node, with a text that says what to do. */
function isOwn({ code }: YAMLError): boolean {
  return code !== 'TAG_RESOLVE_FAILED'
}

function report(
  errors: readonly YAMLError[],
  document: ParsedDocument | undefined,
  problems: FileProblems,
): void {
  const exhausted = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION')
  if (exhausted) {
    problems.stop('Lists and mappings are nested deeper than the parser can follow.', {
      offset: exhausted.pos[0],
    })
  }
  let starts: ReadonlyMap<number, number> | undefined
  // The parser has lost its way at the first of these; all others follow from it.
  const lost = errors.find(isLost)
  for (const error of errors) {
    const { message, pos } = error
    if (isLost(error) && error !== lost) continue
    if (message.startsWith('Missing closing')) {
      starts ??= quoteStarts(document)
      const offset = starts.get(pos[0]) ?? pos[0]
      problems.add('LOAD_SYNTAX', 'The quote that opens here is not closed.', { offset })
    } else problems.add('LOAD_SYNTAX', asSentence(message), { offset: pos[0] })
  }
}

/** The offset at which each quoted scalar starts, by the one at which it ends: the library gives the end alone. */
function quoteStarts(document: ParsedDocument | undefined): ReadonlyMap<number, number> {
  const starts = new Map<number, number>()
  visit(document ?? null, {
    Scalar: (_, { range, type }) => {
      if (range && type?.startsWith('QUOTE')) starts.set(range[1], range[0])
    },
  })
  return starts
}

/**
 * The tokens of a text without a directive or a second document; undefined for others. Hostile nesting is stopped
 * here, before the composer, which is recursive and slow on it.
 */
function tokensOf(
  { maxDepth, maxNodes }: Required<LoadLimits>,
  problems: FileProblems,
  usage: Usage,
): CST.Token[] | undefined {
  const parser = new Parser()
  const tokens: CST.Token[] = []
  let documents = 0
  const isKept = (token: CST.Token): boolean => {
    if (token.type === 'document') documents += 1
    const message = refusalOf(token, documents)
    if (message === undefined) tokens.push(token)
    else problems.add('LOAD_SYNTAX', message, { offset: token.offset })
    return message === undefined
  }
  for (const lexeme of new Lexer().lex(problems.text)) {
    usage.tokens += 1
    if (NODE_STARTS.has(lexeme.charCodeAt(0))) usage.nodes += 1
    if (usage.nodes > maxNodes || usage.tokens > TOKENS_PER_NODE * maxNodes) {
      problems.stop(`The text has more than the ${maxNodes} keys and values of 'maxNodes'.`, {
        offset: parser.offset,
      })
    }
    // Besides collections, the document and a scalar may be on the stack.
    if (parser.stack.length > maxDepth + 2) stopTooDeep(maxDepth, problems, parser.offset)
    for (const token of parser.next(lexeme)) if (!isKept(token)) return undefined
  }
  for (const token of parser.end()) if (!isKept(token)) return undefined
  return tokens
}

/** What the lexer writes before a scalar, and the signs at which an alias or a flow collection begins. */
const NODE_STARTS: ReadonlySet<number> = new Set(['\u001F', '"', "'", '|', '>', '*', '[', '{'].map(codeOf))

function codeOf(sign: string): number {
  return sign.charCodeAt(0)
}

function refusalOf(token: CST.Token, documents: number): string | undefined {
  if (token.type === 'directive' && !/^%YAML[ \t]+1\.2[ \t]*$/.test(token.source)) {
    return `The directive '${token.source.trim()}' is not possible: a pipeline file is YAML 1.2 without custom tags. Remove the line.`
  }
  if (token.type === 'document' && documents > 1) {
    return 'A second document starts here. A pipeline file has one: remove the line, or split the file.'
  }
  return undefined
}

export function stopTooDeep(maxDepth: number, problems: FileProblems, offset: number | undefined): never {
  problems.stop(`Lists and mappings are nested deeper than the ${maxDepth} levels of 'maxDepth'.`, { offset })
}

function isLost({ message }: YAMLError): boolean {
  return /^Unexpected \S+ token in YAML stream/.test(message)
}

/** The library names its tokens as in `Unexpected flow-map-end token in YAML stream: "}"`. */
function asSentence(message: string): string {
  const [, source] = /^Unexpected \S+ token in .*?: (".*")$/.exec(message) ?? []
  if (source !== undefined) return `Unexpected ${source} here.`
  const [, kind, sign] = /^Flow (sequence|map)\b.* end with a (.)$/.exec(message) ?? []
  if (sign !== undefined)
    return `A ${kind === 'map' ? 'mapping' : 'list'} is not closed: '${sign}' is missing here.`
  return /[.!?]$/.test(message) ? message : `${message}.`
}
