import { afterEach, expect, test } from '@jest/globals'
import { type Served, type ServeOptions, serve } from '@millrace/serve'
import { greeting } from './pipelines.ts'

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
