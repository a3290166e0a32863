import type { EventEmitter } from 'node:events'
import { CliError } from '../errors.ts'

type StopSignal = 'SIGINT' | 'SIGTERM'

/** What can stop a run: the signals of the process, and its standard output. */
export interface StopSources {
  readonly pid: number
  readonly stdout: EventEmitter
  on(signal: StopSignal, listener: () => void): unknown
  off(signal: StopSignal, listener: () => void): unknown
  once(event: 'exit', listener: () => void): unknown
  removeAllListeners(signal: StopSignal): unknown
  exit(code: number): unknown
  kill(pid: number, signal: StopSignal): unknown
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
  const { error, warn } = console
  const stop = (name: StopSignal, exitCode: number, makeReason: () => CliError) => () => {
    if (!signal.aborted) {
      // Ctrl-C also ends child processes of libraries, as that in which a binding tries its binary. What they say of it
      // looks like a broken installation; whatever matters comes as an error.
      console.error = console.warn = () => {}
      return controller.abort(makeReason())
    }
    // `exit` waits for threads in native code, which may take minutes; a signal that nobody listens to does not.
    sources.once('exit', () => {
      sources.removeAllListeners(name)
      sources.kill(sources.pid, name)
    })
    sources.exit(exitCode)
  }
  const onInterrupt = stop('SIGINT', 130, () => new CliError('STOPPED_BY_INTERRUPT', 'Aborted.'))
  const onTerminate = stop('SIGTERM', 143, () => new CliError('STOPPED_BY_TERMINATION', 'Terminated.'))
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
      Object.assign(console, { error, warn })
      sources.off('SIGINT', onInterrupt)
      sources.off('SIGTERM', onTerminate)
      sources.stdout.off('error', onOutputError)
    },
  }
}
