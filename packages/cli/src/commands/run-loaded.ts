import { type Pipeline, RunError, type RunListener, type RunResult } from '@millrace/core'
import type { DrawingFile } from '../arguments/drawing.ts'
import { drawing } from '../output/drawing.ts'
import { failureText } from '../output/failure-text.ts'
import { progressOn } from '../output/progress.ts'
import { RunTrace } from '../output/run-trace.ts'
import { RunView, type RunViewOptions } from '../output/run-view.ts'
import { writeFile } from '../output/write-file.ts'
import type { Terminal } from '../terminal.ts'

export interface LoadedRun {
  readonly pipeline: Pipeline
  /** Begins the run, or goes on with one. */
  readonly start: (options: {
    readonly signal: AbortSignal
    readonly onEvent: RunListener
  }) => Promise<RunResult>
  readonly view: RunViewOptions
  /** Where the pipeline is drawn with what the run did. */
  readonly drawing: DrawingFile | undefined
  /** The file for the snapshot of a run that fails. */
  readonly snapshot: string | undefined
}

/** Loads the models of a pipeline, runs it, shows what comes out, and closes it. */
export async function runLoaded(run: LoadedRun, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { pipeline } = run
  let failed = true
  try {
    const start = performance.now()
    await warmUp(pipeline, run.view, terminal, signal)
    await showRun(run, performance.now() - start, terminal, signal)
    failed = false
  } finally {
    // What a run failed with is more telling than what closing may then fail with.
    await pipeline.close().catch((error) => {
      if (!failed) throw error
    })
  }
}

async function warmUp(
  pipeline: Pipeline,
  { quiet = false }: RunViewOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const progress = progressOn(terminal.stderr, terminal, quiet)
  try {
    await pipeline.warmUp({
      signal,
      onProgress: (step) => progress.report(step),
      // The pocket model is a dependency of this package, and need not be one of the user's project.
      resolveFrom: [import.meta.url],
    })
  } finally {
    progress.clear()
  }
}

async function showRun(run: LoadedRun, loadMs: number, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const view = new RunView(run.pipeline, run.view, terminal)
  const trace = new RunTrace()
  try {
    const onEvent: RunListener = (event) => {
      trace.onEvent(event)
      view.onEvent(event)
    }
    const result = await run.start({ signal, onEvent })
    view.finish(result, loadMs)
  } catch (error) {
    view.endReplies()
    // What the run failed with counts; what else fails then is only told.
    const told = (second: unknown) => terminal.stderr.write(failureText(second, { verbose: false }))
    await keepSnapshot(error, run, terminal).catch(told)
    await drawTrace(run, trace).catch(told)
    throw error
  }
  await drawTrace(run, trace)
}

async function drawTrace({ pipeline, drawing: file }: LoadedRun, { visits }: RunTrace): Promise<void> {
  if (file === undefined) return
  await writeFile(file.path, drawing(pipeline, { format: file.format, trace: visits }))
}

/** A run that was stopped from outside has no snapshot. */
async function keepSnapshot(error: unknown, { snapshot: file, view }: LoadedRun, terminal: Terminal) {
  const snapshot = RunError.isInstance(error) ? error.snapshot : undefined
  if (file === undefined || snapshot === undefined) return
  await writeFile(file, `${JSON.stringify(snapshot)}\n`)
  if (!view.quiet) terminal.stderr.write(`'millrace resume' goes on from '${file}'.\n`)
}
