import { createInterface, type Interface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { Keyboard, Output } from '../terminal.ts'
import { PasteFilter } from './paste-filter.ts'

const CTRL_C = '\u0003'

/** How a question to the user ended: with a line, with Ctrl-C, or with Ctrl-D. */
export type Typed = { readonly line: string } | 'interrupt' | 'end'

export interface AskOptions {
  /** What stands in the line already. */
  readonly initial?: string
  /** Whether the line is kept for the arrow keys. */
  readonly remembered?: boolean
  /** Whether what was typed before the question counts: not where a key pressed too early would do harm. */
  readonly typedAhead?: boolean
}

export interface LineEditorOptions {
  /** Whether the terminal obeys escape sequences. */
  readonly redraws: boolean
  /** What Tab makes of a line. */
  readonly complete: (line: string) => readonly string[]
}

/**
 * Reads lines from a terminal, with the keys and the history of `node:readline`. Between two questions it listens for
 * Ctrl-C alone, and keeps what else is typed for the next one.
 */
export class LineEditor {
  /** Called for Ctrl-C while nothing is asked. */
  onInterrupt: (() => void) | undefined
  readonly #keyboard: Keyboard
  readonly #screen: Output
  readonly #redraws: boolean
  readonly #readline: Interface
  readonly #keys: PassThrough
  readonly #filter = new PasteFilter()
  readonly #decoder = new StringDecoder('utf8')
  readonly #onData: (data: Uint8Array | string) => void
  readonly #onEnd: () => void
  #held = ''
  #question: { readonly remembered: boolean; readonly resolve: (typed: Typed) => void } | undefined
  /** Whether the line has ended, so that what follows is for the next question. */
  #lineEnded = true
  #ended = false

  constructor(keyboard: Keyboard, screen: Output, { redraws, complete }: LineEditorOptions) {
    this.#keyboard = keyboard
    this.#screen = screen
    this.#redraws = redraws
    this.#keys = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (raw: boolean) => keyboard.setRawMode(raw),
    })
    this.#readline = createInterface({
      input: this.#keys,
      output: screen as unknown as NodeJS.WritableStream,
      terminal: true,
      historySize: 500,
      completer: (line: string) => [complete(line), line],
    })
    this.#readline.on('line', (line) => this.#answer({ line: this.#filter.expand(line) }))
    this.#readline.on('SIGINT', () => this.#interrupt())
    this.#readline.on('SIGCONT', () => this.#comeBack())
    this.#readline.on('close', () => this.#end())
    this.#readline.on('history', (history) => {
      if (this.#question?.remembered === false) history.shift()
    })
    this.#onData = (data) =>
      this.#receive(typeof data === 'string' ? data : this.#decoder.write(Buffer.from(data)))
    this.#onEnd = () => this.#end()
    keyboard.on('data', this.#onData)
    keyboard.on('end', this.#onEnd)
    keyboard.resume()
    this.#markPastes(true)
  }

  /** One line. After Ctrl-D, or when the terminal is gone, `end` for ever. */
  ask(prompt: string, options: AskOptions = {}): Promise<Typed> {
    const { initial = '', remembered = true, typedAhead = true } = options
    if (this.#ended) return Promise.resolve('end')
    if (!typedAhead) this.#held = ''
    return new Promise((resolve) => {
      this.#question = { remembered, resolve }
      this.#lineEnded = false
      this.#readline.setPrompt(prompt)
      // Again: another program may have had the terminal, after Ctrl-Z.
      this.#markPastes(true)
      this.#readline.prompt()
      if (initial !== '') this.#readline.write(initial)
      this.#pump()
    })
  }

  /** Gives the terminal back as it was. */
  close(): void {
    this.#keyboard.off('data', this.#onData)
    this.#keyboard.off('end', this.#onEnd)
    this.#readline.close()
    this.#keyboard.pause()
    this.#markPastes(false)
  }

  /** Whether the terminal says where a paste begins and ends. */
  #markPastes(marked: boolean): void {
    if (this.#redraws) this.#screen.write(marked ? '\u001B[?2004h' : '\u001B[?2004l')
  }

  #receive(text: string): void {
    this.#held += this.#filter.feed(text)
    if (this.#question === undefined) {
      const interrupt = this.#held.lastIndexOf(CTRL_C)
      if (interrupt < 0) return
      this.#held = this.#held.slice(interrupt + 1)
      this.onInterrupt?.()
    } else this.#pump()
  }

  /** Hands on what is typed, to the end of the line. */
  #pump(): void {
    while (!this.#lineEnded && this.#held !== '') {
      const end = lineEnd(this.#held)
      const keys = this.#held.slice(0, end)
      this.#held = end === undefined ? '' : this.#held.slice(end)
      this.#lineEnded = end !== undefined
      this.#keys.write(keys.replace(/\r?\n$/, '\r'))
    }
  }

  #interrupt(): void {
    // What was typed is dropped.
    this.#readline.write(null, { ctrl: true, name: 'e' })
    this.#readline.write(null, { ctrl: true, name: 'u' })
    this.#screen.write('\n')
    this.#answer('interrupt')
  }

  /** After Ctrl-Z: readline and the terminal have to begin to read again. */
  #comeBack(): void {
    this.#keyboard.pause()
    this.#keyboard.resume()
    this.#markPastes(true)
    this.#readline.prompt(true)
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#question !== undefined) this.#screen.write('\n')
    this.#answer('end')
  }

  #answer(typed: Typed): void {
    const question = this.#question
    this.#question = undefined
    this.#lineEnded = true
    if (question === undefined) return
    question.resolve(typed)
  }
}

/** Where the text goes on after its first line, or after Ctrl-C. Undefined: it does not end the line. */
function lineEnd(text: string): number | undefined {
  const places = ['\r', '\n', CTRL_C].map((key) => text.indexOf(key)).filter((place) => place >= 0)
  if (places.length === 0) return undefined
  const end = Math.min(...places) + 1
  return text.startsWith('\r\n', end - 1) ? end + 1 : end
}
