// The whole public surface of the package.
export { OpenAIChatGenerator } from './components/chat-generator.ts'
export { OpenAIDocumentEmbedder } from './components/document-embedder.ts'
export { OpenAITextEmbedder } from './components/text-embedder.ts'
export type { EmbeddingMeta } from './embeddings/embed.ts'
export { OpenAIError, type OpenAIErrorCode, openAIErrorCodes } from './errors.ts'
export { openAIComponents } from './openai-components.ts'
export type { GenerationOptions } from './options/generation-options.ts'
