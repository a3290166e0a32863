import { type ArgumentsReader, argumentsReader } from './argument-reader.ts'
import { ArgumentSchemas } from './argument-schema.ts'
import { type CallFormat, callPieces, callSign, type Piece, standsAlone } from './call-format.ts'
import type { ToolDescription } from './chat-request.ts'
import { type Match, matchMark, matchPieces } from './match-pieces.ts'
import type { ReplyPart } from './reply-part.ts'

/** One way in which a call of one tool may begin. */
export interface CallHead {
  readonly name: string
  /** Up to the arguments. */
  readonly pieces: readonly Piece[]
  /** What comes behind them. */
  readonly after: readonly Piece[]
  /** What is enough to tell that it begins: the mark alone, or all up to the name. */
  readonly sure: string
}

/** The ways in which calls of these tools may begin: the first of a turn, and those behind another one. */
export function callHeads(
  format: CallFormat,
  names: readonly string[],
): { readonly first: readonly CallHead[]; readonly further: readonly CallHead[] } {
  const { open, call, between, reads = [] } = format
  const heads = (written: readonly string[]) =>
    // A longer name goes before one that it begins with.
    names
      .toSorted((one, other) => other.length - one.length)
      .flatMap((name) => written.map((text) => headOf(format, text, name)))
  const further = between === undefined ? [] : [between + call]
  // Behind words, too, a call without a mark of its own comes behind what parts it from others.
  const behind = (open + call).startsWith('⟨name⟩') ? further : []
  return { first: heads([...new Set([open + call, ...reads, ...behind])]), further: heads(further) }
}

function headOf(format: CallFormat, written: string, name: string): CallHead {
  const pieces = callPieces(written, name)
  const place = pieces.findIndex(({ kind }) => kind === 'arguments')
  return {
    name,
    pieces: pieces.slice(0, place),
    after: pieces.slice(place + 1),
    sure: callSign((written.split('⟨')[0] ?? '').replaceAll('⟪', ''), format) ?? writtenName(written, name),
  }
}

/** Up to the name, with the name. */
function writtenName(written: string, name: string): string {
  const [before = ''] = written.replace(/⟪[^⟫]*⟫/g, '').split('⟨name⟩')
  return before + (before.endsWith('"') ? JSON.stringify(name).slice(1, -1) : name)
}

type Tool = Pick<ToolDescription, 'name'> & { readonly parameters?: unknown }

/** Reads the calls of one reply, in a format, of known tools. */
export class CallReader {
  /** How many calls have begun. */
  count = 0
  readonly #format: CallFormat
  readonly #first: readonly CallHead[]
  readonly #further: readonly CallHead[]
  readonly #tools: readonly Tool[]
  readonly #newId: () => string
  #ids = new Set<string>()
  #held = ''
  #place: 'first' | 'arguments' | 'tail' | 'further' = 'first'
  #arguments: ArgumentsReader | undefined
  /** Whether any JSON of the arguments was given. */
  #hasArguments = false
  #after: readonly Piece[] = []

  constructor(format: CallFormat, tools: readonly Tool[], newId: () => string) {
    this.#format = format
    const heads = callHeads(
      format,
      tools.map(({ name }) => name),
    )
    this.#first = heads.first
    this.#further = heads.further
    this.#tools = tools
    this.#newId = newId
  }

  /** What a call begins with, where that is no word and no JSON, which a text may begin with, too. */
  get marks(): string[] {
    return this.#first.map(({ sure }) => sure).filter((sure) => /^\[[A-Za-z_]|</.test(sure))
  }

  /** Whether a call may begin within a thought, and ends it. */
  get endsThought(): boolean {
    return this.#format.endsThought === true
  }

  /** Where in the text the turn ends, where that can be the beginning of a call and is not one any more. */
  turnEnd(text: string, found: { readonly place: number } | undefined): number | undefined {
    const { turnEnd, between } = this.#format
    const place = turnEnd === undefined ? -1 : text.indexOf(turnEnd)
    if (place < 0) return undefined
    const isOver = between === undefined && this.count > 0
    return isOver || found === undefined || place < found.place ? place : undefined
  }

  /** Where in the text a call begins, or could; `certain` when nothing else can come of it. */
  find(
    text: string,
    atStart: boolean,
  ): { readonly place: number; readonly certain: boolean; readonly named: boolean } | undefined {
    for (let place = 0; place < text.length; place++) {
      let possible = false
      let certain = false
      let named = false
      for (const head of this.#first) {
        const [begin] = head.pieces
        // A format without a mark in front of the name begins where the answer does.
        if (begin?.kind === 'text' && begin.text.startsWith(head.name) && !(atStart && place === 0)) continue
        const match = begins(head, text, place)
        possible ||= match.possible
        certain ||= match.certain
        named ||= match.named
      }
      if (possible) return { place, certain, named }
    }
    return undefined
  }

  /** The beginning of a call whose arguments have not begun. */
  get begun(): string | undefined {
    return this.#place === 'first' ? this.#held : undefined
  }

  /** Starts on the text of a call. */
  begin(): void {
    this.#place = 'first'
    this.#held = ''
  }

  /** Takes what comes; gives the rest once all calls that hang together have ended, or were none. */
  push(text: string, parts: ReplyPart[]): string | undefined {
    this.#held += text
    return this.#read(parts, false)
  }

  #read(parts: ReplyPart[], last: boolean): string | undefined {
    for (;;) {
      const before = this.#place
      const rest = this.#step(parts, last)
      if (rest !== undefined) return rest
      if (this.#place === before) return undefined
    }
  }

  #step(parts: ReplyPart[], last: boolean): string | undefined {
    switch (this.#place) {
      case 'first':
        return this.#readHead(this.#first, parts, last)
      case 'further':
        return this.#readFurther(parts, last)
      case 'arguments':
        return this.#readArguments(parts, last)
      default:
        return this.#readTail(parts, last)
    }
  }

  #readHead(heads: readonly CallHead[], parts: ReplyPart[], last: boolean): string | undefined {
    const held = this.#held
    const matches = heads.map((head) => [head, matchPieces(head.pieces, held, 0)] as const)
    const open = matches.some(([, { kind }]) => kind === 'more')
    const found = matches.find(([, { kind }]) => kind === 'yes')
    const [head, match] = found ?? []
    // Where nothing parts a name from the arguments, a longer name may still come.
    if (!last && open) return undefined
    if (!head || match?.kind !== 'yes') return this.#leave()
    this.#start(head, match, parts)
    return undefined
  }

  #start(head: CallHead, { end, slots }: Extract<Match, { readonly kind: 'yes' }>, parts: ReplyPart[]): void {
    const { name } = head
    const { id: pattern } = this.#format
    const written =
      pattern === undefined
        ? slots['id']
        : pattern.replace('⟨name⟩', () => name).replace('⟨index⟩', slots['index'] ?? '')
    const id = written === undefined || this.#ids.has(written) ? this.#newId() : written
    this.#ids.add(id)
    parts.push({ kind: 'toolCall', index: this.count++, id, name, arguments: '', raw: end })
    this.#held = this.#held.slice(end)
    this.#place = 'arguments'
    this.#hasArguments = false
    this.#after = head.after
    const schemas = new ArgumentSchemas(this.#tools.find((tool) => tool.name === name)?.parameters)
    this.#arguments = argumentsReader(this.#format.values, schemas, head.after)
  }

  #readArguments(parts: ReplyPart[], last: boolean): undefined {
    const read = this.#arguments?.read(this.#held, last)
    if (!read) return
    const { taken, json, done } = read
    if (json !== '' || taken > 0) {
      parts.push({ kind: 'toolCall', index: this.count - 1, arguments: json, raw: taken })
      this.#hasArguments ||= json !== ''
    }
    this.#held = this.#held.slice(taken)
    if (done) this.#place = 'tail'
  }

  /** What belongs to the call behind its arguments. Models leave the end of it out. */
  #readTail(parts: ReplyPart[], last: boolean): undefined {
    const match = matchPieces(this.#after, this.#held, 0)
    if (match.kind === 'more' && !last) return
    if (match.kind === 'yes') this.#hide(match.end, parts)
    this.#place = 'further'
  }

  #readFurther(parts: ReplyPart[], last: boolean): string | undefined {
    const { close } = this.#format
    if (standsAlone(this.#format)) return this.#leave()
    const held = this.#held
    const matches = this.#further.map((head) => matchPieces(head.pieces, held, 0).kind)
    if (matches.includes('yes')) return this.#readHead(this.#further, parts, last)
    const closed = close === '' ? undefined : matchMark(close, held, 0)
    if (typeof closed === 'number') {
      this.#hide(closed, parts)
      return this.#leave()
    }
    const mayGoOn = matches.includes('more') || typeof closed === 'object'
    if (mayGoOn && !last) return undefined
    return this.#leave()
  }

  #hide(length: number, parts: ReplyPart[]): void {
    if (length > 0) parts.push({ kind: 'syntax', text: this.#held.slice(0, length) })
    this.#held = this.#held.slice(length)
  }

  #leave(): string {
    const rest = this.#held
    this.begin()
    return rest
  }

  /**
   * What is left when no more comes: words, if no call became of them. Behind a call, it was to be a further one.
   *
   * @param isCut - Whether the reply was cut off. Then a call that has no end stays what it is, so that nobody takes it
   *   for a whole one: without a name, if that is not there.
   */
  end(parts: ReplyPart[], isCut: boolean): void {
    if (isCut && this.#place === 'first' && this.#held !== '') {
      const name = this.#first.find((head) => this.#held.includes(head.name))?.name ?? ''
      const raw = this.#held.length
      parts.push({
        kind: 'toolCall',
        index: this.count++,
        id: this.#newId(),
        name,
        arguments: this.#held,
        raw,
      })
      this.begin()
      return
    }
    if (isCut && this.#place === 'arguments') {
      const rest = this.#held === '' && !this.#hasArguments ? '{' : this.#held
      parts.push({ kind: 'toolCall', index: this.count - 1, arguments: rest, raw: this.#held.length })
      this.begin()
      return
    }
    const rest = this.#read(parts, true) ?? this.#held
    if (rest !== '') parts.push({ kind: this.count > 0 ? 'syntax' : 'text', text: rest })
    this.begin()
  }
}

function begins(
  { pieces, sure }: CallHead,
  text: string,
  place: number,
): { readonly possible: boolean; readonly certain: boolean; readonly named: boolean } {
  const [begin] = pieces
  // White space in front belongs to what came before.
  const mayBegin = begin?.kind !== 'text' || text[place] === begin.text[0]
  const { kind } = mayBegin ? matchPieces(pieces, text, place) : { kind: 'no' as const }
  const named = kind === 'yes'
  const certain = named || (kind === 'more' && typeof matchMark(sure, text, place) === 'number')
  return { possible: kind !== 'no', certain, named }
}
