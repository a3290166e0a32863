// A run that asks a person: a component pauses it with a question, the run becomes JSON, and goes on with the answer,
// here in the same process, as well tomorrow in another.
import { ChatMessage, defineComponent, Pipeline, t } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'

const Approve = defineComponent({
  type: 'Approve',
  inputs: { replies: t.array(t.message()) },
  outputs: { sent: t.string() },
  run: ({ replies }, { pause, resumed }) => {
    const text = ChatMessage.text(replies[0]) ?? ''
    if (resumed) return { sent: resumed.answers['send'] === 'yes' ? text : '(not sent)' }
    return pause({ questions: [{ id: 'send', kind: 'yes-no', prompt: `Send "${text}"?` }] })
  },
})

await using pipeline = new Pipeline({
  llm: new LlamaCppChatGenerator({ model: pocketModel.chat, generationKwargs: { temperature: 0 } }),
  approve: new Approve(),
}).connect('llm.replies', 'approve.replies')

const paused = await pipeline.run({ messages: 'What is the capital of France?' })
const stored = JSON.stringify(paused.snapshot)
for (const { id, prompt } of paused.questions) console.log(`${id}: ${prompt}`)

const result = await pipeline.resume(JSON.parse(stored), { answers: { 'approve.send': 'yes' } })
console.log(result.status, result.get('approve.sent'))
