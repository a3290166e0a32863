import { callHead, callMark, standsAlone, type ToolSyntax, writtenName } from '../prompt/tool-syntax.ts'
import { JsonEnd } from './json-end.ts'
import type { ReplyPart } from './reply-part.ts'

interface Head {
  readonly name: string
  readonly text: string
}

/** Reads the calls of one reply, in a syntax, of tools with known names. */
export class CallParser {
  /** How many calls have begun. */
  count = 0
  readonly #syntax: ToolSyntax
  /** The longest first. */
  readonly #heads: readonly Head[]
  readonly #mark: string | undefined
  readonly #alone: boolean
  readonly #newId: () => string
  #held = ''
  #place: 'head' | 'arguments' | 'tail' = 'head'
  #json = new JsonEnd()

  constructor(syntax: ToolSyntax, names: readonly string[], newId: () => string) {
    this.#syntax = syntax
    this.#heads = names
      .map((name) => ({ name, text: callHead(name, syntax) }))
      .toSorted((one, other) => other.text.length - one.text.length)
    this.#mark = callMark(syntax)
    this.#alone = standsAlone(syntax)
    this.#newId = newId
  }

  /** Where in the text a call begins, or could; `certain` when nothing else can come of it. */
  find(text: string, atStart: boolean): { readonly place: number; readonly certain: boolean } | undefined {
    const { prefix } = this.#syntax
    if (prefix === '') return atStart ? this.#beginsAt(text, 0) : undefined
    const first = prefix[0] as string
    for (let place = text.indexOf(first); place >= 0; place = text.indexOf(first, place + 1)) {
      const found = this.#beginsAt(text, place)
      if (found) return found
    }
    return undefined
  }

  #beginsAt(text: string, place: number): { place: number; certain: boolean } | undefined {
    const begun = text.slice(place)
    const possible = this.#heads.filter((head) => head.text.startsWith(begun) || begun.startsWith(head.text))
    if (possible.length === 0) return undefined
    const certain = possible.some(({ name }) => {
      const named = this.#syntax.prefix + writtenName(name, this.#syntax)
      return begun.startsWith(this.#mark ?? named)
    })
    return { place, certain }
  }

  /** The beginning of a call whose arguments have not begun. */
  get begun(): string | undefined {
    return this.#place === 'head' ? this.#held : undefined
  }

  /** Starts on the text of a call. */
  begin(): void {
    this.#place = 'head'
    this.#held = ''
  }

  /** Takes what comes; gives the rest once all calls that hang together have ended, or were none. */
  push(text: string, parts: ReplyPart[]): string | undefined {
    this.#held += text
    for (;;) {
      const before = this.#place
      const rest = this.#step(parts)
      if (rest !== undefined) return rest
      if (this.#place === before) return undefined
    }
  }

  #step(parts: ReplyPart[]): string | undefined {
    switch (this.#place) {
      case 'head':
        return this.#readHead(parts)
      case 'arguments':
        return this.#readArguments(parts)
      default:
        return this.#readTail(parts)
    }
  }

  #readHead(parts: ReplyPart[]): string | undefined {
    const held = this.#held
    // Where nothing parts a name from the arguments, a longer name may still come.
    if (this.#heads.some(({ text }) => text.length > held.length && text.startsWith(held))) return undefined
    const head = this.#heads.find(({ text }) => held.startsWith(text))
    if (head) {
      const { name, text } = head
      parts.push({
        kind: 'toolCall',
        index: this.count++,
        id: this.#newId(),
        name,
        arguments: '',
        raw: text.length,
      })
      this.#held = held.slice(text.length)
      this.#place = 'arguments'
      this.#json = new JsonEnd()
      return undefined
    }
    return this.#leave()
  }

  #readArguments(parts: ReplyPart[]): undefined {
    const end = this.#json.push(this.#held)
    const piece = end === undefined ? this.#held : this.#held.slice(0, end)
    if (piece !== '') {
      parts.push({ kind: 'toolCall', index: this.count - 1, arguments: piece, raw: piece.length })
    }
    this.#held = this.#held.slice(piece.length)
    if (end !== undefined) this.#place = 'tail'
  }

  #readTail(parts: ReplyPart[]): string | undefined {
    const { between, suffix, prefix } = this.#syntax
    const held = this.#held
    if (!this.#alone && between !== undefined) {
      if (held.startsWith(between)) {
        parts.push({ kind: 'syntax', text: between })
        // A further call is read as the first is, with a prefix that the reply does not hold.
        this.#held = prefix + held.slice(between.length)
        parts.push({ kind: 'syntax', text: '', raw: -prefix.length })
        this.#place = 'head'
        return undefined
      }
      if (between.startsWith(held)) return undefined
    }
    if (held.startsWith(suffix)) {
      if (suffix !== '') parts.push({ kind: 'syntax', text: suffix })
      this.#held = held.slice(suffix.length)
      return this.#leave()
    }
    return suffix.startsWith(held) ? undefined : this.#leave()
  }

  #leave(): string {
    const rest = this.#held
    this.begin()
    return rest
  }

  /** What is left when no more comes: words, if no call became of them. Behind a call, it was to be a further one. */
  end(parts: ReplyPart[]): void {
    const rest = this.#held
    if (rest === '') return
    parts.push({ kind: this.count > 0 ? 'syntax' : 'text', text: rest })
    this.begin()
  }
}
