import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { messageOf, onOneLine, shorten } from '@millrace/core/component'
import { getDefaultEnvironment } from '@modelcontextprotocol/sdk/client/stdio.js'
import { deserializeMessage, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'
import spawn from 'cross-spawn'
import type { Command } from '../server-address.ts'
import { endWithProcess, stopGroup } from './live-processes.ts'

/** How much of what a server prints on stderr is kept: the end, where the reason stands. */
const LAST_WORDS = 2000
/** How long a server may take to end when its input ends, and then once more after SIGTERM. */
const PATIENCE_MS = 1000
/** What a server that has ended may still have in its pipes. A process that it leaves behind holds them open for ever. */
const DRAIN_MS = 100

export const LONGEST_LINE = 10 * 1024 * 1024

/**
 * A server that is a process. Unlike the transport of the SDK, it says at once that the process has ended, with what it
 * ended and what it said last, and leaves nothing of its process group behind.
 */
export class StdioTransport implements Transport {
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: Transport['onmessage']
  /** Why there is no connection any more, as the end of a sentence; undefined while there is, or before there was. */
  fault: string | undefined
  readonly #command: Command
  #child: ChildProcessWithoutNullStreams | undefined
  #ended: Promise<void> = Promise.resolve()
  #isClosed = false
  /** The pieces of a line of which the end has not come. */
  #line: Buffer[] = []
  #lineBytes = 0
  #stderr = ''
  #noise: string | undefined

  constructor(command: Command) {
    this.#command = command
  }

  async start(): Promise<void> {
    const { command, args, env, cwd } = this.#command
    const child = spawn(command, [...args], {
      env: { ...getDefaultEnvironment(), ...env },
      cwd,
      stdio: 'pipe',
      shell: false,
      windowsHide: true,
      // It leads a process group, which ends as a whole.
      detached: process.platform !== 'win32',
    }) as ChildProcessWithoutNullStreams
    this.#child = child
    child.stdin.on('error', () => {})
    child.stdout.on('data', (chunk: Buffer) => this.#read(chunk))
    child.stderr.setEncoding('utf8')
    child.stderr.on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-LAST_WORDS)
    })
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => {
        stopGroup(child, 'SIGKILL')
        const drained = setTimeout(resolve, DRAIN_MS)
        child.once('close', () => {
          clearTimeout(drained)
          resolve()
        })
      })
    })
    void this.#ended.then(() => {
      this.#hasEnded(`it ended with ${endOf(child)}${this.#lastWords()}`)
      // What it left behind may hold the other ends.
      for (const stream of child.stdio) stream?.destroy()
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (error) => {
        this.#isClosed = true
        reject(error)
      })
    })
    endWithProcess(child)
    // A program that has nothing else to do ends, and its servers with it. Calls have timers, which keep it.
    for (const part of [child, child.stdin, child.stdout, child.stderr])
      (part as { unref?(): void }).unref?.()
  }

  send(message: JSONRPCMessage): Promise<void> {
    const child = this.#child
    if (child === undefined || this.#isClosed) return Promise.reject(new Error('Not connected'))
    return new Promise((resolve, reject) => {
      child.stdin.write(serializeMessage(message), (error) => (error ? reject(error) : resolve()))
    })
  }

  /** Ends the input of the server, then the server, then all that it started. */
  async close(): Promise<void> {
    const child = this.#child
    this.#hasEnded()
    if (child?.pid === undefined) return
    child.stdin.end()
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (await within(PATIENCE_MS, this.#ended)) return
      stopGroup(child, signal)
    }
    await this.#ended
  }

  /** Why a server that runs does not answer as one, where it has said something: for messages. */
  hint(): string {
    const noise =
      this.#noise === undefined
        ? ''
        : ` On its standard output it wrote what is not of the protocol: '${this.#noise}'.`
    return this.#stderr.trim() === '' ? noise : `${noise} Its last words: ${this.#words()}`
  }

  #read(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...this.#line, chunk.subarray(start, end)]).toString('utf8')
      this.#line = []
      this.#lineBytes = 0
      start = end + 1
      this.#receive(line)
    }
    if (start === chunk.length || this.#isClosed) return
    this.#line.push(chunk.subarray(start))
    this.#lineBytes += chunk.length - start
    if (this.#lineBytes <= LONGEST_LINE) return
    this.#hasEnded(`it wrote a line of more than ${LONGEST_LINE / 1024 / 1024} MiB`)
    if (this.#child !== undefined) stopGroup(this.#child, 'SIGKILL')
  }

  #receive(line: string): void {
    if (this.#isClosed || line.trim() === '') return
    let message: JSONRPCMessage
    try {
      message = deserializeMessage(line)
    } catch {
      this.#noise ??= shorten(onOneLine(line.trim()), 100)
      return
    }
    try {
      this.onmessage?.(message)
    } catch (error) {
      this.onerror?.(error instanceof Error ? error : new Error(messageOf(error)))
    }
  }

  /** @param fault absent where nothing is wrong: it was closed */
  #hasEnded(fault?: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.fault = fault
    this.#line = []
    this.onclose?.()
  }

  #lastWords(): string {
    return this.#stderr.trim() === '' ? ' and said nothing' : `. Its last words: ${this.#words()}`
  }

  #words(): string {
    const lines = this.#stderr.trim().split('\n').slice(-5)
    return `'${onOneLine(lines.join('\n')).slice(-500)}'`
  }
}

function endOf({ exitCode, signalCode }: ChildProcessWithoutNullStreams): string {
  return exitCode === null ? `the signal ${signalCode}` : `exit code ${exitCode}`
}

/** Whether something happens in this time. */
async function within(milliseconds: number, event: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false)
  })
  try {
    return await Promise.race([event.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
