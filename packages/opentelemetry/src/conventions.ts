// The names of what is recorded. `gen_ai.*` are those of the OpenTelemetry GenAI semantic conventions 0.1.0, which are
// still in development; `error.type` is stable; `millrace.*` are our own.

export const componentSpanName = 'millrace.component.run'

export const errorType = 'error.type'
/** The value of `error.type` where nothing better is known. */
export const otherError = '_OTHER'

export const millrace = {
  runId: 'millrace.run.id',
  runStatus: 'millrace.run.status',
  componentName: 'millrace.component.name',
  componentType: 'millrace.component.type',
  componentVisit: 'millrace.component.visit',
  componentStatus: 'millrace.component.status',
  componentInputs: 'millrace.component.inputs',
  componentOutputs: 'millrace.component.outputs',
  engine: 'millrace.generation.engine',
  warnings: 'millrace.generation.warnings',
  promptMs: 'millrace.generation.prompt_ms',
  predictedMs: 'millrace.generation.predicted_ms',
  queueMs: 'millrace.generation.queue_ms',
  tokensPerSecond: 'millrace.generation.tokens_per_second',
} as const

export const genAi = {
  operationName: 'gen_ai.operation.name',
  agentName: 'gen_ai.agent.name',
  providerName: 'gen_ai.provider.name',
  outputType: 'gen_ai.output.type',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  requestTemperature: 'gen_ai.request.temperature',
  requestTopP: 'gen_ai.request.top_p',
  requestTopK: 'gen_ai.request.top_k',
  requestMaxTokens: 'gen_ai.request.max_tokens',
  requestSeed: 'gen_ai.request.seed',
  requestStopSequences: 'gen_ai.request.stop_sequences',
  requestFrequencyPenalty: 'gen_ai.request.frequency_penalty',
  requestPresencePenalty: 'gen_ai.request.presence_penalty',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  responseFinishReasons: 'gen_ai.response.finish_reasons',
  responseTimeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cachedInputTokens: 'gen_ai.usage.cache_read.input_tokens',
  toolName: 'gen_ai.tool.name',
  toolType: 'gen_ai.tool.type',
  toolCallId: 'gen_ai.tool.call.id',
  toolCallArguments: 'gen_ai.tool.call.arguments',
  toolCallResult: 'gen_ai.tool.call.result',
} as const

/** Stable, and set for a model that runs elsewhere. */
export const server = { address: 'server.address', port: 'server.port' } as const
