import { describe, expect, test } from '@jest/globals'
import { Document, type ModelCall, type StreamingChunk } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { testComponent } from '@millrace/core/testing'
import { OpenAIDocumentEmbedder } from '../../src/components/document-embedder.ts'
import { OpenAITextEmbedder } from '../../src/components/text-embedder.ts'
import { answers, type Behaviour, refuses, testServer } from '../server/test-server.ts'

const server = testServer()

/** The vector of a text is its length and 4; what comes last is sent first. */
const embeds: Behaviour = (response, asked) => {
  const input = asked.body['input'] as string[]
  const data = input.map((text, index) => {
    const vector = [text.length, 4]
    const base64 = Buffer.from(new Float32Array(vector).buffer).toString('base64')
    return {
      object: 'embedding',
      index,
      embedding: asked.body['encoding_format'] === 'base64' ? base64 : vector,
    }
  })
  const usage = { prompt_tokens: input.length, total_tokens: input.length }
  answers(200, { object: 'list', model: 'served', data: data.reverse(), usage })(response, asked)
}

function textEmbedder(parameters: Partial<ConstructorParameters<typeof OpenAITextEmbedder>[0]> = {}) {
  return new OpenAITextEmbedder({ model: 'e', apiBaseUrl: server.url, maxRetries: 0, ...parameters })
}

function documentEmbedder(parameters: Partial<ConstructorParameters<typeof OpenAIDocumentEmbedder>[0]> = {}) {
  return new OpenAIDocumentEmbedder({ model: 'e', apiBaseUrl: server.url, maxRetries: 0, ...parameters })
}

const documents = ['abc', 'ab', 'a'].map((content) =>
  Document.create({ content, meta: { title: 'T', n: 1 } }),
)

describe('OpenAITextEmbedder', () => {
  testComponent(
    () => {
      server.behave(embeds)
      return textEmbedder()
    },
    { test, inputs: [{ text: 'abc' }] },
  )

  test('gives the vector of a text between prefix and suffix, with the length 1', async () => {
    server.behave(embeds)
    const { embedding, meta } = await textEmbedder({ prefix: 'a', suffix: 'c', dimensions: 2 }).run({
      text: 'b',
    })
    expect(embedding).toEqual([0.6, 0.8])
    expect(meta).toEqual({
      model: 'served',
      usage: { promptTokens: 1, totalTokens: 1 },
      timings: { promptMs: expect.any(Number) },
    })
    expect(server.asked).toMatchObject([
      {
        path: '/v1/embeddings',
        body: { model: 'e', input: ['abc'], dimensions: 2, encoding_format: 'float' },
      },
    ])
  })

  test.each(['float', 'base64'] as const)('gives what the model gave, sent as %s', async (encodingFormat) => {
    server.behave(embeds)
    const { embedding } = await textEmbedder({ encodingFormat, normalize: false }).run({ text: 'abc' })
    expect(embedding).toEqual([3, 4])
  })

  test('takes numbers where it asked for base64', async () => {
    server.behave(answers(200, { data: [{ embedding: [3, 4] }] }))
    const { embedding, meta } = await textEmbedder({ encodingFormat: 'base64' }).run({ text: 'abc' })
    expect([embedding, Object(meta).usage]).toEqual([[0.6, 0.8], undefined])
  })

  test('refuses an empty text, and asks nothing', async () => {
    server.behave(embeds)
    await expect(textEmbedder().run({ text: '' })).rejects.toMatchObject({ code: 'OPENAI_INPUT_INVALID' })
    expect(server.asked).toEqual([])
  })
})

describe('OpenAIDocumentEmbedder', () => {
  testComponent(
    () => {
      server.behave(embeds)
      return documentEmbedder({ batchSize: 2 })
    },
    { test, inputs: [{ documents }, { documents: [] }] },
  )

  test('asks in batches, keeps the order, and says how far it is', async () => {
    server.behave(embeds)
    const chunks: StreamingChunk[] = []
    const calls: ModelCall[] = []
    const context = {
      ...aloneContext(OpenAIDocumentEmbedder),
      emit: (chunk: StreamingChunk) => chunks.push(chunk),
      modelCall: (call: ModelCall) => calls.push(call),
    }
    const embedder = documentEmbedder({ batchSize: 2, normalize: false })
    const result = await embedder.run({ documents }, context)
    expect(result.documents).toEqual(
      documents.map((document) => ({ ...document, embedding: [document.content?.length, 4] })),
    )
    expect(result.meta).toMatchObject({ model: 'served', usage: { promptTokens: 3, totalTokens: 3 } })
    expect(server.asked.map(({ body }) => body['input'])).toEqual([['abc', 'ab'], ['a']])
    expect(chunks.map(({ meta }) => meta?.['progress']).at(-1)).toEqual({
      doneDocuments: 3,
      totalDocuments: 3,
    })
    expect(calls).toMatchObject([
      { operation: 'embeddings', provider: 'openai', model: 'e', usage: { promptTokens: 2 } },
      { operation: 'embeddings', usage: { promptTokens: 1 } },
    ])
  })

  test('embeds fields of the meta, too', async () => {
    server.behave(embeds)
    await documentEmbedder({ metaFieldsToEmbed: ['title', 'n', 'none'], embeddingSeparator: '|' }).run({
      documents: documents.slice(0, 1),
    })
    expect(server.asked[0]?.body['input']).toEqual(['T|1|abc'])
  })

  test('refuses a document without a text before it asks', async () => {
    server.behave(embeds)
    const running = documentEmbedder().run({ documents: [...documents, Document.create({ id: 'x' })] })
    await expect(running).rejects.toThrow("Document 'x' has no text: it has no content.")
    expect(server.asked).toEqual([])
  })
})

describe('an answer that is no list of vectors', () => {
  test.each([
    ['too few', { data: [{ index: 0, embedding: [1] }] }],
    [
      'one that is missing',
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 2, embedding: [1] },
        ],
      },
    ],
    [
      'of two lengths',
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 1, embedding: [1, 2] },
        ],
      },
    ],
    [
      'empty ones',
      {
        data: [
          { index: 0, embedding: [] },
          { index: 1, embedding: [] },
        ],
      },
    ],
    [
      'no numbers',
      {
        data: [
          { index: 0, embedding: ['a'] },
          { index: 1, embedding: [null] },
        ],
      },
    ],
    ['no data', {}],
    ['no JSON', 'hello'],
  ])('is an error: %s', async (_, body) => {
    server.behave(answers(200, body))
    await expect(documentEmbedder().run({ documents: documents.slice(0, 2) })).rejects.toMatchObject({
      code: 'OPENAI_ANSWER_UNREADABLE',
    })
  })
})

test('a server that is silent, refuses, or cuts its answer is an error of embedders as well', async () => {
  server.behave(() => {})
  await expect(textEmbedder({ timeoutMs: 30 }).run({ text: 'a' })).rejects.toMatchObject({
    code: 'OPENAI_TIMEOUT',
  })
  server.behave(refuses(400, 'input is too large to process'))
  await expect(textEmbedder().run({ text: 'a' })).rejects.toMatchObject({ code: 'OPENAI_CONTEXT_OVERFLOW' })
  server.behave((response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"data":')
    setTimeout(() => response.destroy(), 20)
  })
  await expect(textEmbedder().run({ text: 'a' })).rejects.toMatchObject({ code: 'OPENAI_STREAM_CUT' })
})

test('a run that is aborted between two batches asks for no more', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  server.behave((response, asked) => {
    embeds(response, asked)
    controller.abort(reason)
  })
  const context = { ...aloneContext(OpenAIDocumentEmbedder), signal: controller.signal }
  await expect(documentEmbedder({ batchSize: 1 }).run({ documents }, context)).rejects.toBe(reason)
  expect(server.asked).toHaveLength(1)
})
