import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import type { StopSources } from '../src/commands/stop.ts'
import type { Terminal } from '../src/terminal.ts'
import { Screen } from './screen.ts'

/** Something like `process` that keeps what is written, and takes signals from the test with `emit`. */
export class FakeTerminal extends EventEmitter implements Terminal, StopSources {
  readonly stdin: Readable
  readonly stdout: Screen
  readonly stderr: Screen
  readonly env: Readonly<Record<string, string>>
  /** The exit codes that the program asked to end with at once. */
  readonly exits: number[] = []
  /** The signals that it sent to itself. */
  readonly kills: string[] = []
  readonly pid = 1
  readonly #cwd: string

  constructor(options: { stdin?: string; isTTY?: boolean; env?: Record<string, string>; cwd?: string } = {}) {
    super()
    const { stdin = '', isTTY = false, env = {}, cwd = process.cwd() } = options
    this.stdin = Readable.from([Buffer.from(stdin)])
    this.stdout = new Screen(isTTY, isTTY ? 80 : undefined)
    this.stderr = new Screen(isTTY, isTTY ? 80 : undefined)
    this.env = env
    this.#cwd = cwd
  }

  cwd(): string {
    return this.#cwd
  }

  exit(code: number): void {
    this.exits.push(code)
    this.emit('exit')
  }

  kill(_: number, signal: string): void {
    if (this.listenerCount(signal) === 0) this.kills.push(signal)
  }
}
