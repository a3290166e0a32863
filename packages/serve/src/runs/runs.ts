import type { Question, RunEvent, RunListener, RunResult, Snapshot, WarmUpProgress } from '@millrace/core'
import { listNames, planOf, readSnapshot } from '@millrace/core/component'
import type { Admission, Admitted } from '../admission/admission.ts'
import type { Body } from '../admission/bodies.ts'
import type { Catalog, CatalogEntry, Lease } from '../catalog/catalog.ts'
import { ServeError } from '../errors.ts'
import { History } from './history.ts'
import { keepEvent, type OpenRecord, type RunRecord, type Via } from './run-record.ts'

/** What a way in asks for. */
export interface RunRequest {
  /** The name of a served pipeline. */
  readonly pipeline: string
  /** As for `pipeline.run`: by component, or by name. */
  readonly inputs: Readonly<Record<string, unknown>>
  readonly via: Via
  /** Of the client: aborts when it leaves. */
  readonly signal?: AbortSignal
  /** Hears everything that happens, at once. It must not throw. */
  readonly listener?: RunListener
  readonly onProgress?: (progress: WarmUpProgress) => void
  /** As for `pipeline.run`. */
  readonly includeOutputsFrom?: readonly string[]
  /** Whether what components give is checked by their types, too. @defaultValue true */
  readonly validateOutputs?: boolean
  /** Of the request, where it came over HTTP: it is held until the run has ended. */
  readonly body?: Body
}

export type AnswerRequest = Pick<RunRequest, 'via' | 'signal' | 'listener' | 'onProgress' | 'body'> & {
  /** An answer to each question, by its id. */
  readonly answers: Readonly<Record<string, unknown>>
}

/** A run that was accepted: its inputs are right, and it goes on or waits for its turn. */
export interface StartedRun {
  readonly id: string
  readonly entry: CatalogEntry
  /** How many are before it; 0 where it begins at once. */
  readonly position: number
  /**
   * Rejects with what the run failed with; with the reason of the signal when that aborts; with a ServeError
   * `SERVE_TIMEOUT`.
   */
  readonly result: Promise<RunResult>
}

/** What happens on the server, for a page that shows it. */
export type RunsEvent =
  | { readonly type: 'run'; readonly run: RunRecord }
  | { readonly type: 'event'; readonly run: RunRecord; readonly event: RunEvent }

export interface RunsOptions {
  /** The longest that a run takes, waiting included. @defaultValue no limit */
  readonly timeoutMs?: number
  /** How many runs that have ended are remembered. @defaultValue 50 */
  readonly history?: number
  /** Where packages are looked for that parameters name, as for `pipeline.warmUp`. */
  readonly resolveFrom?: readonly string[]
}

/** The runs of the served pipelines. Every way in runs them here. */
export class Runs {
  readonly #catalog: Catalog
  readonly #admission: Admission
  readonly #options: RunsOptions
  readonly #history: History
  readonly #controllers = new Map<string, AbortController>()
  readonly #listeners = new Set<(event: RunsEvent) => void>()

  constructor(catalog: Catalog, admission: Admission, options: RunsOptions = {}) {
    this.#catalog = catalog
    this.#admission = admission
    this.#options = options
    this.#history = new History(options.history ?? 50)
  }

  /**
   * Checks a request and takes it in. What it throws, it throws before anything ran: a wrong request can be answered with
   * its status.
   *
   * @throws ServeError for a pipeline that is unknown or broken, a full queue, a server that ends
   * @throws InputError for wrong inputs
   */
  start(request: RunRequest): StartedRun {
    const { pipeline, inputs, includeOutputsFrom = [], validateOutputs = true } = request
    const validate = validateOutputs ? 'all' : 'inputs'
    const lease = this.#catalog.lease(pipeline)
    try {
      lease.pipeline.checkInputs(inputs)
      const id = `run_${crypto.randomUUID()}`
      return this.#admit(id, lease, request, inputs, (options) =>
        lease.pipeline.run(inputs, { ...options, validate, includeOutputsFrom } as object),
      )
    } catch (error) {
      lease.release()
      throw error
    }
  }

  /**
   * Goes on with a run that is paused, under its id.
   *
   * @throws ServeError `SERVE_NOT_FOUND`, `SERVE_RUN_ANSWERED`, `SERVE_INVALID_VALUE`, and what `start` throws
   * @throws InputError where the pipeline has changed since: it waits on, for the file as it was
   */
  answer(id: string, { answers, ...request }: AnswerRequest): StartedRun {
    const { record, snapshot } = this.#history.getPaused(id)
    const { pipeline, inputs, questions = [] } = record
    checkAnswers(questions, answers)
    const lease = this.#catalog.lease(pipeline)
    try {
      // What is thrown later would end what can be answered once.
      readSnapshot(planOf(lease.pipeline), snapshot, answers)
      return this.#admit(id, lease, { ...request, pipeline }, inputs, (options) =>
        lease.pipeline.resume(snapshot, { ...options, validate: 'all', answers }),
      )
    } catch (error) {
      lease.release()
      throw error
    }
  }

  /** Those that go on, those that wait for answers, and the last ones that ended; the newest first. */
  list(): readonly RunRecord[] {
    return this.#history.list()
  }

  /** @throws ServeError `SERVE_NOT_FOUND` */
  get(id: string): RunRecord {
    return this.#history.get(id)
  }

  /** Those that wait for answers. */
  paused(): readonly RunRecord[] {
    return this.#history.paused()
  }

  /** Stops a run. False where none of this id goes on. */
  abort(id: string, reason: unknown = new ServeError('SERVE_FAILED', 'The run was stopped.')): boolean {
    const controller = this.#controllers.get(id)
    controller?.abort(reason)
    return controller !== undefined
  }

  /** Stops all runs that go on. */
  abortAll(reason: unknown): void {
    for (const controller of this.#controllers.values()) controller.abort(reason)
  }

  /** Hears of every run. Returns what ends that. */
  subscribe(listener: (event: RunsEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #admit(
    id: string,
    lease: Lease,
    { pipeline, via, signal, listener, onProgress, body }: Omit<RunRequest, 'inputs'>,
    inputs: RunRequest['inputs'],
    run: (options: { readonly signal: AbortSignal; readonly onEvent: RunListener }) => Promise<RunResult>,
  ): StartedRun {
    signal?.throwIfAborted()
    const controller = new AbortController()
    const admitted = this.#admission.admit(pipeline, controller.signal)
    const { position } = admitted
    const record: OpenRecord = {
      id,
      pipeline,
      via,
      state: 'waiting',
      position,
      createdAt: Date.now(),
      inputs,
      events: [],
    }
    this.#history.begin(record)
    body?.hold()
    this.#controllers.set(id, controller)
    const onEvent = (event: RunEvent) => {
      keepEvent(record, event)
      listener?.(event)
      this.#emit({ type: 'event', run: record, event })
    }
    const begin = async () => {
      const { resolveFrom = [] } = this.#options
      const options = { signal: controller.signal, ...(onProgress === undefined ? {} : { onProgress }) }
      await lease.pipeline.warmUp({ ...options, resolveFrom })
      return run({ ...options, onEvent })
    }
    const release = this.#listenForEnd(controller, signal)
    const result = this.#follow(record, admitted, begin).finally(() => {
      release()
      this.#controllers.delete(id)
      admitted.release()
      lease.release()
      body?.release()
    })
    return { id, entry: lease.entry, position, result }
  }

  /** Runs at its turn, and keeps the record. */
  async #follow(
    record: OpenRecord,
    { turn, position }: Admitted,
    run: () => Promise<RunResult>,
  ): Promise<RunResult> {
    this.#emit({ type: 'run', run: record })
    let snapshot: Snapshot | undefined
    try {
      if (position > 0) await turn
      record.state = 'running'
      record.startedAt = Date.now()
      const result = await run()
      record.state = result.status
      record.outputs = outputsOf(result)
      if (result.status === 'paused') {
        snapshot = result.snapshot
        record.questions = result.questions
      }
      return result
    } catch (error) {
      record.state = this.#controllers.get(record.id)?.signal.aborted ? 'aborted' : 'failed'
      record.error = error
      throw error
    } finally {
      record.endedAt = Date.now()
      this.#history.end(record, snapshot)
      this.#emit({ type: 'run', run: record })
    }
  }

  /** Aborts when the client leaves, or time is up. */
  #listenForEnd(controller: AbortController, signal: AbortSignal | undefined): () => void {
    const { timeoutMs } = this.#options
    const leave = () => controller.abort(signal?.reason)
    signal?.addEventListener('abort', leave, { once: true })
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            const message = `The run took longer than the ${timeoutMs / 1000} s that the server lets it, waiting included.`
            controller.abort(new ServeError('SERVE_TIMEOUT', message))
          }, timeoutMs)
    return () => {
      signal?.removeEventListener('abort', leave)
      clearTimeout(timer)
    }
  }

  #emit(event: RunsEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

/** @throws ServeError `SERVE_INVALID_VALUE` where the answers are not those to the questions */
function checkAnswers(questions: readonly Question[], answers: Readonly<Record<string, unknown>>): void {
  const ids = questions.map(({ id }) => id)
  const unknown = Object.keys(answers).find((id) => !ids.includes(id))
  if (unknown !== undefined) {
    const message = `'${unknown}' is not a question of this run. Questions: ${listNames(ids)}.`
    throw new ServeError('SERVE_INVALID_VALUE', message, { param: `answers.${unknown}` })
  }
  const missing = ids.filter((id) => answers[id] === undefined)
  if (missing.length === 0) return
  const message = `Answers are missing to ${listNames(missing)}.`
  throw new ServeError('SERVE_INVALID_VALUE', message, { param: `answers.${missing[0]}` })
}

/** What a run gave: by the names of the pipeline, and where it names none by component. */
export function outputsOf({ named, outputs }: RunResult): Readonly<Record<string, unknown>> {
  return Object.keys(named).length > 0 ? named : (outputs as Readonly<Record<string, unknown>>)
}
