import type { Piece, PieceKind } from './piece.ts'

/** One visit of a component, as the events of a run name it. */
export interface Visit {
  readonly component: string
  readonly visit: number
}

/** What one visit streams. */
interface Turn extends Visit {
  /** Pieces that wait until the turns before this one are complete. */
  waiting: Piece[]
  reply: string
  ended: boolean
}

/** Where the text on one screen or in one file stands. */
interface Cursor {
  atLineStart: boolean
  turn?: Turn | undefined
  kind?: PieceKind | undefined
  /** What was written of the call at the end, if there is one. */
  call: string
  hasText: boolean
  hasReply: boolean
}

type Write = (text: string) => void

export interface TranscriptOptions {
  /** Takes the replies: the standard output. */
  readonly replies: Write
  /** Takes reasoning, tool calls and results, as lines for people. Absent: they are not shown. */
  readonly activity?: Write | undefined
  /** Whether both are the same screen, so that lines of one must not run into lines of the other. */
  readonly sameScreen?: boolean
  /** Whether more than one component may stream, so that even the first reply says whose it is. */
  readonly headings: boolean
}

/**
 * Prints what components stream, one visit after the other, with a heading where the reader could not know whose text it
 * is. What other visits stream meanwhile waits until the first one has ended, so that lines never mix.
 */
export class Transcript {
  readonly #options: TranscriptOptions
  readonly #replies: Cursor = newCursor()
  readonly #activity: Cursor
  /** The turns that are not printed to their end. The first one is printed as it grows. */
  readonly #open: Turn[] = []
  readonly #replied = new Set<Turn>()

  constructor(options: TranscriptOptions) {
    this.#options = options
    this.#activity = options.sameScreen ? this.#replies : newCursor()
  }

  /** The components that have streamed something of a reply. */
  get components(): ReadonlySet<string> {
    return new Set([...this.#replied].map(({ component }) => component))
  }

  /** Whether a line that comes and goes may be drawn where the activity is shown. */
  get atLineStart(): boolean {
    return this.#activity.atLineStart
  }

  /** Whether a reply of just this text was streamed. */
  hasReply(text: string): boolean {
    return [...this.#replied].some(({ reply }) => reply.trim() === text.trim())
  }

  add(visit: Visit, piece: Piece): void {
    const turn = this.#turnOf(visit) ?? this.#begin(visit)
    if (piece.kind === 'reply') {
      turn.reply += piece.text
      this.#replied.add(turn)
    }
    if (turn === this.#open[0]) this.#write(turn, piece)
    else turn.waiting.push(piece)
  }

  /** A visit is over; the next one that waits is printed. */
  end(visit: Visit): void {
    const ended = this.#turnOf(visit)
    if (ended === undefined) return
    ended.ended = true
    while (this.#open[0]?.ended) {
      this.#endLine(this.#replies)
      this.#endLine(this.#activity)
      this.#open.shift()
      const [next] = this.#open
      for (const piece of next?.waiting.splice(0) ?? []) this.#write(next as Turn, piece)
    }
  }

  /** The run is over, one way or the other: everything that waits is printed, and the last line ended. */
  close(): void {
    for (const turn of [...this.#open]) this.end(turn)
  }

  #turnOf({ component, visit }: Visit): Turn | undefined {
    return this.#open.find((turn) => turn.component === component && turn.visit === visit)
  }

  #begin({ component, visit }: Visit): Turn {
    const turn = { component, visit, waiting: [], reply: '', ended: false }
    this.#open.push(turn)
    return turn
  }

  #write(turn: Turn, { kind, text, starts }: Piece): void {
    const isReply = kind === 'reply'
    const write = isReply ? this.#options.replies : this.#options.activity
    if (write === undefined) return
    const cursor = isReply ? this.#replies : this.#activity
    if (starts || cursor.kind !== kind || cursor.turn !== turn) this.#endLine(cursor)
    if (cursor.turn !== turn) {
      if (this.#needsHeading(cursor, kind)) write(`${cursor.hasText ? '\n' : ''}${headingOf(turn)}:\n`)
      cursor.turn = turn
    }
    write(decorate(kind, text, cursor.atLineStart))
    cursor.kind = kind
    cursor.atLineStart = text.endsWith('\n')
    if (kind === 'call') cursor.call += text
    cursor.hasText = true
    cursor.hasReply ||= isReply
  }

  #needsHeading({ hasReply }: Cursor, kind: PieceKind): boolean {
    return this.#options.headings || (hasReply && kind !== 'result')
  }

  #endLine(cursor: Cursor): void {
    const { replies, activity = replies } = this.#options
    const { kind, call, atLineStart } = cursor
    if (kind === 'call') activity(isWhole(call) ? ')\n' : ' …\n')
    else if (!atLineStart) (kind === 'reply' ? replies : activity)('\n')
    cursor.kind = undefined
    cursor.call = ''
    cursor.atLineStart = true
  }
}

function newCursor(): Cursor {
  return { atLineStart: true, call: '', hasText: false, hasReply: false }
}

/** Whether a model finished writing a call: `→ name({…}`. */
function isWhole(call: string): boolean {
  const written = call.slice(call.lastIndexOf('→'))
  try {
    const given = written.slice(written.indexOf('(') + 1)
    return given.trim() === '' || typeof JSON.parse(given) === 'object'
  } catch {
    return false
  }
}

function headingOf({ component, visit }: Visit): string {
  return visit === 1 ? component : `${component} (visit ${visit})`
}

/** Marks that need no colour: `│` before reasoning, and the lines of a call stay together. */
function decorate(kind: PieceKind, text: string, atLineStart: boolean): string {
  if (kind === 'call') return text.replaceAll('\n', '\n  ')
  if (kind !== 'reasoning') return text
  return (atLineStart ? '│ ' : '') + text.replace(/\n(?=.)/gs, '\n│ ')
}
