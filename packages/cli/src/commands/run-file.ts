import { format } from 'node:util'
import {
  InputError,
  type Pipeline,
  RunError,
  type RunListener,
  type RunOptions,
  type RunResult,
} from '@millrace/core'
import { planOf, readSnapshot } from '@millrace/core/component'
import { readAnswers } from '../arguments/answers.ts'
import { type Assignment, parseAssignment } from '../arguments/assignment.ts'
import { collectInputs } from '../arguments/collect-inputs.ts'
import { type DrawingFile, parseDrawingFile } from '../arguments/drawing.ts'
import { type Included, parseIncluded } from '../arguments/included.ts'
import { readInputObject, readSnapshotFile } from '../arguments/json-file.ts'
import { parseModelChoice } from '../arguments/model-choice.ts'
import { isModelName } from '../arguments/model-name.ts'
import { type ModelSettingsOptions, parseModelSettings } from '../arguments/model-settings.ts'
import { type PermissionOptions, parsePermissions } from '../arguments/permissions.ts'
import { type AskedOptions, type Asking, refuseMistakes, withQuestion } from '../arguments/question.ts'
import { parseTimeout } from '../arguments/timeout.ts'
import { CliError } from '../errors.ts'
import { drawing } from '../output/drawing.ts'
import { failureText } from '../output/failure-text.ts'
import { pauseText } from '../output/run/pause-text.ts'
import { RunTrace } from '../output/run/run-trace.ts'
import { RunView, type RunViewOptions } from '../output/run/run-view.ts'
import { checkWritable, type Kept, keepFile, writeFile } from '../output/write.ts'
import type { Terminal } from '../terminal.ts'
import { load } from './load.ts'
import { makeRegistry, type RegistryOptions } from './registry.ts'
import { listenForStop, type StopSources } from './stop.ts'
import { warmUp } from './warm-up.ts'

/** The options that `millrace run` and `millrace resume` share, as they were written. */
export interface RunFileOptions
  extends RunViewOptions,
    RegistryOptions,
    PermissionOptions,
    ModelSettingsOptions {
  readonly model?: readonly string[]
  readonly include?: readonly string[]
  readonly timeout?: string
  readonly draw?: string
  readonly snapshot?: string
}

/** What a run begins with, as it was written: inputs, or the file of `--snapshot` that a run wrote, and answers. */
export type Beginning =
  | ({ readonly set: readonly string[]; readonly input?: string | undefined } & AskedOptions)
  | { readonly snapshot: string; readonly answer: readonly string[] }

type Start = (
  options: Pick<RunOptions, 'signal' | 'onEvent' | 'includeOutputsFrom' | 'validate'>,
) => Promise<RunResult>

interface LoadedRun {
  /** As the user wrote it. */
  readonly file: string
  readonly pipeline: Pipeline
  readonly start: Start
  readonly options: RunFileOptions
  readonly drawingFile: DrawingFile | undefined
  readonly included: Included
}

/**
 * `millrace run` and `millrace resume`: loads a pipeline file, reads what the run begins with, loads the models, runs the
 * pipeline, shows what comes out as it comes, and closes it.
 */
export async function runFile(
  file: string,
  beginning: Beginning,
  options: RunFileOptions,
  terminal: Terminal & StopSources,
): Promise<void> {
  if ('set' in beginning) refuseMistakes(beginning.question, beginning.set)
  const assignments = 'set' in beginning ? beginning.set.map(parseAssignment) : []
  refuseTwoReaders(file, beginning, assignments)
  const models = (options.model ?? []).map(parseModelChoice)
  const settings = parseModelSettings(options)
  const permissions = parsePermissions(options)
  const timeoutMs = options.timeout === undefined ? undefined : parseTimeout(options.timeout)
  const drawingFile = options.draw === undefined ? undefined : parseDrawingFile('--draw', options.draw)
  // What could not be written after the run would be lost.
  if (options.snapshot !== undefined) await checkWritable(options.snapshot)
  if (drawingFile !== undefined) await checkWritable(drawingFile.path)
  const stop = listenForStop(terminal)
  const log = options.json ? logToStderr(terminal) : undefined
  let timer: NodeJS.Timeout | undefined
  try {
    const registry = await makeRegistry(options, terminal)
    const pipeline = await load(file, registry, terminal, {
      signal: stop.signal,
      models,
      settings,
      ...permissions,
    })
    const included = parseIncluded(options.include ?? [], pipeline)
    const start =
      'snapshot' in beginning
        ? await resumed(pipeline, beginning.snapshot, beginning.answer, terminal, stop.signal)
        : await withInputs(
            { file, pipeline, assignments, sees: settings.mmproj !== undefined },
            beginning,
            terminal,
            stop.signal,
          )
    if (timeoutMs !== undefined) timer = setTimeout(() => stop.abort(timedOut(options)), timeoutMs)
    await runLoaded({ file, pipeline, start, options, drawingFile, included }, terminal, stop.signal)
    // Writing the end of the output may have failed, as on a full disk.
    stop.signal.throwIfAborted()
  } finally {
    clearTimeout(timer)
    log?.release()
    stop.release()
  }
}

/** The standard input can be read once. */
function refuseTwoReaders(file: string, beginning: Beginning, assignments: readonly Assignment[]): void {
  const readers = [
    ...(file === '-' ? ['the file'] : []),
    ...('set' in beginning && beginning.input === '-' ? ['--input -'] : []),
    ...('set' in beginning && beginning.question === '-' ? ['the question -'] : []),
    ...assignments
      .filter(({ isFile, text }) => isFile && text === '-')
      .map(({ name, isJson }) => `--set ${name}${isJson ? ':' : ''}=@-`),
    ...('answer' in beginning ? beginning.answer.filter((answer) => /=@-$/.test(answer)) : []).map(
      (answer) => `--answer ${answer}`,
    ),
  ]
  if (readers.length < 2) return
  throw new CliError(
    'USAGE_INVALID',
    `The standard input can be read only once, not by ${readers.join(' and by ')}. Give one of them as a file.`,
  )
}

async function withInputs(
  given: Pick<Asking, 'file' | 'pipeline' | 'assignments' | 'sees'>,
  { input, ...asked }: { readonly input?: string | undefined } & AskedOptions,
  { stdin }: Terminal,
  signal: AbortSignal,
): Promise<Start> {
  const { file, pipeline, assignments } = given
  const written = input === undefined ? {} : await readInputObject(input, stdin, signal)
  const asking = { ...given, isModel: isModelName(file), object: written, stdin, signal }
  const object = await withQuestion(asked, asking)
  const inputs = await collectInputs(pipeline, object, assignments, { stdin, signal })
  return (options) => pipeline.run(inputs, options)
}

async function resumed(
  pipeline: Pipeline,
  file: string,
  written: readonly string[],
  { stdin }: Terminal,
  signal: AbortSignal,
): Promise<Start> {
  const answers = await readAnswers(written, stdin, signal)
  const snapshot = await readSnapshotFile(file, signal)
  // What is wrong with it is said before a model is loaded.
  readSnapshot(planOf(pipeline), snapshot, answers)
  return (options) => pipeline.resume(snapshot, { ...options, answers })
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
    // The error of the run is the cause; an error of closing then is only a consequence.
    await pipeline.close().catch((error) => {
      if (!failed) throw error
    })
  }
}

async function showRun(
  run: LoadedRun,
  loadMs: number,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const view = new RunView(run.pipeline, { ...run.options, included: run.included }, terminal)
  const trace = new RunTrace()
  let result: RunResult
  try {
    const onEvent: RunListener = (event) => {
      if (run.drawingFile !== undefined) trace.onEvent(event)
      view.onEvent(event)
    }
    // What components give is checked, too: those of --package are mostly JavaScript, where no compiler does.
    result = await run.start({
      signal,
      onEvent,
      validate: 'all',
      includeOutputsFrom: run.included.components,
    })
    view.finish(result, loadMs)
  } catch (error) {
    view.fail()
    // The error of the run decides the exit code; what else fails is only printed.
    const print = (second: unknown) => terminal.stderr.write(failureText(second, { verbose: false }))
    await keepSnapshot(error, run, terminal).catch(print)
    await drawTrace(run, trace, terminal).catch(print)
    throw error
  }
  try {
    if (result.status === 'paused') await keepPaused(result, run, terminal)
  } finally {
    await drawTrace(run, trace, terminal)
  }
}

async function drawTrace(
  { pipeline, drawingFile }: LoadedRun,
  { visits, omitted }: RunTrace,
  { stderr }: Terminal,
): Promise<void> {
  if (drawingFile === undefined) return
  const { path, format } = drawingFile
  await writeFile(path, drawing(pipeline, { format, trace: visits }))
  if (omitted === 0) return
  stderr.write(
    `The drawing lacks ${omitted} visits: of each component it counts the first 1000 and the last one.\n`,
  )
}

/** A run that was stopped from outside has no snapshot. */
async function keepSnapshot(
  error: unknown,
  { options, pipeline }: LoadedRun,
  terminal: Terminal,
): Promise<void> {
  const { snapshot: file, quiet } = options
  const snapshot = RunError.isInstance(error) ? error.snapshot : undefined
  if (file === undefined || snapshot === undefined) return
  const { path, failure } = await keep(file, snapshot, terminal)
  const fault = resumeFault(pipeline, snapshot)
  if (fault !== undefined) terminal.stderr.write(`Warning: ${fault}\n`)
  else if (path !== undefined && (!quiet || failure !== undefined)) {
    terminal.stderr.write(`'millrace resume' can go on from '${path}'.\n`)
  }
  if (failure !== undefined) throw failure
}

/** Why nothing can go on from a snapshot: a value that is not JSON is not in it. */
function resumeFault(pipeline: Pipeline, snapshot: unknown): string | undefined {
  try {
    readSnapshot(planOf(pipeline), snapshot)
    return undefined
  } catch (error) {
    // Of one that asks, too, the answers are missing.
    return InputError.isInstance(error) && error.code === 'INPUT_SNAPSHOT' ? error.message : undefined
  }
}

/** A snapshot is nowhere else: what cannot be written is printed. */
async function keep(file: string, snapshot: unknown, { stderr }: Terminal): Promise<Kept> {
  const text = `${JSON.stringify(snapshot)}\n`
  const kept = await keepFile(file, text)
  if (kept.path === undefined) stderr.write(`The snapshot, which could be written nowhere:\n${text}`)
  return kept
}

/** The questions are what the user needs to go on, so that `--quiet` does not silence them. */
async function keepPaused(
  result: RunResult,
  { file, options }: LoadedRun,
  terminal: Terminal,
): Promise<void> {
  const { snapshot, package: packages = [], model: models = [] } = options
  const { allowEnv: environment = [], allowHttp = false, allowCommand: commands = [] } = options
  const kept = snapshot === undefined ? undefined : await keep(snapshot, result.snapshot, terminal)
  terminal.stderr.write(
    pauseText(result, { file, snapshot: kept?.path, packages, models, environment, allowHttp, commands }),
  )
  if (kept?.failure !== undefined) throw kept.failure
}

/** What components print with `console.log` would stand before the JSON that alone is to be on stdout. */
function logToStderr({ stderr }: Terminal): { release(): void } {
  const { log, info, debug } = console
  const print = (...values: readonly unknown[]) => void stderr.write(`${format(...values)}\n`)
  Object.assign(console, { log: print, info: print, debug: print })
  return { release: () => void Object.assign(console, { log, info, debug }) }
}

function timedOut({ timeout }: RunFileOptions): RunError {
  return new RunError('RUN_TIMEOUT', `The run took longer than the ${timeout} seconds of --timeout.`)
}
