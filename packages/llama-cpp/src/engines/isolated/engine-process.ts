import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { messageOf } from '@millrace/core/component'
import { LlamaCppError } from '../../errors.ts'
import type { EngineName } from '../../options/options.ts'
import type { CallOptions } from '../engine-calls.ts'
import { unpackError } from './carried-error.ts'
import { EngineCall } from './engine-call.ts'
import type { Asked, FromEngine, ListenerName, ToEngine } from './engine-messages.ts'

const LONGEST_WORDS = 64 * 1024
const LONGEST_LAST = 300

/** Calls that leave nothing behind in the child, whoever waits for their end. */
const requests: readonly Asked['name'][] = ['chat', 'complete', 'countTokens', 'tokenize', 'embed', 'rank']

const listenerNames: readonly ListenerName[] = ['onProgress', 'onDelta', 'onPromptProgress', 'onDone']

/** How a process ended that nobody stopped. */
export interface Crash {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  /** The end of what it wrote to stderr, where that did not go to the stderr of this process. */
  readonly words: string
}

/** A child process with an engine in it. It keeps this process alive only while a call is on the way, or it is being stopped. */
export class EngineProcess {
  readonly #engine: EngineName
  readonly #child: ChildProcess
  readonly #calls = new Map<number, EngineCall>()
  readonly #ended: Promise<void>
  #lastCall = 0
  /** The end of what the child printed, where nobody sees it. */
  #words = ''
  #crash: Crash | undefined
  #stopping = false
  /** Why calls fail from now on. */
  #end: LlamaCppError | undefined

  /** @param verbose whether what the child prints goes to stderr, where it prints more than anybody wants to read */
  constructor(engine: EngineName, verbose: boolean) {
    this.#engine = engine
    this.#child = startChild(engine, verbose)
    this.#child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      this.#words = (this.#words + piece).slice(-LONGEST_WORDS)
      if (verbose) process.stderr.write(piece)
    })
    this.#child.on('message', (message) => this.#receive(message as FromEngine))
    // 'close' comes when the process has ended and all that it had sent is read; 'exit' may come before that.
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (cause) => {
        if (this.#child.pid !== undefined) return
        this.#endCalls(cannotStart(engine, cause))
        resolve()
      })
      this.#child.on('close', (exitCode, signal) => {
        if (!this.#stopping) this.#crash = { exitCode, signal, words: this.#words }
        this.#endCalls(crashed(engine, { exitCode, signal, words: this.#words }))
        resolve()
      })
    })
    this.#keepAlive(false)
  }

  /** Of the child; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  /** False once the child has ended, or is known to be about to. */
  get running(): boolean {
    return this.#end === undefined && this.#child.connected
  }

  /** How it ended, where it ended by itself. */
  get crash(): Crash | undefined {
    return this.#crash
  }

  async call(asked: Asked, options: CallOptions): Promise<unknown> {
    options.signal?.throwIfAborted()
    if (this.#end) throw this.#end
    const id = ++this.#lastCall
    const listeners = listenerNames.filter((listener) => options[listener] !== undefined)
    const send = (message: ToEngine) => this.#send(message)
    const call = new EngineCall(id, this.#engine, options, send, requests.includes(asked.name))
    this.#calls.set(id, call)
    if (this.#calls.size === 1) this.#keepAlive(true)
    try {
      this.#send({ type: 'call', id, ...asked, listeners })
    } catch (cause) {
      call.reject(notData(cause))
    }
    try {
      return await call.outcome
    } finally {
      this.#calls.delete(id)
      // Whoever waits for the end of the child still needs it.
      if (this.#calls.size === 0 && !this.#stopping) this.#keepAlive(false)
    }
  }

  /** Ends the child, and every call with the error. All that it holds the system takes back. */
  async stop(error: LlamaCppError): Promise<void> {
    this.#stopping = true
    this.#keepAlive(true)
    this.#endCalls(error)
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #send(message: ToEngine): void {
    // What cannot be delivered is answered by the end of the child.
    if (this.#child.connected) this.#child.send(message, () => {})
  }

  #receive(message: FromEngine): void {
    const call = this.#calls.get(message.id)
    switch (message.type) {
      case 'event':
        call?.hear(message)
        break
      case 'result':
        call?.resolve(message.value)
        break
      case 'failed':
        call?.reject(unpackError(message.error))
        break
      case 'aborted':
        call?.reject(new DOMException('The call was aborted.', 'AbortError'))
    }
  }

  #endCalls(error: LlamaCppError): void {
    this.#end ??= error
    for (const call of this.#calls.values()) call.reject(this.#end)
  }

  #keepAlive(wanted: boolean): void {
    const { channel, stderr } = this.#child
    const handles = [this.#child, channel, stderr as Socket | null]
    // Bun has a channel without these.
    for (const handle of handles) wanted ? handle?.ref?.() : handle?.unref?.()
  }
}

function startChild(engine: EngineName, verbose: boolean): ChildProcess {
  const program = childProgram(engine)
  try {
    return fork(program, [], {
      serialization: 'advanced',
      // Options such as --inspect-brk or --eval are those of the host alone.
      execArgv: [],
      // What it prints is for people: the output of this process is not its to write to. The log of llama.node says why
      // a load failed, and more than anybody wants to read.
      stdio:
        engine === 'llama.node' ? ['ignore', verbose ? 2 : 'ignore', 'pipe', 'ipc'] : ['ignore', 2, 2, 'ipc'],
    })
  } catch (cause) {
    throw cannotStart(engine, cause)
  }
}

/** The file beside this one, also where both are bundled: the package exports it as `@millrace/llama-cpp/child`. */
function childProgram(engine: EngineName): string {
  // A bundle of CommonJS has the other name for it.
  const folder = import.meta.dirname ?? __dirname
  // Node.js 20 cannot run TypeScript: whoever runs the sources, as the tests do, runs the child that was built.
  const isSource = import.meta.filename?.endsWith('.ts')
  const program = join(folder, isSource ? '../../../dist/engines/isolated/child.js' : 'child.js')
  if (existsSync(program)) return program
  throw new LlamaCppError(
    'ENGINE_UNAVAILABLE',
    `Engine '${engine}' in a process of its own needs the program '${program}', which is not there. In a bundle, put '@millrace/llama-cpp/child' beside this file as 'child.js', or leave @millrace/llama-cpp out of the bundle.`,
    { engine, path: program },
  )
}

function cannotStart(engine: EngineName, cause: unknown): LlamaCppError {
  return new LlamaCppError(
    'ENGINE_UNAVAILABLE',
    `The process of engine '${engine}' could not be started: ${messageOf(cause)}.`,
    { cause, engine },
  )
}

function crashed(engine: EngineName, { exitCode, signal, words }: Crash): LlamaCppError {
  const how =
    signal === 'SIGKILL'
      ? 'was killed by SIGKILL, as the system does when memory runs out'
      : signal
        ? `crashed with ${signal}`
        : `ended with exit code ${exitCode}`
  return new LlamaCppError(
    'ENGINE_CRASHED',
    `The process of engine '${engine}' ${how}. What it was working on failed; the next request starts it again.${lastWords(words)}`,
    { engine, ...(signal ? { signal } : {}), ...(exitCode === null ? {} : { exitCode }) },
  )
}

/** The last line with an error in it, or the last line: Node.js ends with its version. */
function lastWords(words: string): string {
  const lines = words.trimEnd().split('\n')
  const last = (lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? '').trim()
  return last === '' ? '' : ` The last that it printed: '${last.slice(0, LONGEST_LAST)}'.`
}

function notData(cause: unknown): LlamaCppError {
  const message = `A request to an engine in another process has to be data, but ${messageOf(cause)}`
  return new LlamaCppError('OPTION_INVALID', message, { cause })
}
