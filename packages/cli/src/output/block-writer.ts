export type PieceKind = 'reply' | 'reasoning' | 'call' | 'result'

/** A part of what a visit has to say. Only the kind `reply` is the reply itself; the others tell how it comes about. */
export interface Piece {
  readonly kind: PieceKind
  readonly text: string
  /** The first piece of a message, a call or a result: it begins on a line of its own. */
  readonly starts: boolean
}

/** One visit of a component. */
export interface Speaker {
  readonly name: string
  readonly visit: number
}

/** Where the writing on one screen or in one file stands. */
interface Cursor {
  atLineStart: boolean
  speaker?: Speaker | undefined
  kind?: PieceKind | undefined
  /** What was written of the call at the end, if there is one. */
  call: string
  hasText: boolean
  hasReply: boolean
}

type Write = (text: string) => void

export interface BlockWriterOptions {
  /** Takes the replies: the standard output. */
  readonly replies: Write
  /** Takes reasoning, tool calls and results, as lines for people. Absent: they are not shown. */
  readonly activity?: Write | undefined
  /** Whether both are the same screen, so that lines of one must not run into lines of the other. */
  readonly sameScreen?: boolean
  /** Whether more than one component may stream, so that even the first reply says whose it is. */
  readonly headings: boolean
}

/** Writes pieces of one visit after the other, with a heading where the reader could not tell whose they are. */
export class BlockWriter {
  readonly #options: BlockWriterOptions
  readonly #replies: Cursor = newCursor()
  readonly #activity: Cursor

  constructor(options: BlockWriterOptions) {
    this.#options = options
    this.#activity = options.sameScreen ? this.#replies : newCursor()
  }

  /** Whether a line that comes and goes may be drawn where the activity is shown. */
  get atLineStart(): boolean {
    return this.#activity.atLineStart
  }

  write(speaker: Speaker, { kind, text, starts }: Piece): void {
    const isReply = kind === 'reply'
    const write = isReply ? this.#options.replies : this.#options.activity
    if (write === undefined) return
    const cursor = isReply ? this.#replies : this.#activity
    if (starts || cursor.kind !== kind || cursor.speaker !== speaker) this.#endLine(cursor)
    if (cursor.speaker !== speaker) {
      if (this.#needsHeading(cursor, kind)) write(`${cursor.hasText ? '\n' : ''}${headingOf(speaker)}:\n`)
      cursor.speaker = speaker
    }
    write(decorate(kind, text, cursor.atLineStart))
    cursor.kind = kind
    cursor.atLineStart = text.endsWith('\n')
    if (kind === 'call') cursor.call += text
    cursor.hasText = true
    cursor.hasReply ||= isReply
  }

  /** Ends the last lines, where they are not at their end. */
  endLines(): void {
    this.#endLine(this.#replies)
    this.#endLine(this.#activity)
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

function headingOf({ name, visit }: Speaker): string {
  return visit === 1 ? name : `${name} (visit ${visit})`
}

/** Marks that do without colour: `│` before what is only thought, and the lines of a call stay together. */
function decorate(kind: PieceKind, text: string, atLineStart: boolean): string {
  if (kind === 'call') return text.replaceAll('\n', '\n  ')
  if (kind !== 'reasoning') return text
  return (atLineStart ? '│ ' : '') + text.replace(/\n(?=.)/gs, '\n│ ')
}
