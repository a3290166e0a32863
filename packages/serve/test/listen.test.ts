import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, expect, jest, test } from '@jest/globals'
import { defineComponent, Pipeline, StreamingChunk } from '@millrace/core'
import {
  type Listening,
  type ListenOptions,
  listen,
  nodeListener,
  type ServeError,
  serve,
} from '@millrace/serve'
import { turnsUntil } from '../../../test/turns-until.ts'
import { gated, greeting } from './pipelines.ts'

let server: Listening | undefined

afterEach(() => server?.close())

async function start(options: ListenOptions) {
  server = await listen({ port: 0, ...options })
  return server
}

function post(path: string, body: unknown, init: RequestInit = {}) {
  return fetch(`${server?.url}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  })
}

test('a client that leaves ends its run, whether it reads events or waits for the answer', async () => {
  const gate = gated()
  await start({ pipelines: { gate: gate.pipeline } })
  const client = new AbortController()
  const { signal } = client
  const waiting = post('/pipelines/gate', { value: 1 }, { signal }).catch(() => {})
  const reading = await post(
    '/pipelines/gate',
    { value: 2 },
    { signal, headers: { accept: 'text/event-stream' } },
  )
  expect(reading.headers.get('content-type')).toMatch('text/event-stream')
  await turnsUntil(() => gate.running === 2)
  client.abort()
  await waiting
  await turnsUntil(() => gate.running === 0)
  expect(gate.aborted).toHaveLength(2)
  expect(server?.runs.list().map(({ state }) => state)).toEqual(['aborted', 'aborted'])
})

test('events of a run come as server-sent events, its result last', async () => {
  await start({ pipelines: { greeting: greeting() } })
  const response = await post(
    '/pipelines/greeting',
    { name: 'Ada' },
    { headers: { accept: 'text/event-stream' } },
  )
  const events = (await response.text()).split('\n\n').filter(Boolean)
  expect(events.map((event) => /^event: (.*)$/m.exec(event)?.[1])).toEqual([
    'run',
    'runStart',
    'componentStart',
    'componentEnd',
    'runEnd',
    'result',
  ])
  expect(events.at(-1)).toMatch('"text":"Hello, Ada!"')
})

test('what fails in the middle of a stream is its last event, and the stream does not end well', async () => {
  const gate = gated()
  await start({ pipelines: { gate: gate.pipeline }, timeoutMs: 50 })
  const response = await post('/pipelines/gate', { value: 1 }, { headers: { accept: 'text/event-stream' } })
  let text = ''
  const reading = (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array)
  })()
  await expect(reading).rejects.toThrow('terminated')
  expect(text).toMatch(/event: error\ndata: \{"error":\{.*"code":"timeout"/)
})

test('ends when all requests that were accepted have been answered', async () => {
  const gate = gated()
  const { end } = await start({ pipelines: { gate: gate.pipeline }, maxRunning: 1 })
  const answers = [1, 2, 3].map((value) => post('/pipelines/gate', { value }))
  await turnsUntil(() => server?.runs.list().length === 3)
  const ended = end()
  for (let count = 0; count < 3; count++) {
    await turnsUntil(() => gate.waiting === 1)
    gate.open(1)
  }
  const responses = await Promise.all(answers)
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 200])
  await ended
  await expect(post('/pipelines/gate', { value: 4 })).rejects.toThrow('fetch failed')
})

test('a client that does not read its stream is left, and its run ends', async () => {
  let sent = 0
  const aborted: unknown[] = []
  const Talker = defineComponent({
    type: 'Talker',
    inputs: {},
    outputs: {},
    run: async (_, { emit, signal }) => {
      signal.addEventListener('abort', () => aborted.push(signal.reason))
      const content = 'x'.repeat(100_000)
      for (; !signal.aborted; sent++) {
        emit(StreamingChunk.create({ content, index: 0 }))
        await new Promise((resolve) => setImmediate(resolve))
      }
      return {}
    },
  })
  const { url } = await start({ pipelines: { talker: new Pipeline({ talker: new Talker() }) } })
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.pause()
  socket.on('error', () => {})
  socket.write(
    'POST /pipelines/talker HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  )
  await turnsUntil(() => aborted.length === 1)
  expect(String(aborted[0])).toMatch('did not read')
  // What the server and both kernels hold, and not more.
  expect(sent).toBeLessThan(1000)
  socket.destroy()
})

test('a full queue answers 429 with when to try again, and the first that came runs first', async () => {
  const gate = gated()
  await start({ pipelines: { gate: gate.pipeline }, maxRunning: 1, maxQueue: 1 })
  const first = post('/pipelines/gate', { value: 1 })
  await turnsUntil(() => gate.running === 1)
  const second = post('/pipelines/gate', { value: 2 })
  await turnsUntil(() => server?.runs.list().length === 2)
  const third = await post('/pipelines/gate', { value: 3 })
  expect(third.status).toBe(429)
  expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await third.json()).toMatchObject({ error: { type: 'rate_limit_error', code: 'queue_full' } })
  gate.open()
  expect(await (await first).json()).toMatchObject({ outputs: { gate: { value: 1 } } })
  await turnsUntil(() => gate.waiting === 1)
  gate.open()
  expect(await (await second).json()).toMatchObject({ outputs: { gate: { value: 2 } } })
})

test('does not listen for others without a key', async () => {
  const refused = listen({ host: '0.0.0.0', port: 0, pipelines: { greeting: greeting() } })
  await expect(refused).rejects.toMatchObject({ code: 'SERVE_OPTION_INVALID' } satisfies Partial<ServeError>)
})

test('a port that is taken is an error with a code', async () => {
  await start({ pipelines: { greeting: greeting() } })
  const port = Number(new URL(server?.url ?? '').port)
  await expect(listen({ port })).rejects.toMatchObject({ code: 'SERVE_LISTEN_FAILED' })
})

test('a request whose body is on the way when the server ends is answered', async () => {
  const { url, end } = await start({ pipelines: { greeting: greeting() } })
  const body = '{"name":"Ada"}'
  const head = `POST /pipelines/greeting HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let answer = ''
  socket.on('data', (piece) => {
    answer += piece
  })
  socket.write(head + body.slice(0, 5))
  await new Promise((resolve) => setTimeout(resolve, 100))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  const ended = end()
  const late = post('/pipelines/greeting', { name: 'Bo' }).catch(() => 'refused')
  socket.write(body.slice(5))
  await ended
  await closed
  expect(answer).toMatch(/^HTTP\/1.1 200[\s\S]*Hello, Ada!/)
  expect(await late).toBe('refused')
})

test('a request whose body does not come is not waited for, and what was accepted is answered', async () => {
  const gate = gated()
  const { url, end } = await start({ pipelines: { gate: gate.pipeline } })
  const accepted = post('/pipelines/gate', { value: 7 })
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
  socket.write(
    'POST /pipelines/gate HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"v',
  )
  const cut = new Promise((resolve) => socket.once('close', resolve))
  await turnsUntil(() => gate.waiting === 1)
  await new Promise((resolve) => setTimeout(resolve, 100))
  jest.useFakeTimers({
    doNotFake: ['performance', 'nextTick', 'queueMicrotask', 'setImmediate', 'setInterval'],
  })
  const ended = end()
  jest.advanceTimersByTime(10_000)
  jest.useRealTimers()
  await cut
  gate.open()
  expect(await (await accepted).json()).toMatchObject({ outputs: { gate: { value: 7 } } })
  await ended
})

test.each([
  ['hello\r\n\r\n', 400],
  [`GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ['GET / HTTP/1.1\r\nhost:', 408],
])('what is no request is answered in the shape of all errors: %#', async (sent, status) => {
  const { url } = await start({ pipelines: { greeting: greeting() }, receiveTimeoutMs: 200 })
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let answer = ''
  socket.on('data', (piece) => {
    answer += piece
  })
  socket.write(sent)
  await new Promise((resolve) => socket.once('close', resolve))
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
    error: { type: 'invalid_request_error' },
  })
})

test('of a body that another handler has read the answer says so', async () => {
  const served = await serve({ pipelines: { greeting: greeting() } })
  const listener = nodeListener(served)
  const own = createServer((request, response) => {
    request.on('end', () => listener(request, response)).resume()
  }).listen(0, '127.0.0.1')
  await once(own, 'listening')
  const { port } = own.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/pipelines/greeting`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"Ada"}',
  })
  expect(response.status).toBe(500)
  expect(await response.text()).toMatch('such as express.json(). Put that behind the handler of Millrace.')
  own.close()
  await served.close()
})
