import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { type FailedTry, loadFailure, PROJECTOR_FAILED, type TriedFiles } from './failures.ts'
import { bindingPath, type NativeLoadOptions, type NativeProjector } from './native.ts'

/** What is needed to load, as data. */
export interface NativeLoad {
  readonly model: NativeLoadOptions
  readonly projector: NativeProjector | undefined
}

/** Loads what it reads from stdin, and exits. */
const SCRIPT = `
let text = ''
process.stdin.on('data', (piece) => { text += piece }).on('end', async () => {
  const { binding, model, projector } = JSON.parse(text)
  const loaded = await require(binding).loadModel(model)
  try {
    if (projector) loaded.initMultimodal(projector)
  } catch {
    process.exit(${PROJECTOR_FAILED})
  }
  process.exit(0)
})
`

const LONGEST_WORDS = 64 * 1024

/** Loads that worked in this process: they are not tried again. */
const proven = new Set<string>()

/**
 * Loads in a child process first. The binding has no way to say that a load failed: a missing tensor, an adapter for
 * another model or too little memory end the process it is in. Weights are mapped, so that the second load finds them
 * in the cache of the system.
 *
 * @throws LlamaCppError `MODEL_LOAD_FAILED`, `MODEL_UNSUPPORTED`, `OUT_OF_MEMORY`; the reason of the signal
 */
export async function tryLoad(
  load: NativeLoad,
  files: TriedFiles,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { size, mtimeMs } = await stat(files.modelPath)
  const key = JSON.stringify([load, size, mtimeMs])
  if (proven.has(key)) return
  const failed = await runTry(JSON.stringify({ ...load, binding: bindingPath() }), signal)
  signal?.throwIfAborted()
  if (failed) throw loadFailure(failed, files)
  proven.add(key)
}

function runTry(input: string, signal: AbortSignal | undefined): Promise<FailedTry | undefined> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    let words = ''
    const child = spawn(process.execPath, ['-e', SCRIPT], { stdio: ['pipe', 'ignore', 'pipe'] })
    const stop = () => child.kill('SIGKILL')
    signal?.addEventListener('abort', stop, { once: true })
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      words = (words + piece).slice(-LONGEST_WORDS)
    })
    // A child that ends before it has read everything is told of by 'close'.
    child.stdin.on('error', () => undefined).end(input)
    child.on('error', reject)
    child.on('close', (exitCode, killedBy) => {
      signal?.removeEventListener('abort', stop)
      resolve(exitCode === 0 ? undefined : { exitCode, signal: killedBy, words })
    })
  })
}
