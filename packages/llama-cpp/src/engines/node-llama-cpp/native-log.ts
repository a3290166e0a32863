import { setTimeout } from 'node:timers/promises'

const LINES_KEPT = 50
/** What the binding says of its own guesses at memory, before the true reason. */
const NOISE = /^Failed simulating/

/** What llama.cpp logs. Shown only where `verbose` asks for it, but its last words explain a failure. */
export class NativeLog {
  readonly #lines: string[] = []
  #written = 0
  #verbose = false

  /** The place to read on from. From the first verbose load on, everything goes to stderr as well. */
  mark(verbose: boolean): number {
    this.#verbose ||= verbose
    return this.#written
  }

  write(level: string, message: string): void {
    if (this.#verbose) process.stderr.write(`llama.cpp ${level}: ${message.trimEnd()}\n`)
    if ((level !== 'error' && level !== 'fatal' && level !== 'warn') || NOISE.test(message)) return
    this.#written++
    this.#lines.push(message.trim())
    if (this.#lines.length > LINES_KEPT) this.#lines.shift()
  }

  /** The warnings and errors since a mark, as far as they are kept. They come from other threads, a moment later. */
  async since(mark: number): Promise<string[]> {
    await setTimeout(0)
    const count = Math.min(this.#written - mark, this.#lines.length)
    return count === 0 ? [] : this.#lines.slice(-count)
  }
}
