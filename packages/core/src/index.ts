// The whole public surface, by floor.

export type { Callback } from './component/callback.ts'
export type {
  Component,
  ComponentClass,
  Components,
  InputsOf,
  OutputsOf,
  ParametersOf,
  WarmUpContext,
  WarmUpProgress,
} from './component/component.ts'
export { typeOf } from './component/component.ts'
export { type ComponentPackage, componentPackage } from './component/component-package.ts'
export { type Conversion, conversionBetween } from './component/conversion.ts'
export {
  type DefinedComponent,
  type DefinedInstance,
  defineComponent,
} from './component/define-component.ts'
export { resolveEnvironment } from './component/environment.ts'
export type { CheckContext, Finding } from './component/finding.ts'
export { Registry } from './component/registry.ts'
export { aloneContext, type RunContext } from './component/run-context.ts'
export { t } from './component/t.ts'
export { invokeTool, isTool, type Tool, type ToolContext, tool } from './component/tool.ts'
export { flattenTools, isToolset, type Toolset, toolset } from './component/toolset.ts'
export {
  type AssistantMessageFields,
  ChatMessage,
  type ChatMessageOptions,
  type ChatRole,
  chatMessageInputSchema,
  chatMessageSchema,
  type ToolMessageFields,
  type UserPart,
} from './data/chat-message.ts'
// The declarations of other packages refer to the two shapes by these names.
export type { ChatMessage as ChatMessageShape } from './data/chat-message-shape.ts'
export type { ToOpenAIOptions } from './data/chat-message-to-openai.ts'
export { type ContentPart, type ContentPartType, contentPartSchema } from './data/content-part.ts'
export { Document, type DocumentFields, documentSchema } from './data/document.ts'
export {
  FileContent,
  type FileContentOptions,
  type FileFromFileOptions,
  fileContentSchema,
} from './data/file-content.ts'
export type { Guards } from './data/guards.ts'
export {
  ImageContent,
  type ImageContentOptions,
  type ImageDetail,
  type ImageFromFileOptions,
  type ImageFromUrlOptions,
  imageContentSchema,
} from './data/image-content.ts'
export type { MalformedToolCall } from './data/merge-chunks.ts'
export { imageMimeTypes } from './data/mime-type.ts'
export type {
  OpenAIMessage,
  OpenAITextPart,
  OpenAIToolCall,
  OpenAIUserPart,
} from './data/openai-message.ts'
export { ReasoningContent, reasoningContentSchema } from './data/reasoning-content.ts'
export {
  type FinishReason,
  type StreamingCallback,
  StreamingChunk,
  type StreamingChunkFields,
  streamingChunkSchema,
  type ToolCallDelta,
} from './data/streaming-chunk.ts'
export type { StreamingChunk as StreamingChunkShape } from './data/streaming-chunk-shape.ts'
export { TextContent, textContentSchema } from './data/text-content.ts'
export { ToolCall, type ToolCallFields, toolCallSchema } from './data/tool-call.ts'
export { ToolCallResult, type ToolCallResultFields, toolCallResultSchema } from './data/tool-call-result.ts'
export {
  BreakpointReached,
  DataError,
  DefinitionError,
  type ErrorCode,
  type ErrorDetails,
  errorCodes,
  InputError,
  LoadError,
  type LoadProblem,
  MillraceError,
  OptionError,
  RunError,
  type RunErrorDetails,
  ToolError,
} from './errors.ts'
export type { Connection } from './graph/graph.ts'
export type { MatchedInputs, PipelineInput, PipelineOutput } from './graph/inputs.ts'
export type { NamedRunInputs, RunInputs, RunOutputs } from './graph/path.ts'
export type { ComponentPolicy, RetryPolicy } from './graph/policy.ts'
export { isJsonObject, isJsonValue, type JsonObject, type JsonValue } from './json.ts'
export {
  type MappedInputs,
  type MappedOutputs,
  PipelineComponent,
  type PipelineMapping,
} from './pipeline/as-component.ts'
export { Pipeline } from './pipeline/pipeline.ts'
export type { PipelineOptions } from './pipeline/pipeline-options.ts'
export type { RunEvent, RunListener } from './run/events.ts'
export type { RunResult, RunWarning } from './run/result.ts'
export type { RunOptions } from './run/run-options.ts'
export type { RunStream } from './run/stream.ts'
export type { VisitTrace } from './run/trace.ts'
export { fits } from './schema/fits.ts'
export { schemaOf } from './schema/schema.ts'
export type {
  ObjectOf,
  OptionalSocket,
  OptionalVariadicSocket,
  SentTo,
  Socket,
  Sockets,
  ValueOf,
  VariadicSocket,
} from './schema/socket.ts'
export { type JsonSchema, type SocketType, typeName } from './schema/socket-type.ts'
export { checkSchema, checkValue, type ValueProblem } from './schema/validate.ts'
export { type Snapshot, snapshotSchema } from './snapshot/snapshot.ts'
export { didYouMean, listNames } from './text/names.ts'
export { type DumpOptions, dumpPipeline } from './yaml/dump.ts'
export {
  type ComponentEntry,
  type ConnectionEntry,
  type PipelineFile,
  type SubPipelineParameters,
  subPipelineShape,
} from './yaml/file-shape.ts'
export type { LoadLimits } from './yaml/limits.ts'
export { type LoadOptions, loadPipeline } from './yaml/load.ts'
export { loadPipelineFile } from './yaml/load-file.ts'
export { type PipelineFileOptions, pipelineFile } from './yaml/pipeline-file.ts'
export { pipelineSchema } from './yaml/pipeline-schema.ts'
