import { afterEach, expect, test } from '@jest/globals'
import { defineComponent, Pipeline, t, type WarmUpContext } from '@millrace/core'
import { type Served, type ServeOptions, serve } from '@millrace/serve'
import { turnsUntil } from '../../../test/turns-until.ts'
import { asking, greeting } from './pipelines.ts'

let served: Served | undefined

async function start(options: ServeOptions = {}): Promise<Served> {
  served = await serve({ pipelines: { greeting: greeting() }, ...options })
  return served
}

afterEach(() => served?.close())

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return served?.app.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }) as Promise<Response>
}

test('runs a pipeline, and answers with what it gave', async () => {
  await start()
  const response = await post('/pipelines/greeting', { name: 'Ada' })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({
    status: 'completed',
    outputs: { greeter: { text: 'Hello, Ada!' } },
  })
})

test('answers wrong requests with their status, in the shape of OpenAI', async () => {
  await start()
  const cases = [
    [await post('/pipelines/greeting', '{'), 400, 'invalid_json'],
    [await post('/pipelines/greeting', '[]'), 400, 'invalid_json'],
    [await post('/pipelines/greeting', { name: 1 }), 400, 'invalid_value', 'greeter.name'],
    [await post('/pipelines/greeting', {}), 400, 'invalid_value'],
    [await post('/pipelines/greting', {}), 404, 'model_not_found', 'model'],
    [await post('/pipelines/greeting', {}, { 'content-type': 'text/plain' }), 415, 'unsupported_media_type'],
    [await post('/nothing', {}), 404, null],
  ] as const
  for (const [response, status, code, param = null] of cases) {
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({
      error: {
        message: expect.any(String),
        type: 'invalid_request_error',
        param,
        code,
      },
    })
  }
})

test('a body that is not UTF-8 is refused, and not altered', async () => {
  await start()
  const body = Buffer.from('{"name": "Andr\u00e9"}', 'latin1')
  for (const more of [{}, { 'content-length': String(body.length) }]) {
    const response = await served?.app.request('/pipelines/greeting', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...more },
      body,
    })
    expect(response?.status).toBe(400)
    expect(await response?.json()).toMatchObject({
      error: { code: 'invalid_json', message: 'The body is not UTF-8, as JSON is.' },
    })
  }
})

test('of a component that fails the log says where, and nothing of what it was given', async () => {
  const Quoting = defineComponent({
    type: 'Quoting',
    inputs: { text: t.string() },
    outputs: { text: t.string() },
    run: ({ text }) => {
      throw new Error(`Cannot read '${text}'.`)
    },
  })
  const log: string[] = []
  await start({
    pipelines: { quoting: new Pipeline({ quoting: new Quoting() }) },
    log: (line) => log.push(line),
  })
  const answer = await post('/pipelines/quoting', { text: 'private' })
  expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining('private')])
  const events = await post('/pipelines/quoting', { text: 'private' }, { accept: 'text/event-stream' })
  expect(await events.text()).toContain('private')
  expect(log).toEqual(
    Array(2).fill(expect.stringMatching(/^\S+ RUN_COMPONENT_FAILED in 'quoting' \(Quoting\)$/)),
  )
})

test('what a component gives is checked by its types', async () => {
  const Wrong = defineComponent({
    type: 'Wrong',
    inputs: {},
    outputs: { text: t.string() },
    run: () => ({ text: 1 as unknown as string }),
  })
  await start({ pipelines: { wrong: new Pipeline({ wrong: new Wrong() }) } })
  const answer = await post('/pipelines/wrong', {})
  expect([answer.status, await answer.json()]).toMatchObject([500, { error: { code: 'RUN_INVALID_OUTPUT' } }])
})

test('a body of more values than can be checked at once is refused before it is parsed, by every way in', async () => {
  await start()
  const body = `{"name":[${'1,'.repeat(200_000)}1]}`
  for (const path of ['/pipelines/greeting', '/mcp', '/runs/none/answers']) {
    const answer = await post(path, body, { accept: 'application/json, text/event-stream' })
    expect([path, answer.status]).toEqual([path, 413])
  }
  const commas = await post('/pipelines/greeting', { name: ','.repeat(300_000) })
  expect(commas.status).toBe(200)
})

test('a paused run that does not fit its pipeline any more is refused, and waits on', async () => {
  const pipeline = asking()
  await start({ pipelines: { asking: pipeline } })
  const { answerAt } = (await (await post('/pipelines/asking', { text: 'Hi' })).json()) as {
    answerAt: string
  }
  const answers = { 'asker.say': 'approve' }
  const added = greeting().remove('greeter' as never)
  pipeline.add('more', added)
  expect((await post(answerAt, { answers })).status).toBe(400)
  pipeline.remove('more' as never)
  expect((await post(answerAt, { answers })).status).toBe(200)
})

test('with warmUp the models are loaded at the start, and until then the server is not ready', async () => {
  const loading: { readonly resolve: () => void; readonly signal: AbortSignal | undefined }[] = []
  class Silent {
    static readonly type: string = 'Silent'
    readonly inputs = {}
    readonly outputs = {}
    run = () => ({})
  }
  class Heavy extends Silent {
    static override readonly type = 'Heavy'
    warmUp({ signal }: WarmUpContext = {}): Promise<void> {
      return new Promise((resolve, reject) => {
        loading.push({ resolve, signal })
        signal?.addEventListener('abort', () => reject(signal.reason))
      })
    }
  }
  class Broken extends Silent {
    static override readonly type = 'Broken'
    warmUp(): Promise<void> {
      return Promise.reject(new RangeError('The weights are gone.'))
    }
  }
  const log: string[] = []
  const pipelines = {
    broken: new Pipeline({ broken: new Broken() }),
    heavy: new Pipeline({ heavy: new Heavy() }),
    late: new Pipeline({ heavy: new Heavy() }),
  }
  await start({ pipelines, warmUp: true, log: (line) => log.push(line) })
  const health = async () => (await served?.app.request('/health/ready'))?.status
  await turnsUntil(() => loading.length === 1)
  expect(log).toEqual([
    expect.stringMatching(/^The models of 'broken' are not loaded: .*The weights are gone\./),
  ])
  expect(await health()).toBe(503)
  expect((await served?.app.request('/health/live'))?.status).toBe(200)
  loading[0]?.resolve()
  await turnsUntil(() => loading.length === 2)
  expect(await health()).toBe(503)
  await served?.close()
  expect(loading[1]?.signal?.aborted).toBe(true)
  expect(log.length).toBe(1)

  await start({ pipelines: { greeting: greeting() }, warmUp: true })
  await new Promise((resolve) => setTimeout(resolve, 0))
  expect(await health()).toBe(200)
})
