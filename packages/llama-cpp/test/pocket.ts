import { join } from 'node:path'

const folder = join(import.meta.dirname, '../../pocket-model')

/** The model that the tests answer with: real llama.cpp, 1.6 MB. */
export const pocketPath = join(folder, 'pocket.gguf')

/** Its mmproj, which is no model by itself. */
export const pocketVisionPath = join(folder, 'pocket-mmproj.gguf')
