import { expect, test } from '@jest/globals'
import { FallbackChatGenerator, standardComponents } from '@millrace/components'
import { ChatMessage, Pipeline, Registry } from '@millrace/core'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
import { OpenAIChatGenerator, openAIComponents } from '../src/index.ts'
import { chunk, done, refuses, streams, testServer, texts } from './server/test-server.ts'

const server = testServer()

test('a FallbackChatGenerator goes on where a server refuses, or breaks off', async () => {
  const make = (model: string) => new OpenAIChatGenerator({ model, apiBaseUrl: server.url, maxRetries: 0 })
  const fallback = new FallbackChatGenerator({ generators: ['a', 'b', 'c'].map(make) })
  await using made = new Pipeline({ llm: fallback })
  const registry = new Registry([standardComponents, openAIComponents])
  const text = dumpPipeline(made, { registry })
  // By way of a file, which names a server of this machine.
  await using pipeline = loadPipeline(text, { registry })
  server.behave(refuses(500, 'no'), streams([chunk({ content: 'x' })], done), streams(texts('Yes.')))
  const result = await pipeline.run({ messages: 'Hi' })
  expect(ChatMessage.text((result.get('llm.replies') as ChatMessage[])[0])).toBe('Yes.')
  expect(result.get('llm.meta')).toMatchObject({ successfulChatGeneratorIndex: 2, totalAttempts: 3 })
  expect(server.asked.map(({ body }) => body.model)).toEqual(['a', 'b', 'c'])
  expect(dumpPipeline(pipeline, { registry })).toBe(text)
})
