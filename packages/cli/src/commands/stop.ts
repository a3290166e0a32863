import type { EventEmitter } from 'node:events'
import { CliError } from '../errors.ts'

/** What can stop a run: the signals of the process, and its standard output. */
export interface StopSources {
  readonly stdout: EventEmitter
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  exit(code: number): unknown
}

export interface Stop {
  readonly signal: AbortSignal
  abort(reason: unknown): void
  /** Stops listening: the process reacts to signals as it did before. */
  release(): void
}

/**
 * A signal that aborts at Ctrl-C, at SIGTERM, and when nobody reads the output any more. A second Ctrl-C or SIGTERM
 * ends the process at once.
 */
export function listenForStop(sources: StopSources): Stop {
  const controller = new AbortController()
  const { signal } = controller
  const stop = (exitCode: number, makeReason: () => CliError) => () => {
    if (signal.aborted) sources.exit(exitCode)
    else controller.abort(makeReason())
  }
  const onInterrupt = stop(130, () => new CliError('STOPPED_BY_INTERRUPT', 'Aborted.'))
  const onTerminate = stop(143, () => new CliError('STOPPED_BY_TERMINATION', 'Terminated.'))
  const onOutputError = (cause: NodeJS.ErrnoException) => {
    const hasLeft = cause.code === 'EPIPE'
    controller.abort(
      hasLeft
        ? new CliError('STOPPED_BY_READER', 'The reader of the output has left.', { cause })
        : new CliError('OUTPUT_FAILED', `The output cannot be written: ${cause.message}.`, { cause }),
    )
  }
  sources.on('SIGINT', onInterrupt)
  sources.on('SIGTERM', onTerminate)
  sources.stdout.on('error', onOutputError)
  return {
    signal,
    abort: (reason) => controller.abort(reason),
    release() {
      sources.off('SIGINT', onInterrupt)
      sources.off('SIGTERM', onTerminate)
      sources.stdout.off('error', onOutputError)
    },
  }
}
