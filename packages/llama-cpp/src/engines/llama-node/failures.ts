import { messageOf } from '@millrace/core/component'
import { LlamaCppError } from '../../errors.ts'

const engine = 'llama.node'
/** Of the binding: the peer dependency of this package. */
const VERSION = '1.7.15'

/** Why the binding itself could not be started. */
export function unavailable(cause: unknown): LlamaCppError {
  if (LlamaCppError.isInstance(cause)) return cause
  const [reason] = messageOf(cause).split('\n')
  return new LlamaCppError(
    'ENGINE_UNAVAILABLE',
    `Engine '${engine}' cannot start on ${process.platform}-${process.arch}: ${reason}. It is in a package of its own, with its native binary in an optional dependency of that: npm install @fugood/llama.node@${VERSION}`,
    { cause, engine },
  )
}

/** What this engine cannot honour, and the other one can. */
export function onlyTheOther(option: string, reason: string): LlamaCppError {
  return new LlamaCppError(
    'OPTION_UNSUPPORTED',
    `Engine '${engine}' cannot honour '${option}': ${reason}. Engine 'node-llama-cpp' can.`,
    { option, engine: 'node-llama-cpp' },
  )
}

export interface LoadedFiles {
  readonly modelPath: string
  readonly contextSize: number
  readonly slots: number
}

/**
 * The error for a load that ended the process it was in. The binding gives no reasons, llama.cpp logs them.
 *
 * @param crash how it ended, and the end of what it wrote to stderr
 */
export function loadFailure(
  crash: { readonly exitCode: number | null; readonly signal: string | null; readonly words: string },
  { modelPath, contextSize, slots }: LoadedFiles,
): LlamaCppError {
  const { words } = crash
  const details = { path: modelPath, engine }
  const architecture = /unknown model architecture: '([^']*)'/.exec(words)?.[1]
  if (architecture !== undefined) {
    return new LlamaCppError(
      'MODEL_UNSUPPORTED',
      `llama.cpp in engine '${engine}' does not know the architecture '${architecture}' of '${modelPath}'. A newer version of the engine may.`,
      details,
    )
  }
  const reason = reasonIn(words) || `its process ended with ${crash.signal ?? `code ${crash.exitCode}`}`
  if (
    crash.signal === 'SIGKILL' ||
    /failed to allocate|bad_alloc|out of memory|cannot allocate/i.test(words)
  ) {
    return new LlamaCppError(
      'OUT_OF_MEMORY',
      `There is not enough memory for '${modelPath}' with a context of ${contextSize} tokens for ${slots} slot${slots === 1 ? '' : 's'}: ${reason}. Lower nCtx or slots, or use a smaller model.`,
      details,
    )
  }
  return notLoaded(modelPath, reason)
}

/** @param path of the model, or of the part of it that is wrong */
export function notLoaded(path: string, reason: string, cause?: unknown): LlamaCppError {
  const message = `llama.cpp could not load '${path}': ${reason}`
  return new LlamaCppError('MODEL_LOAD_FAILED', message, { path, engine, ...(cause ? { cause } : {}) })
}

const LINES_QUOTED = 3

/** The last lines of a log that sound like a reason. */
function reasonIn(words: string): string {
  const lines = words.split('\n').map((line) => line.trim())
  const telling = lines.filter(
    (line) =>
      /error|fail|unable|invalid|unsupported|missing|wrong|what\(\)/i.test(line) && !/^\s*at /.test(line),
  )
  return telling.slice(0, LINES_QUOTED).join(': ')
}
