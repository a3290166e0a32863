import { type Pipeline, RunError, type RunListener, type RunResult } from '@millrace/core'
import { type DrawingFile, parseDrawingFile } from '../arguments/drawing.ts'
import { parseModelChoice } from '../arguments/model-choice.ts'
import { parseTimeout } from '../arguments/timeout.ts'
import { drawing } from '../output/drawing.ts'
import { failureText } from '../output/failure-text.ts'
import { progressOn } from '../output/progress.ts'
import { RunTrace } from '../output/run-trace.ts'
import { RunView, type RunViewOptions } from '../output/run-view.ts'
import { writeFile } from '../output/write-file.ts'
import type { Terminal } from '../terminal.ts'
import { load } from './load.ts'
import { modelOverrides } from './model-overrides.ts'
import { makeRegistry, type RegistryOptions } from './registry.ts'
import { listenForStop, type StopSources } from './stop.ts'

/** The options that `millrace run` and `millrace resume` share, as they were written. */
export interface RunFileOptions extends RunViewOptions, RegistryOptions {
  readonly model: readonly string[]
  readonly timeout?: string
  readonly draw?: string
  readonly snapshot?: string
}

/** Begins a run, or goes on with one. */
export type Start = (options: {
  readonly signal: AbortSignal
  readonly onEvent: RunListener
}) => Promise<RunResult>

interface LoadedRun {
  readonly pipeline: Pipeline
  readonly start: Start
  readonly options: RunFileOptions
  readonly drawingFile: DrawingFile | undefined
}

/**
 * Loads a pipeline file and its models, runs it, shows what comes out as it comes, and closes it.
 *
 * @param prepare reads what the run begins with, before a model is loaded
 */
export async function runFile(
  file: string,
  options: RunFileOptions,
  terminal: Terminal & StopSources,
  prepare: (pipeline: Pipeline, signal: AbortSignal) => Promise<Start>,
): Promise<void> {
  const models = options.model.map(parseModelChoice)
  const timeoutMs = options.timeout === undefined ? undefined : parseTimeout(options.timeout)
  const drawingFile = options.draw === undefined ? undefined : parseDrawingFile('--draw', options.draw)
  const stop = listenForStop(terminal)
  let timer: NodeJS.Timeout | undefined
  try {
    const registry = await makeRegistry(options, terminal)
    const overrides = modelOverrides(models, terminal.cwd())
    const pipeline = await load(file, registry, terminal, { signal: stop.signal, overrides })
    const start = await prepare(pipeline, stop.signal)
    if (timeoutMs !== undefined) timer = setTimeout(() => stop.abort(timedOut(options)), timeoutMs)
    await runLoaded({ pipeline, start, options, drawingFile }, terminal, stop.signal)
    // The last words may have met a full disk.
    stop.signal.throwIfAborted()
  } finally {
    clearTimeout(timer)
    stop.release()
  }
}

async function runLoaded(run: LoadedRun, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { pipeline } = run
  let failed = true
  try {
    const start = performance.now()
    await warmUp(pipeline, run.options, terminal, signal)
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

async function showRun(
  run: LoadedRun,
  loadMs: number,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const view = new RunView(run.pipeline, run.options, terminal)
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

async function drawTrace({ pipeline, drawingFile }: LoadedRun, { visits }: RunTrace): Promise<void> {
  if (drawingFile === undefined) return
  const { path, format } = drawingFile
  await writeFile(path, drawing(pipeline, { format, trace: visits }))
}

/** A run that was stopped from outside has no snapshot. */
async function keepSnapshot(error: unknown, { options }: LoadedRun, terminal: Terminal): Promise<void> {
  const { snapshot: file, quiet } = options
  const snapshot = RunError.isInstance(error) ? error.snapshot : undefined
  if (file === undefined || snapshot === undefined) return
  await writeFile(file, `${JSON.stringify(snapshot)}\n`)
  if (!quiet) terminal.stderr.write(`'millrace resume' can go on from '${file}'.\n`)
}

function timedOut({ timeout }: RunFileOptions): RunError {
  return new RunError('RUN_TIMEOUT', `The run took longer than the ${timeout} seconds of --timeout.`)
}
