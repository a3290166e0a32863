import { type Pipeline, RunError } from '@millrace/core'
import { parseAssignment } from '../arguments/assignment.ts'
import { collectInputs, type NestedInputs } from '../arguments/collect-inputs.ts'
import { readInputObject } from '../arguments/input-object.ts'
import { parseModelChoice } from '../arguments/model-choice.ts'
import { OpenInputs } from '../arguments/open-inputs.ts'
import { parseTimeout } from '../arguments/timeout.ts'
import { CliError } from '../errors.ts'
import { progressOn } from '../output/progress.ts'
import { RunView, type RunViewOptions } from '../output/run-view.ts'
import type { Terminal } from '../terminal.ts'
import { load } from './load.ts'
import { makeRegistry } from './registry.ts'
import { replaceModels } from './replace-models.ts'
import { listenForStop, type StopSources } from './stop.ts'

/** The options of `millrace run` as they were written. */
export interface RunCommandOptions extends RunViewOptions {
  readonly set: readonly string[]
  readonly input?: string
  readonly model: readonly string[]
  readonly timeout?: string
}

/** `millrace run`: loads a pipeline file, gives it its inputs, and shows what comes out as it comes. */
export async function run(
  file: string,
  options: RunCommandOptions,
  terminal: Terminal & StopSources,
): Promise<void> {
  const assignments = options.set.map(parseAssignment)
  const models = options.model.map(parseModelChoice)
  const timeoutMs = options.timeout === undefined ? undefined : parseTimeout(options.timeout)
  if (file === '-' && options.input === '-') {
    throw new CliError('USAGE_INVALID', 'The standard input is either the file or the --input, not both.')
  }
  const stop = listenForStop(terminal)
  let timer: NodeJS.Timeout | undefined
  try {
    const loaded = await load(file, makeRegistry(), terminal, stop.signal)
    const pipeline = replaceModels(loaded, models, terminal.cwd())
    const object =
      options.input === undefined ? {} : await readInputObject(options.input, terminal.stdin, stop.signal)
    const inputs = await collectInputs(new OpenInputs(pipeline), object, assignments)
    if (timeoutMs !== undefined) timer = setTimeout(() => stop.abort(timedOut(options)), timeoutMs)
    await runLoaded(pipeline, inputs, options, terminal, stop.signal)
    // The last words may have met a full disk.
    stop.signal.throwIfAborted()
  } finally {
    clearTimeout(timer)
    stop.release()
  }
}

async function runLoaded(
  pipeline: Pipeline,
  inputs: NestedInputs,
  options: RunViewOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  let failed = true
  try {
    const start = performance.now()
    await warmUp(pipeline, options, terminal, signal)
    const loadMs = performance.now() - start
    const view = new RunView(pipeline, options, terminal)
    try {
      const result = await pipeline.run(inputs, { signal, onEvent: (event) => view.onEvent(event) })
      view.finish(result, loadMs)
    } finally {
      view.endReplies()
    }
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

function timedOut({ timeout }: RunCommandOptions): RunError {
  return new RunError('RUN_TIMEOUT', `The run took longer than the ${timeout} seconds of --timeout.`)
}
