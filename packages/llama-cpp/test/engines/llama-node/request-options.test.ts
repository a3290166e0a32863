// What is said to the binding beyond what it would do by itself, and what becomes of it: its defaults and its silences
// are traps.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ReplyParts } from '../../../src/chat/reply-parts.ts'
import type { ModelContext } from '../../../src/engines/engine.ts'
import { nativeLoad, stepTokens } from '../../../src/engines/llama-node/load-options.ts'
import type { NativeContext, NativeResult, NativeToken } from '../../../src/engines/llama-node/native.ts'
import { runRequest } from '../../../src/engines/llama-node/run-request.ts'
import { samplingOptions } from '../../../src/engines/llama-node/sampling.ts'
import { failureOf } from '../../failure-of.ts'
import { ask, chatRequest, contextSpec, openPocket, weightsSpec } from './opened-pocket.ts'

type Heard = (error: unknown, result: NativeToken | NativeResult) => void

/** A binding whose queue does what the test says. */
function queue(run: (heard: Heard) => void, cancelled: number[] = []): NativeContext {
  return {
    enableParallelMode: () => true,
    queueCompletion: (_, heard) => {
      run(heard as Heard)
      return { requestId: 7 }
    },
    cancelRequest: (id) => void cancelled.push(id),
    getParallelStatus: () => ({ active_slots: 0, queued_requests: 0 }),
    tokenize: async () => ({ tokens: new Int32Array() }),
    detokenize: async () => '',
  }
}

const options = { prompt: 'Hi', n_predict: 9 }
const ends = { stops: [], turnStops: [], endsThoughts: false, thought: undefined }
const request = { options, parts: undefined, promptTokens: 3, ...ends }
const noFlags: NativeResult = {
  text: '',
  stopped_eos: false,
  stopped_limit: false,
  stopped_word: false,
  context_full: false,
  timings: { cache_n: 0, prompt_ms: 1, predicted_n: 2, predicted_ms: 1 },
}

describe('the defaults of the binding', () => {
  test('are XTC and DRY switched on by mistake: both are said to be off', () => {
    const { sampling } = chatRequest('Hi')
    expect(samplingOptions(sampling)).toMatchObject({
      xtc_probability: 0,
      dry_multiplier: 0,
      top_n_sigma: -1,
    })
  })

  test('are a context that is shared by the slots, and large steps that a stop waits for', () => {
    const spec = { ...contextSpec, slots: 4, nThreads: 1 }
    expect(nativeLoad(weightsSpec, spec, 256).model).toMatchObject({ n_ctx: 1024, n_parallel: 4 })
    expect(stepTokens({ ...spec, nBatch: 2048 }, 0)).toBe(64)
    expect(stepTokens({ ...spec, nBatch: 2048 }, -1)).toBe(2048)
  })
})

describe('a queued request', () => {
  test('that ends without any reason is a decoding that failed, and not a reply', async () => {
    const native = queue((heard) => setImmediate(() => heard(undefined, noFlags)))
    const error = await failureOf(runRequest(native, request, { signal: undefined }))
    expect([error.code, error.message]).toEqual([
      'ENGINE_FAILED',
      "Engine 'llama.node' failed during a request: llama.cpp could not evaluate it, after 2 tokens of the reply. Its log on stderr says why.",
    ])
  })

  test('that is stopped, of which the binding forgets the text, keeps what came as tokens', async () => {
    const controller = new AbortController()
    const cancelled: number[] = []
    const native = queue((heard) => {
      setImmediate(() => {
        for (const token of ['one ', 'two']) heard(undefined, { token })
        controller.abort()
        heard(undefined, { ...noFlags, text: '' })
      })
    }, cancelled)
    const generation = await runRequest(native, request, { signal: controller.signal })
    expect(generation).toMatchObject({ text: 'one two', finishReason: 'aborted', completionTokens: 2 })
    expect(cancelled).toEqual([7])
  })
})

test('a thought that the binding does not end at its limit is ended here, and the request asked again', async () => {
  const cancelled: number[] = []
  const prompts: unknown[] = []
  const first = ['<t>', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'late']
  const native = queue((heard) => {
    const tokens = prompts.length === 0 ? first : ['Yes.']
    prompts.push(tokens)
    setImmediate(() => {
      for (const token of tokens) heard(undefined, { token })
      if (tokens !== first) heard(undefined, { ...noFlags, stopped_eos: true })
    })
  }, cancelled)
  const parts = new ReplyParts({
    thought: { start: '<t>', end: '</t>', close: '</t>' },
    leads: [],
    breaks: [],
    thoughtOpen: false,
    thoughtsAsText: false,
    calls: undefined,
  })
  const thought = { tokens: 2, end: '</t>', close: '</t>', options: {} }
  const generation = await runRequest(native, { ...request, parts, thought }, { signal: undefined })
  expect(generation).toMatchObject({ reasoning: 'abcde', text: 'Yes.', finishReason: 'stop' })
  expect([prompts.length, cancelled]).toEqual([2, [7]])
  expect(generation.completionTokens).toBe(6 + noFlags.timings.predicted_n)
})

describe('what ends an answer', () => {
  test('does not end a thought that ends with it, and stops the binding behind the answer', async () => {
    const cancelled: number[] = []
    const native = queue((heard) => {
      setImmediate(() => {
        for (const token of ['<t>', 'Hm', '<end>', '<begin>', 'Yes.', '<end>', '<begin>', 'more'])
          heard(undefined, { token })
      })
    }, cancelled)
    const parts = new ReplyParts({
      thought: { start: '<t>', end: '<end><begin>', close: '<end><begin>' },
      leads: [],
      breaks: [],
      thoughtOpen: false,
      thoughtsAsText: false,
      calls: undefined,
    })
    const generation = await runRequest(
      native,
      { ...request, parts, turnStops: ['<end>'], endsThoughts: true },
      { signal: undefined },
    )
    expect(generation).toMatchObject({ text: 'Yes.', reasoning: 'Hm', finishReason: 'stop' })
    expect(cancelled).toContain(7)
  })
})

describe('options on the pocket model', () => {
  const story = 'Tell me a story.'
  let context: ModelContext
  beforeAll(async () => {
    context = await openPocket()
  })
  afterAll(() => context.dispose())

  const tell = async (sampling: object) => (await ask(context, story, { sampling, maxTokens: 40 })).text

  test('maxTokens, which the binding reads under another name than its types say, ends the reply', async () => {
    const { completionTokens, finishReason } = await ask(context, story, { maxTokens: 5 })
    expect([completionTokens, finishReason]).toEqual([5, 'length'])
  })

  test.each([{ repeatPenalty: 1.8 }, { frequencyPenalty: 2 }, { presencePenalty: 8 }])(
    'the penalty %j changes the reply, but not where it looks at no tokens',
    async (penalty) => {
      const plain = await tell({})
      expect(await tell(penalty)).not.toBe(plain)
      expect(await tell({ ...penalty, penaltyWindow: 0 })).toBe(plain)
    },
  )

  test('mirostatTau and mirostatEta change what mirostat takes', async () => {
    const hot = { temperature: 2, topK: 0, topP: 1, minP: 0, seed: 3, mirostatMode: 2 }
    const wide = await tell({ ...hot, mirostatTau: 9, mirostatEta: 0.1 })
    expect(await tell({ ...hot, mirostatTau: 0.01, mirostatEta: 0.1 })).not.toBe(wide)
    const slow = await tell({ ...hot, mirostatTau: 5, mirostatEta: 0.0001 })
    expect(await tell({ ...hot, mirostatTau: 5, mirostatEta: 3 })).not.toBe(slow)
  })

  test('chatTemplateKwargs reach the template', async () => {
    const chatTemplate =
      "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}{{ ' in ' + place if place }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    const other = await openPocket({ chatTemplate })
    const request = { messages: chatRequest('Hi').messages, tools: [] }
    const plain = await other.countTokens({ ...request, templateKwargs: {} })
    expect(await other.countTokens({ ...request, templateKwargs: { place: 'Rome' } })).toBeGreaterThan(plain)
    await other.dispose()
  })
})
