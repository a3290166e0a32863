// What is wrong with a request is 400 with its place, before anything runs.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { getWeather, type PocketServer, pocketServer } from './pocket-server.ts'

let server: PocketServer

beforeAll(async () => {
  server = await pocketServer()
})
afterAll(() => server.stop())

const hello = [{ role: 'user', content: 'Hello' }]

async function refused(body: object, path = '/v1/chat/completions') {
  const response = await server.post(path, body)
  const { error } = (await response.json()) as { error: Record<string, unknown> }
  return { status: response.status, ...error }
}

describe('a wrong chat', () => {
  const image = (url: unknown) => [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is it?' },
        { type: 'image_url', image_url: url },
      ],
    },
  ]
  const wrong: [what: string, body: object, param: string][] = [
    ['no model', { model: undefined }, 'model'],
    ['no messages', { messages: [] }, 'messages'],
    ['messages that are a text', { messages: 'Hello' }, 'messages'],
    ['a message that is a text', { messages: ['Hello'] }, 'messages[0]'],
    ['a role that nobody has', { messages: [...hello, { role: 'robot', content: '' }] }, 'messages[1].role'],
    ['the role of older results', { messages: [{ role: 'function', content: '' }] }, 'messages[0].role'],
    ['empty content', { messages: [{ role: 'user', content: [] }] }, 'messages[0].content'],
    [
      'a part of another type',
      { messages: [{ role: 'user', content: [{ type: 'video' }] }] },
      'messages[0].content[0]',
    ],
    [
      'an image that would be fetched',
      { messages: image({ url: 'https://example.com/a.png' }) },
      'messages[0].content[1]',
    ],
    [
      'an image that is a file of the server',
      { messages: image('file:///etc/passwd') },
      'messages[0].content[1]',
    ],
    ['a temperature that is a text', { temperature: 'hot' }, 'temperature'],
    ['a temperature out of its range', { temperature: 2.5 }, 'temperature'],
    ['a top_p out of its range', { top_p: -1 }, 'top_p'],
    ['no tokens', { max_tokens: 0 }, 'max_tokens'],
    ['half a token', { max_completion_tokens: 1.5 }, 'max_completion_tokens'],
    ['a stop that is a number', { stop: ['a', 1] }, 'stop[1]'],
    ['a stream that is a text', { stream: 'yes' }, 'stream'],
    ['no answers', { n: 0 }, 'n'],
    ['too many answers', { n: 1000 }, 'n'],
    ['biases by words', { logit_bias: { Paris: 1 } }, 'logit_bias'],
    ['too many alternatives', { logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
    ['alternatives alone', { top_logprobs: 2 }, 'top_logprobs'],
    ['a format that nobody knows', { response_format: { type: 'xml' } }, 'response_format.type'],
    [
      'a format without a schema',
      { response_format: { type: 'json_schema' } },
      'response_format.json_schema.schema',
    ],
    [
      'a schema that cannot be enforced',
      { response_format: { type: 'json_object', schema: { not: {} } } },
      'response_format',
    ],
    ['a tool of another type', { tools: [{ type: 'web_search' }] }, 'tools[0].type'],
    ['a tool without a function', { tools: [{ type: 'function' }] }, 'tools[0].function'],
    [
      'a tool with a bad name',
      { tools: [{ type: 'function', function: { name: 'a b' } }] },
      'tools[0].function',
    ],
    ['two tools of one name', { tools: [getWeather, getWeather] }, 'tools'],
    ['a choice without tools', { tool_choice: 'required' }, 'tool_choice'],
    [
      'a choice that is not there',
      { tools: [getWeather], tool_choice: { type: 'function', function: { name: 'x' } } },
      'tool_choice.function.name',
    ],
    ['older functions', { functions: [{ name: 'x' }] }, 'functions'],
    ['sound as an answer', { modalities: ['text', 'audio'] }, 'modalities'],
    ['a search', { web_search_options: {} }, 'web_search_options'],
    ['a broken grammar', { grammar: 'root :=' }, 'grammar'],
    ['tools for a pipeline that runs its own', { model: 'agent', tools: [getWeather] }, 'tools'],
    ['an option that the pipeline has no input for', { model: 'writer', prompt: 'x' }, 'model'],
  ]
  test.each(wrong)('%s', async (_, body, param) => {
    for (const stream of [false, true]) {
      const answer = await refused({ model: 'pocket', messages: hello, stream, ...body })
      expect(answer).toMatchObject({
        status: param === 'model' && 'prompt' in body ? 404 : 400,
        type: 'invalid_request_error',
        param,
      })
      expect(answer).toHaveProperty('message')
    }
  })

  test('a conversation that is longer than the context', async () => {
    const messages = [{ role: 'user', content: 'Hello '.repeat(2000) }]
    const long = await refused({ model: 'pocket', messages, stream: true })
    expect(long).toMatchObject({ status: 400, code: 'context_length_exceeded', param: 'messages' })
    expect(long).toHaveProperty('message', expect.stringMatching(/\d+ tokens.* 1024 /))
  })

  test('an image that would be fetched: what to send instead', async () => {
    const messages = image({ url: 'https://example.com/a.png' })
    expect(await refused({ model: 'pocket', messages })).toHaveProperty(
      'message',
      expect.stringContaining('The server fetches nothing: send the image itself.'),
    )
  })

  test('too many messages', async () => {
    const messages = Array.from({ length: 2001 }, () => hello[0])
    expect(await refused({ model: 'pocket', messages })).toMatchObject({ status: 413, param: 'messages' })
  })

  test('a model that is not served, or is one of another kind', async () => {
    expect(await refused({ model: 'pockt', messages: hello })).toMatchObject({
      status: 404,
      code: 'model_not_found',
      message: expect.stringContaining("'pocket'"),
    })
    expect(await refused({ model: 'ranker', messages: hello })).toMatchObject({
      status: 404,
      code: 'model_not_found',
    })
  })

  test('a run that waits for a person', async () => {
    const messages = [{ role: 'user', content: 'What is the weather in Paris?' }]
    expect(await refused({ model: 'careful', messages })).toMatchObject({
      status: 409,
      code: 'run_paused',
      message: expect.stringContaining('get_weather'),
    })
  })

  test('too many answers: how many there can be', async () => {
    expect(await refused({ model: 'pocket', messages: hello, n: 17 })).toHaveProperty(
      'message',
      "'n' must be a whole number from 1 up to 16, not the number 17.",
    )
  })

  test.each(['/v1/responses', '/responses', '/v1/responses/resp_1'])(
    '%s says where to ask instead',
    async (path) => {
      expect(await refused({ model: 'pocket', input: 'Hello' }, path)).toEqual({
        status: 404,
        type: 'invalid_request_error',
        param: null,
        code: null,
        message: expect.stringContaining('use POST /v1/chat/completions'),
      })
    },
  )

  test('another method is 405, and says which one', async () => {
    const response = await fetch(`${server.url}/v1/chat/completions`)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

test('history as agents resend it is taken', async () => {
  const call = {
    id: 'c1',
    type: 'function',
    function: { name: 'get_weather', arguments: '{"city": "Paris"}' },
  }
  const histories = [
    [{ role: 'user', content: 'Hello', name: 'Ann' }, { role: 'assistant', content: null }, ...hello],
    [
      ...hello,
      {
        role: 'assistant',
        content: '',
        reasoning_content: 'Hm.',
        refusal: null,
        audio: null,
        function_call: null,
        tool_calls: [],
      },
      ...hello,
    ],
    [
      { role: 'user', content: 'What is the weather in Paris?' },
      {
        role: 'assistant',
        tool_calls: [{ ...call, function: { ...call.function, arguments: '{"city": ' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: null },
      ...hello,
    ],
  ]
  for (const messages of histories) {
    const response = await server.post('/chat/completions', { model: 'pocket', messages, max_tokens: 4 })
    expect(await response.json()).toMatchObject({ object: 'chat.completion' })
  }
})

test('one seed, one answer; large ones, too', async () => {
  const ask = async (seed: number) => {
    const body = {
      model: 'pocket',
      messages: [{ role: 'user', content: 'Tell me a story.' }],
      temperature: 2,
      seed,
    }
    const { choices } = (await (await server.post('/v1/chat/completions', body)).json()) as {
      choices: { message: { content: string } }[]
    }
    return choices[0]?.message.content
  }
  expect(await ask(2 ** 40 + 7)).toBe(await ask(2 ** 40 + 7))
  expect(await ask(1)).not.toBe(await ask(2))
})

describe('ranking', () => {
  const documents = ['Cats sleep', { text: 'Paris is a city' }, 'Paris sleeps']
  const ask = async (body: object, path = '/v1/rerank') =>
    (await server.post(path, { model: 'ranker', query: 'Paris city', ...body })).json()

  test('sorts all of them, in the shape of Jina and Cohere', async () => {
    expect(await ask({ documents, return_documents: true })).toMatchObject({
      object: 'list',
      model: 'ranker',
      results: [
        { index: 1, relevance_score: 1, document: { text: 'Paris is a city' } },
        { index: 2, relevance_score: 0.5 },
        { index: 0, relevance_score: 0 },
      ],
      meta: {},
    })
    expect(await ask({ documents, top_n: 1 }, '/reranking')).toMatchObject({ results: [{ index: 1 }] })
  })

  test('and in that of TEI', async () => {
    expect(await ask({ texts: ['Cats sleep', 'Paris sleeps'], return_text: true }, '/rerank')).toEqual([
      { index: 1, score: 0.5, text: 'Paris sleeps' },
      { index: 0, score: 0, text: 'Cats sleep' },
    ])
  })

  test('refuses what is not a text', async () => {
    const body = { model: 'ranker', query: 'x', documents: ['a', { content: 'b' }] }
    expect(await refused(body, '/v1/rerank')).toMatchObject({ status: 400, param: 'documents[1]' })
  })
})

describe('a wrong text or vector', () => {
  const wrong: [what: string, path: string, body: object, param: string][] = [
    ['ids of tokens as a prompt', '/v1/completions', { model: 'writer', prompt: [1, 2] }, 'prompt'],
    ['many ids of tokens', '/v1/completions', { model: 'writer', prompt: Array(500).fill(1) }, 'prompt'],
    ['ids of tokens as several', '/v1/completions', { model: 'writer', prompt: [[1], [2]] }, 'prompt[0]'],
    ['no prompt', '/v1/completions', { model: 'writer', prompt: [] }, 'prompt'],
    ['an empty one', '/v1/completions', { model: 'writer', prompt: ['a', ''] }, 'prompt[1]'],
    ['too many', '/v1/completions', { model: 'writer', prompt: Array(65).fill('a'), n: 2 }, 'prompt'],
    [
      'one that is too long',
      '/v1/completions',
      { model: 'writer', prompt: ['a', 'Hello '.repeat(2000)] },
      'prompt[1]',
    ],
    [
      'a prompt with its log probabilities as a stream',
      '/v1/completions',
      { model: 'writer', prompt: 'a', echo: true, logprobs: 1, stream: true },
      'echo',
    ],
    ['the best of several', '/v1/completions', { model: 'writer', prompt: 'a', best_of: 2 }, 'best_of'],
    [
      'a suffix for a model without infill',
      '/v1/completions',
      { model: 'writer', prompt: 'a', suffix: 'b' },
      'suffix',
    ],
    ['ids of tokens as an input', '/v1/embeddings', { model: 'vectors', input: [[1, 2]] }, 'input[0]'],
    ['an empty input', '/v1/embeddings', { model: 'vectors', input: '' }, 'input'],
    ['other dimensions', '/v1/embeddings', { model: 'vectors', input: 'a', dimensions: 5 }, 'dimensions'],
  ]
  test.each(wrong)('%s', async (_, path, body, param) => {
    expect(await refused(body, path)).toMatchObject({ status: 400, param })
  })

  test('ids of tokens, and too many prompts: what can be sent instead', async () => {
    const message = async (body: object) =>
      ((await refused({ model: 'writer', ...body }, '/v1/completions')) as { message?: string }).message
    expect(await message({ prompt: Array(500).fill(1) })).toBe(
      "'prompt' must be a text: ids of tokens cannot be read.",
    )
    expect(await message({ prompt: Array(65).fill('a'), n: 2 })).toBe(
      "'prompt' must be a text, or a list of 1 to 64 texts: each gets 2 answers, and a request 128 at most.",
    )
  })

  test('a text that is too long is not cut silently', async () => {
    const body = { model: 'vectors', input: ['a', 'Hello '.repeat(500)] }
    expect(await refused(body, '/v1/embeddings')).toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
    })
  })
})
