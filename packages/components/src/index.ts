// The whole public surface, by floor.

export { Constant, type ConstantParameters } from './adapters/constant.ts'
export { JsonParser, type JsonParserParameters } from './adapters/json-parser.ts'
export { OutputAdapter, type OutputAdapterParameters } from './adapters/output-adapter.ts'
export { Agent, type AgentInputs, type AgentOutputs } from './agent/agent.ts'
export type { AgentParameters } from './agent/agent-parameters.ts'
export type { MergeHandler, StatePart, StateSchema } from './agent/agent-state.ts'
export type { ApprovalPolicy } from './agent/approvals.ts'
export type { AfterModel, AfterTool, AgentMoment, BeforeModel, BeforeTool } from './agent/hooks.ts'
export type { AgentUsage } from './agent/usage.ts'
export { type Answer, answerSocket } from './answer.ts'
export { AnswerBuilder } from './builders/answer-builder.ts'
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
export { compileFilter, type DocumentFilter } from './filters/filter.ts'
export type { ChatGenerator } from './generators/chat-generator.ts'
export { FallbackChatGenerator } from './generators/fallback-chat-generator.ts'
export { ScriptedChatGenerator } from './generators/scripted-chat-generator.ts'
export { AnswerJoiner } from './joiners/answer-joiner.ts'
export { BranchJoiner, type BranchJoinerParameters } from './joiners/branch-joiner.ts'
export { ListJoiner, type ListJoinerParameters } from './joiners/list-joiner.ts'
export { StringJoiner } from './joiners/string-joiner.ts'
export { ConditionalRouter, type ConditionalRouterParameters } from './routers/conditional-router.ts'
export { FileTypeRouter, type Source } from './routers/file-type-router.ts'
export { MessagesRouter, type MessagesRouterParameters } from './routers/messages-router.ts'
export { MetadataRouter, type MetadataRouterParameters } from './routers/metadata-router.ts'
export type { Route, RouteOutput, RouteOutputs } from './routers/route.ts'
export { standardComponents } from './standard-components.ts'
export type {
  InsertedMessages,
  PartVariable,
  PromptMessage,
  PromptMessageFields,
} from './templates/prompt-message.ts'
export type { InputTypeParameters } from './templates/value-template.ts'
export type { PromptInputs, VariableParameters } from './templates/variables.ts'
export { ComponentTool } from './tools/component-tool.ts'
export { PipelineTool } from './tools/pipeline-tool.ts'
export { ToolInvoker } from './tools/tool-invoker.ts'
export type { ToolState } from './tools/tool-state.ts'
export {
  JsonSchemaValidator,
  type JsonSchemaValidatorParameters,
} from './validators/json-schema-validator.ts'
export {
  type ListTypeName,
  type SocketNamed,
  type ValueNamed,
  type ValueTypeName,
  valueTypes,
} from './value-types.ts'
