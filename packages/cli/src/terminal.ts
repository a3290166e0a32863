import type { EventEmitter } from 'node:events'

/** Where text goes: a terminal, a pipe or a file. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  /** Of a terminal: how many characters a line holds. */
  readonly columns?: number | undefined
}

/** Where text comes from. */
export interface Input extends AsyncIterable<Uint8Array | string> {
  /** Whether a person types it. */
  readonly isTTY?: boolean | undefined
}

/** A standard input at which a person types, key by key. */
export interface Keyboard extends EventEmitter {
  /** Whether keys come one by one, unseen, and Ctrl-C is one of them. */
  setRawMode(raw: boolean): unknown
  resume(): unknown
  pause(): unknown
}

/** What a command needs of the process it runs in. `process` is one. */
export interface Terminal {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  cwd(): string
}

/** Whether lines can be redrawn there. A `dumb` terminal is a terminal, but only prints. */
export function canRedraw(output: Output, { env }: Pick<Terminal, 'env'>): boolean {
  return output.isTTY === true && env['TERM'] !== 'dumb'
}
