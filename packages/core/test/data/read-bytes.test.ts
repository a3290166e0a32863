import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { fetchBytes, readFileBytes } from '../../src/data/read-bytes.ts'
import { rejected } from '../component/thrown.ts'
import { withServer } from './web-server.ts'

const options = { timeoutMs: 10_000, maxBytes: 100, checkMimeType() {} }

async function withFile(bytes: Uint8Array, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  try {
    const path = join(folder, 'data.bin')
    await writeFile(path, bytes)
    await use(path)
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('readFileBytes', () => {
  test('reads a file of exactly maxBytes, and none that is larger', async () => {
    await withFile(new Uint8Array([1, 2, 3]), async (path) => {
      expect([...(await readFileBytes(path, 3))]).toEqual([1, 2, 3])
      expect(await rejected(async () => readFileBytes(path, 2))).toBe(
        `DATA_UNREADABLE: Cannot read '${path}': its 3 bytes are more than the 2 bytes of 'maxBytes'.`,
      )
    })
  })

  test('names a path that does not exist', async () => {
    expect(await rejected(async () => readFileBytes('no/such.png', 9))).toBe(
      "DATA_UNREADABLE: Cannot read 'no/such.png': ENOENT: no such file or directory.",
    )
  })

  test('refuses a folder', async () => {
    expect(await rejected(async () => readFileBytes(tmpdir(), 9))).toBe(
      `DATA_UNREADABLE: Cannot read '${tmpdir()}': it is not a file.`,
    )
  })

  test.each([0, -1, Number.NaN])('refuses %d as maxBytes', async (maxBytes) => {
    expect(await rejected(async () => readFileBytes('x', maxBytes))).toBe(
      `DATA_INVALID_OPTION: 'maxBytes' must be a number greater than 0, not ${maxBytes}.`,
    )
  })
})

describe('fetchBytes', () => {
  test('gives the bytes and the MIME type without its parameters', async () => {
    await withServer(
      (_, response) => response.setHeader('content-type', 'Text/Plain; charset=utf-8').end('hello'),
      async (url) => {
        const { bytes, mimeType } = await fetchBytes(url, options)
        expect([Buffer.from(bytes).toString(), mimeType]).toEqual(['hello', 'text/plain'])
      },
    )
  })

  test('follows redirects', async () => {
    await withServer(
      ({ url }, response) =>
        url === '/' ? response.writeHead(302, { location: '/there' }).end() : response.end(url),
      async (url) => {
        const { bytes } = await fetchBytes(url, options)
        expect(Buffer.from(bytes).toString()).toBe('/there')
      },
    )
  })

  test.each([
    ['x.png', 'it is not an absolute URL'],
    ['file:///etc/hosts', 'only http: and https: URLs are fetched, not file:'],
    ['data:image/png;base64,AAAA', 'only http: and https: URLs are fetched, not data:'],
  ])('refuses %s', async (url, reason) => {
    expect(await rejected(async () => fetchBytes(url, options))).toBe(
      `DATA_UNREADABLE: Cannot read '${url}': ${reason}.`,
    )
  })

  test.each([0, 1.5, 2 ** 31, Number.POSITIVE_INFINITY])('refuses %d as timeoutMs', async (timeoutMs) => {
    expect(await rejected(async () => fetchBytes('http://x', { ...options, timeoutMs }))).toBe(
      `DATA_INVALID_OPTION: 'timeoutMs' must be a whole number from 1 to 2147483647, not ${timeoutMs}.`,
    )
  })

  test('tells the status of a failure', async () => {
    await withServer(
      (_, response) => response.writeHead(404).end('no'),
      async (url) => {
        expect(await rejected(async () => fetchBytes(url, options))).toBe(
          `DATA_UNREADABLE: Cannot read '${url}': the server answered with status 404.`,
        )
      },
    )
  })

  test('tells why nobody answered', async () => {
    const closed = await withServer(
      () => {},
      async (url) => url,
    )
    expect(await rejected(async () => fetchBytes(closed, options))).toBe(
      `DATA_UNREADABLE: Cannot read '${closed}': connect ECONNREFUSED ${closed.slice('http://'.length)}.`,
    )
  })

  test('refuses an announced size before it reads the body', async () => {
    await withServer(
      (_, response) => response.writeHead(200, { 'content-length': 101 }).flushHeaders(),
      async (url) => {
        expect(await rejected(async () => fetchBytes(url, options))).toBe(
          `DATA_UNREADABLE: Cannot read '${url}': its 101 bytes are more than the 100 bytes of 'maxBytes'.`,
        )
      },
    )
  })

  test('stops at maxBytes when the size is not announced, and closes the connection', async () => {
    let closed: Promise<unknown> | undefined
    await withServer(
      (_, response) => {
        closed = new Promise((resolve) => response.once('close', resolve))
        response.write('x'.repeat(101))
      },
      async (url) => {
        expect(await rejected(async () => fetchBytes(url, options))).toBe(
          `DATA_UNREADABLE: Cannot read '${url}': it has more than the 100 bytes of 'maxBytes'.`,
        )
        await closed
      },
    )
  })

  test('gives up after timeoutMs, also in the middle of the body', async () => {
    await withServer(
      (_, response) => void response.write('x'),
      async (url) => {
        expect(await rejected(async () => fetchBytes(url, { ...options, timeoutMs: 20 }))).toBe(
          `DATA_UNREADABLE: Cannot read '${url}': it took longer than 20 ms.`,
        )
      },
    )
  })

  test('an abort rejects with the reason of the signal, before and during the request', async () => {
    const reason = { why: 'enough' }
    const early = AbortSignal.abort(reason)
    await expect(fetchBytes('http://127.0.0.1:1', { ...options, signal: early })).rejects.toBe(reason)
    const controller = new AbortController()
    await withServer(
      () => controller.abort(reason),
      async (url) => {
        await expect(fetchBytes(url, { ...options, signal: controller.signal })).rejects.toBe(reason)
      },
    )
  })
})
