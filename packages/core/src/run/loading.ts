import { type Component, typeOf, type WarmUpContext } from '../component/component.ts'
import { hiddenValuesOf } from '../component/hidden-values.ts'
import { RunError } from '../errors.ts'
import { type LinkedSignal, linkSignal } from '../signals.ts'
import { messageOf } from '../text/show.ts'
import { warnProcess } from '../warn-process.ts'
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
  const heard = withProgressHeard(context)
  for (const part of parts) {
    if (part.component.warmUp === undefined) continue
    signal?.throwIfAborted()
    try {
      const work = Promise.resolve(part.component.warmUp(heard))
      await withinGrace(work, signal, graceMs, () => late(part, 'was still being made ready', graceMs))
    } catch (cause) {
      signal?.throwIfAborted()
      throw failed(part, 'could not be made ready', cause)
    }
  }
}

/** A listener that is an async function fails later, where nobody waits for it: that is a warning. */
function withProgressHeard(context: WarmUpContext): WarmUpContext {
  const { onProgress } = context
  if (onProgress === undefined) return context
  return {
    ...context,
    onProgress: (progress) => {
      const heard: unknown = onProgress(progress)
      if (!(heard instanceof Promise)) return
      heard.catch((error) =>
        warnProcess(`onProgress rejected: ${messageOf(error)}`, 'MILLRACE_LISTENER_FAILED'),
      )
    },
  }
}

/**
 * Closes all parts, one after the other, also when some fail. One that does not end within the grace time is left behind,
 * with a warning of the process.
 *
 * @throws RunError `RUN_COMPONENT_FAILED`
 */
export async function closeAll(parts: readonly Part[], graceMs: number): Promise<void> {
  const failures: RunError[] = []
  for (const part of parts) {
    try {
      if (part.component.close) await closeOne(part, part.component.close(), graceMs)
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

async function closeOne(part: Part, work: void | Promise<void>, graceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      const { name, component, type = typeOf(component) } = part
      const message = `'${name}' (${type}) was still closing after ${graceMs} ms, and was left behind.`
      warnProcess(message, 'MILLRACE_STILL_CLOSING')
      resolve()
    }, graceMs)
  })
  try {
    await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}

function late({ name, component, type = typeOf(component) }: Part, what: string, graceMs: number): void {
  warnOfLate(name, type, what, graceMs)
}

/** The error of a pipeline inside the component stays as it is. */
function failed(
  { name, component, type = typeOf(component) }: Part,
  what: string,
  thrown: unknown,
): RunError {
  if (RunError.isInstance(thrown)) return thrown
  const cause = hiddenValuesOf(component).hideIn(thrown)
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
