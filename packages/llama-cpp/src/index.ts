// The whole public surface of the package.
export { LlamaCppChatGenerator } from './chat-generator.ts'
export type { Engine, ModelContext, Weights } from './engines/engine.ts'
export { LlamaCppError, type LlamaCppErrorCode, llamaCppErrorCodes } from './errors.ts'
export { checkGgufHeader } from './gguf/gguf-header.ts'
export { llamaCppComponents } from './llama-cpp-components.ts'
export { parseModelUri, type ResolveModelOptions, resolveModelFile } from './model-file/model-uri.ts'
export type { GenerationOptions, LoadOptions } from './options.ts'
export type { ReplyMeta } from './reply.ts'
