import { componentPackage } from '@millrace/core'
import { LlamaCppChatGenerator } from './chat-generator.ts'

/** The components of this package, for a `Registry`. Making one loads no native code. */
export const llamaCppComponents = componentPackage({
  name: '@millrace/llama-cpp',
  components: [LlamaCppChatGenerator],
})
