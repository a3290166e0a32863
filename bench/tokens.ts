// Tokens per second through a pipeline, beside the bare binding with the same options, in turn and in one process; of
// one request, and of four at once.
//
//   corepack pnpm bench tokens [model.gguf] [tokens] [threads]
//
// Where a context lies in memory makes some of them faster than others, by as much as is measured here. So each pair of
// them is opened anew, now one and now the other first, and what counts is the median of the pairs.
import { availableParallelism } from 'node:os'
import { ChatPromptBuilder } from '@millrace/components'
import { ChatMessage, Pipeline } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'
import { getLlama, LlamaLogLevel, resolveChatWrapper } from 'node-llama-cpp'
import { median, table } from './measure.ts'

const model = process.argv[2] ?? pocketModel.chat
const PAIRS = model === pocketModel.chat ? 12 : 4
/** A reply of the pocket model takes 40 ms, of which the noise of a machine is a large part. */
const ROUNDS = model === pocketModel.chat ? 12 : 4
const tokens = Number(process.argv[3] ?? 55)
const threads = Number(
  process.argv[4] ?? (model === pocketModel.chat ? 1 : Math.min(3, availableParallelism())),
)

const question = 'Tell me a story.'
const sampling = { temperature: 0, topK: 40, topP: 0.95, minP: 0.05 }

const llama = await getLlama({
  gpu: false,
  build: 'never',
  maxThreads: availableParallelism(),
  logLevel: LlamaLogLevel.error,
  logger: () => {},
})

interface Timing {
  readonly tokensPerSecond: number
  readonly firstTokenMs: number
}

/** Answers the same question so many times at once, from slots that have just answered something else. */
interface Contestant {
  ask(): Promise<Timing>
  close(): Promise<void>
}

const other = 'Hello'

async function bare(requests: number): Promise<Contestant> {
  const bareModel = await llama.loadModel({ modelPath: model, gpuLayers: 0 })
  const context = await bareModel.createContext({
    contextSize: 1024,
    batchSize: 512 * requests,
    sequences: requests,
    threads,
    flashAttention: false,
  })
  const sequences = Array.from({ length: requests }, () => context.getSequence())
  const wrapper = resolveChatWrapper(bareModel, { warningLogs: false })

  async function answer(asked: string, sequence: (typeof sequences)[number]) {
    await sequence.clearHistory()
    const { contextText } = wrapper.generateContextState({
      chatHistory: [
        { type: 'user', text: asked },
        { type: 'model', response: [] },
      ],
    })
    const prompt = contextText.tokenize(bareModel.tokenizer)
    const reply: typeof prompt = []
    let text = ''
    let first = 0
    for await (const token of sequence.evaluate(prompt, { ...sampling })) {
      if (first === 0) first = performance.now()
      text += bareModel.detokenize([token], false, reply.slice(-4))
      reply.push(token)
      if (reply.length >= tokens) break
    }
    if (text === '') throw new Error('The bare binding generated nothing.')
    return { first, tokens: reply.length }
  }

  return {
    ask: async () => {
      await Promise.all(sequences.map((sequence) => answer(other, sequence)))
      return timed(() => sequences.map((sequence) => answer(question, sequence)))
    },
    close: () => bareModel.dispose(),
  }
}

async function throughPipeline(requests: number): Promise<Contestant> {
  const pipeline = new Pipeline({
    prompt: new ChatPromptBuilder({ template: [ChatMessage.user('{{ question }}')] }),
    llm: new LlamaCppChatGenerator({
      model,
      nCtx: 1024,
      slots: requests,
      modelKwargs: { nThreads: threads },
      generationKwargs: { ...sampling, maxTokens: tokens },
    }),
  }).connect('prompt.prompt', 'llm.messages')
  await pipeline.warmUp()

  async function answer(asked: string) {
    let first = 0
    const result = await pipeline.run(
      { prompt: { question: asked } },
      {
        onEvent: (event) => {
          if (first === 0 && event.type === 'chunk' && event.chunk.content !== '') first = performance.now()
        },
      },
    )
    const [reply] = result.get('llm.replies')
    const usage = reply?.meta?.['usage'] as { completionTokens: number } | undefined
    return { first, tokens: usage?.completionTokens ?? 0 }
  }

  const all = (asked: string) => Array.from({ length: requests }, () => answer(asked))
  return {
    ask: async () => {
      await Promise.all(all(other))
      return timed(() => all(question))
    },
    close: () => pipeline.close(),
  }
}

async function timed(
  ask: () => Promise<{ readonly first: number; readonly tokens: number }>[],
): Promise<Timing> {
  const start = performance.now()
  const answers = await Promise.all(ask())
  const seconds = (performance.now() - start) / 1000
  return {
    tokensPerSecond: answers.reduce((sum, answer) => sum + answer.tokens, 0) / seconds,
    firstTokenMs: Math.min(...answers.map(({ first }) => first)) - start,
  }
}

type Pair = readonly [bare: Timing[], pipeline: Timing[]]

async function pair(requests: number, number: number): Promise<Pair> {
  const makers = [bare, throughPipeline] as const
  const contestants: Contestant[] = []
  const order = number % 2 === 0 ? [0, 1] : [1, 0]
  for (const index of order) contestants[index] = await (makers[index] as typeof bare)(requests)
  const timings: [Timing[], Timing[]] = [[], []]
  for (let round = -1; round < ROUNDS; round++) {
    // Whoever comes second finds the caches of the processor filled by the first: they take turns.
    for (const index of (number + round) % 2 === 0 ? [0, 1] : [1, 0]) {
      const timing = await (contestants[index] as Contestant).ask()
      if (round >= 0) (timings[index] as Timing[]).push(timing)
    }
  }
  for (const contestant of contestants) await contestant.close()
  return timings
}

console.log(
  `${model}: ${tokens} tokens at temperature 0, ${threads} thread(s), ${PAIRS} pairs of ${ROUNDS} rounds`,
)
for (const requests of [1, 4]) {
  const pairs: Pair[] = []
  for (let number = 0; number < PAIRS; number++) pairs.push(await pair(requests, number))
  const column = (side: 0 | 1, field: keyof Timing) =>
    median(pairs.map((timings) => median(timings[side].map((timing) => timing[field]))))
  const ratios = pairs.map(
    ([one, ours]) =>
      median(ours.map(({ tokensPerSecond }) => tokensPerSecond)) /
      median(one.map(({ tokensPerSecond }) => tokensPerSecond)),
  )
  console.log(`\n${requests === 1 ? 'one request' : `${requests} requests at once`}`)
  console.log(
    table(
      ['', 'tokens/s', 'first token, ms'],
      [
        ['bare node-llama-cpp', column(0, 'tokensPerSecond'), column(0, 'firstTokenMs')],
        ['through a pipeline', column(1, 'tokensPerSecond'), column(1, 'firstTokenMs')],
      ],
    ),
  )
  console.log(
    `pipeline beside bare: ${median(ratios).toFixed(3)} of its tokens/s, from ${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`,
  )
}

await llama.dispose()
