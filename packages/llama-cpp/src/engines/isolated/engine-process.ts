import { type ChildProcess, fork } from 'node:child_process'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { LlamaCppError } from '../../errors.ts'
import type { EngineName } from '../../options/options.ts'
import { reasonOf } from '../node-llama-cpp/failures.ts'
import { unpackError } from './carried-error.ts'
import { type CallOptions, EngineCall } from './engine-call.ts'
import type { CallName, EngineCalls, FromEngine, ListenerName, ToEngine } from './engine-messages.ts'

/** Node.js 20 cannot run TypeScript: whoever runs the sources, as the tests do, runs the child that was built. */
const program = import.meta.filename.endsWith('.ts')
  ? join(import.meta.dirname, '../../../dist/engines/isolated/child.js')
  : join(import.meta.dirname, 'child.js')

const LONGEST_WORDS = 16 * 1024
const LONGEST_LAST = 300

/** Calls that leave nothing behind in the child, whoever waits for their end. */
const requests: readonly CallName[] = ['chat', 'complete', 'countTokens', 'tokenize', 'embed', 'rank']

const listenerNames: readonly ListenerName[] = ['onProgress', 'onDelta', 'onPromptProgress', 'onDone']

/** A child process with an engine in it. It keeps this process alive only while a call is on the way, or it is being stopped. */
export class EngineProcess {
  readonly #engine: EngineName
  readonly #child: ChildProcess
  readonly #calls = new Map<number, EngineCall>()
  readonly #ended: Promise<void>
  #lastCall = 0
  /** The end of what the child printed, where nobody sees it. */
  #words = ''
  #stopping = false
  /** Why calls fail from now on. */
  #end: LlamaCppError | undefined

  /** @param verbose whether what the child prints goes to stderr, where it prints more than anybody wants to read */
  constructor(engine: EngineName, verbose: boolean) {
    this.#engine = engine
    this.#child = startChild(engine, verbose)
    this.#child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      this.#words = (this.#words + piece).slice(-LONGEST_WORDS)
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
        this.#endCalls(crashed(engine, exitCode, signal, this.#words))
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

  async call<Name extends CallName>(
    name: Name,
    parameters: EngineCalls[Name]['parameters'],
    options: CallOptions,
  ): Promise<EngineCalls[Name]['result']> {
    options.signal?.throwIfAborted()
    if (this.#end) throw this.#end
    const id = ++this.#lastCall
    const listeners = listenerNames.filter((listener) => options[listener] !== undefined)
    const send = (message: ToEngine) => this.#send(message)
    const call = new EngineCall(id, this.#engine, options, send, requests.includes(name))
    this.#calls.set(id, call)
    if (this.#calls.size === 1) this.#keepAlive(true)
    try {
      this.#send({ type: 'call', id, name, parameters, listeners })
    } catch (cause) {
      call.reject(notData(cause))
    }
    try {
      return (await call.outcome) as EngineCalls[Name]['result']
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
    for (const handle of handles) wanted ? handle?.ref() : handle?.unref()
  }
}

function startChild(engine: EngineName, verbose: boolean): ChildProcess {
  const heard = verbose || engine !== 'llama.node'
  try {
    return fork(program, [], {
      serialization: 'advanced',
      // Options such as --inspect-brk or --eval are those of the host alone.
      execArgv: [],
      // What it prints is for people: the output of this process is not its to write to.
      stdio: heard ? ['ignore', 2, 2, 'ipc'] : ['ignore', 'ignore', 'pipe', 'ipc'],
    })
  } catch (cause) {
    throw cannotStart(engine, cause)
  }
}

function cannotStart(engine: EngineName, cause: unknown): LlamaCppError {
  return new LlamaCppError(
    'ENGINE_UNAVAILABLE',
    `The process of engine '${engine}' could not be started: ${reasonOf(cause)}.`,
    { cause, engine },
  )
}

function crashed(
  engine: EngineName,
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  words: string,
): LlamaCppError {
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

function lastWords(words: string): string {
  const last = words.trimEnd().split('\n').at(-1)?.trim() ?? ''
  return last === '' ? '' : ` The last that it printed: '${last.slice(0, LONGEST_LAST)}'.`
}

function notData(cause: unknown): LlamaCppError {
  const message = `A request to an engine in another process has to be data, but ${reasonOf(cause)}`
  return new LlamaCppError('OPTION_INVALID', message, { cause })
}
