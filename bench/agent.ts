// What an agent costs for each step, beside a loop by hand of the same generator and the same tool. The generator has a
// script, so that nothing else takes time. The limit is 2 ms a step.
//
//   corepack pnpm bench agent
import { Agent, ScriptedChatGenerator } from '@millrace/components'
import { ChatMessage, Pipeline, t, tool } from '@millrace/core'
import { bestOf, table } from './measure.ts'

const LIMIT_MS = 2

const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: t.object({ a: t.number(), b: t.number() }),
  run: ({ a, b }) => a + b,
})

function scriptOf(steps: number) {
  const calls = Array.from({ length: steps - 1 }, (_, a) => ({
    toolCalls: [{ name: 'add', arguments: { a, b: 1 } }],
  }))
  return [...calls, 'Done.']
}

async function byHand(generator: ScriptedChatGenerator): Promise<readonly ChatMessage[]> {
  const messages = [ChatMessage.user('Go')]
  for (;;) {
    const [reply = ChatMessage.assistant()] = (await generator.run({ messages, tools: [add] })).replies
    messages.push(reply)
    const calls = ChatMessage.toolCalls(reply)
    if (calls.length === 0) return messages
    for (const origin of calls) {
      const result = String(await add.run(origin.arguments, { signal: AbortSignal.timeout(1e6) }))
      messages.push(ChatMessage.tool({ origin, result }))
    }
  }
}

const rows: [string, number, number, number, number][] = []
let most = 0
for (const steps of [2, 10, 20, 50]) {
  const replies = scriptOf(steps)
  const chatGenerator = new ScriptedChatGenerator({ replies })
  const agent = new Agent({ chatGenerator, tools: [add], maxSteps: steps + 1 })
  const pipeline = new Pipeline({ agent })
  const hand = (await bestOf(() => byHand(chatGenerator), 20)) / steps
  const alone = (await bestOf(() => agent.run({ messages: 'Go' }), 20)) / steps
  const inPipeline = (await bestOf(() => pipeline.run({ agent: { messages: 'Go' } }), 20)) / steps
  const overhead = (Math.max(alone, inPipeline) - hand) / 1000
  most = Math.max(most, overhead)
  rows.push([`${steps} steps`, hand, alone, inPipeline, overhead])
}
console.log(
  table(['', 'by hand µs/step', 'agent µs/step', 'in a pipeline µs/step', 'overhead ms/step'], rows),
)
console.log(`\nAt most ${most.toFixed(2)} ms a step; the limit is ${LIMIT_MS} ms.`)
if (most > LIMIT_MS) process.exitCode = 1
