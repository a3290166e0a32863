import { InputError, LoadError, MillraceError, RunError } from '@millrace/core'
import { LlamaCppError } from '@millrace/llama-cpp'
import { McpError } from '@millrace/mcp'
import { CliError, type CliErrorCode } from './errors.ts'
import type { ExitCode } from './exit-codes.ts'

const ofCliError: Readonly<Record<CliErrorCode, ExitCode>> = {
  USAGE_INVALID: 2,
  USAGE_UNREADABLE: 3,
  OUTPUT_FAILED: 3,
  CHAT_UNANSWERED: 6,
  STOPPED_BY_INTERRUPT: 130,
  STOPPED_BY_TERMINATION: 143,
  STOPPED_BY_READER: 0,
}

/** Of `@millrace/serve`, which is only loaded when something is served. */
const ofServeError: Readonly<Record<string, ExitCode>> = { SERVE_OPTION_INVALID: 2, SERVE_LISTEN_FAILED: 2 }

/** The exit code for the error of a command. For a `RunError` with a model's error as its cause, the cause decides. */
export function exitCodeOf(error: unknown): ExitCode {
  if (CliError.isInstance(error)) return ofCliError[error.code]
  if (LoadError.isInstance(error)) return 3
  if (InputError.isInstance(error)) return 4
  if (LlamaCppError.isInstance(error)) return ofLlamaCppError(error)
  if (McpError.isInstance(error)) return 6
  if (MillraceError.isInstance(error) && Object.hasOwn(ofServeError, error.code)) {
    return ofServeError[error.code] ?? 1
  }
  if (!RunError.isInstance(error)) return 1
  const cause = llamaCppCauseOf(error)
  return cause === undefined ? 6 : ofLlamaCppError(cause)
}

function ofLlamaCppError({ code }: LlamaCppError): ExitCode {
  if (code.startsWith('MODEL_') || code.startsWith('ENGINE_') || code === 'OUT_OF_MEMORY') return 5
  // Options in the file are refused when it is loaded: these came with the inputs.
  return code.startsWith('OPTION_') ? 4 : 6
}

/** A pipeline in a pipeline wraps the cause once more. */
function llamaCppCauseOf(error: unknown): LlamaCppError | undefined {
  const seen = new Set<unknown>()
  let cause = error
  while (cause instanceof Error && !seen.has(cause)) {
    if (LlamaCppError.isInstance(cause)) return cause
    seen.add(cause)
    cause = cause.cause
  }
  return undefined
}
