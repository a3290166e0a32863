import { t } from '@millrace/core'
import { LARGEST_CONTEXT, loadOptions } from './options.ts'

/** The parameters that every component on a model has. */
export const modelParameters = {
  /**
   * The model: a path, 'npm:package/file.gguf', 'hf:user/repository:Q4_K_M', 'hf:user/repository/file.gguf' or an
   * https URL.
   */
  model: t.string({
    minLength: 1,
    description:
      "The model: a path, 'npm:package/file.gguf', 'hf:user/repository:Q4_K_M', 'hf:user/repository/file.gguf' or an https URL.",
  }),
  /** The context of one slot in tokens, prompt and reply together; 0 for what the model was trained with. */
  nCtx: t.integer({
    default: 0,
    minimum: 0,
    maximum: LARGEST_CONTEXT,
    description:
      'The context of one slot in tokens, prompt and reply together; 0 for what the model was trained with.',
  }),
  /** The most tokens of a prompt evaluated in one go. */
  nBatch: t.integer({
    default: 512,
    minimum: 1,
    description: 'The most tokens of a prompt evaluated in one go.',
  }),
  /** Options of llama-cpp-python's Llama, camelCased. They win over model, nCtx and nBatch. */
  modelKwargs: t.optional(loadOptions, {
    description: "Options of llama-cpp-python's Llama, camelCased. They win over model, nCtx and nBatch.",
  }),
  /** The native binding. auto: llama.node for images and sound, node-llama-cpp for all else. */
  engine: t.optional(t.literal('auto', 'node-llama-cpp', 'llama.node'), {
    default: 'auto',
    description: 'The native binding. auto: llama.node for images and sound, node-llama-cpp for all else.',
  }),
  /**
   * `process` runs the engine in a child process, whose crash costs a request and not this process; `none` in this
   * one. auto: `process` for llama.node, which allows nothing else: its binding ends the process where it cannot load
   * a model; and for a model whose header is unusual.
   */
  isolation: t.optional(t.literal('auto', 'none', 'process'), {
    default: 'auto',
    description:
      '`process` runs the engine in a child process, whose crash costs a request and not this process; `none` in this one. auto: `process` for llama.node, which allows nothing else: its binding ends the process where it cannot load a model; and for a model whose header is unusual.',
  }),
  /**
   * A folder for what the slots hold: read when the model is opened, written when it is closed. Only for files of
   * your own.
   */
  stateFolder: t.optional(t.string({ minLength: 1 }), {
    description:
      'A folder for what the slots hold: read when the model is opened, written when it is closed. Only for files of your own.',
  }),
  /** Frees the model when nothing was asked of it for so long; the next run loads it again. */
  idleUnloadMs: t.optional(t.integer({ minimum: 1 }), {
    description: 'Frees the model when nothing was asked of it for so long; the next run loads it again.',
  }),
  /** Estimates the memory that the model needs before it is loaded, and refuses what cannot fit. */
  checkMemory: t.boolean({
    default: true,
    description:
      'Estimates the memory that the model needs before it is loaded, and refuses what cannot fit.',
  }),
  /** How many requests are evaluated together. More wait in a queue. */
  slots: t.integer({
    default: 1,
    minimum: 1,
    maximum: 256,
    description: 'How many requests are evaluated together. More wait in a queue.',
  }),
}

/** The parameters that may name a file by its URL. */
export const modelUrls: readonly string[] = [
  'model',
  'modelClipPath',
  'modelKwargs.modelPath',
  'modelKwargs.loraPath',
  'modelKwargs.draftModel',
]
