import type { CallReader } from './call-reader.ts'
import { openEnd } from './match-pieces.ts'
import type { ReplyPart } from './reply-part.ts'
import type { AnswerMarks, ThoughtMarks } from './thoughts.ts'

export interface ReplyPartsOptions extends AnswerMarks {
  /** Undefined where the model may call nothing. */
  readonly calls: CallReader | undefined
  /** Whether the turn ends behind the first call. */
  readonly oneCall?: boolean
  /** Whether the prompt ends within a thought. */
  readonly thoughtOpen: boolean
  /** Whether thoughts stay in the text, with their marks. */
  readonly thoughtsAsText: boolean
}

/** Tells apart what a reply is made of, while it comes. What could still become something else is held back. */
export class ReplyParts {
  readonly #options: ReplyPartsOptions
  #place: 'thought' | 'text' | 'call' = 'text'
  #held = ''
  /** Nothing but white space since the reply began, or its thought or last call ended. */
  #fresh = true
  #thoughtOver = false
  #callsBegun = 0
  #hasText = false
  /** Whether a lead may come. */
  #mayLead = true
  #inThought = false
  #ended = false
  #parts: ReplyPart[] = []

  constructor(options: ReplyPartsOptions) {
    this.#options = options
    if (options.thoughtOpen) this.#place = 'thought'
  }

  get thinking(): boolean {
    return this.#place === 'thought'
  }

  get calling(): boolean {
    return this.#place === 'call'
  }

  /** Whether what is held back may be the beginning of a call. */
  get mayCall(): boolean {
    if (this.#place !== 'text') return this.calling
    return this.#options.calls?.find(this.#held, this.#fresh) !== undefined
  }

  /** Whether the turn has ended, where no mark tells. */
  get ended(): boolean {
    return this.#ended
  }

  /** How often a call began that is not part of others before it. */
  get callsBegun(): number {
    return this.#callsBegun
  }

  /** Takes the next text; gives what is certain now. */
  push(text: string): readonly ReplyPart[] {
    this.#parts = []
    if (this.#ended) return this.#parts
    this.#held += text
    while (this.#step()) {
      // Until nothing more is certain.
    }
    return this.#parts
  }

  /** What was held back, when no more comes. @param isCut - Whether the reply was cut off, by a limit or an abort. */
  end(isCut = false): readonly ReplyPart[] {
    this.#parts = []
    const end = this.#options.calls?.turnEnd(this.#held, undefined)
    if (this.#place === 'text' && end !== undefined) this.#held = this.#held.slice(0, end)
    if (isCut && this.#place !== 'call') this.#hideOpenMark()
    if (this.#place === 'thought') {
      const text = this.#held
      this.#held = ''
      this.#showThought(text)
    } else {
      if (this.#place === 'call') this.#options.calls?.end(this.#parts, isCut)
      this.#showText(this.#held.length, true)
    }
    return this.#parts
  }

  /** Leaves out a mark that the reply was cut off in. One character alone may well be text, but not behind a call. */
  #hideOpenMark(): void {
    const { thought, leads, breaks, calls } = this.#options
    const isBehindCall = this.#place === 'text' && this.#fresh && (calls?.count ?? 0) > 0
    if (isBehindCall && calls?.find(this.#held.trimStart(), true)?.place === 0) this.#held = ''
    const marks =
      this.#place === 'thought'
        ? [thought?.end ?? '']
        : [thought?.start ?? '', ...leads, ...breaks, ...(calls?.marks ?? [])]
    const length = Math.max(0, ...marks.map((mark) => openEnd(this.#held, mark)))
    if (length > 1) this.#held = this.#held.slice(0, -length).trimEnd()
  }

  #step(): boolean {
    if (this.#held === '') return false
    switch (this.#place) {
      case 'thought':
        return this.#readThought()
      case 'call':
        return this.#readCall()
      default:
        return this.#readText()
    }
  }

  #readThought(): boolean {
    const { end } = this.#options.thought as ThoughtMarks
    const place = this.#held.indexOf(end)
    const call = this.#options.calls?.endsThought ? this.#options.calls.find(this.#held, false) : undefined
    if (call && (place < 0 || call.place < place)) {
      this.#showThought(this.#held.slice(0, call.place).trimEnd())
      if (!call.named) return false
      this.#endThought(this.#held.length - this.#held.trimStart().length)
      return true
    }
    if (place < 0) {
      this.#showThought(this.#held.slice(0, this.#held.length - openEnd(this.#held, end)).trimEnd())
      return false
    }
    this.#showThought(this.#held.slice(0, place).trimEnd())
    this.#endThought(this.#held.indexOf(end) + end.length)
    return true
  }

  #endThought(length: number): void {
    this.#mark(length)
    this.#place = 'text'
    this.#fresh = true
    this.#mayLead = true
    this.#thoughtOver = true
  }

  /** Takes a text from the front of what is held, without the white space that a thought begins with. */
  #showThought(text: string): void {
    this.#held = this.#held.slice(text.length)
    const blank = this.#inThought ? 0 : text.length - text.trimStart().length
    if (blank > 0) this.#hide(text.slice(0, blank))
    const shown = text.slice(blank)
    if (shown === '') return
    this.#inThought = true
    this.#parts.push({ kind: this.#options.thoughtsAsText ? 'text' : 'reasoning', text: shown })
  }

  /** Takes marks from the front of what is held. */
  #mark(length: number): void {
    const text = this.#held.slice(0, length)
    this.#held = this.#held.slice(length)
    this.#hide(text)
  }

  #hide(text: string): void {
    if (text !== '') this.#parts.push({ kind: this.#options.thoughtsAsText ? 'text' : 'syntax', text })
  }

  #readCall(): boolean {
    const text = this.#held
    this.#held = ''
    const rest = this.#options.calls?.push(text, this.#parts)
    if (rest === undefined) return false
    this.#place = 'text'
    this.#fresh = true
    this.#ended = this.#options.oneCall === true && (this.#options.calls?.count ?? 0) > 0
    this.#held = this.#ended ? '' : rest
    return !this.#ended
  }

  #readText(): boolean {
    if (this.#fresh) {
      const opening = this.#opening()
      if (opening !== 'nothing') return opening === 'taken'
    }
    const found = this.#options.calls?.find(this.#held, this.#fresh && this.#held.trimStart() === this.#held)
    const end = this.#options.calls?.turnEnd(this.#held, found)
    if (end !== undefined) {
      this.#showText(end, false)
      this.#held = ''
      this.#ended = true
      return false
    }
    const parted = this.#nextBreak()
    if (parted && (!found || parted.place < found.place)) {
      this.#showText(this.#held.slice(0, parted.place).trimEnd().length, false)
      if (parted.mark === undefined) return false
      this.#mark(this.#held.indexOf(parted.mark) + parted.mark.length)
      this.#fresh = true
      this.#mayLead = true
      return true
    }
    if (found?.certain) {
      const words = this.#held.slice(0, found.place).trimEnd()
      this.#showText(words.length, false)
      const space = found.place - words.length
      if (space > 0) this.#parts.push({ kind: 'syntax', text: this.#held.slice(0, space) })
      this.#held = this.#held.slice(space)
      this.#place = 'call'
      this.#callsBegun++
      this.#options.calls?.begin()
      return true
    }
    this.#showText(this.#held.slice(0, found?.place).trimEnd().length, false)
    return false
  }

  /** Where the next break is, or could begin: then without its mark. */
  #nextBreak(): { readonly place: number; readonly mark?: string } | undefined {
    for (const mark of this.#options.breaks) {
      const place = this.#held.indexOf(mark)
      if (place >= 0) return { place, mark }
    }
    const open = Math.max(0, ...this.#options.breaks.map((mark) => openEnd(this.#held, mark)))
    return open > 0 ? { place: this.#held.length - open } : undefined
  }

  /** The start of a thought, or the lead of an answer, in front of everything else. */
  #opening(): 'nothing' | 'possible' | 'taken' {
    const { thought, leads } = this.#options
    const space = this.#held.length - this.#held.trimStart().length
    const text = this.#held.slice(space)
    const mayThink = thought !== undefined && (!this.#hasText || this.#mayLead)
    if (mayThink && text.startsWith(thought.start)) {
      this.#mark(space + thought.start.length)
      this.#place = 'thought'
      this.#inThought = false
      return 'taken'
    }
    // A model that does not think may write the end of a thought alone.
    if (mayThink && !this.#thoughtOver && text.startsWith(thought.end)) {
      this.#endThought(space + thought.end.length)
      return 'taken'
    }
    const lead = this.#mayLead ? leads.find((mark) => text.startsWith(mark)) : undefined
    if (lead !== undefined) {
      this.#parts.push({ kind: 'syntax', text: this.#held.slice(0, space + lead.length) })
      this.#held = text.slice(lead.length)
      if (this.#hasText) this.#parts.push({ kind: 'text', text: '\n\n', raw: 0 })
      this.#fresh = false
      this.#mayLead = false
      this.#hasText = true
      return 'taken'
    }
    const awaited = [...(mayThink ? [thought.start, thought.end] : []), ...(this.#mayLead ? leads : [])]
    return awaited.some((mark) => mark.startsWith(text)) ? 'possible' : 'nothing'
  }

  /**
   * Shows text from the front of what is held. White space between a thought or call and what follows belongs to the
   * format, where it does not part two texts.
   */
  #showText(length: number, last: boolean): void {
    let text = this.#held.slice(0, length)
    this.#held = this.#held.slice(length)
    if (text === '') return
    if (this.#fresh) {
      const blank = text.length - text.trimStart().length
      const called = (this.#options.calls?.count ?? 0) > 0
      const drops = (this.#thoughtOver && !this.#hasText) || (called && (!this.#hasText || blank === length))
      if (drops && blank > 0) {
        this.#parts.push({ kind: 'syntax', text: text.slice(0, blank) })
        text = text.slice(blank)
      }
    }
    if (text === '') return
    this.#parts.push({ kind: 'text', text })
    this.#hasText = true
    if (!last) this.#fresh = false
  }
}
