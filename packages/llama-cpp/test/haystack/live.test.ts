// Haystack's checklist for LlamaCppChatGenerator, 8.7: its tests with live models, each with a twin on the pocket model
// that is checked for the actual answer.
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { ChatPromptBuilder } from '@millrace/components'
import { ChatMessage, ImageContent, Pipeline, type StreamingChunk, t, tool } from '@millrace/core'
import { invokeTool } from '@millrace/core/component'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { pocketPath, pocketVisionPath } from '../pocket.ts'

const generationKwargs = { temperature: 0 }
const generator = new LlamaCppChatGenerator({ model: pocketPath, generationKwargs })
const others: { close(): Promise<void> }[] = []

afterAll(async () => {
  for (const each of [generator, ...others]) await each.close()
})

function closedAtTheEnd<T extends { close(): Promise<void> }>(component: T): T {
  others.push(component)
  return component
}

const weather = tool({
  name: 'get_weather',
  description: 'Get the current weather in a city.',
  parameters: t.object({ city: t.string() }),
  run: ({ city }) => ({ temperature: 22, city }),
})
const add = tool({
  name: 'add',
  description: 'Add two numbers.',
  parameters: t.object({ a: t.integer(), b: t.integer() }),
  run: ({ a, b }) => a + b,
})

const image = (name: string) =>
  ImageContent.fromFile(join(import.meta.dirname, '../../../pocket-model/images', name))

describe('8.7 live models, on the pocket model', () => {
  test.each([
    ['What is the capital of France?', 'The capital of France is Paris.'],
    ['What is the capital of Canada?', 'The capital of Canada is Ottawa.'],
    ['What is the capital of Ghana?', 'The capital of Ghana is Accra.'],
  ])('plain questions: %s', async (question, answer) => {
    const messages = [ChatMessage.system('Be brief.'), ChatMessage.user(question)]
    const { replies } = await generator.run({ messages })
    expect(ChatMessage.text(replies[0])).toBe(answer)
  })

  test('streaming: every chunk knows its component, and there is one reply', async () => {
    const chunks: StreamingChunk[] = []
    const { replies } = await generator.run({
      messages: 'What is the capital of France?',
      streamingCallback: (chunk) => void chunks.push(chunk),
    })
    expect(replies.map((reply) => ChatMessage.text(reply))).toEqual(['The capital of France is Paris.'])
    expect(chunks.length).toBeGreaterThan(1)
    expect(new Set(chunks.map(({ component }) => component?.type))).toEqual(
      new Set(['LlamaCppChatGenerator']),
    )
    expect(chunks.map(({ content }) => content).join('')).toBe('The capital of France is Paris.')
  })

  test('documents and a question through a template that comes at the run', async () => {
    const pipeline = closedAtTheEnd(
      new Pipeline({
        prompt: new ChatPromptBuilder({ variables: ['query', 'documents'] }),
        llm: new LlamaCppChatGenerator({ model: pocketPath, generationKwargs }),
      }).connect('prompt.prompt', 'llm.messages'),
    )
    const template = [
      ChatMessage.user(
        'Documents:\n{% for document in documents %}{{ document.content }}\n{% endfor %}\nQuestion: {{ query }} in {{ country }}?\nAnswer:',
      ),
    ]
    const documents = ['Alice lives in Paris.', 'Bob likes pizza.', 'Carol is a doctor.']
    const result = await pipeline.run({
      prompt: {
        template,
        templateVariables: { country: 'France' },
        query: 'Where does Alice live',
        documents: documents.map((content, id) => ({ id: String(id), content, meta: {} })),
      } as never,
    })
    const [reply] = result.get('llm.replies')
    expect(reply?.role).toBe('assistant')
    expect(ChatMessage.text(reply)).toContain('Alice lives in Paris')
  })

  test('JSON that is constrained by a schema', async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer' }, city: { type: 'string' } },
      required: ['name', 'age', 'city'],
      additionalProperties: false,
    }
    const { replies } = await generator.run({
      messages: 'Extract name, age and city as JSON: I am Leo, 31 years old, from Rome.',
      generationKwargs: { responseFormat: { type: 'jsonObject', schema } },
    })
    expect(JSON.parse(ChatMessage.text(replies[0]) ?? '')).toEqual({ name: 'Leo', age: 31, city: 'Rome' })
  })

  test.each([{ streamed: false }, { streamed: true }])(
    'a tool that is named is called, streamed: $streamed',
    async ({ streamed }) => {
      const { replies } = await generator.run({
        messages: 'What is the weather in Paris?',
        tools: [add, weather],
        generationKwargs: { toolChoice: { name: 'get_weather' } },
        ...(streamed ? { streamingCallback: () => {} } : {}),
      })
      expect(ChatMessage.toolCalls(replies[0])).toMatchObject([
        { name: 'get_weather', arguments: { city: 'Paris' } },
      ])
      expect(replies[0]?.meta?.['finishReason']).toBe('toolCalls')
    },
  )

  test('a call, its execution, and the answer that words the result', async () => {
    const question = ChatMessage.user('What is the weather in Paris?')
    const asked = await generator.run({ messages: [question], tools: [weather] })
    const [call] = ChatMessage.toolCalls(asked.replies[0])
    if (!call || !asked.replies[0]) throw new RangeError('there is no call')
    expect(call).toMatchObject({ name: 'get_weather', arguments: { city: 'Paris' } })
    const { temperature } = (await invokeTool(weather, call.arguments)) as { temperature: number }
    const result = ChatMessage.tool({ result: JSON.stringify({ temperature }), origin: call })
    const { replies } = await generator.run({
      messages: [question, asked.replies[0], result],
      tools: [weather],
    })
    expect(ChatMessage.text(replies[0])).toBe('It is 22 degrees in Paris.')
  })

  test('a tool is called in the format chatml-function-calling', async () => {
    const formatted = closedAtTheEnd(
      new LlamaCppChatGenerator({
        model: pocketPath,
        modelKwargs: { chatFormat: 'chatml-function-calling' },
        generationKwargs,
      }),
    )
    const { replies } = await formatted.run({
      messages: 'What is 123 plus 456?',
      tools: [add],
      generationKwargs: { toolChoice: { name: 'add' } },
    })
    expect(ChatMessage.toolCalls(replies[0])).toMatchObject([
      { name: 'add', arguments: { a: expect.any(Number), b: expect.any(Number) } },
    ])
  })

  test.each(['NanoLlavaChatHandler', 'nanollava'])(
    'vision, through the handler %s',
    async (chatHandlerName) => {
      const seeing = closedAtTheEnd(
        new LlamaCppChatGenerator({
          model: pocketPath,
          nCtx: 1024,
          chatHandlerName,
          modelClipPath: pocketVisionPath,
          generationKwargs: { maxTokens: 50, temperature: 0.1, seed: 1 },
        }),
      )
      const message = ChatMessage.user(["What's in this image?", await image('red-circle.png')])
      const { replies } = await seeing.run({ messages: [message] })
      expect(ChatMessage.text(replies[0])).toBe('I see a red circle on a white background.')
    },
  )

  test.each([
    ['red-circle.png', 'I see a red circle on a white background.'],
    ['green-triangle.jpg', 'I see a green triangle on a white background.'],
  ])('vision: %s', async (file, answer) => {
    const seeing = closedAtTheEnd(
      new LlamaCppChatGenerator({
        model: pocketPath,
        modelClipPath: pocketVisionPath,
        generationKwargs,
      }),
    )
    const message = ChatMessage.user(["What's in this image?", await image(file)])
    const { replies } = await seeing.run({ messages: [message] })
    expect(ChatMessage.text(replies[0])).toBe(answer)
    expect(replies[0]?.meta?.['engine']).toBe('llama.node')
  })
})
