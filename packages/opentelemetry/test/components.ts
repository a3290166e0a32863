import {
  ChatMessage,
  defineComponent,
  type ModelCall,
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

/** What a model says of a reply of three tokens. */
export const answered = {
  responseModel: 'acme-1-mini',
  engine: 'acme-engine',
  finishReason: 'stop',
  usage: { promptTokens: 12, completionTokens: 3, cachedTokens: 5 },
  timings: { promptMs: 4.5, predictedMs: 9.25, queueMs: 1, tokensPerSecond: 216 },
  responseId: 'chatcmpl-1',
  warnings: [{ code: 'REPLY_CUT', message: 'The reply was cut off.' }],
} satisfies Partial<ModelCall>

const asked = {
  operation: 'chat',
  provider: 'acme',
  model: 'acme-1',
  server: { address: 'api.acme.example', port: 8443 },
} satisfies Partial<ModelCall>

/** Answers every conversation alike, as a generator of a model would: in pieces, and reports the call. */
export const AcmeChatGenerator = defineComponent({
  type: 'AcmeChatGenerator',
  parameters: t.object({ fails: t.optional(t.string()), recovers: t.boolean({ default: false }) }),
  inputs: {
    messages: t.union(t.array(t.message()), t.string()),
    generationKwargs: t.optional(t.record(t.unknown())),
  },
  outputs: { replies: t.array(t.message()) },
  run: async ({ messages, generationKwargs: options = {} }, context, { fails, recovers }) => {
    const started = performance.now()
    const durationMs = () => performance.now() - started
    const { emit, modelCall, signal } = context
    const call = { ...asked, options, input: messages }
    emit(StreamingChunk.create({ index: 0, meta: { promptProgress: { doneTokens: 1, totalTokens: 12 } } }))
    const error = signal.aborted ? signal.reason : fails === undefined ? undefined : new TypeError(fails)
    if (error !== undefined) {
      modelCall({ ...call, durationMs: durationMs(), error })
      if (!recovers) throw error
    }
    for (const [index, content] of ['It is ', 'Paris.'].entries()) {
      await Promise.resolve()
      emit(StreamingChunk.create({ index, content, start: index === 0 }))
    }
    const replies = [ChatMessage.assistant('It is Paris.')]
    modelCall({ ...call, ...answered, replies, durationMs: durationMs() })
    return { replies }
  },
})
