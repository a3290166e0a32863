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
export type {
  ImageVariable,
  InsertedMessages,
  PromptMessage,
  PromptMessageFields,
} from './builders/prompt-message.ts'
export type { PromptInputs, VariableParameters } from './builders/template-variables.ts'
export {
  ComponentsError,
  type ComponentsErrorCode,
  type ComponentsErrorDetails,
  componentsErrorCodes,
} from './errors.ts'
export { BranchJoiner, type BranchJoinerParameters, type JoinedValues } from './joiners/branch-joiner.ts'
export { standardComponents } from './standard-components.ts'
export {
  compileTemplate,
  type RenderOptions,
  type Template,
  type TemplateOptions,
} from './template/compile-template.ts'
export { templateLimits } from './template/work-budget.ts'
export { ToolInvoker } from './tools/tool-invoker.ts'
