import { afterEach, describe, expect, test } from '@jest/globals'
import { listen, type Served, type ServeOptions, serve } from '@millrace/serve'
import { greeting } from './pipelines.ts'

let served: Served | undefined

afterEach(() => served?.close())

async function ask(
  options: ServeOptions,
  headers: Record<string, string>,
  { method = 'POST', path = '/pipelines/greeting' } = {},
): Promise<Response> {
  served = await serve({ pipelines: { greeting: greeting() }, ...options })
  return served.app.request(`http://127.0.0.1:8080${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'POST' ? { body: '{"name": "Ada"}' } : {}),
  })
}

describe('the host of a request', () => {
  test.each([
    'localhost',
    'localhost:8080',
    '127.0.0.1:8080',
    '[::1]:8080',
    '192.168.1.7',
    'app.localhost',
    'host.docker.internal',
  ])('may be %s', async (host) => {
    expect((await ask({}, { host })).status).toBe(200)
  })

  test.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    'a@localhost',
    '[::1',
    '127.0.0.1.evil.example',
  ])('may not be %s', async (host) => {
    const response = await ask({}, { host })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ error: { code: 'forbidden_host' } })
  })

  test('may be one that is allowed', async () => {
    expect((await ask({ allowHosts: ['models.example'] }, { host: 'Models.example:443' })).status).toBe(200)
  })
})

describe('the origin of a request', () => {
  const host = '127.0.0.1:8080'

  test('may be the server itself', async () => {
    expect((await ask({}, { host, origin: `http://${host}` })).status).toBe(200)
  })

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:9999'])('may not be %s', async (origin) => {
    const response = await ask({}, { host, origin })
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('may be one that is allowed, also where the key is wrong', async () => {
    const origin = 'https://chat.example'
    const response = await ask({ cors: [origin], apiKey: 'secret' }, { host, origin })
    expect(response.status).toBe(401)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
  })

  test.each([
    'chrome-extension://hlejpbbkpodhpjnpmbnemkbjhcpamjlo',
    'moz-extension://5d1b6fc2-9a8a-4b4e-8b5e-2b2f5a8f0d11',
    'vscode-webview://1a2b3c',
    'app://obsidian.md',
    'tauri://localhost',
    'http://tauri.localhost',
  ])('may be that of an app, %s, and no other one then', async (origin) => {
    const server = await listen({ port: 0, pipelines: { greeting: greeting() }, cors: [origin] })
    served = server
    const from = (origin: string, method: string, headers: Record<string, string> = {}) =>
      fetch(`${server.url}/pipelines/greeting`, {
        method,
        headers: { 'content-type': 'application/json', origin, ...headers },
        ...(method === 'POST' ? { body: '{"name": "Ada"}' } : {}),
      })
    const asked = await from(origin, 'OPTIONS', { 'access-control-request-method': 'POST' })
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin])
    const answered = await from(origin, 'POST')
    expect([answered.status, answered.headers.get('access-control-allow-origin')]).toEqual([200, origin])
    expect((await from(`${origin}x`, 'POST')).status).toBe(403)
    expect((await from('null', 'POST')).status).toBe(403)
  })

  test('is asked about without a key, for all headers', async () => {
    const response = await ask(
      { cors: ['*'], apiKey: 'secret' },
      {
        host,
        origin: 'https://chat.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, x-stainless-lang',
      },
      { method: 'OPTIONS' },
    )
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization, x-stainless-lang')
  })
})

describe('the key of a request', () => {
  test.each<Record<string, string>>([
    { authorization: 'Bearer secret' },
    { authorization: 'bearer secret' },
    { 'x-api-key': 'secret' },
  ])('is taken from %p', async (headers) => {
    expect((await ask({ apiKey: 'secret' }, headers)).status).toBe(200)
  })

  test.each<Record<string, string>>([
    {},
    { authorization: 'Bearer secre' },
    { authorization: 'Bearer secret2' },
    { authorization: 'Bearer ' },
    { authorization: 'Basic secret' },
    { 'x-api-key': '' },
  ])('is refused in %p', async (headers) => {
    const response = await ask({ apiKey: 'secret' }, headers)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
  })

  test('does not matter to a server without one', async () => {
    expect((await ask({}, { authorization: 'Bearer anything' })).status).toBe(200)
  })

  test('is not needed to ask whether the server is there', async () => {
    expect((await ask({ apiKey: 'secret' }, {}, { method: 'GET', path: '/health' })).status).toBe(200)
  })
})

test.each<ServeOptions>([
  { apiKey: '' },
  { apiKey: 'a b' },
  { cors: ['chat.example'] },
  { cors: ['null'] },
  { cors: ['file://'] },
  { cors: ['app://obsidian.md/'] },
  { maxQueue: -1 },
])('%p is refused when the server starts', async (options) => {
  await expect(serve(options)).rejects.toMatchObject({ code: 'SERVE_OPTION_INVALID' })
})

test('a path with another method says which it has', async () => {
  const response = await ask({}, {}, { method: 'GET' })
  expect([200, 405]).toContain(response.status)
  const other = await ask({}, {}, { method: 'DELETE' })
  expect(other.status).toBe(405)
  expect(other.headers.get('allow')).toMatch('POST')
})
