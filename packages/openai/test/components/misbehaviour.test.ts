import { describe, expect, test } from '@jest/globals'
import { ChatMessage, type ModelCall } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { OpenAIChatGenerator } from '../../src/components/chat-generator.ts'
import { OpenAIError } from '../../src/errors.ts'
import {
  answers,
  type Behaviour,
  chunk,
  done,
  refuses,
  streams,
  testServer,
  texts,
} from '../server/test-server.ts'

const server = testServer()
const key = 'sk-very-secret-1'

type Parameters = Partial<ConstructorParameters<typeof OpenAIChatGenerator>[0]>

function ask(parameters: Parameters = {}) {
  return new OpenAIChatGenerator({
    model: 'm',
    apiBaseUrl: server.url,
    apiKey: key,
    maxRetries: 0,
    ...parameters,
  }).run({ messages: 'Hi' })
}

async function failure(running: Promise<unknown>): Promise<OpenAIError> {
  const error = await running.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!OpenAIError.isInstance(error)) throw error ?? new RangeError('It did not fail.')
  return error
}

const page = '<!doctype html><html><head><title>502 Bad Gateway</title></head></html>'

describe('what a server refuses is an error with its words, its address and the way out', () => {
  test.each([
    [
      401,
      `Incorrect API key provided: ${key}.`,
      'OPENAI_UNAUTHORIZED',
      'Incorrect API key provided: ***. Check the key',
    ],
    [403, 'No.', 'OPENAI_UNAUTHORIZED', 'answered 403: No. Check the key'],
    [404, 'model "m" not found, try pulling it first', 'OPENAI_MODEL_NOT_FOUND', 'ollama pull m'],
    [404, 'Not Found', 'OPENAI_REFUSED', "Check 'apiBaseUrl': it often ends in /v1"],
    [400, 'unknown field', 'OPENAI_REFUSED', 'answered 400: unknown field'],
    [
      400,
      'This model has a maximum context length of 8 tokens',
      'OPENAI_CONTEXT_OVERFLOW',
      'Shorten the conversation',
    ],
    [429, 'Slow down', 'OPENAI_RATE_LIMITED', 'Ask again later'],
    [503, 'Loading model', 'OPENAI_SERVER_FAILED', 'Loading model. Look at the log'],
  ])('%i %s', async (status, message, code, words) => {
    server.behave(refuses(status, message))
    const error = await failure(ask())
    expect([error.code, error.status, error.url, error.model]).toEqual([code, status, server.url, 'm'])
    expect(error.message).toContain(words)
    expect(error.message.startsWith(server.url)).toBe(true)
    expect(JSON.stringify([error, error.message, error.stack, error.cause])).not.toContain(key)
  })

  test.each([
    ['a text', answers(500, 'It broke'), 'answered 500: It broke.'],
    ['a web page', answers(502, page), 'answered 502: a web page (502 Bad Gateway).'],
    ['nothing', answers(500, ''), 'answered 500. Look'],
    ['an error that is a text', answers(400, { error: 'bad model' }), 'answered 400: bad model.'],
    ["FastAPI's form", answers(422, { detail: 'no field' }), 'answered 422: no field.'],
    ["vLLM's form", answers(400, { object: 'error', message: 'too hot' }), 'answered 400: too hot.'],
  ])('in the form of %s', async (_, behaviour, words) => {
    server.behave(behaviour)
    expect((await failure(ask())).message).toContain(words)
  })

  test('by its code, where that says more than the status', async () => {
    server.behave(refuses(400, 'no', {}, 'context_length_exceeded'))
    expect(await failure(ask())).toMatchObject({
      code: 'OPENAI_CONTEXT_OVERFLOW',
      serverCode: 'context_length_exceeded',
    })
    server.behave(refuses(400, 'no', {}, 'model_not_found'))
    expect(await failure(ask())).toMatchObject({ code: 'OPENAI_MODEL_NOT_FOUND' })
  })

  test('a missing key is said to be missing', async () => {
    server.behave(refuses(401, 'Who are you?'))
    const running = new OpenAIChatGenerator({ model: 'm', apiBaseUrl: server.url }).run({ messages: 'Hi' })
    expect((await failure(running)).message).toContain("No key was sent: set 'apiKey'")
  })

  test('a redirect is not followed', async () => {
    server.behave(answers(307, '', { location: 'http://127.0.0.1:1/shutdown' }), streams(texts('Yes.')))
    const error = await failure(ask())
    expect(error).toMatchObject({ code: 'OPENAI_REFUSED', status: 307 })
    expect(error.message).toContain("leads to 'http://127.0.0.1:1/shutdown'")
    expect(server.asked).toHaveLength(1)
  })

  test('nobody is there', async () => {
    const error = await failure(ask({ apiBaseUrl: 'http://127.0.0.1:9/v1' }))
    expect(error.code).toBe('OPENAI_UNREACHABLE')
    expect(error.message).toMatch(/^http:\/\/127\.0\.0\.1:9\/v1 cannot be reached: .*Start the server/)
  })
})

describe('a request that the server could not take', () => {
  test.each([
    ['429 with Retry-After', refuses(429, 'wait', { 'retry-after': '0' })],
    ['429 with a date', refuses(429, 'wait', { 'retry-after': new Date(0).toUTCString() })],
    ['500', refuses(500, 'oops', { 'retry-after-ms': '1' })],
    ['400 that says so', refuses(400, 'oops', { 'x-should-retry': 'true', 'retry-after': '0' })],
    ['a socket that is closed', (response) => response.destroy()],
  ] as [string, Behaviour][])('is sent again after %s', async (_, behaviour) => {
    server.behave(behaviour, streams(texts('Yes.')))
    const { replies } = await ask({ maxRetries: 1 })
    expect(ChatMessage.text(replies[0])).toBe('Yes.')
    expect(server.asked).toHaveLength(2)
  })

  test.each([
    ['400', refuses(400, 'no')],
    ['429 for want of credit', refuses(429, 'no', {}, 'insufficient_quota')],
    ['500 that says so', refuses(500, 'no', { 'x-should-retry': 'false' })],
  ] as [string, Behaviour][])('is not sent again after %s', async (_, behaviour) => {
    server.behave(behaviour)
    await failure(ask({ maxRetries: 5 }))
    expect(server.asked).toHaveLength(1)
  })

  test('fails with the last refusal after all attempts', async () => {
    server.behave(refuses(500, 'one', { 'retry-after': '0' }), refuses(503, 'two', { 'retry-after': '0' }))
    expect((await failure(ask({ maxRetries: 1 }))).message).toContain('answered 503: two')
  })

  test('fails at once where it would have to wait longer than there is time', async () => {
    server.behave(refuses(429, 'wait', { 'retry-after': '3600' }))
    const error = await failure(ask({ maxRetries: 3 }))
    expect(error).toMatchObject({ code: 'OPENAI_RATE_LIMITED', retryAfterMs: 3_600_000 })
    expect(error.message).toContain('It asks to wait 3600 s')
    expect(server.asked).toHaveLength(1)
  })

  test('ends while it waits, when the run is aborted', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    server.behave((response, asked) => {
      refuses(429, 'wait', { 'retry-after': '300' })(response, asked)
      setTimeout(() => controller.abort(reason), 20)
    })
    const generator = new OpenAIChatGenerator({ model: 'm', apiBaseUrl: server.url })
    const context = { ...aloneContext(OpenAIChatGenerator), signal: controller.signal }
    await expect(generator.run({ messages: 'Hi' }, context)).rejects.toBe(reason)
  })
})

describe('a reply that breaks off is an error', () => {
  const half = [chunk({ content: 'The cap' })]
  const cases: [string, Behaviour, string, string][] = [
    ['ends without a finish_reason', streams(half, done), 'OPENAI_STREAM_CUT', 'without a finish_reason'],
    [
      'ends without [DONE]',
      streams(half, (response) => response.end()),
      'OPENAI_STREAM_CUT',
      'without a finish_reason',
    ],
    ['has no event', streams([], done), 'OPENAI_STREAM_CUT', 'no event'],
    [
      'ends in half an event',
      streams(half, (response) => response.end('data: {"choices":[{"del\n\n')),
      'OPENAI_STREAM_CUT',
      'not whole JSON',
    ],
    [
      'loses its socket',
      streams(half, (response) => setTimeout(() => response.destroy(), 20)),
      'OPENAI_STREAM_CUT',
      'the connection was closed',
    ],
    [
      'has an error in its place',
      streams([...half, { error: { message: 'out of memory', type: 'server_error' } }], done),
      'OPENAI_SERVER_FAILED',
      'ended the reply with an error: out of memory',
    ],
    [
      'has an error event',
      streams(half, (response) => response.end('event: error\ndata: {"error":{"message":"boom"}}\n\n')),
      'OPENAI_SERVER_FAILED',
      'boom',
    ],
    [
      "has an error in llama-server's older form",
      streams(half, (response) => response.end('error: {"message":"boom"}\n\n')),
      'OPENAI_STREAM_CUT',
      'without a finish_reason',
    ],
    [
      "has an error in vLLM's form",
      streams([{ object: 'error', message: 'boom' }]),
      'OPENAI_SERVER_FAILED',
      'boom',
    ],
    ["ends with 'error'", streams([...half, chunk({}, 'error')]), 'OPENAI_SERVER_FAILED', 'finish_reason'],
    [
      'is a web page',
      answers(200, page, { 'content-type': 'text/html' }),
      'OPENAI_ANSWER_UNREADABLE',
      'a web page. It begins: <!doctype',
    ],
    ['is no JSON', answers(200, 'hello'), 'OPENAI_ANSWER_UNREADABLE', 'not JSON. It begins: hello'],
    ['is empty', answers(200, ''), 'OPENAI_ANSWER_UNREADABLE', 'empty'],
    ['is other JSON', answers(200, [1]), 'OPENAI_ANSWER_UNREADABLE', "without 'choices'"],
    ['has no choices', answers(200, { choices: [] }), 'OPENAI_ANSWER_UNREADABLE', "without 'choices'"],
    ['streams no choices', streams([{ object: 'x' }]), 'OPENAI_ANSWER_UNREADABLE', "without 'choices'"],
    [
      'is an error with status 200',
      answers(200, { error: { message: 'nope' } }),
      'OPENAI_SERVER_FAILED',
      'nope',
    ],
  ]

  test.each(cases)('that %s', async (_, behaviour, code, words) => {
    server.behave(behaviour)
    const error = await failure(ask())
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
  })

  test('and the run hears of the call', async () => {
    const calls: ModelCall[] = []
    server.behave(streams(half, done))
    const generator = new OpenAIChatGenerator({ model: 'm', apiBaseUrl: server.url })
    const context = { ...aloneContext(OpenAIChatGenerator), modelCall: (call: ModelCall) => calls.push(call) }
    await failure(generator.run({ messages: 'Hi' }, context))
    expect(calls).toMatchObject([{ provider: 'openai', error: { code: 'OPENAI_STREAM_CUT' } }])
  })
})

describe('a server that is slow', () => {
  test('is left after timeoutMs', async () => {
    server.behave(() => {})
    const left = server.left()
    const error = await failure(ask({ timeoutMs: 50 }))
    expect(error).toMatchObject({ code: 'OPENAI_TIMEOUT' })
    expect(error.message).toContain("took longer than 'timeoutMs', which is 50 ms")
    await left
  })

  test('is left when it falls silent in the middle', async () => {
    server.behave(streams([chunk({ content: 'The cap' })], () => {}))
    const left = server.left()
    const error = await failure(ask({ idleTimeoutMs: 50 }))
    expect(error).toMatchObject({ code: 'OPENAI_TIMEOUT' })
    expect(error.message).toContain("'idleTimeoutMs', which is 50 ms")
    await left
  })

  test('is not silent while the streamingCallback works', async () => {
    server.behave(streams(texts('Yes.')))
    const streamingCallback = () => new Promise<void>((resolve) => setTimeout(resolve, 300))
    const { replies } = await ask({ idleTimeoutMs: 200, streamingCallback })
    expect(ChatMessage.text(replies[0])).toBe('Yes.')
  })

  test('is left when the run is aborted: before the reply with the reason, in the middle with what there is', async () => {
    const reason = new Error('enough')
    for (const isBegun of [false, true]) {
      const controller = new AbortController()
      const context = {
        ...aloneContext(OpenAIChatGenerator),
        signal: controller.signal,
        emit: () => controller.abort(reason),
      }
      server.behave(
        isBegun
          ? streams([chunk({ content: 'The cap' })], () => {})
          : () => void setTimeout(() => controller.abort(reason), 20),
      )
      const left = server.left()
      const running = new OpenAIChatGenerator({ model: 'm', apiBaseUrl: server.url }).run(
        { messages: 'Hi' },
        context,
      )
      if (isBegun) {
        const { replies } = await running
        expect(ChatMessage.text(replies[0])).toBe('The cap')
        expect(replies[0]?.meta?.['finishReason']).toBe('aborted')
      } else await expect(running).rejects.toBe(reason)
      await left
    }
  })
})
