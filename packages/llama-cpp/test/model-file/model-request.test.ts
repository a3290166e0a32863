import { describe, expect, test } from '@jest/globals'
import { type Access, isAllowedUrl, refused, request, shownUrl } from '../../src/model-file/model-request.ts'
import { failureOf } from '../failure-of.ts'
import { redirectRoute, statusRoute, withModelServer } from '../model-server.ts'

const accessTo = (endpoint: string, options: Partial<Access> & { token?: string } = {}): Access => {
  const { token, ...rest } = options
  return {
    model: 'hf:ada/m/a.gguf',
    fetch: globalThis.fetch,
    silenceMs: 30_000,
    hub: { endpoint: new URL(endpoint), token },
    ...rest,
  }
}

test.each([
  ['https://a.example/', true],
  ['http://localhost:80/', true],
  ['http://127.0.0.53/', true],
  ['http://[::1]/', true],
  ['http://a.example/', false],
  ['http://127.0.0.1.a.example/', false],
  ['http://192.168.0.2/', false],
  ['ftp://a.example/', false],
])('%s may be asked: %s', (url, expected) => {
  expect(isAllowedUrl(new URL(url))).toBe(expected)
})

test('a URL is shown without what may be secret', () => {
  expect(shownUrl(new URL('https://a.example/m.gguf?key=secret#part'))).toBe('https://a.example/m.gguf')
})

describe('request', () => {
  test('follows redirects, and keeps the checksum that is told on the way', async () => {
    await withModelServer(async ({ origin, routes, requests }) => {
      const sum = 'ab'.repeat(32)
      routes.set('/a', redirectRoute('/b', { 'x-linked-etag': `"${sum.toUpperCase()}"` }))
      routes.set('/b', redirectRoute(`${origin}/c`))
      routes.set('/c', statusRoute(200, 'body'))
      const { response, sha256 } = await request(
        new URL(`${origin}/a`),
        { range: 'bytes=7-' },
        accessTo(origin),
      )
      expect([response.status, await response.text(), sha256]).toEqual([200, 'body', sum])
      expect(requests.map(({ path, headers }) => [path, headers.range])).toEqual([
        ['/a', 'bytes=7-'],
        ['/b', 'bytes=7-'],
        ['/c', 'bytes=7-'],
      ])
    })
  })

  test('takes no other ETag for a checksum', async () => {
    await withModelServer(async ({ origin, routes }) => {
      routes.set('/a', redirectRoute('/b', { 'x-linked-etag': '"0123456789abcdef"' }))
      const answer = await request(new URL(`${origin}/a`), {}, accessTo(origin))
      expect([answer.response.status, answer.sha256]).toEqual([404, undefined])
    })
  })

  test('sends the token to the hub, and not where the hub redirects to', async () => {
    await withModelServer(async (hub) => {
      await withModelServer(async (storage) => {
        hub.routes.set('/a', redirectRoute(`${storage.origin}/b`))
        storage.routes.set('/b', statusRoute(200))
        await request(new URL(`${hub.origin}/a`), {}, accessTo(hub.origin, { token: 'secret' }))
        expect(hub.requests[0]?.headers.authorization).toBe('Bearer secret')
        expect(storage.requests[0]?.headers.authorization).toBe(undefined)
      })
    })
  })

  test('stops after too many redirects', async () => {
    await withModelServer(async ({ origin, routes, requests }) => {
      routes.set('/a', redirectRoute('/a'))
      expect(await failureOf(request(new URL(`${origin}/a`), {}, accessTo(origin)))).toMatchObject({
        code: 'MODEL_DOWNLOAD_FAILED',
        message: `'${origin}/a' redirects more than 10 times.`,
        model: 'hf:ada/m/a.gguf',
      })
      expect(requests.length).toBe(11)
    })
  })

  test.each(['http://a.example/m.gguf?key=secret', 'ftp://a.example/m.gguf'])(
    'refuses to be redirected to %s',
    async (target) => {
      await withModelServer(async ({ origin, routes }) => {
        routes.set('/a', redirectRoute(target))
        const shown = target.replace(/\?.*/, '')
        expect(await failureOf(request(new URL(`${origin}/a`), {}, accessTo(origin)))).toMatchObject({
          code: 'MODEL_DOWNLOAD_FAILED',
          message: `'${origin}/a' redirects to '${shown}'. Only https URLs are followed.`,
        })
      })
    },
  )

  test('refuses to be redirected from elsewhere to this machine', async () => {
    const fetch = async () =>
      new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:1/admin' } })
    const access = accessTo('https://hub.example', { fetch })
    expect(await failureOf(request(new URL('https://hub.example/a'), {}, access))).toMatchObject({
      message:
        "'https://hub.example/a' redirects to 'http://127.0.0.1:1/admin'. Only https URLs are followed.",
    })
  })

  test('says when nobody answers, and what then', async () => {
    const origin = await new Promise<string>((resolve) => {
      void withModelServer(async (server) => resolve(server.origin))
    })
    const error = await failureOf(request(new URL(`${origin}/a`), {}, accessTo(origin)))
    expect(error).toMatchObject({
      code: 'MODEL_DOWNLOAD_FAILED',
      message:
        `Cannot reach '${new URL(origin).host}' for the model 'hf:ada/m/a.gguf' (ECONNREFUSED). Check the connection; ` +
        'behind a proxy, pass a `fetch` that knows it. A model that is in the cache needs no network.',
    })
    expect(error.cause).toMatchObject({ message: 'fetch failed' })
  })

  test('rethrows the reason of an abort', async () => {
    await withModelServer(async ({ origin, routes }) => {
      const controller = new AbortController()
      const reason = new RangeError('enough')
      routes.set('/a', () => controller.abort(reason))
      const access = accessTo(origin, { signal: controller.signal })
      await expect(request(new URL(`${origin}/a`), {}, access)).rejects.toBe(reason)
    })
  })
})

describe('refused', () => {
  const hub = 'https://hub.example'
  const failed = (status: number) =>
    `The model 'hf:ada/m/a.gguf' could not be downloaded: 'https://hub.example/a' answers ${status}`
  const closed = 'The repository is private, or gated, or does not exist.'
  test.each([
    [
      404,
      {},
      'MODEL_NOT_FOUND',
      "There is no model 'hf:ada/m/a.gguf': 'https://hub.example/a' answers 404 Not Found.",
    ],
    [
      401,
      {},
      'MODEL_DOWNLOAD_FAILED',
      `${failed(401)} Unauthorized. ${closed} Accept its terms on its page, and set HF_TOKEN to an access token.`,
    ],
    [
      403,
      { token: 'secret' },
      'MODEL_DOWNLOAD_FAILED',
      `${failed(403)} Forbidden. ${closed} The token in use does not open it: accept its terms on its page, or use another token.`,
    ],
    [
      429,
      {},
      'MODEL_DOWNLOAD_FAILED',
      `${failed(429)} Too Many Requests. Too many requests: wait some minutes and try again; a token in HF_TOKEN raises the limit.`,
    ],
    [
      503,
      {},
      'MODEL_DOWNLOAD_FAILED',
      `${failed(503)} Service Unavailable. The host has a problem of its own: try again later.`,
    ],
    [400, {}, 'MODEL_DOWNLOAD_FAILED', `${failed(400)} Bad Request. Check the URL in a browser.`],
    [299, {}, 'MODEL_DOWNLOAD_FAILED', `${failed(299)}. Check the URL in a browser.`],
  ])('explains status %i with %j', (status, options, code, message) => {
    const url = new URL(`${hub}/a?signature=secret`)
    expect(refused(url, new Response(null, { status }), accessTo(hub, options))).toMatchObject({
      code,
      message,
      status,
      model: 'hf:ada/m/a.gguf',
    })
  })

  test('has no advice about tokens for other hosts', () => {
    const url = new URL('https://a.example/m.gguf')
    expect(refused(url, new Response(null, { status: 403 }), accessTo(hub)).message).toBe(
      "The model 'hf:ada/m/a.gguf' could not be downloaded: 'https://a.example/m.gguf' answers 403 Forbidden. " +
        'The URL needs a login, or has expired.',
    )
  })
})
