import { SharedTask } from '../../waiting/shared-task.ts'
import type { ContextCall, OpenedContext } from '../engine-calls.ts'
import { RequestsUnderway } from '../requests-underway.ts'
import type { OpenedInChild } from './engine-messages.ts'
import type { EngineProcess } from './engine-process.ts'

/** The child with the weights in it; one that is gone is started anew. */
export type FindProcess = (signal: AbortSignal) => Promise<EngineProcess>

/** Opens the context in a child that has no such context yet. */
export type OpenIn = (process: EngineProcess, signal: AbortSignal) => Promise<OpenedInChild>

/** A context in whichever child there is: opened again by the first request to a new one. */
export class ContextLink {
  readonly #findProcess: FindProcess
  readonly #openIn: OpenIn
  readonly #underway = new RequestsUnderway()
  #open: { readonly process: EngineProcess; readonly task: SharedTask<OpenedInChild> } | undefined

  constructor(findProcess: FindProcess, openIn: OpenIn) {
    this.#findProcess = findProcess
    this.#openIn = openIn
  }

  /** Opens the context, as any request would. */
  open(signal: AbortSignal | undefined): Promise<OpenedContext> {
    return this.#underway.run({ signal }, async (linked) => (await this.#join(linked.signal)).opened)
  }

  /** A generation that is partial because the context was closed is the error `CLOSED`. */
  readonly request: ContextCall = (name, parameters, options) =>
    this.#underway.run(options, async (linked) => {
      const { process, opened } = await this.#join(linked.signal)
      const result = await process.call({ name, context: opened.id, parameters }, linked)
      if ((result as { finishReason?: string }).finishReason === 'aborted') this.#underway.throwIfClosed()
      // A child answers a call with what its context gives.
      return result as never
    })

  /** Ends what is on its way with the reason. */
  close(reason: unknown): Promise<void> {
    return this.#underway.close(reason)
  }

  async dispose(reason: unknown): Promise<void> {
    await this.close(reason)
    const open = this.#open
    this.#open = undefined
    const opened = await open?.task.stop(reason)
    if (opened && open) await disposeIn(open.process, opened)
  }

  async #join(
    signal: AbortSignal,
  ): Promise<{ readonly process: EngineProcess; readonly opened: OpenedInChild }> {
    const process = await this.#findProcess(signal)
    if (this.#open?.process !== process || !this.#open.task.usable) {
      const task = new SharedTask(
        (stop) => this.#openIn(process, stop),
        (late) => disposeIn(process, late),
      )
      this.#open = { process, task }
    }
    return { process, opened: await this.#open.task.join(signal) }
  }
}

/** A process that is gone has nothing to dispose of. */
async function disposeIn(process: EngineProcess, { id }: OpenedInChild): Promise<void> {
  if (!process.running) return
  try {
    await process.call({ name: 'dispose', context: id, parameters: [] }, { signal: undefined })
  } catch (error) {
    if (process.running) throw error
  }
}
