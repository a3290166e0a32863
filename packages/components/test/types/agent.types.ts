// What the compiler knows of an agent: the parts of its state, the variables of its system prompt, and the rest of its pipeline.
import { Agent, ScriptedChatGenerator } from '@millrace/components'
import { type ChatMessage, defineComponent, Pipeline, t } from '@millrace/core'

const Text = defineComponent({
  type: 'Text',
  inputs: { text: t.string(), number: t.optional(t.integer()) },
  outputs: { text: t.string(), texts: t.array(t.string()) },
  run: ({ text }) => ({ text, texts: [text] }),
})
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Expect<T extends true> = T

const chatGenerator = new ScriptedChatGenerator({ replies: ['Hi.'] })
const plain = new Agent({ chatGenerator })
const agent = new Agent({
  chatGenerator,
  systemPrompt: 'You are {{ name }}.',
  stateSchema: { found: { type: 'strings' }, count: { type: 'integer', merge: 'replace' } },
})

async function outputs() {
  const { messages } = await plain.run({ messages: 'Hi' })
  const { found, count, usage, lastMessage, exitReason } = await agent.run({
    messages,
    name: 'Ada',
    count: 1,
  })
  return { found, count, tokens: usage.totalTokens, lastMessage, exitReason }
}
type Outputs = Awaited<ReturnType<typeof outputs>>
export type Cases = [
  Expect<Equal<Outputs['found'], readonly string[] | undefined>>,
  Expect<Equal<Outputs['count'], number | undefined>>,
  Expect<Equal<Outputs['tokens'], number>>,
  Expect<Equal<Outputs['lastMessage'], ChatMessage | undefined>>,
  Expect<Equal<Outputs['exitReason'], string>>,
]

const pipeline = new Pipeline({ agent, before: new Text(), after: new Text() })
pipeline
  .connect('before.text', 'agent.messages')
  .connect('before.texts', 'agent.found')
  .connect('agent.count', 'after.number')
  .connect('agent.exitReason', 'after.text')
export const refused = [
  // @ts-expect-error the state has no part 'fond'
  () => pipeline.connect('before.texts', 'agent.fond'),
  // @ts-expect-error a part that is a list of texts takes no text
  () => pipeline.connect('before.text', 'agent.count'),
  // @ts-expect-error the component 'after' has no input 'txt'
  () => pipeline.connect('agent.exitReason', 'after.txt'),
  // @ts-expect-error the variable of the system prompt is missing
  () => agent.run({ messages: 'Hi' }),
  // @ts-expect-error there is no type 'stringz'
  () => new Agent({ chatGenerator, stateSchema: { found: { type: 'stringz' } } }),
  // @ts-expect-error there is no parameter 'maxStep'
  () => new Agent({ chatGenerator, maxStep: 3 }),
]
