import { defineComponent, Pipeline, t } from '@millrace/core'

const Ask = defineComponent({
  type: 'Ask',
  inputs: { text: t.string() },
  outputs: { text: t.string() },
  run: ({ text }) => ({ text }),
})

const named = new Pipeline({ ask: new Ask() }, { inputs: { question: ['ask.text'] } })

export const accepted = [
  named.run({ question: 'Why?' }),
  named.run({ ask: { text: 'Why?' } }),
  named.stream({ question: 'Why?' }),
  new Pipeline({ ask: new Ask() }).run({ text: 'Why?' }),
]

export const refused = [
  // @ts-expect-error the pipeline gives no input this name
  named.run({ answer: 'Why?' }),
  // @ts-expect-error without a name of its own only sockets can be reached
  new Pipeline({ ask: new Ask() }).run({ question: 'Why?' }),
]
