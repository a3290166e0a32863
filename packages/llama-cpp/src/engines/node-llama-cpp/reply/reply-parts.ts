import type { ThoughtTags } from '../prompt/thought-tags.ts'
import type { CallParser } from './call-parser.ts'
import type { ReplyPart } from './reply-part.ts'

export interface ReplyPartsOptions {
  /** Undefined where the model may call nothing. */
  readonly calls: CallParser | undefined
  readonly thought: ThoughtTags | undefined
  /** Whether the prompt ends within a thought. */
  readonly thoughtOpen: boolean
  /** Whether thoughts stay in the text, with their tags. */
  readonly thoughtsAsText: boolean
  /** What an answer in words begins with; it is no part of it. */
  readonly lead: string
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
  #inThought = false
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

  /** How often a call began that is not part of others before it. */
  get callsBegun(): number {
    return this.#callsBegun
  }

  /** Takes the next text; gives what is certain now. */
  push(text: string): readonly ReplyPart[] {
    this.#parts = []
    this.#held += text
    while (this.#step()) {
      // Until nothing more is certain.
    }
    return this.#parts
  }

  /** What was held back, when no more comes. */
  end(): readonly ReplyPart[] {
    this.#parts = []
    if (this.#place === 'thought') {
      const text = this.#held
      this.#held = ''
      this.#showThought(text)
    } else {
      if (this.#place === 'call') this.#options.calls?.end(this.#parts)
      this.#showText(this.#held.length, true)
    }
    return this.#parts
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
    const { end } = this.#options.thought as ThoughtTags
    const place = this.#held.indexOf(end)
    const text = place < 0 ? this.#held.slice(0, this.#held.length - openEnd(this.#held, end)) : undefined
    if (text !== undefined) {
      this.#showThought(text.trimEnd())
      return false
    }
    this.#showThought(this.#held.slice(0, place).trimEnd())
    this.#mark(this.#held.indexOf(end) + end.length)
    this.#place = 'text'
    this.#fresh = true
    this.#thoughtOver = true
    return true
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
    this.#held = rest
    this.#place = 'text'
    this.#fresh = true
    return true
  }

  #readText(): boolean {
    if (this.#fresh) {
      const opening = this.#opening()
      if (opening !== 'nothing') return opening === 'taken'
    }
    const found = this.#options.calls?.find(this.#held, this.#fresh && this.#held.trimStart() === this.#held)
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

  /** The start tag of a thought, or the lead of an answer, in front of everything else. */
  #opening(): 'nothing' | 'possible' | 'taken' {
    const { thought, lead } = this.#options
    const space = this.#held.length - this.#held.trimStart().length
    const text = this.#held.slice(space)
    if (thought && !this.#thoughtOver && !this.#hasText) {
      if (text.startsWith(thought.start)) {
        this.#mark(space + thought.start.length)
        this.#place = 'thought'
        return 'taken'
      }
      if (thought.start.startsWith(text)) return 'possible'
    }
    if (lead === '' || this.#hasText) return 'nothing'
    if (text.startsWith(lead)) {
      this.#parts.push({ kind: 'syntax', text: this.#held.slice(0, space + lead.length) })
      this.#held = text.slice(lead.length)
      this.#fresh = false
      this.#hasText = true
      return 'taken'
    }
    return lead.startsWith(text) ? 'possible' : 'nothing'
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

/** How much of the end of a text is the beginning of a mark. */
function openEnd(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return length
  }
  return 0
}
