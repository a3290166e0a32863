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
import type { LoadLimits } from './limits.ts'
import type { ProblemList } from './problem-list.ts'

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
 * Parses the one document of a pipeline file.
 *
 * @throws LoadError `LOAD_LIMIT` or `LOAD_SYNTAX`, the latter with every syntax error
 */
export function parseText(limits: Required<LoadLimits>, problems: ProblemList): ParsedDocument {
  const { text } = problems.source
  // A code unit is a byte at least, so the very long text isn't measured.
  if (text.length > limits.maxBytes || Buffer.byteLength(text) > limits.maxBytes) {
    problems.fail('LOAD_LIMIT', `The file is larger than the ${limits.maxBytes} bytes of 'maxBytes'.`)
  }
  const tokens = tokensOf(limits.maxDepth, problems)
  const [document] = new Composer<ParsedNode>(yamlOptions).compose(tokens, true, text.length)
  report([...(document?.errors ?? []), ...(document?.warnings ?? [])], document, problems)
  problems.throwIfAny()
  return document as ParsedDocument
}

function report(
  found: readonly YAMLError[],
  document: ParsedDocument | undefined,
  problems: ProblemList,
): void {
  const exhausted = found.find(({ code }) => code === 'RESOURCE_EXHAUSTION')
  if (exhausted) {
    const message = 'Lists and mappings are nested deeper than the parser can follow.'
    problems.fail('LOAD_LIMIT', message, { offset: exhausted.pos[0] })
  }
  let starts: ReadonlyMap<number, number> | undefined
  // The parser has lost its way at the first of these; all others follow from it.
  const lost = found.find(isLost)
  for (const error of found) {
    const { code, message, pos } = error
    if (isLost(error) && error !== lost) continue
    // Tags are refused node by node, with a text that says what to do.
    if (code === 'TAG_RESOLVE_FAILED') continue
    if (message.startsWith('Missing closing')) {
      starts ??= quoteStarts(document)
      const offset = starts.get(pos[0]) ?? pos[0]
      problems.add('LOAD_SYNTAX', 'The quote that opens here is not closed.', { offset })
    } else problems.add('LOAD_SYNTAX', asSentence(message), { offset: pos[0] })
  }
}

/** The offset at which each quoted scalar starts, by the one at which it ends: the library tells of the end alone. */
function quoteStarts(document: ParsedDocument | undefined): ReadonlyMap<number, number> {
  const starts = new Map<number, number>()
  visit(document ?? null, {
    Scalar: (_, { range, type }) => {
      if (range && type?.startsWith('QUOTE')) starts.set(range[1], range[0])
    },
  })
  return starts
}

/** Hostile nesting is stopped here, before the composer, which is recursive and slow on it. */
function tokensOf(maxDepth: number, problems: ProblemList): CST.Token[] {
  const parser = new Parser()
  const tokens: CST.Token[] = []
  for (const lexeme of new Lexer().lex(problems.source.text)) {
    // Besides collections, the document and a scalar may be on the stack.
    if (parser.stack.length > maxDepth + 2) failTooDeep(maxDepth, problems, parser.offset)
    for (const token of parser.next(lexeme)) keep(token, tokens, problems)
  }
  for (const token of parser.end()) keep(token, tokens, problems)
  return tokens
}

export function failTooDeep(maxDepth: number, problems: ProblemList, offset: number | undefined): never {
  problems.fail(
    'LOAD_LIMIT',
    `Lists and mappings are nested deeper than the ${maxDepth} levels of 'maxDepth'.`,
    {
      offset,
    },
  )
}

function keep(token: CST.Token, tokens: CST.Token[], problems: ProblemList): void {
  if (token.type === 'directive' && !/^%YAML[ \t]+1\.2[ \t]*$/.test(token.source)) {
    problems.fail(
      'LOAD_SYNTAX',
      `The directive '${token.source.trim()}' is not possible: a pipeline file is YAML 1.2 without tags of its own. Remove the line.`,
      { offset: token.offset },
    )
  }
  if (token.type === 'document' && tokens.some((earlier) => earlier.type === 'document')) {
    problems.fail(
      'LOAD_SYNTAX',
      'A second document starts here. A pipeline file has one: remove the line, or split the file.',
      {
        offset: token.offset,
      },
    )
  }
  tokens.push(token)
}

function isLost({ message }: YAMLError): boolean {
  return /^Unexpected \S+ token in YAML stream/.test(message)
}

/** The library names its tokens as in `Unexpected flow-map-end token in YAML stream: "}"`. */
function asSentence(message: string): string {
  const [, source] = /^Unexpected \S+ token in .*?: (".*")$/.exec(message) ?? []
  if (source !== undefined) return `Unexpected ${source} here.`
  return /[.!?]$/.test(message) ? message : `${message}.`
}
