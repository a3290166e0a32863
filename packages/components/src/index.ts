// The whole public surface, by floor.

export {
  ChatPromptBuilder,
  type ChatPromptBuilderInputs,
  type ChatPromptBuilderParameters,
} from './builders/chat-prompt-builder.ts'
export {
  PromptBuilder,
  type PromptBuilderInputs,
  type PromptBuilderParameters,
} from './builders/prompt-builder.ts'
export {
  ComponentsError,
  type ComponentsErrorCode,
  type ComponentsErrorDetails,
  componentsErrorCodes,
} from './errors.ts'
export { BranchJoiner, type BranchJoinerParameters, type JoinedValues } from './joiners/branch-joiner.ts'
export { standardComponents } from './standard-components.ts'
export type {
  InsertedMessages,
  PartVariable,
  PromptMessage,
  PromptMessageFields,
} from './templates/prompt-message.ts'
export type { PromptInputs, VariableParameters } from './templates/variables.ts'
export { ToolInvoker } from './tools/tool-invoker.ts'
