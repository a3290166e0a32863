import { fileURLToPath } from 'node:url'

/** Where the two files of the package lie on this machine, as absolute paths. */
export interface PocketModel {
  /** The language model: 1.6 MB, a context of 1,024 tokens, with a chat template that knows tools. */
  readonly chat: string
  /** Its mmproj, 1.3 MB: lets the language model see images. It is no model by itself. */
  readonly vision: string
}

/**
 * A model small enough to ship: demos, tests and the first run work offline, in milliseconds.
 * It is real, but it only knows the few subjects that the model card in `README.md` lists.
 * In a YAML file the same model is `npm:@millrace/pocket-model/pocket.gguf`.
 *
 * @example
 * new LlamaCppChatGenerator({ model: pocketModel.chat, modelClipPath: pocketModel.vision })
 */
export const pocketModel: PocketModel = {
  chat: fileURLToPath(new URL('../pocket.gguf', import.meta.url)),
  vision: fileURLToPath(new URL('../pocket-mmproj.gguf', import.meta.url)),
}
