import { type Component, typeOf, type WarmUpContext } from '../component/component.ts'
import { RunError } from '../errors.ts'
import { type LinkedSignal, linkSignal } from '../signals.ts'
import { messageOf } from '../text/show.ts'
import { runTimedOut } from './failures.ts'
import { warnOfLate, withinGrace } from './stopping.ts'

/** What is loaded and closed under a name. */
export interface Part {
  readonly name: string
  /** Absent: that of the component. */
  readonly type?: string
  readonly component: Pick<Component, 'warmUp' | 'close'>
}

/** Loads all parts, one after the other. @throws RunError `RUN_COMPONENT_FAILED` at the first failure */
export async function warmUpAll(
  parts: readonly Part[],
  context: WarmUpContext,
  graceMs: number,
): Promise<void> {
  const { signal } = context
  for (const part of parts) {
    if (part.component.warmUp === undefined) continue
    signal?.throwIfAborted()
    try {
      const work = Promise.resolve(part.component.warmUp(context))
      await withinGrace(work, signal, graceMs, () => late(part, 'was still being made ready', graceMs))
    } catch (cause) {
      signal?.throwIfAborted()
      throw failed(part, 'could not be made ready', cause)
    }
  }
}

/** Closes all parts, one after the other, also when some fail. @throws RunError `RUN_COMPONENT_FAILED` */
export async function closeAll(parts: readonly Part[]): Promise<void> {
  const failures: RunError[] = []
  for (const part of parts) {
    try {
      await part.component.close?.()
    } catch (cause) {
      failures.push(failed(part, 'could not be closed', cause))
    }
  }
  if (failures.length === 1) throw failures[0]
  if (failures.length === 0) return
  const list = failures.map(({ message }) => `\n  ${message}`).join('')
  throw new RunError('RUN_COMPONENT_FAILED', `${failures.length} components could not be closed:${list}`, {
    cause: new AggregateError(failures),
  })
}

function late({ name, component, type = typeOf(component) }: Part, what: string, graceMs: number): void {
  warnOfLate(name, type, what, graceMs)
}

/** The error of a pipeline inside the component stays as it is. */
function failed({ name, component, type = typeOf(component) }: Part, what: string, cause: unknown): RunError {
  if (RunError.isInstance(cause)) return cause
  return new RunError('RUN_COMPONENT_FAILED', `'${name}' (${type}) ${what}: ${messageOf(cause)}`, {
    cause,
    component: name,
    type,
  })
}

/** The loading before a run. It stops when the caller's signal, the time limit of the run or `close` says so. */
export class Loading {
  readonly #linked: LinkedSignal
  readonly #settled: Promise<void>
  #settle!: () => void

  constructor(signal: AbortSignal | undefined, timeoutMs: number | undefined) {
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.#linked = linkSignal(
      signal,
      timeoutMs === undefined ? undefined : { timeoutMs, reason: () => runTimedOut(timeoutMs) },
    )
  }

  get signal(): AbortSignal {
    return this.#linked.signal
  }

  abort(reason: unknown): void {
    this.#linked.abort(reason)
  }

  /** Resolves after `end`. */
  settled(): Promise<void> {
    return this.#settled
  }

  end(): void {
    this.#linked.release()
    this.#settle()
  }
}
