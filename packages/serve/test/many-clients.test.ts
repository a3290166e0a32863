// Many clients of a real model at once, of which some leave.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Agent } from '@millrace/components'
import { Pipeline, PipelineComponent } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'
import { type Listening, listen } from '@millrace/serve'
import { turnsUntil } from '../../../test/turns-until.ts'

const countries = ['France', 'Japan', 'Peru', 'Norway', 'Germany', 'Spain']
const questionOf = (client: number) => `What is the capital of ${countries[client % countries.length]}?`

let pipeline: Pipeline
let server: Listening

beforeAll(async () => {
  const llm = new LlamaCppChatGenerator({ model: pocketModel.chat, generationKwargs: { temperature: 0 } })
  pipeline = new Pipeline({ llm })
  server = await listen({ port: 0, pipelines: { model: pipeline }, history: 1000 })
})

afterAll(async () => {
  await server.close()
  await pipeline.close()
})

interface Ask {
  readonly signal?: AbortSignal
  readonly accept?: string
}

function ask(client: number, { signal, accept = 'application/json' }: Ask = {}): Promise<Response> {
  return fetch(`${server.url}/pipelines/model`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ messages: questionOf(client) }),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** The text of a reply: of the answer, or of the last event. */
async function textOf(response: Response): Promise<string> {
  const whole = await response.text()
  const json = whole.startsWith('{') ? whole : (/^event: result\ndata: (.*)$/m.exec(whole)?.[1] ?? '{}')
  return JSON.parse(json).outputs?.llm.replies[0].content[0].text
}

test('64 clients get what each would get alone, while others leave at any moment', async () => {
  const alone: string[] = []
  for (const [client] of countries.entries()) alone.push(await textOf(await ask(client)))
  const clients = Array.from({ length: 64 }, async (_, client) => {
    const accept = client % 2 === 0 ? 'text/event-stream' : 'application/json'
    if (client % 3 > 0) return textOf(await ask(client, { accept }))
    const leaving = new AbortController()
    const asked = ask(client, { accept, signal: leaving.signal })
    // Some before they are heard, some in the queue, some in the middle of their answer.
    for (let turn = 0; turn < client * 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    leaving.abort()
    await asked.then((response) => response.text()).catch(() => {})
    return undefined
  })
  const answers = await Promise.all(clients)
  for (const [client, answer] of answers.entries()) {
    if (client % 3 > 0) expect(answer).toBe(alone[client % countries.length])
  }
  await turnsUntil(() => server.runs.list().every(({ endedAt }) => endedAt !== undefined))
  const states = new Set(server.runs.list().map(({ state }) => state))
  expect([...states].every((state) => state === 'completed' || state === 'aborted')).toBe(true)
  // No place is lost: as many as may go on at once go on again.
  const again = await Promise.all(Array.from({ length: 16 }, async (_, client) => textOf(await ask(client))))
  expect(again).toEqual(again.map((_, client) => alone[client % countries.length]))
  expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch('millrace_runs_running 0\n')
})

test('the metrics have the slots of models that are loaded, wherever a pipeline has them', async () => {
  const generationKwargs = { grammar: 'root ::= [a-z]+', maxTokens: 4000 }
  const model = new LlamaCppChatGenerator({ model: pocketModel.chat, slots: 2, nCtx: 8192, generationKwargs })
  const inner = new Pipeline({ agent: new Agent({ chatGenerator: model }) })
  const outer = new Pipeline({ inner: new PipelineComponent(inner) })
  const other = await listen({ port: 0, pipelines: { outer } })
  const slots = async () => {
    const text = await (await fetch(`${other.url}/metrics`)).text()
    return [...text.matchAll(/^millrace_slots\w*\{pipeline="outer",model="pocket.gguf"\} (\d+)$/gm)].map(
      ([, value]) => Number(value),
    )
  }
  expect(await slots()).toEqual([])
  const leaving = new AbortController()
  const asked = Array.from({ length: 5 }, () =>
    fetch(`${other.url}/pipelines/outer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"messages": "Hello"}',
      signal: leaving.signal,
    }).catch(() => undefined),
  )
  let now: number[] = []
  const becomes = async (expected: number[]) => {
    do now = await slots()
    while (now.join() !== expected.join())
  }
  await becomes([2, 2, 3])
  leaving.abort()
  await Promise.all(asked)
  await becomes([2, 0, 0])
  await other.close()
  await outer.close()
})
