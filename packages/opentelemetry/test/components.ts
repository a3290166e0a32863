import {
  ChatMessage,
  defineComponent,
  type JsonObject,
  type RunContext,
  StreamingChunk,
  t,
} from '@millrace/core'

type Step = (text: string, context: RunContext) => string | Promise<string>

/** A component from a text to a text. */
export function step(run: Step, type = 'Step') {
  const Step = defineComponent({
    type,
    inputs: { text: t.string() },
    outputs: { text: t.string() },
    run: async ({ text }, context) => ({ text: await run(text, context) }),
  })
  return new Step()
}

/** Like `step`, but it returns at once. */
export function syncStep(run: (text: string) => string) {
  const Step = defineComponent({
    type: 'Step',
    inputs: { text: t.string() },
    outputs: { text: t.string() },
    run: ({ text }) => ({ text: run(text) }),
  })
  return new Step()
}

/** Gives a text back, longer by one letter, to `again` until it has `letters` of them, then to `done`. */
export function growing(letters: number) {
  const Grow = defineComponent({
    type: 'Grow',
    inputs: { text: t.greedy(t.string()) },
    outputs: { again: t.optional(t.string()), done: t.optional(t.string()) },
    run: ({ text: [text = ''] = [] }) => {
      const longer = `${text}x`
      return longer.length < letters ? { again: longer } : { done: longer }
    },
  })
  return new Grow()
}

/** Settles as the signal says, and never otherwise. */
export function untilAborted({ signal }: RunContext): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

export const replyMeta: JsonObject = {
  model: 'acme-1-mini',
  engine: 'acme-engine',
  finishReason: 'stop',
  usage: { promptTokens: 12, completionTokens: 3, totalTokens: 15, cachedTokens: 5 },
  timings: { promptMs: 4.5, predictedMs: 9.25, queueMs: 1, tokensPerSecond: 216 },
  responseId: 'chatcmpl-1',
}

/** Answers every conversation alike, as a generator of a model would: in pieces, and with meta. */
export const AcmeChatGenerator = chatGenerator('AcmeChatGenerator')
/** Has the type of the generator for llama.cpp. */
export const LlamaLike = chatGenerator('LlamaCppChatGenerator')

function chatGenerator(type: string) {
  return defineComponent({
    type,
    parameters: t.object({
      model: t.optional(t.string()),
      generationKwargs: t.optional(t.record(t.unknown())),
      fails: t.optional(t.string()),
    }),
    inputs: {
      messages: t.union(t.array(t.message()), t.string()),
      generationKwargs: t.optional(t.record(t.unknown())),
    },
    outputs: { replies: t.array(t.message()) },
    run: async (_, { emit }, { fails }) => {
      emit(StreamingChunk.create({ index: 0, meta: { promptProgress: { doneTokens: 1, totalTokens: 12 } } }))
      if (fails !== undefined) throw new TypeError(fails)
      for (const [index, content] of ['It is ', 'Paris.'].entries()) {
        await Promise.resolve()
        emit(StreamingChunk.create({ index, content, start: index === 0 }))
      }
      return { replies: [ChatMessage.assistant({ text: 'It is Paris.', meta: replyMeta })] }
    },
  })
}
