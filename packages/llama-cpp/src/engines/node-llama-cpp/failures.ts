import { messageOf } from '@millrace/core/component'
import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../errors.ts'
import { checkGgufHeader } from '../../gguf/gguf-header.ts'
import { requestFailure } from '../requests-underway.ts'

const engine = 'node-llama-cpp'

/** Options of Node with which it runs a text in place of a file. A child process inherits them. */
const RUNS_A_TEXT = /^(-e|--eval|-p|--print|-pe|--input-type)(=|$)/

/** Why the binding itself could not be started. */
export function unavailable(cause: unknown, execArgv: readonly string[] = process.execArgv): LlamaCppError {
  const remedy = execArgv.some((argument) => RUNS_A_TEXT.test(argument))
    ? 'It tries its native binary in a child process first, which does not work from `node -e`: write the script to a file.'
    : 'Its native binary comes with an optional dependency: install again without omitting optional dependencies.'
  return new LlamaCppError(
    'ENGINE_UNAVAILABLE',
    `Engine '${engine}' cannot start on ${process.platform}-${process.arch}: ${messageOf(cause)}. ${remedy}`,
    { cause, engine },
  )
}

export async function loadFailure(
  cause: unknown,
  path: string,
  nativeWords: readonly string[],
  binding: typeof Binding,
): Promise<LlamaCppError> {
  if (LlamaCppError.isInstance(cause)) return cause
  const words = nativeWords.join(' ')
  if (cause instanceof binding.InsufficientMemoryError) {
    return new LlamaCppError(
      'OUT_OF_MEMORY',
      `There is not enough memory to load '${path}': ${cause.message}. Use a smaller quantization or a smaller model.`,
      { cause, path, engine },
    )
  }
  // The log of llama.cpp has it too, but may come late, or not at all where another user of the binding took it over.
  const { architecture } = await checkGgufHeader(path).catch(() => ({ architecture: undefined }))
  if (architecture !== undefined && !knownArchitectures(binding).includes(architecture)) {
    return new LlamaCppError(
      'MODEL_UNSUPPORTED',
      `llama.cpp in engine '${engine}' does not know the architecture '${architecture}' of '${path}'. A newer version of the engine may.`,
      { cause, path, engine },
    )
  }
  return new LlamaCppError(
    'MODEL_LOAD_FAILED',
    `llama.cpp could not load '${path}': ${[messageOf(cause), words].filter((part) => part !== '').join(': ')}`,
    { cause, path, engine },
  )
}

/** The compiler takes the binding's list for constants that are gone at run time; it is there. */
function knownArchitectures(binding: typeof Binding): readonly string[] {
  return Object.values(
    (binding as unknown as { GgufArchitectureType: Record<string, string> }).GgufArchitectureType,
  )
}

export function contextFailure(
  cause: unknown,
  contextSize: number,
  slots: number,
  nativeWords: readonly string[],
  binding: typeof Binding,
): LlamaCppError {
  const insufficient = cause instanceof binding.InsufficientMemoryError
  const words = [messageOf(cause), ...(insufficient ? [] : nativeWords)].join(': ')
  const what = `a context of ${contextSize} tokens for ${slots} slot${slots === 1 ? '' : 's'}`
  if (insufficient || /memory|alloc/i.test(words)) {
    return new LlamaCppError(
      'OUT_OF_MEMORY',
      `There is not enough memory for ${what}: ${words}. Lower nCtx or slots.`,
      { cause, engine },
    )
  }
  return new LlamaCppError('MODEL_LOAD_FAILED', `llama.cpp could not make ${what}: ${words}`, {
    cause,
    engine,
  })
}

/** What goes wrong while a request is evaluated. */
export function engineFailure(cause: unknown): unknown {
  return requestFailure(engine, cause)
}
