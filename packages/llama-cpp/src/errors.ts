import { MillraceError } from '@millrace/core'

/**
 * Every code that `@millrace/llama-cpp` throws, with what it means and the way out.
 * `docs/errors.md` is this table in prose; a test keeps the two equal.
 */
export const llamaCppErrorCodes = {
  // From the name of a model to a file on disk.
  MODEL_URI_INVALID:
    'A model is named in a way that is none of: a path, npm:package/file.gguf, hf:user/repo/file.gguf, hf:user/repo:quant, an https URL.',
  MODEL_NOT_FOUND:
    'There is no such model: no file, no installed package, no repository or no file in it. The text has what there is instead.',
  MODEL_DOWNLOAD_FAILED:
    'A model could not be downloaded, or its server fell silent. What had arrived is kept, and the next attempt continues there.',
  MODEL_CHECKSUM_MISMATCH:
    'A downloaded model is not the file that its host, or the #sha256 of its URL, promises. It was deleted.',

  // From a file on disk to a model that can be used.
  MODEL_NOT_GGUF: 'A file is not in the GGUF format. The text says what it looks like.',
  MODEL_UNREADABLE:
    'A model is there, but cannot be read: a folder, a pipe or a device, missing permission, a failing disk.',
  MODEL_DAMAGED:
    'The header of a GGUF file contradicts itself, or has a number that no model has. The file was damaged; get it again.',
  MODEL_TRUNCATED: 'A GGUF file is shorter than its own header says: a copy or download that was cut off.',
  MODEL_UNSUPPORTED:
    'A GGUF file is sound, but neither engine can use it: its version, its architecture, its kind, its quantization, or the model that an mmproj belongs to. Or the component cannot: a generator an embedding model or a reranker.',
  MODEL_LOAD_FAILED: 'llama.cpp refused a model. The cause has its own words.',
  OUT_OF_MEMORY: 'A model, its context or its image part needs more memory than there is.',

  // Parameters and options.
  OPTION_UNKNOWN: 'A model or generation option does not exist.',
  OPTION_INVALID: 'An option has a value of the wrong type or outside its range, or contradicts another.',
  OPTION_UNSUPPORTED:
    'An option exists, but the chosen engine, or none that is installed, honours it. The text names the one that would.',

  // Requests.
  MODALITY_UNSUPPORTED:
    'A message holds an image, audio or other part that the model, or this place in the conversation, cannot take.',
  CONTEXT_OVERFLOW:
    'A prompt is longer than the context of the model. Shorten it, raise `nCtx`, or set `contextShift`.',
  ENGINE_UNAVAILABLE:
    'A native engine is not installed, or has no binary for this machine. The text says what to install.',
  ENGINE_FAILED: 'The native engine failed in the middle of a request. The cause is attached.',
  ENGINE_CRASHED:
    'The process that an engine ran in, as `isolation` says, ended by itself. What it worked on failed; the next request starts it again.',
  CLOSED: 'The component or model was closed while the request was waiting or running.',

  // Recorded answers in place of a model.
  RECORDING_MISSING:
    'Answers are replayed, and this request, or this model, is not among the recorded ones. The text says what the nearest recording differs in.',
  RECORDING_INVALID: 'A file of a recording is not what was recorded: edited, cut off or of another version.',
} as const

export type LlamaCppErrorCode = keyof typeof llamaCppErrorCodes

/** The facts of an error, so that nobody has to read them out of its message. Each is set where it is known. */
export interface LlamaCppErrorDetails {
  /** What was thrown below. */
  readonly cause?: unknown
  /** The file the error is about, as an absolute path. */
  readonly path?: string
  /** The model as the user named it: a path, `npm:`, `hf:` or a URL. */
  readonly model?: string
  /** The name of the option, as in `nCtx` or `generationKwargs.topK`. */
  readonly option?: string
  /** The engine that failed, is missing or would be needed. */
  readonly engine?: string
  /** The HTTP status of a download. */
  readonly status?: number
  /** What a process of an engine ended with, where it ended by itself. */
  readonly exitCode?: number
  /** The signal that ended a process of an engine, as in `SIGKILL`. */
  readonly signal?: string
  /** What was there: bytes of a file, tokens of a prompt, a checksum. */
  readonly actual?: number | string
  /** What was needed or promised, in the unit of `actual`. */
  readonly expected?: number | string
}

/** A model could not be found, fetched, loaded or run, or an option was refused. See {@link llamaCppErrorCodes}. */
export class LlamaCppError extends MillraceError<LlamaCppErrorCode> {
  readonly path: string | undefined
  readonly model: string | undefined
  readonly option: string | undefined
  readonly engine: string | undefined
  readonly status: number | undefined
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  readonly actual: number | string | undefined
  readonly expected: number | string | undefined

  constructor(code: LlamaCppErrorCode, message: string, details: LlamaCppErrorDetails = {}) {
    super(code, message, details)
    this.path = details.path
    this.model = details.model
    this.option = details.option
    this.engine = details.engine
    this.status = details.status
    this.exitCode = details.exitCode
    this.signal = details.signal
    this.actual = details.actual
    this.expected = details.expected
  }
}
