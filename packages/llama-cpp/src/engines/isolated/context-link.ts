import { LlamaCppError } from '../../errors.ts'
import { linkSignals } from '../../waiting/linked-signal.ts'
import { SharedTask } from '../../waiting/shared-task.ts'
import type { Generation, RequestOptions } from '../request.ts'
import type { CallOptions } from './engine-call.ts'
import type { CallName, ContextId, EngineCalls, OpenedContext } from './engine-messages.ts'
import type { EngineProcess } from './engine-process.ts'

/** What the contexts need of their weights. */
export interface ProcessSource {
  /** The child with the weights in it; one that is gone is started anew. */
  process(signal: AbortSignal): Promise<EngineProcess>
  /** Aborts when the weights are disposed. */
  readonly closing: AbortSignal
}

type OpeningCall = 'open' | 'openEmbedding' | 'openRanking'

/** Calls of one context whose first parameter is the context. */
type ContextCall = Exclude<CallName, OpeningCall | 'load'>

type Rest<Name extends ContextCall> = EngineCalls[Name]['parameters'] extends [ContextId, ...infer Others]
  ? Others
  : never

interface OpenIn<Opened> {
  readonly process: EngineProcess
  readonly task: SharedTask<Opened>
}

/** A context in whichever child there is: opened again by the first request to a new one. */
export class ContextLink<Name extends OpeningCall> {
  readonly #source: ProcessSource
  readonly #name: Name
  readonly #parameters: EngineCalls[Name]['parameters']
  readonly #closing = new AbortController()
  readonly #requests = new Set<Promise<unknown>>()
  #open: OpenIn<EngineCalls[Name]['result'] & OpenedContext> | undefined

  constructor(source: ProcessSource, name: Name, parameters: EngineCalls[Name]['parameters']) {
    this.#source = source
    this.#name = name
    this.#parameters = parameters
  }

  /** Opens the context, as any request would. */
  open(signal: AbortSignal | undefined): Promise<EngineCalls[Name]['result']> {
    return this.#during(signal, async (linked) => {
      const { task } = this.#openIn(await this.#source.process(linked))
      return task.join(linked)
    })
  }

  request<Call extends ContextCall>(
    name: Call,
    rest: Rest<Call>,
    options: CallOptions,
  ): Promise<EngineCalls[Call]['result']> {
    return this.#during(options.signal, async (signal) => {
      const { process, task } = this.#openIn(await this.#source.process(signal))
      const { id } = await task.join(signal)
      // `Rest` takes the id off the parameters of each call; the compiler cannot see that this puts it back.
      const parameters = [id, ...rest] as unknown as EngineCalls[Call]['parameters']
      return process.call(name, parameters, { ...options, signal })
    })
  }

  /** The generation of a request; the error `CLOSED` where it is partial because the context was closed. */
  async generate<Call extends 'chat' | 'complete'>(
    name: Call,
    rest: Rest<Call>,
    options: RequestOptions,
  ): Promise<Generation> {
    const generation = await this.request(name, rest, options)
    if (generation.finishReason === 'aborted') this.#throwIfClosing()
    return generation
  }

  async dispose(): Promise<void> {
    this.#closing.abort(closed())
    await Promise.allSettled(this.#requests)
    const open = this.#open
    this.#open = undefined
    const opened = await open?.task.stop(this.#closing.signal.reason)
    if (opened && open) await disposeIn(open.process, opened)
  }

  #openIn(process: EngineProcess): OpenIn<EngineCalls[Name]['result'] & OpenedContext> {
    if (this.#open?.process !== process || !this.#open.task.usable) {
      const task = new SharedTask(
        (signal) => process.call(this.#name, this.#parameters, { signal }),
        (late) => disposeIn(process, late),
      )
      this.#open = { process, task }
    }
    return this.#open
  }

  async #during<Result>(
    signal: AbortSignal | undefined,
    work: (linked: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    this.#throwIfClosing()
    const linked = linkSignals([this.#source.closing, this.#closing.signal, ...(signal ? [signal] : [])])
    const working = work(linked.signal)
    this.#requests.add(working)
    try {
      return await working
    } finally {
      this.#requests.delete(working)
      linked.release()
    }
  }

  #throwIfClosing(): void {
    this.#source.closing.throwIfAborted()
    this.#closing.signal.throwIfAborted()
  }
}

/** A process that is gone has nothing to dispose of. */
async function disposeIn(process: EngineProcess, { id }: OpenedContext): Promise<void> {
  if (!process.running) return
  try {
    await process.call('dispose', [id], {})
  } catch (error) {
    if (process.running) throw error
  }
}

export function closed(): LlamaCppError {
  return new LlamaCppError('CLOSED', 'The model was closed before the request was answered.')
}
