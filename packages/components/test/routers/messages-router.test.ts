import { describe, expect, test } from '@jest/globals'
import { ChatMessage, defineComponent, Pipeline, type RunEvent, t } from '@millrace/core'
import { testComponent } from '@millrace/core/testing'
import { MessagesRouter } from '../../src/routers/messages-router.ts'
import { ExampleChatGenerator } from '../generators/example-chat-generator.ts'

const labels = { complaint: 'The customer is angry.', praise: 'The customer is happy.' }
const choosing = (reply: string) => new ExampleChatGenerator({ reply })
const router = (generator = choosing('{"label": "praise"}')) => new MessagesRouter({ generator, labels })

describe('MessagesRouter', () => {
  testComponent(() => router(), {
    test,
    inputs: [{ messages: 'Hi' }, { messages: [ChatMessage.user('Hi')] }],
  })

  test('sends the conversation the way of the label that the model chose', async () => {
    const pipeline = new Pipeline({ router: router() })
    const result = await pipeline.run({ messages: 'Wonderful!' }, { validate: 'all' })
    const praise: readonly ChatMessage[] | undefined = result.get('router.praise')
    expect(praise).toEqual([ChatMessage.user('Wonderful!')])
    expect(result.outputs).toEqual({ router: { praise, label: 'praise' } })
  })

  test('holds the model to the labels, and tells it what they mean', async () => {
    const generator = choosing('{"label": "complaint"}')
    const conversation = [ChatMessage.system('You are kind.'), ChatMessage.user('Awful.')]
    expect(await router(generator).run({ messages: conversation })).toEqual({
      complaint: conversation,
      label: 'complaint',
    })
    expect(generator.asked).toEqual([
      {
        messages: [
          ChatMessage.system(
            `Choose the label that fits best. Answer with JSON alone: {"label": "…"}. The labels are:
- complaint: The customer is angry.
- praise: The customer is happy.`,
          ),
          ChatMessage.user('Awful.'),
        ],
        generationKwargs: {
          responseFormat: {
            type: 'jsonObject',
            schema: {
              type: 'object',
              properties: { label: { enum: ['complaint', 'praise'] } },
              required: ['label'],
              additionalProperties: false,
            },
          },
        },
      },
    ])
  })

  test('takes a system prompt of its user', async () => {
    const generator = choosing('{"label": "praise"}')
    await new MessagesRouter({ generator, labels, systemPrompt: 'Which one?' }).run({ messages: 'Hi' })
    expect(generator.asked[0]?.messages[0]).toEqual(ChatMessage.system('Which one?'))
  })

  test('does not stream: what the model writes is no answer', async () => {
    const events: RunEvent[] = []
    const pipeline = new Pipeline({ router: router() })
    await pipeline.run({ messages: 'Hi' }, { onEvent: (event) => events.push(event) })
    expect(events.filter(({ type }) => type === 'chunk')).toEqual([])
  })

  test.each([
    ['{"label": "pra', 'ExampleChatGenerator chose no label: The text is not JSON'],
    ['{"label": "other"}', 'ExampleChatGenerator chose no label: label: '],
  ])('fails for the reply %s', async (reply, message) => {
    await expect(router(choosing(reply)).run({ messages: 'Hi' })).rejects.toMatchObject({
      code: 'ROUTE_NOT_FOUND',
      message: expect.stringContaining(message) as never,
    })
  })

  test.each([
    [{ labels: { one: '' } }, "'labels' has fewer than two labels, so that there is nothing to choose."],
    [
      { labels: { one: '', label: '' } },
      "'labels' has a label 'label', an output that every MessagesRouter has.",
    ],
    [
      {
        generator: new (defineComponent({
          type: 'Free',
          inputs: { messages: t.array(t.message()) },
          outputs: { replies: t.array(t.message()) },
          run: () => ({ replies: [] }),
        }))(),
      },
      "'generator' (Free) has no input 'generationKwargs', so that nothing could hold it to the labels.",
    ],
  ])('refuses %#', (changes, message) => {
    expect(() => new MessagesRouter({ generator: choosing(''), labels, ...(changes as object) })).toThrow(
      message,
    )
  })
})
