import { afterEach, expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import { defineComponent, Pipeline, Registry, t } from '@millrace/core'
import { loadPipeline } from '@millrace/core/yaml'
import { llamaCppComponents } from '@millrace/llama-cpp'
import { listen, type Served, type ServeOptions, serve } from '@millrace/serve'
import { asking, greeting } from './pipelines.ts'

let served: Served

async function start(options: ServeOptions): Promise<void> {
  served = await serve(options)
}

afterEach(() => served.close())

const ask = async (path: string) => served.app.request(path)

const post = async (path: string, body: object) =>
  served.app.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** What an answer has that nobody wrote down a type for. */
// biome-ignore lint/suspicious/noExplicitAny: the tests say what is there.
const json = async (response: Response | Promise<Response>): Promise<any> => (await response).json()

test('pipelines are listed and described, with the schema of the body that runs them', async () => {
  await start({
    pipelines: { greeting: { pipeline: greeting(), title: 'Greeting', description: 'Says hello.' } },
  })
  expect(await json(ask('/pipelines'))).toEqual({
    pipelines: [
      { name: 'greeting', title: 'Greeting', description: 'Says hello.', state: 'ready', findings: [] },
    ],
  })
  expect(await json(ask('/pipelines/greeting'))).toMatchObject({
    schema: {
      type: 'object',
      properties: { name: { type: 'string' }, word: { type: 'string', default: 'Hello' } },
      required: ['name'],
    },
    graph: { components: [{ name: 'greeter', type: 'Greeter', inputs: ['name', 'word'] }], connections: [] },
  })
  const drawing = await ask('/pipelines/greeting/drawing.svg')
  expect(drawing.headers.get('content-type')).toBe('image/svg+xml')
  expect(await drawing.text()).toMatch(/^<svg/)
  expect((await ask('/pipelines/greeting/drawing.png')).status).toBe(404)
})

test('an input that gathers values takes one of them, as its schema says', async () => {
  const Sum = defineComponent({
    type: 'Sum',
    inputs: { first: t.greedy(t.integer()), more: t.variadic(t.integer(), { default: [] }) },
    outputs: { sum: t.integer() },
    run: ({ first, more = [] }) => ({ sum: [...first, ...more].reduce((sum, number) => sum + number, 0) }),
  })
  await start({ pipelines: { sum: new Pipeline({ sum: new Sum() }) as never } })
  const { properties } = (await json(ask('/pipelines/sum'))).schema
  expect(properties).toEqual({ first: { type: 'integer' }, more: { type: 'integer' } })
  expect(await json(post('/pipelines/sum', { first: 1, more: 2 }))).toMatchObject({
    outputs: { sum: { sum: 3 } },
  })
})

test('a paused run is answered once, where its answer says', async () => {
  await start({ pipelines: { asking: asking() } })
  const paused = await post('/pipelines/asking', { text: 'Hi' })
  expect(paused.status).toBe(202)
  const { id, questions, answerAt } = await json(paused)
  expect(questions).toMatchObject([{ id: 'asker.say', kind: 'approval', prompt: "Say 'Hi'?" }])
  const missing = await post(answerAt, { answers: {} })
  expect(missing.status).toBe(400)
  expect(await json(missing)).toMatchObject({ error: { param: 'answers.asker.say' } })
  expect((await post(answerAt, { answers: { 'asker.say': 'approve', other: 1 } })).status).toBe(400)
  expect((await post(answerAt, {})).status).toBe(400)
  const ended = await post(answerAt, { answers: { 'asker.say': 'approve' } })
  expect(ended.status).toBe(200)
  expect(await json(ended)).toMatchObject({ id, status: 'completed', outputs: { asker: { text: 'Hi' } } })
  const again = await post(answerAt, { answers: { 'asker.say': 'approve' } })
  expect(again.status).toBe(409)
  expect(again.headers.get('x-should-retry')).toBe('false')
})

test('what is no run, or is forgotten, is 404 in every way; a run that asks nothing is 409', async () => {
  const server = await listen({ port: 0, pipelines: { asking: asking(), greeting: greeting() }, history: 3 })
  served = server
  const to = (path: string, method: string, body?: object) =>
    fetch(server.url + path, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  const answers = { answers: { 'asker.say': 'approve' } }
  const statuses = async (id: string) => [
    (await to(`/runs/${id}`, 'GET')).status,
    (await to(`/runs/${id}`, 'DELETE')).status,
    (await to(`/runs/${id}/answers`, 'POST', answers)).status,
  ]
  expect(await statuses('run_none')).toEqual([404, 404, 404])
  const { id } = await json(to('/pipelines/asking', 'POST', { text: 'Hi' }))
  expect(await statuses(id)).toEqual([200, 200, 200])
  expect(await statuses(id)).toEqual([200, 200, 409])
  const greeted = await json(to('/pipelines/greeting', 'POST', { name: 'Ada' }))
  expect(await statuses(greeted.id)).toEqual([200, 200, 409])
  for (let run = 0; run < 3; run++) await to('/pipelines/greeting', 'POST', { name: 'Ada' })
  expect(await statuses(id)).toEqual([404, 404, 404])
})

test('the last runs are remembered, with what happened in them', async () => {
  await start({ pipelines: { greeting: greeting() }, history: 2 })
  for (const name of ['Ada', 'Grace', 'Edsger']) await post('/pipelines/greeting', { name })
  const { runs } = await json(ask('/runs'))
  expect(runs).toMatchObject([
    { pipeline: 'greeting', state: 'completed', via: 'rest' },
    { pipeline: 'greeting', state: 'completed' },
  ])
  const run = await json(ask(`/runs/${runs[0].id}`))
  expect(run).toMatchObject({ inputs: { name: 'Edsger' }, outputs: { greeter: { text: 'Hello, Edsger!' } } })
  expect(run.events.map(({ type }: { type: string }) => type)).toEqual([
    'runStart',
    'componentStart',
    'componentEnd',
    'runEnd',
  ])
  expect((await ask('/runs/run_none')).status).toBe(404)
})

test('openapi.json describes each pipeline, and says each part of a message once', async () => {
  const text = `
components:
  prompt:
    type: ChatPromptBuilder
    initParameters: { template: [{ role: user, content: 'Where is {{ city }}?' }] }
  llm:
    type: LlamaCppChatGenerator
    initParameters: { model: npm:@millrace/pocket-model/pocket.gguf }
connections: [{ sender: prompt.prompt, receiver: llm.messages }]
`
  const registry = new Registry([standardComponents, llamaCppComponents])
  await using pipeline = await loadPipeline(text, { registry })
  await start({ pipelines: { city: pipeline } })
  const page = await json(ask('/openapi.json'))
  expect(page.openapi).toBe('3.1.0')
  const { requestBody, responses } = page.paths['/pipelines/city'].post
  expect(requestBody.content['application/json'].schema.required).toEqual(['city'])
  const run = responses[200].content['application/json'].schema
  expect(run.properties.outputs.properties.llm.properties.replies).toEqual({
    type: 'array',
    items: { $ref: '#/components/schemas/ChatMessage' },
    description: expect.any(String),
  })
  const known = Object.keys(page.components.schemas)
  expect(known).toEqual(expect.arrayContaining(['ChatMessage', 'ImageContent', 'Error']))
  const used = [...JSON.stringify(page).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)
  expect(known).toEqual(expect.arrayContaining(used))
})

test('metrics count requests, runs and times', async () => {
  await start({ pipelines: { greeting: greeting() } })
  await post('/pipelines/greeting', { name: 'Ada' })
  await post('/pipelines/greeting', {})
  const text = await (await ask('/metrics')).text()
  expect(text).toMatch('millrace_requests_total{method="POST",status="200"} 1\n')
  expect(text).toMatch('millrace_requests_total{method="POST",status="400"} 1\n')
  expect(text).toMatch('millrace_runs_total{pipeline="greeting",state="completed"} 1\n')
  expect(text).toMatch('millrace_runs_running 0\n')
  expect(text).toMatch(/^millrace_run_seconds_count 1$/m)
})

test('a server that ends takes no requests, and says so', async () => {
  await start({ pipelines: { greeting: greeting() } })
  expect((await ask('/health')).status).toBe(200)
  await served.drain()
  expect((await ask('/health')).status).toBe(503)
  const refused = await post('/pipelines/greeting', { name: 'Ada' })
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).not.toBeNull()
  expect(refused.headers.get('connection')).toBe('close')
})
