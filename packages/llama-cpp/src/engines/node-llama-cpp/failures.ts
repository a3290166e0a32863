import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../errors.ts'

const engine = 'node-llama-cpp'

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** Why the binding itself could not be started. */
export function unavailable(cause: unknown): LlamaCppError {
  return new LlamaCppError(
    'ENGINE_UNAVAILABLE',
    `Engine '${engine}' cannot start on ${process.platform}-${process.arch}: ${reasonOf(cause)}. Its native binary comes with an optional dependency: install again without omitting optional dependencies.`,
    { cause, engine },
  )
}

export function loadFailure(
  cause: unknown,
  path: string,
  nativeWords: readonly string[],
  binding: typeof Binding,
): LlamaCppError {
  if (LlamaCppError.isInstance(cause)) return cause
  const words = nativeWords.join(' ')
  if (cause instanceof binding.InsufficientMemoryError) {
    return new LlamaCppError(
      'OUT_OF_MEMORY',
      `There is not enough memory to load '${path}': ${cause.message}. Use a smaller quantization or a smaller model.`,
      { cause, path, engine },
    )
  }
  if (/unknown (model )?architecture|unsupported (model )?architecture/i.test(words)) {
    return new LlamaCppError(
      'MODEL_UNSUPPORTED',
      `llama.cpp in engine '${engine}' does not know the architecture of '${path}': ${words}. A newer version of the engine may.`,
      { cause, path, engine },
    )
  }
  return new LlamaCppError(
    'MODEL_LOAD_FAILED',
    `llama.cpp could not load '${path}': ${[reasonOf(cause), words].filter((part) => part !== '').join(': ')}`,
    { cause, path, engine },
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
  const words = [reasonOf(cause), ...(insufficient ? [] : nativeWords)].join(': ')
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

/** What goes wrong while a request is evaluated. Errors of our own pass. */
export function engineFailure(cause: unknown): unknown {
  if (LlamaCppError.isInstance(cause)) return cause
  return new LlamaCppError(
    'ENGINE_FAILED',
    `Engine '${engine}' failed during a request: ${reasonOf(cause)}`,
    {
      cause,
      engine,
    },
  )
}
