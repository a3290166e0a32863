import type { Components, WarmUpContext } from '../component/component.ts'
import { OptionError } from '../errors.ts'
import type { RunListener } from './events.ts'
import { checkTimeout, checkWhole } from './policy.ts'

export interface RunOptions<C extends Components = Components> {
  /** Stops the run: nothing new starts, running components are told, and the run rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** The longest the run may take, in milliseconds, loading included; then it fails with `RUN_TIMEOUT`. */
  readonly timeoutMs?: number
  /**
   * How many components may run at the same time. A model queues its requests itself.
   *
   * @defaultValue Infinity
   */
  readonly concurrency?: number
  /** Components whose outputs are all kept in the result, also those that a connection consumed. */
  readonly includeOutputsFrom?: readonly (keyof C & string)[]
  /**
   * What is checked against the types of the sockets: the caller's inputs, or also every output of every component, or
   * nothing, when the inputs were checked elsewhere. That none is unknown or missing is checked in any case.
   *
   * @defaultValue 'inputs'
   */
  readonly validate?: 'inputs' | 'all' | 'nothing'
  /**
   * Stops the run before a visit of a component (1, the first, when not said otherwise), when it is that one's turn.
   * What is running then may end; the run rejects with a `BreakpointReached` that carries a snapshot for `resume`. A run
   * that never comes there ends as usual, with a warning.
   */
  readonly breakAt?: { readonly component: keyof C & string; readonly visit?: number }
  /** Called at once with everything that happens. `stream` gives the same as an iterable. */
  readonly onEvent?: RunListener
  /** Called while components load, before the first one runs. */
  readonly onProgress?: WarmUpContext['onProgress']
}

/** @throws OptionError `PIPELINE_INVALID_OPTION` */
export function checkRunOptions({
  concurrency,
  timeoutMs,
  validate,
}: Omit<RunOptions, 'includeOutputsFrom'>): void {
  if (concurrency !== undefined && concurrency !== Number.POSITIVE_INFINITY) {
    checkWhole('concurrency', concurrency, 1)
  }
  if (timeoutMs !== undefined) checkTimeout('timeoutMs', timeoutMs)
  if (validate !== undefined && !['inputs', 'all', 'nothing'].includes(validate)) {
    throw new OptionError(
      'PIPELINE_INVALID_OPTION',
      `validate must be 'inputs', 'all' or 'nothing', not '${String(validate)}'.`,
    )
  }
}
