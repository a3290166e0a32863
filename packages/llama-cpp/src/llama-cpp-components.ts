import { componentPackage } from '@millrace/core'
import { LlamaCppChatGenerator } from './components/chat-generator.ts'
import { LlamaCppDocumentEmbedder } from './components/document-embedder.ts'
import { LlamaCppGenerator } from './components/generator.ts'
import { LlamaCppRanker } from './components/ranker.ts'
import { LlamaCppTextEmbedder } from './components/text-embedder.ts'

/** The components of this package, for a `Registry`. Making one loads no native code. */
export const llamaCppComponents = componentPackage({
  name: '@millrace/llama-cpp',
  components: [
    LlamaCppChatGenerator,
    LlamaCppGenerator,
    LlamaCppTextEmbedder,
    LlamaCppDocumentEmbedder,
    LlamaCppRanker,
  ],
})
