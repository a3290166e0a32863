// The door for whoever builds and runs pipelines. `component.ts` is that for authors of components and of packages beside
// this one, `yaml.ts` that to and from files.

export type { Callback } from './component/callback.ts'
export type { ModelCall, ToolCallEnd } from './component/calls.ts'
export type {
  Component,
  ComponentClass,
  Components,
  InputsOf,
  OutputsOf,
  ParametersOf,
  SlotUse,
  WarmUpContext,
  WarmUpProgress,
} from './component/component.ts'
export { type ComponentPackage, componentPackage } from './component/component-package.ts'
export {
  type DefinedComponent,
  type DefinedInstance,
  defineComponent,
} from './component/define-component.ts'
export type { CheckContext, Finding } from './component/finding.ts'
export type { ComponentOf } from './component/holding/component-shape.ts'
export { runHeld } from './component/holding/held.ts'
export type { Resource, ResourceClass } from './component/holding/resource.ts'
export type { PauseRequest, Question, Resumed } from './component/pause.ts'
export { Registry } from './component/registry.ts'
export type { RunContext } from './component/run-context.ts'
export { t } from './component/t.ts'
export { asTool, type Tool, type ToolContext, tool } from './component/tool.ts'
export { type Toolset, toolset } from './component/toolset.ts'
export {
  type AssistantMessage,
  ChatMessage,
  type SystemMessage,
  type ToolMessage,
  type UserMessage,
  type WrittenMessage,
} from './data/chat-message.ts'
export type { OpenAIMessage } from './data/chat-message-to-openai.ts'
export { ContentPart, ReasoningContent, TextContent, ToolCall, ToolCallResult } from './data/content-part.ts'
export { Document } from './data/document.ts'
export { FileContent } from './data/file-content.ts'
export { ImageContent } from './data/image-content.ts'
export { parseReply } from './data/parse-reply.ts'
export { type StreamingCallback, StreamingChunk } from './data/streaming-chunk.ts'
export {
  DataError,
  DefinitionError,
  type ErrorCode,
  InputError,
  LoadError,
  type LoadProblem,
  MillraceError,
  OptionError,
  RunError,
  ToolError,
} from './errors.ts'
export type { Connection } from './graph/graph.ts'
export type { MatchedInputs, PipelineInput, PipelineOutput } from './graph/inputs.ts'
export type { ComponentPolicy, RetryPolicy } from './graph/policy.ts'
export type { JsonObject, JsonValue } from './json.ts'
export { PipelineComponent, type PipelineMapping } from './pipeline/as-component.ts'
export { Pipeline } from './pipeline/pipeline.ts'
export type { PipelineOptions } from './pipeline/pipeline-options.ts'
export type { RunEvent, RunListener } from './run/events.ts'
export type { RunResult, RunWarning } from './run/result.ts'
export type { ResumeOptions, RunOptions } from './run/run-options.ts'
export type { RunStream } from './run/stream.ts'
export type { VisitTrace } from './run/trace.ts'
export type {
  ObjectOf,
  ObjectSocket,
  OptionalObjectSocket,
  OptionalSocket,
  OptionalVariadicSocket,
  Socket,
  Sockets,
  ValueOf,
  VariadicSocket,
} from './schema/socket.ts'
export type { JsonSchema, SocketType } from './schema/socket-type.ts'
export { jsonSchemaOf, type StandardSchema } from './schema/standard-schema.ts'
export type { Snapshot } from './snapshot/snapshot.ts'
