import {
  ChatMessage,
  type Component,
  type InputsOf,
  type JsonObject,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  StreamingChunk,
  ToolCall,
  t,
  type ValueOf,
} from '@millrace/core'
import { aloneContext, messageOf, readParameters } from '@millrace/core/component'
import { ComponentsError, type ComponentsErrorCode } from '../errors.ts'
import { conversationOf } from './chat-generator.ts'
import { waitFor } from './wait-for.ts'

const scriptedCall = t.object({
  /** The name of the tool. */
  name: t.string({ minLength: 1, description: 'The name of the tool.' }),
  arguments: t.record(t.json(), { default: {}, description: 'The arguments.' }),
  /** Ties the result to the call. Without it the call gets one, such as call-1-1. */
  id: t.optional(t.string(), {
    description: 'Ties the result to the call. Without it the call gets one, such as call-1-1.',
  }),
})

const scriptedReply = t.object({
  /** What is said. */
  text: t.optional(t.string(), { description: 'What is said.' }),
  /** What is thought before. */
  reasoning: t.optional(t.string(), { description: 'What is thought before.' }),
  /** Calls of tools, whether these are offered or not. */
  toolCalls: t.optional(t.array(scriptedCall), {
    description: 'Calls of tools, whether these are offered or not.',
  }),
  /** The pieces in which the text is streamed, in place of `text`. Otherwise it is streamed word by word. */
  chunks: t.optional(t.array(t.string()), {
    description:
      'The pieces in which the text is streamed, in place of `text`. Otherwise it is streamed word by word.',
  }),
  /** How long to wait before each piece, in milliseconds. */
  delayMs: t.optional(t.integer({ minimum: 0, maximum: 60_000 }), {
    description: 'How long to wait before each piece, in milliseconds.',
  }),
  /** The request fails with this message, after what is to be said. */
  error: t.optional(t.string(), {
    description: 'The request fails with this message, after what is to be said.',
  }),
  /** The code of the error, such as CONTEXT_OVERFLOW. */
  errorCode: t.optional(t.string(), { description: 'The code of the error, such as CONTEXT_OVERFLOW.' }),
  /** Why the reply ends. Without it `toolCalls` or `stop`. */
  finishReason: t.optional(t.literal('stop', 'length', 'toolCalls', 'contentFilter'), {
    description: 'Why the reply ends. Without it `toolCalls` or `stop`.',
  }),
})

type Reply = ValueOf<typeof scriptedReply>

/**
 * A chat generator that says what its script has: for tests, and for demonstrations without a model. It streams, calls
 * tools, thinks, fails and takes its time, as the script says.
 *
 * The reply is chosen by the conversation: the first where there is no assistant message in it, the second where there is one,
 * and so on. So it remembers nothing, and a run that was paused goes on in another process. With `by: 'calls'` it counts
 * what it was asked instead, until it is closed. After the last reply the first one follows.
 *
 * `usage` in the meta of a reply counts words.
 *
 * @throws ComponentsError `SCRIPTED_FAILURE`, or the code of the script, where that has an `error`
 * @throws the reason of the signal, untouched, when that aborts
 * @example
 * const generator = new ScriptedChatGenerator({
 *   replies: [{ toolCalls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] }, 'It is 22 degrees in Paris.'],
 * })
 */
export class ScriptedChatGenerator implements Component {
  static readonly type = 'ScriptedChatGenerator'
  static readonly description = 'Answers from a script, without a model: for tests and demonstrations.'
  static readonly parameters = t.object({
    /** The replies, each a text or an object. */
    replies: t.array(t.union(t.string(), scriptedReply), {
      minItems: 1,
      description: 'The replies, each a text or an object.',
    }),
    /** What chooses the reply: how many the conversation has already, or how often this component was asked. */
    by: t.optional(t.literal('conversation', 'calls'), {
      default: 'conversation',
      description:
        'What chooses the reply: how many the conversation has already, or how often this component was asked.',
    }),
  })

  readonly inputs = {
    /** The conversation, or the text of one user message. */
    messages: t.described(
      t.union(t.array(t.message()), t.string()),
      'The conversation, or the text of one user message.',
    ),
    /** Options of a request, as other generators take them. The script does not depend on them. */
    generationKwargs: t.optional(t.record(t.json()), {
      description: 'Options of a request, as other generators take them. The script does not depend on them.',
    }),
    /** Tools that are offered, as to other generators. The script does not depend on them. */
    tools: t.optional(t.tools(), {
      description: 'Tools that are offered, as to other generators. The script does not depend on them.',
    }),
  }
  readonly outputs = {
    /** One reply. */
    replies: t.array(t.message(), { description: 'One reply.' }),
  }
  readonly initParameters: ParametersOf<typeof ScriptedChatGenerator>
  #asked = 0

  constructor(given: ParametersOf<typeof ScriptedChatGenerator>) {
    this.initParameters = readParameters(ScriptedChatGenerator, given)
  }

  async run(
    { messages, generationKwargs }: InputsOf<ScriptedChatGenerator>,
    context: RunContext = aloneContext(ScriptedChatGenerator),
  ): Promise<OutputsOf<ScriptedChatGenerator>> {
    context.signal.throwIfAborted()
    const conversation = conversationOf(messages)
    const { replies, by = 'conversation' } = this.initParameters
    const before = conversation.filter(({ role }) => role === 'assistant').length
    const turn = by === 'calls' ? this.#asked++ : before
    const scripted = replies[turn % replies.length] as Reply | string
    const started = performance.now()
    const report = (end: { readonly error: unknown } | { readonly reply: ChatMessage }) =>
      context.modelCall({
        operation: 'chat',
        provider: 'millrace',
        model: MODEL,
        durationMs: performance.now() - started,
        input: conversation,
        ...(generationKwargs === undefined ? {} : { options: generationKwargs }),
        ...('reply' in end
          ? {
              replies: [end.reply],
              usage: usageOf(conversation, end.reply),
              finishReason: String(end.reply.meta?.['finishReason']),
            }
          : end),
      })
    try {
      const script = typeof scripted === 'string' ? { text: scripted } : scripted
      const reply = await say(script, before + 1, conversation, context)
      report({ reply })
      return { replies: [reply] }
    } catch (error) {
      report({ error })
      throw error
    }
  }

  close(): void {
    this.#asked = 0
  }
}

const MODEL = 'script'

async function say(
  script: Reply,
  turn: number,
  conversation: readonly ChatMessage[],
  { signal, emit, component }: RunContext,
): Promise<ChatMessage> {
  const { reasoning, toolCalls = [], delayMs = 0 } = script
  const pieces = script.chunks ?? script.text?.match(/\s*\S+\s*$|\s*\S+|\s+/g) ?? []
  const calls = toolCalls.map(({ name, arguments: args, id = '' }, index) =>
    ToolCall.create({ id: id === '' ? `call-${turn}-${index + 1}` : id, name, arguments: args ?? {} }),
  )
  let index = 0
  const send = async (fields: Parameters<typeof StreamingChunk.create>[0]) => {
    if (delayMs > 0) await waitFor(delayMs, signal)
    signal.throwIfAborted()
    emit(StreamingChunk.create({ component, start: index === 0, ...fields, index: index++ }))
  }
  if (reasoning !== undefined) await send({ reasoning })
  for (const content of pieces) await send({ content })
  for (const [number, { id, name, arguments: args }] of calls.entries()) {
    const call = { index: number, id: id ?? '', name, arguments: JSON.stringify(args) }
    await send({ toolCalls: [call], start: true })
  }
  if (script.error !== undefined || script.errorCode !== undefined) throw failureOf(script)
  const reply = ChatMessage.assistant({
    ...(pieces.length === 0 ? {} : { text: pieces.join('') }),
    ...(reasoning === undefined ? {} : { reasoning }),
    toolCalls: calls,
  })
  const finishReason = script.finishReason ?? (calls.length > 0 ? 'toolCalls' : 'stop')
  const meta: JsonObject = { model: MODEL, index: 0, finishReason, usage: usageOf(conversation, reply) }
  await send({ finishReason, meta })
  return { ...reply, meta } as ChatMessage
}

function failureOf({ error = 'The script says that this request fails.', errorCode }: Reply): Error {
  return new ComponentsError((errorCode ?? 'SCRIPTED_FAILURE') as ComponentsErrorCode, messageOf(error))
}

function usageOf(conversation: readonly ChatMessage[], reply: ChatMessage) {
  const promptTokens = conversation.reduce((sum, message) => sum + wordsOf(message), 0)
  const completionTokens = wordsOf(reply)
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens }
}

function wordsOf({ content }: ChatMessage): number {
  return content.reduce((sum, part) => {
    const text =
      part.type === 'text' || part.type === 'reasoning'
        ? part.text
        : part.type === 'toolCall'
          ? `${part.name} ${JSON.stringify(part.arguments)}`
          : part.type === 'toolCallResult' && typeof part.result === 'string'
            ? part.result
            : ''
    return sum + (text.match(/\S+/g)?.length ?? 0)
  }, 0)
}
