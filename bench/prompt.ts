// How fast prompts are read through a generator that can be aborted, beside the bare binding on the same tokens, in turn
// and in one process. Without a model on one of 86 million random weights.
//
//   corepack pnpm bench prompt [model.gguf] [rounds] [threads]
import { availableParallelism } from 'node:os'
import { aloneContext } from '@millrace/core/component'
import { LlamaCppGenerator, type ReplyMeta } from '@millrace/llama-cpp'
import { getLlama, LlamaLogLevel } from 'node-llama-cpp'
import { median, table } from './measure.ts'
import { randomModel } from './random-model.ts'

const model = process.argv[2] ?? (await randomModel())
const rounds = Number(process.argv[3] ?? 5)
const threads = Number(process.argv[4] ?? Math.min(3, availableParallelism()))
const lengths = [500, 1000, 3000]
const nCtx = 4096

const generator = new LlamaCppGenerator({
  model,
  nCtx,
  modelKwargs: { nThreads: threads },
  generationKwargs: { temperature: 0, maxTokens: 1 },
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
  contextSize: nCtx,
  batchSize: 512,
  sequences: 1,
  threads,
  flashAttention: false,
})
const sequence = context.getSequence()

/** Of so many tokens; no two begin alike, so that no slot remembers one. */
function promptOf(length: number, round: number): string {
  const words = `${round} ${length} ${'one owl sat in a tree and looked at the moon '.repeat(length / 5)}`
  return bareModel.detokenize(bareModel.tokenize(words).slice(0, length))
}

/** Milliseconds to the first token. */
async function bare(prompt: string): Promise<number> {
  await sequence.clearHistory()
  const start = performance.now()
  const { bos } = bareModel.tokens
  const tokens = [...(bos === null ? [] : [bos]), ...bareModel.tokenize(prompt)]
  for await (const _ of sequence.evaluate(tokens, { temperature: 0 })) break
  return performance.now() - start
}

async function through(prompt: string): Promise<number> {
  const context = { ...aloneContext(LlamaCppGenerator), signal: new AbortController().signal }
  const start = performance.now()
  const { meta } = await generator.run({ prompt }, context)
  const ms = performance.now() - start
  if ((meta[0] as unknown as ReplyMeta).usage.cachedTokens > 8) throw new Error('A prompt was remembered.')
  return ms
}

await generator.warmUp()
// The first prompt shows how fast the model is.
await through(promptOf(500, -1))
await bare(promptOf(500, -1))
const rows: [string, ...number[]][] = []
for (const length of lengths) {
  const timed: [bare: number, through: number][] = []
  for (let round = 0; round < rounds; round++) {
    const prompt = promptOf(length, round)
    // Whoever comes first finds a quieter machine: they take turns.
    const first = round % 2 === 0 ? await bare(prompt) : undefined
    const ours = await through(prompt)
    timed.push([first ?? (await bare(prompt)), ours])
  }
  const perSecond = (side: 0 | 1) => (length * 1000) / median(timed.map((pair) => pair[side]))
  const ratio = median(timed.map(([one, ours]) => one / ours))
  rows.push([`${length} tokens`, perSecond(0), perSecond(1), ratio])
}
console.log(`${model}: ${threads} thread(s), median of ${rounds} rounds`)
console.log(table(['prompt', 'bare, tokens/s', 'with a signal', 'of the speed'], rows))
await generator.close()
await llama.dispose()
