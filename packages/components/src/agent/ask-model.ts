import {
  ChatMessage,
  type JsonObject,
  type RunContext,
  runHeld,
  StreamingChunk,
  type Tool,
} from '@millrace/core'
import { messageOf } from '@millrace/core/component'
import type { ChatGenerator } from '../generators/chat-generator.ts'
import { isContextOverflow } from './overflow.ts'
import { untilAborted } from './until-aborted.ts'
import { type UsageSum, usageOfReply } from './usage.ts'

export interface ModelRequest {
  readonly messages: readonly ChatMessage[]
  readonly tools: readonly Tool[]
  readonly generationKwargs: JsonObject
}

/** What came of a request: a reply, or the part of it that was there when the run was aborted. */
export type Asked =
  | { readonly kind: 'reply'; readonly reply: ChatMessage }
  | { readonly kind: 'contextOverflow' }
  | { readonly kind: 'aborted'; readonly part: ChatMessage | undefined }

/**
 * Asks the generator of an agent, which streams as the agent.
 *
 * @param usage gets what the request took
 * @throws what the generator throws, but for an overflow of its context
 */
export async function askModel(
  generator: ChatGenerator,
  { messages, tools, generationKwargs }: ModelRequest,
  context: RunContext,
  usage: UsageSum,
): Promise<Asked> {
  const { signal } = context
  const chunks: StreamingChunk[] = []
  let isCounted = false
  const listening = hearing(context, {
    emit: (chunk) => {
      chunks.push(chunk)
      context.emit(chunk)
    },
    modelCall: (call) => {
      isCounted = true
      if (call.usage !== undefined) usage.add(call.usage)
      context.modelCall(call)
    },
  })
  const request = {
    messages,
    ...(Object.hasOwn(generator.inputs, 'tools') ? { tools } : {}),
    ...(Object.keys(generationKwargs).length > 0 ? { generationKwargs } : {}),
  }
  try {
    const { replies } = await untilAborted(runHeld(generator, request, listening), signal)
    const reply = replies[0] ?? ChatMessage.assistant()
    const said = isCounted ? undefined : usageOfReply(reply)
    if (said !== undefined) usage.add(said)
    return { kind: 'reply', reply }
  } catch (error) {
    if (signal.aborted) return { kind: 'aborted', part: partOf(chunks) }
    if (!isContextOverflow(error)) throw error
    context.warn('CONTEXT_OVERFLOW', `The conversation is too long for the model: ${messageOf(error)}`)
    return { kind: 'contextOverflow' }
  }
}

/** What the model had said when it was stopped. Calls that were not whole are left out. */
function partOf(chunks: readonly StreamingChunk[]): ChatMessage | undefined {
  const content = StreamingChunk.merge(chunks).content.filter(({ type }) => type !== 'toolCall')
  if (content.length === 0) return undefined
  return { role: 'assistant', content, meta: { finishReason: 'aborted' } }
}

/** A context with other listeners. It has getters and private fields, which a copy would lose. */
function hearing(context: RunContext, heard: Pick<RunContext, 'emit' | 'modelCall'>): RunContext {
  return new Proxy(context, {
    get: (target, key) => {
      if (key === 'emit' || key === 'modelCall') return heard[key]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
