import type { ArgumentSchemas } from './argument-schema.ts'
import type { ArgumentsForm, Piece } from './call-format.ts'
import { JsonEnd } from './json-end.ts'
import { matchMark, skipSpace } from './match-pieces.ts'
import { readMembers, wholeValue } from './value-text.ts'

/** Turns the arguments of a call, as the model writes them, into JSON. */
export interface ArgumentsReader {
  /** Takes what is certain from the front of a text; `last`: no more comes. */
  read(text: string, last: boolean): ReadArguments
}

export interface ReadArguments {
  readonly taken: number
  /** The next piece of JSON text. */
  readonly json: string
  /** Whether the arguments are over. */
  readonly done: boolean
}

const NOTHING: ReadArguments = { taken: 0, json: '', done: false }

/** @param after - What a call goes on with behind the arguments. */
export function argumentsReader(
  form: ArgumentsForm,
  schemas: ArgumentSchemas,
  after: readonly Piece[],
): ArgumentsReader {
  const [next] = after
  const tail = next?.kind === 'text' ? next.text : ''
  switch (form.kind) {
    case 'json':
      return new JsonReader()
    case 'tags':
      return new TagReader(form, schemas, tail)
    case 'nested':
      return wholeReader(tail.trim(), (text) => {
        const end = text.indexOf(tail.trim())
        return end < 0
          ? undefined
          : { end, json: JSON.stringify(schemas.nested(text.slice(0, end), form.mark)) }
      })
    default: {
      const close = tail[0] ?? ''
      return wholeReader(close, (text) => {
        const read = readMembers(text, 0, close, form.kind === 'python' ? '=' : ':')
        return read && { end: read.end - close.length, json: JSON.stringify(read.value) }
      })
    }
  }
}

class JsonReader implements ArgumentsReader {
  readonly #json = new JsonEnd()

  read(text: string): ReadArguments {
    const end = this.#json.push(text)
    const taken = end ?? text.length
    return { taken, json: text.slice(0, taken), done: end !== undefined }
  }
}

/** For arguments that are read when all of them are there. */
function wholeReader(
  close: string,
  read: (text: string) => { readonly end: number; readonly json: string } | undefined,
): ArgumentsReader {
  let tried = 0
  return {
    read(text) {
      if (!text.includes(close, Math.max(0, tried - close.length))) return NOTHING
      tried = text.length
      const found = read(text)
      return found ? { taken: found.end, json: found.json, done: true } : NOTHING
    },
  }
}

const CDATA = ['<![CDATA[', ']]>'] as const

/** One argument after the other, each between tags. */
class TagReader implements ArgumentsReader {
  readonly #schemas: ArgumentSchemas
  /** Before the key, and between key and value. */
  readonly #open: readonly [string, string]
  readonly #typed: 'string' | 'type' | undefined
  readonly #close: string
  readonly #tail: string
  #count = 0
  #key: string | undefined
  #type = ''
  /** Where the closing tag was looked for already. */
  #searched = 0

  constructor(
    { open, close }: Extract<ArgumentsForm, { readonly kind: 'tags' }>,
    schemas: ArgumentSchemas,
    tail: string,
  ) {
    this.#schemas = schemas
    const [before = '', between = ''] = open.split('⟨key⟩')
    this.#open = [before, between]
    this.#typed = /⟨(string|type)⟩/.exec(between)?.[1] as 'string' | 'type' | undefined
    this.#close = close
    this.#tail = tail.trim()
  }

  read(text: string, last: boolean): ReadArguments {
    let taken = 0
    let json = ''
    for (;;) {
      const step = this.#step(text.slice(taken), last)
      if (step === undefined) return { taken, json, done: false }
      taken += step.taken
      json += step.json
      if (step.done) return { taken, json, done: true }
    }
  }

  #step(text: string, last: boolean): ReadArguments | undefined {
    return this.#key === undefined ? this.#readKey(text, last) : this.#readValue(text, this.#key, last)
  }

  #readKey(text: string, last: boolean): ReadArguments | undefined {
    const place = skipSpace(text, 0)
    const begun = matchMark(this.#open[0].trimStart(), text, place, true)
    if (typeof begun === 'object' && !last) return undefined
    if (typeof begun !== 'number') return this.#end()
    const between = this.#open[1]
    const stop = between[0] ?? ''
    const end = text.indexOf(stop, begun)
    if (end < 0) return last ? this.#end() : undefined
    const [head = '', tail] = between.split(/⟨(?:string|type)⟩/)
    let value = matchMark(head, text, end)
    if (typeof value === 'number' && tail !== undefined) {
      const quote = text.indexOf('"', value)
      this.#type = text.slice(value, Math.max(value, quote))
      value = quote < 0 ? { rest: tail } : matchMark(tail, text, quote)
    }
    if (typeof value === 'object') return last ? this.#end() : undefined
    if (value === undefined) return this.#end()
    this.#key = text.slice(begun, end).trim()
    this.#searched = 0
    return { taken: value, json: '', done: false }
  }

  /** Nothing is escaped: the closing tag ends a value where what may follow one follows. */
  #readValue(text: string, key: string, last: boolean): ReadArguments | undefined {
    const close = this.#close.trim()
    const [begin, finish] = CDATA
    const quoted = text.startsWith(begin)
    const mark = quoted ? finish + close : close
    for (let end = text.indexOf(mark, this.#searched); end >= 0; end = text.indexOf(mark, end + 1)) {
      const place = end + mark.length
      const follows = this.#follows(text, place)
      if (follows === undefined && !last) return undefined
      this.#searched = end
      if (follows === false) continue
      const written = quoted ? text.slice(begin.length, end) : this.#withoutBreak(text.slice(0, end))
      const json = `${this.#count++ === 0 ? '{' : ', '}${JSON.stringify(key)}: ${JSON.stringify(this.#value(key, written))}`
      this.#key = undefined
      return { taken: place, json, done: false }
    }
    this.#searched = Math.max(this.#searched, text.length - mark.length)
    return undefined
  }

  /** Whether the next argument or the end follows; undefined where that cannot be told yet. */
  #follows(text: string, from: number): boolean | undefined {
    const place = skipSpace(text, from)
    const possible = [this.#open[0].trim(), this.#tail].map((mark) => matchMark(mark, text, place))
    if (possible.some((end) => typeof end === 'number')) return true
    return possible.some((end) => typeof end === 'object') ? undefined : false
  }

  /** One line break is markup, where the closing tag has one; further ones are content. */
  #withoutBreak(text: string): string {
    return this.#close.startsWith('\n') && text.endsWith('\n') ? text.slice(0, -1) : text
  }

  #value(key: string, written: string) {
    if (this.#typed === undefined) return this.#schemas.valueOf(key, written)
    const isText = this.#type === (this.#typed === 'string' ? 'true' : 'string')
    const value = isText ? undefined : wholeValue(written)
    return value === undefined ? written : value
  }

  #end(): ReadArguments {
    return { taken: 0, json: this.#count === 0 ? '{}' : '}', done: true }
  }
}
