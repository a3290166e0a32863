// What the environment holds, and the key, are in no message: not of an address that is wrong, nor of a server that refuses.
import { afterEach, describe, expect, test } from '@jest/globals'
import { Document } from '@millrace/core'
import { OpenAIChatGenerator } from '../../src/components/chat-generator.ts'
import { OpenAIDocumentEmbedder } from '../../src/components/document-embedder.ts'
import { OpenAITextEmbedder } from '../../src/components/text-embedder.ts'
import { refuses, testServer } from './test-server.ts'

const server = testServer()
const reference = '${env:MILLRACE_SECRET}'

afterEach(() => {
  delete process.env['MILLRACE_SECRET']
})

type Parameters = Partial<ConstructorParameters<typeof OpenAIChatGenerator>[0]>

/** All that is printed of an error, with causes and stacks. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return [error.message, error.stack, JSON.stringify(error), textOf(error.cause)].join('\n')
}

async function failuresWith(parameters: Parameters): Promise<string[]> {
  const common = { model: 'm', apiBaseUrl: server.url, maxRetries: 0, ...parameters }
  const failures = [
    new OpenAIChatGenerator(common).run({ messages: 'Hi' }),
    new OpenAITextEmbedder(common).run({ text: 'Hi' }),
    new OpenAIDocumentEmbedder(common).run({ documents: [Document.create({ content: 'Hi' })] }),
  ].map((run) =>
    run.then(
      () => '',
      (error: unknown) => textOf(error),
    ),
  )
  return Promise.all(failures)
}

describe('a value of the environment is shown as the reference to it', () => {
  test.each<[secret: string, parameters: Parameters]>([
    ['s3cr3t:80', { apiBaseUrl: reference }],
    ['s3cr3t-value', { apiBaseUrl: `${reference}/v1` }],
    ['http://localhost:9/v1?key=s3cr3tKey', { apiBaseUrl: reference }],
    ['http://S3cr3t.invalid/v1', { apiBaseUrl: reference }],
    ['http://localhost:9/s3cr3t', { apiBaseUrl: reference }],
    ['s3cr3t\nkey', { apiKey: reference }],
    ['s3cr3t\nkey', { headers: { 'X-Key': reference } }],
  ])('as of %j', async (secret, parameters) => {
    process.env['MILLRACE_SECRET'] = secret
    for (const text of await failuresWith(parameters)) {
      expect(text).not.toBe('')
      expect(text).not.toMatch(/s3cr3t/i)
    }
  })

  test('also where the server repeats it', async () => {
    process.env['MILLRACE_SECRET'] = 'sk-s3cr3t'
    server.behave(refuses(401, 'Incorrect key sk-s3cr3t'))
    for (const text of await failuresWith({ apiKey: reference })) {
      expect(text).toContain(`Incorrect key ${reference}`)
      expect(text).not.toMatch(/s3cr3t/i)
    }
  })
})

test('a key that code gives is shown as three stars', async () => {
  server.behave(refuses(401, 'Incorrect key sk-s3cr3t'))
  for (const text of await failuresWith({ apiKey: 'sk-s3cr3t' })) expect(text).toContain('Incorrect key ***')
  for (const text of await failuresWith({ apiKey: 's3cr3t\nkey' })) expect(text).not.toMatch(/s3cr3t/i)
})
