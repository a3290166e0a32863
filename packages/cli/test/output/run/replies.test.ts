import { expect, test } from '@jest/globals'
import { ChatMessage, defineComponent, Pipeline, type RunEvent, t } from '@millrace/core'
import { Replies } from '../../../src/output/run/replies.ts'

/** A generator that answers with what it is given. */
const Generator = defineComponent({
  type: 'Generator',
  parameters: t.object({ generationKwargs: t.optional(t.record(t.unknown())) }),
  inputs: {
    reply: t.message(),
    generationKwargs: t.optional(t.record(t.unknown())),
    streamingCallback: t.optional(t.unknown()),
  },
  outputs: { replies: t.array(t.message()) },
  run: ({ reply }) => ({ replies: [reply] }),
})

const asked = { generationKwargs: { responseFormat: { type: 'jsonObject' } } }

async function watch(reply: ChatMessage, parameters: object, inputs: object = {}) {
  const pipeline = new Pipeline({ llm: new Generator(parameters) }, { outputs: { answer: 'llm.replies' } })
  const replies = new Replies(pipeline)
  const result = await pipeline.run(
    { llm: { reply, ...inputs } },
    { onEvent: (event: RunEvent) => replies.onEvent(event) },
  )
  return { replies, result, shown: replies.withData(result) }
}

test('a reply that was asked to be JSON has its data beside its text, by component and by name', async () => {
  const reply = ChatMessage.assistant('{"name": "Nina"}')
  const { shown } = await watch(reply, asked)
  expect(shown.outputs).toEqual({ llm: { replies: [{ ...reply, data: { name: 'Nina' } }] } })
  expect(shown.named).toEqual({ answer: [{ ...reply, data: { name: 'Nina' } }] })
  const byInput = await watch(reply, {}, asked)
  expect(byInput.shown.named).toEqual(shown.named)
})

test('any other reply is as it was', async () => {
  const json = ChatMessage.assistant('{"name": "Nina"}')
  expect((await watch(json, {})).shown.named).toEqual({ answer: [json] })
  const off = { generationKwargs: { responseFormat: null } }
  expect((await watch(json, asked, off)).shown.named).toEqual({ answer: [json] })
  const cut = ChatMessage.assistant('{"name": "Ni')
  expect((await watch(cut, asked)).shown.named).toEqual({ answer: [cut] })
})

test('a reply that was cut off is a warning, unless it was warned of already', async () => {
  const cut = ChatMessage.assistant({ text: 'Once upon', meta: { finishReason: 'length' } })
  const { replies } = await watch(cut, {})
  const warning = {
    code: 'REPLY_CUT',
    component: 'llm',
    message: expect.stringMatching(/'llm' was cut off .*maxTokens/),
  }
  expect(replies.warnings([])).toEqual([warning])
  expect(replies.warnings([{ code: 'REPLY_CUT', component: 'llm', message: '' }])).toEqual([])
  const warned = ChatMessage.assistant({
    text: 'Once upon',
    meta: { finishReason: 'length', warnings: [{ code: 'REPLY_CUT', message: '' }] },
  })
  expect((await watch(warned, {})).replies.warnings([])).toEqual([])
  const whole = ChatMessage.assistant({ text: 'The end.', meta: { finishReason: 'stop' } })
  expect((await watch(whole, {})).replies.warnings([])).toEqual([])
})
