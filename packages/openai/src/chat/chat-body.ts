import { ChatMessage, type JsonObject, type JsonValue, type Tool } from '@millrace/core'
import { isJsonObject, listNames } from '@millrace/core/component'
import { invalidOption } from '../options/check-options.ts'
import type { GenerationOptions } from '../options/generation-options.ts'
import type { Server } from '../server/server.ts'

/** What a request is made of, besides its options. */
export interface Conversation {
  readonly messages: readonly ChatMessage[]
  readonly tools: readonly Tool[]
  readonly strictTools: boolean
  readonly reasoningKey: 'reasoning_content' | 'reasoning' | undefined
}

/** What goes into a request under another name, as it is. */
const sentNames = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  minP: 'min_p',
  stop: 'stop',
  seed: 'seed',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  logitBias: 'logit_bias',
  logprobs: 'logprobs',
  topLogprobs: 'top_logprobs',
  reasoningEffort: 'reasoning_effort',
  n: 'n',
} as const satisfies Partial<Record<keyof GenerationOptions, string>>

/**
 * The body of a request for a reply.
 *
 * @throws OpenAIError `OPENAI_OPTION_INVALID` for a choice that the tools leave no way to make
 * @throws DataError `DATA_INVALID_MESSAGE` for a message that has no place in OpenAI's protocol
 */
export function chatBody(
  options: GenerationOptions,
  { messages, tools, strictTools, reasoningKey }: Conversation,
  { model, isOpenAI }: Pick<Server, 'model' | 'isOpenAI'>,
): JsonObject {
  const { maxTokens, parallelToolCalls, stream = true } = options
  const format = formatOf(options.responseFormat)
  const template = templateKwargs(options)
  const offered = offeredTools(tools, strictTools, options.toolChoice)
  const sent = Object.entries(sentNames).flatMap(([name, sentName]) => {
    const value = options[name as keyof typeof sentNames]
    return value === undefined || value === null ? [] : [[sentName, value as JsonValue] as const]
  })
  return {
    model,
    messages: messages.flatMap((message) => sentMessages(message, { isOpenAI, reasoningKey })),
    ...Object.fromEntries(sent),
    // OpenAI's reasoning models refuse the older name, which is the one that every other server knows.
    ...(maxTokens && maxTokens > 0 ? { [isOpenAI ? 'max_completion_tokens' : 'max_tokens']: maxTokens } : {}),
    ...(format && { response_format: format }),
    ...(template && { chat_template_kwargs: template }),
    ...offered,
    ...('tools' in offered && parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    ...options.extraBody,
  }
}

/** A message of several results is one for each there. */
function sentMessages(
  message: ChatMessage,
  {
    isOpenAI,
    reasoningKey,
  }: { readonly isOpenAI: boolean; readonly reasoningKey: Conversation['reasoningKey'] },
): JsonObject[] {
  const options = { requireToolCallIds: isOpenAI, reasoningKey }
  if (message.role === 'tool') {
    return message.content.map((part) => sentMessage({ ...message, content: [part] }, options))
  }
  const isThoughtAlone =
    message.role === 'assistant' && message.content.every(({ type }) => type === 'reasoning')
  // A reply that was cut off in its thoughts: the next turn must not fail over it.
  if (isThoughtAlone && reasoningKey === undefined && message.meta?.['malformedToolCalls'] === undefined) {
    return [{ role: 'assistant', content: '' }]
  }
  return [sentMessage(message, options)]
}

function sentMessage(message: ChatMessage, options: Parameters<typeof ChatMessage.toOpenAI>[1]): JsonObject {
  return { ...ChatMessage.toOpenAI(message, options) } as JsonObject
}

/**
 * Tools and choice in the form that most servers honour: a tool that must be called is the only one, and required, since many
 * take no name there; without a choice there are no tools at all.
 */
function offeredTools(
  tools: readonly Tool[],
  strict: boolean,
  choice: GenerationOptions['toolChoice'] = 'auto',
): JsonObject {
  if (choice === 'none' || (choice === 'auto' && tools.length === 0)) return {}
  if (choice === 'auto') return { tools: tools.map((item) => sentTool(item, strict)) }
  const allowed = choice === 'required' ? tools : tools.filter(({ name }) => name === choice.name)
  if (allowed.length > 0) {
    return { tools: allowed.map((item) => sentTool(item, strict)), tool_choice: 'required' }
  }
  const names = tools.map(({ name }) => name)
  const chosen = choice === 'required' ? "it is 'required'" : `it names '${choice.name}'`
  throw invalidOption(
    'generationKwargs.toolChoice',
    names.length === 0
      ? `${chosen}, but there are no tools. Give some, or leave it out.`
      : `${chosen}, which is none of the tools: ${listNames(names)}.`,
  )
}

function sentTool({ name, description, parameters }: Tool, strict: boolean): JsonObject {
  const described = { name, description, parameters: parameters as JsonValue }
  return { type: 'function', function: strict ? { ...described, strict: true } : described }
}

function formatOf(format: GenerationOptions['responseFormat']): JsonObject | undefined {
  if (format === undefined || format === null || format.type === 'text') return undefined
  const { schema, ...given } = format.type === 'json_schema' ? format.json_schema : { schema: format.schema }
  if (schema === undefined) return { type: 'json_object' }
  const strict = isStrict(schema) ? { strict: true } : {}
  return {
    type: 'json_schema',
    json_schema: { name: 'reply', ...strict, ...given, schema: schema as JsonObject },
  }
}

/** Whether OpenAI can hold a reply to the schema: it refuses one in which an object is open, or a property optional. */
function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict)
  if (!isJsonObject(schema)) return true
  const { type, properties, required, additionalProperties } = schema
  if (type === 'object' || properties !== undefined) {
    const names = Object.keys(isJsonObject(properties) ? properties : {})
    const isClosed = additionalProperties === false
    if (!isClosed || !names.every((name) => Array.isArray(required) && required.includes(name))) return false
  }
  return Object.values(schema).every(isStrict)
}

function templateKwargs({ enableThinking, chatTemplateKwargs }: GenerationOptions): JsonObject | undefined {
  if (enableThinking === undefined && chatTemplateKwargs === undefined) return undefined
  const thinking = enableThinking === undefined ? {} : { enable_thinking: enableThinking }
  return { ...(chatTemplateKwargs as JsonObject | undefined), ...thinking }
}
