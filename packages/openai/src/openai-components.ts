import { componentPackage } from '@millrace/core'
import { OpenAIChatGenerator } from './components/chat-generator.ts'
import { OpenAIDocumentEmbedder } from './components/document-embedder.ts'
import { OpenAITextEmbedder } from './components/text-embedder.ts'

/** The components of this package, for a `Registry`. Making one loads nothing of the library and asks no server. */
export const openAIComponents = componentPackage({
  name: '@millrace/openai',
  components: [OpenAIChatGenerator, OpenAITextEmbedder, OpenAIDocumentEmbedder],
})
