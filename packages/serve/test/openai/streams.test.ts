// Streams as bytes on a socket: how they end, and what happens when the client does not wait for that.
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type PocketServer, pocketServer } from './pocket-server.ts'

let server: PocketServer

beforeAll(async () => {
  server = await pocketServer()
})
afterAll(() => server.stop())

const ask = (model: string, content: string, more = {}) => ({
  model,
  messages: [{ role: 'user', content }],
  ...more,
})

/** What the server sends until the connection ends, by itself or because the server cut it. */
function raw(body: object): Promise<string> {
  const { port } = new URL(server.url)
  const json = JSON.stringify(body)
  const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\nConnection: close\r\n\r\n`
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(head + json))
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

test('a good stream ends with [DONE] and the end of an answer', async () => {
  const text = await raw(ask('pocket', 'Hello', { stream: true }))
  expect(text).toMatch(/^HTTP\/1\.1 200 /)
  expect(text).toMatch(/content-type: text\/event-stream/i)
  expect(text).toMatch(/data: \[DONE\]\n\n\r\n0\r\n\r\n$/)
})

test('a stream that fails has the error as its last event, and the connection is cut', async () => {
  const text = await raw(ask('failing-late', 'Hello', { stream: true }))
  expect(text).toContain('"content":"Well"')
  const last = text.split('data: ').at(-1) ?? ''
  expect(JSON.parse(last.split('\n', 1)[0] ?? '')).toMatchObject({
    error: { type: 'server_error', message: expect.stringContaining('The disk is on fire.') },
  })
  expect(text).not.toContain('[DONE]')
  expect(text).not.toMatch(/"finish_reason":"/)
  expect(text).not.toMatch(/\r\n0\r\n\r\n$/)
  // What a component says may quote what it was given, which the log never has.
  expect(server.lines).toEqual([
    expect.stringMatching(/^run_\S+ RUN_COMPONENT_FAILED in 'llm' \(FailingLate\)$/),
  ])
})

test('what fails before it begins has a status', async () => {
  const response = await server.post('/v1/chat/completions', ask('failing', 'Hello', { stream: true }))
  expect(response.status).toBe(500)
  expect(response.headers.get('x-should-retry')).toBe('false')
  expect(await response.json()).toMatchObject({ error: { type: 'server_error', param: null } })
})

const story = { temperature: 1.5, max_tokens: 500, logit_bias: {} }

/** Resolves when the run goes on no more. */
async function ended(): Promise<void> {
  while (server.runs.list().some(({ state }) => state === 'running' || state === 'waiting')) await wait(1)
}

test('a client that leaves aborts its run, streaming or not, which is no failure for the log', async () => {
  const logged = server.lines.length
  for (const stream of [true, false]) {
    const leave = new AbortController()
    // The grammar has no end: only the limit of tokens, or the abort, ends it.
    const body = ask('pocket', 'Hello', {
      ...story,
      max_tokens: 900,
      grammar: 'root ::= [a-z] root',
      stream,
    })
    const asked = server.post('/v1/chat/completions', body, leave.signal)
    while (server.runs.list()[0]?.state !== 'running') await wait(1)
    if (stream) await (await asked).body?.getReader().read()
    leave.abort()
    await asked.catch(() => {})
    await ended()
    expect(server.runs.list()[0]?.state).toBe('aborted')
  }
  expect(server.lines.slice(logged)).toEqual([])
})

/** Every client asks, and some of them leave in the middle; those that stay get what one alone gets. */
async function crowd(clients: number, isOver: () => boolean): Promise<{ kept: number; left: number }> {
  const questions = ['France', 'Japan', 'Canada', 'Ghana', 'Peru', 'Norway'].map(
    (country) => `What is the capital of ${country}?`,
  )
  const alone = new Map<string, string>()
  for (const question of questions) alone.set(question, await answer(question))
  const counts = { kept: 0, left: 0 }
  const client = async (seat: number) => {
    for (let turn = 0; turn === 0 || !isOver(); turn++) {
      const question = questions[(seat + turn) % questions.length] as string
      if ((seat * 7 + turn * 5) % 3 === 0) {
        const leave = new AbortController()
        const asked = answer(question, leave.signal).catch(() => undefined)
        await wait((seat * 13 + turn * 29) % 120)
        leave.abort()
        await asked
        counts.left++
      } else {
        expect(await answer(question)).toBe(alone.get(question))
        counts.kept++
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, seat) => client(seat)))
  return counts
}

async function answer(question: string, signal?: AbortSignal): Promise<string> {
  const body = ask('pocket', question, { temperature: 0, stream: true })
  const response = await server.post('/v1/chat/completions', body, signal)
  const events = (await response.text()).split('\n\n').filter((event) => event.startsWith('data: {'))
  return events
    .flatMap((event) => JSON.parse(event.slice('data: '.length)).choices)
    .map(({ delta }) => delta.content ?? '')
    .join('')
}

test('16 clients at once, of whom some leave, get what one alone gets, and no slot is lost', async () => {
  const { kept, left } = await crowd(16, () => true)
  expect([kept, left].every((count) => count > 0)).toBe(true)
  await ended()
  // All four slots answer at once: each would wait for ever for one that was lost.
  const answers = await Promise.all(Array.from({ length: 4 }, () => answer('Hello')))
  expect(new Set(answers)).toEqual(new Set(['Hello! How can I help you?']))
})

const seconds = Number(process.env['MILLRACE_TEST_SERVE_SECONDS'] ?? 0)
const long = seconds > 0 ? test : test.skip
const name =
  seconds > 0 ? `${seconds} s` : 'skipped, for MILLRACE_TEST_SERVE_SECONDS does not say how many seconds'

long(
  `64 clients at once, over and over (${name}): the memory stays`,
  async () => {
    const end = performance.now() + seconds * 1000
    await crowd(64, () => performance.now() > end - (seconds * 1000 * 3) / 4)
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    const { kept } = await crowd(64, () => performance.now() > end)
    await ended()
    globalThis.gc?.()
    const grown = (process.memoryUsage().rss - before) / 1024 / 1024
    process.stdout.write(`${kept} answers, ${Math.round(grown)} MiB more than after a quarter of the time\n`)
    expect(grown).toBeLessThan(64)
    expect(await answer('Hello')).toBe('Hello! How can I help you?')
  },
  seconds * 2000 + 60_000,
)
