import { componentPackage } from '@millrace/core'
import { ChatPromptBuilder } from './builders/chat-prompt-builder.ts'
import { PromptBuilder } from './builders/prompt-builder.ts'
import { BranchJoiner } from './joiners/branch-joiner.ts'
import { ToolInvoker } from './tools/tool-invoker.ts'

/** The components of this package, for a `Registry`. */
export const standardComponents = componentPackage({
  name: '@millrace/components',
  components: [PromptBuilder, ChatPromptBuilder, BranchJoiner, ToolInvoker],
})
