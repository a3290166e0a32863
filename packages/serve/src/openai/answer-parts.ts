import { ChatMessage, type RunEvent, type RunResult } from '@millrace/core'
import { isJsonObject, readMalformedCalls } from '@millrace/core/component'
import { ServeError } from '../errors.ts'
import type { TextModel } from './served-models.ts'

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

/** A call as a client reads it. */
export interface CallJson {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

/** What a run answers. */
export interface Answer {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly CallJson[]
  readonly finishReason: FinishReason
  readonly meta: Readonly<Record<string, unknown>>
}

/**
 * @param id of the run
 * @throws ServeError `SERVE_RUN_PAUSED` for a run that waits for a person, `SERVE_CONTEXT_OVERFLOW` for an agent whose
 * conversation became too long, `SERVE_FAILED` for one that gave no answer
 */
export function answerOf(
  { output, isDirect }: TextModel,
  result: RunResult,
  { maxCalls, id }: { readonly maxCalls: number; readonly id: string },
): Answer {
  if (result.status === 'paused') throw pausedRun(result, id)
  const { name, component, socket } = output
  const value: unknown = Object.hasOwn(result.named, name)
    ? (result.named as Readonly<Record<string, unknown>>)[name]
    : (Object(result.outputs) as Record<string, Record<string, unknown>>)[component]?.[socket]
  const said = Array.isArray(value) ? (isDirect ? value[0] : value.at(-1)) : value
  if (typeof said === 'string') return textAnswer(said, metaBeside(result, output))
  if (ChatMessage.is(said)) {
    const { exitReason, messages } = outputsBeside(result, output)
    return said.role === 'assistant'
      ? messageAnswer(said, maxCalls)
      : unsaidAnswer(said, { result, exitReason, messages, maxCalls })
  }
  if (said === undefined || said === null) {
    throw new ServeError('SERVE_FAILED', `The pipeline gave no answer: its output '${name}' is empty.`)
  }
  return textAnswer(JSON.stringify(said), {})
}

/** The exit of an agent, as a reason why a model stops. */
const EXITS: Readonly<Record<string, FinishReason>> = {
  length: 'length',
  steps: 'length',
  repeated: 'length',
  contentFilter: 'content_filter',
}

/**
 * The answer of a conversation that does not end with one: of an agent that was ended, what its model said last, for the rest are
 * notes for the model; of one that ends with a tool, what that gave.
 */
function unsaidAnswer(
  last: ChatMessage,
  {
    result,
    exitReason,
    messages,
    maxCalls,
  }: { result: RunResult; exitReason: unknown; messages: unknown; maxCalls: number },
): Answer {
  if (result.warnings.some(({ code }) => code === 'CONTEXT_OVERFLOW')) {
    const message = 'The conversation is longer than the context of the model. Shorten it, or begin anew.'
    throw new ServeError('SERVE_CONTEXT_OVERFLOW', message)
  }
  if (last.role !== 'tool') throw new ServeError('SERVE_FAILED', 'The pipeline gave no answer of its own.')
  const isToolsAnswer = ChatMessage.toolCallResults(last).some(({ origin }) => origin.name === exitReason)
  if (isToolsAnswer || typeof exitReason !== 'string') return messageAnswer(last, maxCalls)
  const all: readonly unknown[] = Array.isArray(messages) ? messages : []
  const spoken = all.findLast((one) => ChatMessage.is(one) && one.role === 'assistant')
  const answer = ChatMessage.is(spoken) ? messageAnswer(spoken, 0) : textAnswer('', {})
  return { ...answer, finishReason: EXITS[exitReason] ?? 'stop' }
}

function textAnswer(text: string, meta: Readonly<Record<string, unknown>>): Answer {
  return { text, reasoning: '', calls: [], finishReason: finishReasonOf(meta, []), meta }
}

function messageAnswer(message: ChatMessage, maxCalls: number): Answer {
  const { meta = {} } = message
  const calls = callsOf(message).slice(0, maxCalls)
  const results = ChatMessage.toolCallResults(message).map(({ result }) =>
    typeof result === 'string'
      ? result
      : result.map((part) => (part.type === 'text' ? part.text : '')).join(''),
  )
  return {
    text: ChatMessage.text(message) ?? results.join('\n'),
    reasoning: ChatMessage.reasoning(message) ?? '',
    calls: calls.map(({ call }) => call),
    finishReason: finishReasonOf(meta, calls),
    meta,
  }
}

interface WrittenCall {
  readonly call: CallJson
  readonly isWhole: boolean
}

/** The calls, and at their places those that the model wrote wrongly, as it wrote them. */
function callsOf(message: ChatMessage): WrittenCall[] {
  const calls: WrittenCall[] = ChatMessage.toolCalls(message).map((call, index) => ({
    call: callJson(call.id, index, call.name, JSON.stringify(call.arguments)),
    isWhole: true,
  }))
  for (const { index, id, name, arguments: written } of readMalformedCalls(
    message.meta?.['malformedToolCalls'],
  )) {
    // One that was cut off before its arguments began is still all marks.
    if (message.meta?.['finishReason'] === 'length' && (name === '' || !isJsonBegun(written))) continue
    calls.splice(index, 0, { call: callJson(id, index, name, written), isWhole: false })
  }
  return calls
}

/** Whether a text can be the beginning of the arguments of a call. */
export function isJsonBegun(written: string): boolean {
  return /^\s*(?:\{|$)/.test(written)
}

function callJson(id: string | undefined, index: number, name: string, written: string): CallJson {
  return { id: id ?? `call_${index}`, type: 'function', function: { name, arguments: written } }
}

function finishReasonOf(
  { finishReason }: Readonly<Record<string, unknown>>,
  calls: readonly WrittenCall[],
): FinishReason {
  const isCut = finishReason === 'length'
  if (isCut && calls.some(({ isWhole }) => !isWhole)) return 'length'
  if (calls.length > 0) return 'tool_calls'
  return isCut ? 'length' : finishReason === 'contentFilter' ? 'content_filter' : 'stop'
}

/** What the component of an output gives besides. */
function outputsBeside(
  { outputs }: RunResult,
  { component }: TextModel['output'],
): Readonly<Record<string, unknown>> {
  return (Object(outputs) as Record<string, Readonly<Record<string, unknown>>>)[component] ?? {}
}

/** What a generator of texts says of its reply, in the output beside it. */
function metaBeside(result: RunResult, output: TextModel['output']): Readonly<Record<string, unknown>> {
  const beside = outputsBeside(result, output)['meta']
  const first: unknown = Array.isArray(beside) ? beside[0] : beside
  return isJsonObject(first) ? first : {}
}

function pausedRun({ questions }: RunResult, id: string): ServeError {
  const asked = questions.map(({ id, prompt }) => `\n- ${id}: ${prompt}`).join('')
  const message = `The run is paused: it waits for a person, whom a client of this protocol cannot ask. Answer it on the page of the server, or at POST /runs/${id}/answers.${asked}`
  return new ServeError('SERVE_RUN_PAUSED', message)
}

/** What a client pays for, of all models that a run asked. */
export class Usage {
  #promptTokens = 0
  #completionTokens = 0
  #cachedTokens = 0
  #hasCalls = false

  onEvent(event: RunEvent): void {
    if (event.type !== 'modelCall' || event.call.usage === undefined) return
    const { promptTokens, completionTokens = 0, cachedTokens = 0 } = event.call.usage
    this.#hasCalls = true
    this.#promptTokens += promptTokens
    this.#completionTokens += completionTokens
    this.#cachedTokens += cachedTokens
  }

  /** Of the answers to all prompts, one prompt after the other, each of which counts once. Undefined where no model said it. */
  static json(usages: readonly Usage[], answersEach = usages.length): UsageJson | undefined {
    if (!usages.some((usage) => usage.#hasCalls)) return undefined
    let prompt = 0
    let completion = 0
    let cached = 0
    for (const [index, usage] of usages.entries()) {
      completion += usage.#completionTokens
      if (index % answersEach > 0) continue
      const answers = usages.slice(index, index + answersEach)
      prompt += Math.max(...answers.map((answer) => answer.#promptTokens))
      cached += usage.#cachedTokens
    }
    return {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
      prompt_tokens_details: { cached_tokens: cached },
    }
  }
}

export interface UsageJson {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly prompt_tokens_details: { readonly cached_tokens: number }
}

/** The times of a reply as llama-server names them; undefined where its generator says nothing of them. */
export function timingsJson({
  usage,
  timings,
}: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> | undefined {
  if (!isJsonObject(usage) || !isJsonObject(timings)) return undefined
  const numbers = { ...usage, ...timings } as Readonly<Record<string, unknown>>
  const number = (name: string) => (typeof numbers[name] === 'number' ? numbers[name] : 0)
  const cached = number('cachedTokens')
  const prompt = Math.max(0, number('promptTokens') - cached)
  return {
    cache_n: cached,
    prompt_n: prompt,
    prompt_ms: number('promptMs'),
    prompt_per_token_ms: ratio(number('promptMs'), prompt),
    prompt_per_second: ratio(prompt * 1000, number('promptMs')),
    predicted_n: number('completionTokens'),
    predicted_ms: number('predictedMs'),
    predicted_per_token_ms: ratio(number('predictedMs'), number('completionTokens')),
    predicted_per_second: number('tokensPerSecond'),
  }
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? Math.round((part / whole) * 1000) / 1000 : 0
}

export interface LogprobJson {
  readonly token: string
  readonly logprob: unknown
  readonly bytes: unknown
  readonly top_logprobs: readonly unknown[]
}

/** Log probabilities of tokens in OpenAI's shape. */
export function logprobsJson(logprobs: unknown): readonly LogprobJson[] {
  const list = Array.isArray(logprobs) ? logprobs.filter(isJsonObject) : []
  return list.map(({ token, logprob, bytes, topLogprobs }) => ({
    token: String(token),
    logprob,
    bytes,
    top_logprobs: Array.isArray(topLogprobs) ? topLogprobs : [],
  }))
}
