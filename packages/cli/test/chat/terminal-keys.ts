import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { turnsUntil } from '../../../../test/turns-until.ts'
import { Screen } from '../screen.ts'

/** A terminal: keys that a test presses, and a screen that keeps what appears. */
export class TerminalKeys {
  /** Keys come one by one, unseen. */
  raw = false
  readonly screen = new Screen(true, 80)
  readonly keyboard: PassThrough & { readonly isTTY: true; setRawMode(raw: boolean): void }
  #seen = 0

  constructor() {
    const setRawMode = (raw: boolean) => {
      this.raw = raw
    }
    this.keyboard = Object.assign(new PassThrough(), { isTTY: true as const, setRawMode })
  }

  press(keys: string): void {
    this.keyboard.write(keys)
  }

  /** What appeared since the last call, once the text is among it. */
  async until(text: string): Promise<string> {
    await turnsUntil(() => this.#plain().includes(text, this.#seen)).catch(() => {
      throw new Error(`'${text}' did not appear, but:\n${this.#plain().slice(this.#seen)}`)
    })
    const appeared = this.#plain().slice(this.#seen)
    this.#seen = this.#plain().length
    return appeared
  }

  /** Without what moves the cursor, deletes and colours. */
  #plain(): string {
    return stripVTControlCharacters(this.screen.text).replaceAll('\r', '')
  }
}
