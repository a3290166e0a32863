import { defineComponent, Pipeline, t } from '@millrace/core'

const Write = defineComponent({
  type: 'Write',
  inputs: { topic: t.string(), advice: t.optional(t.string()) },
  outputs: { text: t.string() },
  run: ({ topic, advice = 'briefly' }) => ({ text: `${topic}, ${advice}` }),
})
const Check = defineComponent({
  type: 'Check',
  inputs: { texts: t.array(t.string()), shortest: t.optional(t.integer()) },
  outputs: { good: t.optional(t.string()), advice: t.optional(t.string()) },
  run: ({ texts: [text = ''], shortest = 20 }) =>
    text.length < shortest ? { advice: 'with all that there is to say' } : { good: text },
})
export const review = new Pipeline(
  { write: new Write(), check: new Check() },
  { inputs: { topic: ['write.topic'] }, outputs: { text: 'check.good' } },
)
  .connect('write.text', 'check.texts')
  .connect('check.advice', 'write.advice')
