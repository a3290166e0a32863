// Eight requests at once on eight slots, beside the same eight one after the other, and beside the bare binding with
// eight sequences in one context; on a model of 86 million random weights (Q8_0), written first.
//
//   corepack pnpm bench slots [model.gguf] [tokens] [requests]
import { availableParallelism } from 'node:os'
import { ChatMessage } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { getLlama, LlamaLogLevel, resolveChatWrapper } from 'node-llama-cpp'
import { median, table } from './measure.ts'
import { randomModel } from './random-model.ts'

const ROUNDS = 5
const model = process.argv[2] ?? (await randomModel())
const tokens = Number(process.argv[3] ?? 48)
const requests = Number(process.argv[4] ?? 8)
const threads = Math.min(3, availableParallelism())
const sampling = { temperature: 0, topK: 40, topP: 0.95, minP: 0.05 }
const questions = Array.from({ length: requests }, (_, index) => `Tell me a story about ${index} owls.`)

const generator = new LlamaCppChatGenerator({
  model,
  nCtx: 512,
  slots: requests,
  modelKwargs: { nThreads: threads },
  generationKwargs: { ...sampling, maxTokens: tokens },
})

const llama = await getLlama({
  gpu: false,
  build: 'never',
  maxThreads: availableParallelism(),
  logLevel: LlamaLogLevel.error,
  logger: () => {},
})
const bareModel = await llama.loadModel({ modelPath: model, gpuLayers: 0 })
const context = await bareModel.createContext({
  contextSize: 512,
  batchSize: 512 * requests,
  sequences: requests,
  threads,
  flashAttention: false,
})
const sequences = questions.map(() => context.getSequence())
const wrapper = resolveChatWrapper(bareModel, { warningLogs: false })

async function bare(question: string, index: number): Promise<string> {
  const sequence = sequences[index]
  if (!sequence) throw new RangeError('there is a sequence for each request')
  await sequence.clearHistory()
  const { contextText } = wrapper.generateContextState({
    chatHistory: [
      { type: 'user', text: question },
      { type: 'model', response: [`Owl ${index}`] },
    ],
  })
  const reply = []
  for await (const token of sequence.evaluate(contextText.tokenize(bareModel.tokenizer), sampling)) {
    reply.push(token)
    if (reply.length >= tokens) break
  }
  return bareModel.detokenize(reply)
}

/** Each answer begins otherwise, and so goes on otherwise. */
async function ask(question: string, index: number): Promise<string> {
  const messages = [ChatMessage.user(question), ChatMessage.assistant(`Owl ${index}`)]
  const { replies } = await generator.run({ messages })
  return ChatMessage.text(replies[0]) ?? ''
}

async function oneByOne(): Promise<string[]> {
  const texts: string[] = []
  for (const [index, question] of questions.entries()) texts.push(await ask(question, index))
  return texts
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  const start = performance.now()
  const result = await work()
  return { ms: performance.now() - start, result }
}

const together = () => Promise.all(questions.map(ask))
const bareTogether = () => Promise.all(questions.map(bare))
const alone = await oneByOne()
if (new Set(alone).size < requests)
  throw new Error('Several requests have one answer: they cannot be told apart.')
await bareTogether()
const rounds: { sequence: number; together: number; bare: number }[] = []
let same = true
for (let round = 0; round < ROUNDS; round++) {
  // Whoever comes first finds a quieter machine: they take turns.
  const first = round % 2 === 0 ? await timed(bareTogether) : undefined
  const ours = await timed(together)
  const bareTime = first ?? (await timed(bareTogether))
  rounds.push({ together: ours.ms, bare: bareTime.ms, sequence: (await timed(oneByOne)).ms })
  same &&= ours.result.every((text, index) => text === alone[index])
}
const middle = (name: 'sequence' | 'together' | 'bare') => median(rounds.map((round) => round[name]))
const ratio = (other: 'sequence' | 'bare') => median(rounds.map((round) => round.together / round[other]))

console.log(
  `${model}: ${requests} requests of ${tokens} tokens at temperature 0, ${threads} thread(s), median of ${ROUNDS} rounds`,
)
console.log(
  table(
    ['', 'ms', 'tokens/s in all'],
    (['sequence', 'together', 'bare'] as const).map((name) => [
      { sequence: 'one after the other', together: 'at once', bare: 'bare node-llama-cpp, at once' }[name],
      middle(name),
      (requests * tokens * 1000) / middle(name),
    ]),
  ),
)
console.log(`\nat once beside one after the other: ${ratio('sequence').toFixed(3)} of the time`)
console.log(`at once beside the bare binding: ${ratio('bare').toFixed(3)} of the time`)
console.log(`each text the same as alone: ${same ? 'yes' : 'NO'}`)

await generator.close()
await llama.dispose()
