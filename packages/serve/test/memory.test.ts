// What the server holds in memory is bounded: bodies of requests, and what is remembered of runs.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import { ChatMessage, defineComponent, Pipeline, t } from '@millrace/core'
import { type Listening, type ListenOptions, listen } from '@millrace/serve'
import { turnsUntil } from '../../../test/turns-until.ts'
import { asking, gated, greeting } from './pipelines.ts'

const MIB = 1024 * 1024
const LARGE = 900_000

let server: Listening
afterEach(() => server.close())

async function start(options: ListenOptions): Promise<void> {
  server = await listen({ port: 0, ...options })
}

function post(path: string, body: string | object, init: RequestInit & { duplex?: 'half' } = {}) {
  return fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...init,
  })
}

// biome-ignore lint/suspicious/noExplicitAny: the tests say what is there.
const json = async (response: Promise<Response>): Promise<any> => (await response).json()

/** A body of so many bytes. */
const padded = (value: object, bytes: number) => JSON.stringify(value).padEnd(bytes)

/** Sends the head of a request and the beginning of its body. */
function beginRequest(header: string, body = ''): Socket {
  const head = 'POST /pipelines/gate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write(`${head}${header}\r\n\r\n${body}`)
  return socket
}

test('bodies that come when others fill the memory are 429, before they are read, until a run has ended', async () => {
  const gate = gated()
  await start({ pipelines: { gate: gate.pipeline }, maxBodyBytes: MIB, maxBodiesBytes: 2 * MIB })
  const body = padded({ value: 1 }, LARGE)
  const held = [
    post('/pipelines/gate', body),
    post('/pipelines/gate', body, {
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    }),
  ]
  await turnsUntil(() => gate.waiting === 2)
  const early = beginRequest(`Content-Length: ${LARGE}`)
  const [head] = (await once(early.setEncoding('utf8'), 'data')) as [string]
  early.destroy()
  expect(head).toMatch(/^HTTP\/1\.1 429 /)
  expect(head).toMatch(/retry-after: \d/i)
  const refused = await post('/pipelines/gate', body)
  expect([refused.status, await refused.json()]).toMatchObject([
    429,
    { error: { code: 'queue_full', message: expect.stringContaining(`holds ${2 * MIB} at most`) } },
  ])
  const chunked = new Blob([body]).stream()
  expect((await post('/pipelines/gate', '', { body: chunked, duplex: 'half' })).status).toBe(429)
  expect((await post('/runs/none/answers', { answers: {} })).status).toBe(404)
  gate.open()
  for (const answer of await Promise.all(held)) await answer.text()
  const after = post('/pipelines/gate', body)
  await turnsUntil(() => gate.waiting === 1)
  gate.open()
  expect((await after).status).toBe(200)
})

test('a body that never comes whole, and one that is no good, are not held', async () => {
  const gate = gated()
  await start({ pipelines: { gate: gate.pipeline }, maxBodyBytes: MIB, maxBodiesBytes: MIB })
  for (let time = 0; time < 3; time++) {
    for (const [header, body] of [
      [`Content-Length: ${LARGE}`, '{'],
      ['Transfer-Encoding: chunked', `${LARGE.toString(16)}\r\n${' '.repeat(LARGE)}\r\n`],
    ] as const) {
      const left = beginRequest(header, body)
      await wait(20)
      left.destroy()
    }
    // The server hears of it a moment later.
    let status = 429
    for (let turn = 0; status === 429 && turn < 1000; turn++) {
      status = (await post('/pipelines/gate', '{'.padEnd(MIB))).status
    }
    expect(status).toBe(400)
  }
  const asked = post('/pipelines/gate', padded({ value: 1 }, MIB))
  await turnsUntil(() => gate.waiting === 1)
  gate.open()
  expect((await asked).status).toBe(200)
})

test('the body of several answers counts once', async () => {
  const open: (() => void)[] = []
  const Waiting = defineComponent({
    type: 'Waiting',
    inputs: { messages: t.array(t.message()) },
    outputs: { replies: t.array(t.message()) },
    run: async () => {
      await new Promise<void>((resolve) => open.push(resolve))
      return { replies: [ChatMessage.assistant('Yes.')] }
    },
  })
  const pipelines = { it: new Pipeline({ llm: new Waiting() }) as never as Pipeline }
  await start({ pipelines, maxBodyBytes: MIB, maxBodiesBytes: 2 * MIB })
  const body = { model: 'it', messages: [{ role: 'user', content: 'Hi' }], n: 4 }
  const ask = () => post('/v1/chat/completions', padded(body, LARGE))
  const both = [ask(), ask()]
  await turnsUntil(() => open.length === 8)
  expect((await ask()).status).toBe(429)
  for (const resolve of open) resolve()
  expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200])
})

test('a limit that no body fits under is refused', async () => {
  await start({})
  const refused = listen({ port: 0, maxBodyBytes: 2 * MIB, maxBodiesBytes: MIB })
  await expect(refused).rejects.toMatchObject({ code: 'SERVE_OPTION_INVALID' })
})

const Writer = defineComponent({
  type: 'Writer',
  inputs: { size: t.integer() },
  outputs: { text: t.string() },
  run: ({ size }) => ({ text: String.fromCharCode(97 + Math.random() * 26).repeat(size * MIB) }),
})

const Counter = defineComponent({
  type: 'Counter',
  inputs: { text: t.string() },
  outputs: { length: t.integer() },
  run: ({ text }) => ({ length: text.length }),
})

/** Writes texts of so many MiB. */
const writing = () => new Pipeline({ writer: new Writer() }) as never as Pipeline

/** Writes them, and says no more than their length. */
const counting = () =>
  new Pipeline({ writer: new Writer(), counter: new Counter() }).connect(
    'writer.text',
    'counter.text',
  ) as never as Pipeline

test.each([
  ['the outputs', writing()],
  ['what went on inside', counting()],
])('of runs so many are remembered as fit into 64 MiB: %s', async (_, pipeline) => {
  await start({ pipelines: { writing: pipeline } })
  for (let run = 0; run < 10; run++) await (await post('/pipelines/writing', { size: 10 })).arrayBuffer()
  const { runs } = await json(fetch(`${server.url}/runs`))
  expect(runs).toHaveLength(6)
  for (let run = 0; run < 60; run++) await (await post('/pipelines/writing', { size: 0 })).arrayBuffer()
  expect((await json(fetch(`${server.url}/runs`))).runs).toHaveLength(50)
})

test('runs that wait for answers stay while others come and go, and count, too', async () => {
  await start({ pipelines: { asking: asking(), greeting: greeting(), writing: writing() } })
  const waiting: string[] = []
  for (let run = 0; run < 10; run++) {
    const text = `${run} `.repeat(5 * MIB)
    waiting.push((await json(post('/pipelines/asking', { text }))).id)
  }
  for (let run = 0; run < 60; run++) await post('/pipelines/greeting', { name: 'Ada' })
  await (await post('/pipelines/writing', { size: 60 })).arrayBuffer()
  const { runs } = await json(fetch(`${server.url}/runs`))
  const kept = runs.filter(({ state }: { state: string }) => state === 'paused')
  expect(kept.length).toBeGreaterThan(1)
  expect(kept.length).toBeLessThan(7)
  const answers = { answers: { 'asker.say': 'reject' } }
  const statuses = await Promise.all(
    waiting.map(async (id) => (await post(`/runs/${id}/answers`, answers)).status),
  )
  expect(statuses).toEqual([...Array(10 - kept.length).fill(404), ...Array(kept.length).fill(200)])
})
