// Tokens per second through a pipeline, beside the bare binding with the same options, in turn and in one process.
//
//   corepack pnpm bench tokens [model.gguf] [tokens]
import { availableParallelism } from 'node:os'
import { ChatPromptBuilder } from '@millrace/components'
import { ChatMessage, Pipeline } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'
import { getLlama, LlamaLogLevel, resolveChatWrapper } from 'node-llama-cpp'
import { median, table } from './measure.ts'

const model = process.argv[2] ?? pocketModel.chat
/** A reply of the pocket model takes 40 ms, of which the noise of a machine is a large part. */
const ROUNDS = model === pocketModel.chat ? 60 : 12
const tokens = Number(process.argv[3] ?? 55)
const threads = Number(
  process.argv[4] ?? (model === pocketModel.chat ? 1 : Math.min(3, availableParallelism())),
)
const question = 'Tell me a story.'
const sampling = { temperature: 0, topK: 40, topP: 0.95, minP: 0.05 }

const pipeline = new Pipeline({
  prompt: new ChatPromptBuilder({ template: [ChatMessage.user('{{ question }}')] }),
  llm: new LlamaCppChatGenerator({
    model,
    nCtx: 1024,
    modelKwargs: { nThreads: threads },
    generationKwargs: { ...sampling, maxTokens: tokens },
  }),
}).connect('prompt.prompt', 'llm.messages')

const llama = await getLlama({
  gpu: false,
  build: 'never',
  maxThreads: availableParallelism(),
  logLevel: LlamaLogLevel.error,
  logger: () => {},
})
const bareModel = await llama.loadModel({ modelPath: model, gpuLayers: 0 })
const context = await bareModel.createContext({
  contextSize: 1024,
  batchSize: 512,
  threads,
  flashAttention: false,
})
const sequence = context.getSequence()
const wrapper = resolveChatWrapper(bareModel, { warningLogs: false })

interface Timing {
  readonly tokensPerSecond: number
  readonly firstTokenMs: number
}

/** Both start from a slot that has just answered something else, so that neither finds its prompt there. */
const other = 'Hello'

async function bare(asked = question): Promise<Timing> {
  if (asked !== other) await bare(other)
  await sequence.clearHistory()
  const start = performance.now()
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
  return { tokensPerSecond: (reply.length / (performance.now() - start)) * 1000, firstTokenMs: first - start }
}

async function throughPipeline(): Promise<Timing> {
  await pipeline.run({ prompt: { question: other } })
  const start = performance.now()
  let first = 0
  const result = await pipeline.run(
    { prompt: { question } },
    {
      onEvent: (event) => {
        if (first === 0 && event.type === 'chunk' && event.chunk.content !== '') first = performance.now()
      },
    },
  )
  const [reply] = result.get('llm.replies')
  const usage = reply?.meta?.['usage'] as { completionTokens: number } | undefined
  const completionTokens = usage?.completionTokens ?? 0
  return {
    tokensPerSecond: (completionTokens / (performance.now() - start)) * 1000,
    firstTokenMs: first - start,
  }
}

await bare()
await throughPipeline()
const rounds: { bare: Timing; pipeline: Timing }[] = []
for (let round = 0; round < ROUNDS; round++) {
  // Whoever comes second finds the caches of the processor filled by the first: they take turns.
  const first = round % 2 === 0 ? await bare() : undefined
  const second = await throughPipeline()
  rounds.push({ bare: first ?? (await bare()), pipeline: second })
}
const column = (name: 'bare' | 'pipeline', field: keyof Timing) =>
  median(rounds.map((round) => round[name][field]))
console.log(`${model}: ${tokens} tokens at temperature 0, ${threads} thread(s), median of ${ROUNDS} rounds`)
console.log(
  table(
    ['', 'tokens/s', 'first token, ms'],
    [
      ['bare node-llama-cpp', column('bare', 'tokensPerSecond'), column('bare', 'firstTokenMs')],
      ['through a pipeline', column('pipeline', 'tokensPerSecond'), column('pipeline', 'firstTokenMs')],
    ],
  ),
)
const ratios = rounds.map((round) => round.pipeline.tokensPerSecond / round.bare.tokensPerSecond)
const best = (name: 'bare' | 'pipeline') => Math.max(...rounds.map((round) => round[name].tokensPerSecond))
console.log(`\npipeline beside bare, round by round: ${median(ratios).toFixed(3)} of its tokens/s`)
console.log(`best beside best: ${(best('pipeline') / best('bare')).toFixed(3)}`)

await pipeline.close()
await llama.dispose()
