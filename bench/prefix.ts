// The second turn of a long chat, which finds the first in its slot, beside the same conversation in a slot that holds
// something else. On a model of 86 million random weights.
//
//   corepack pnpm bench prefix [model.gguf]
import { availableParallelism } from 'node:os'
import { ChatMessage } from '@millrace/core'
import { LlamaCppChatGenerator, type ReplyMeta, replyMeta } from '@millrace/llama-cpp'
import { median, table } from './measure.ts'
import { randomModel } from './random-model.ts'

const ROUNDS = 5
const generator = new LlamaCppChatGenerator({
  model: process.argv[2] ?? (await randomModel()),
  nCtx: 2048,
  modelKwargs: { nThreads: Math.min(3, availableParallelism()) },
  generationKwargs: { temperature: 0, maxTokens: 8 },
})

async function ask(messages: readonly ChatMessage[]): Promise<{ reply: ChatMessage; meta: ReplyMeta }> {
  const [reply] = (await generator.run({ messages })).replies
  const meta = replyMeta(reply)
  if (!reply || !meta) throw new Error('There is no reply.')
  return { reply, meta }
}

const rounds: { warm: ReplyMeta; cold: ReplyMeta }[] = []
for (let round = 0; round < ROUNDS; round++) {
  const question = ChatMessage.user(`${round} ${'one owl sat in a tree and looked at the moon '.repeat(45)}`)
  const first = await ask([question])
  const conversation = [question, first.reply, ChatMessage.user('And then?')]
  const { meta: warm } = await ask(conversation)
  await ask([ChatMessage.user('Something else.')])
  const { meta: cold } = await ask(conversation)
  rounds.push({ warm, cold })
}
const row = (label: string, side: 'warm' | 'cold'): [string, ...number[]] => [
  label,
  median(rounds.map((round) => round[side].usage.promptTokens)),
  median(rounds.map((round) => round[side].usage.cachedTokens)),
  median(rounds.map((round) => round[side].timings.promptMs)),
]
console.log(
  table(
    ['', 'prompt tokens', 'cached', 'prompt, ms'],
    [row('second turn', 'warm'), row('without the first', 'cold')],
  ),
)
const ratio = median(rounds.map(({ warm, cold }) => warm.timings.promptMs / cold.timings.promptMs))
console.log(`\nsecond turn beside a cold slot: ${ratio.toFixed(3)} of the time for the prompt`)
await generator.close()
