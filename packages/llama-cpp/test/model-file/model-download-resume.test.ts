import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { download } from '../../src/model-file/model-download.ts'
import type { DownloadProgress } from '../../src/model-file/model-progress.ts'
import { failureOf } from '../failure-of.ts'
import { ggufBytes } from '../gguf/gguf-bytes.ts'
import { fileRoute, withModelServer } from '../model-server.ts'
import { job, leavePart, model, other, sha256, stored, target } from './model-download-job.ts'

describe('a connection that breaks', () => {
  test('is taken up again where it broke', async () => {
    await withModelServer(async (server) => {
      const breaks = [40_000, 90_000, 140_000]
      server.routes.set('/m.gguf', (request, response) => {
        fileRoute(model, breaks.length > 0 ? { etag: '"1"', stallAfter: 60_000 } : { etag: '"1"' })(
          request,
          response,
        )
      })
      const onProgress = ({ downloadedBytes }: DownloadProgress) => {
        if (downloadedBytes < (breaks[0] ?? Number.POSITIVE_INFINITY)) return
        breaks.shift()
        server.breakConnections()
      }
      await download(job(server, { onProgress }))
      expect(target(server).equals(model)).toBe(true)
      const starts = server.requests.map(({ headers }) => Number(/\d+/.exec(headers.range ?? '0')?.[0]))
      expect(starts).toEqual([0, expect.any(Number), expect.any(Number), expect.any(Number)])
      expect(starts).toEqual([...new Set(starts)].sort((one, two) => one - two))
      expect(server.requests.slice(1).map(({ headers }) => headers['if-range'])).toEqual([
        '"1"',
        '"1"',
        '"1"',
      ])
    })
  })

  test('three times before it brings anything ends the attempt; the next one continues', async () => {
    await withModelServer(async (server) => {
      await leavePart(server, model, { etag: '"1"' })
      const kept = readFileSync(join(server.dir, 'cache', 'm.gguf.part')).length
      server.routes.set('/m.gguf', fileRoute(model, { etag: '"1"', stallAfter: 0 }))
      const fetch: typeof globalThis.fetch = async (...parameters) => {
        const response = await globalThis.fetch(...parameters)
        server.breakConnections()
        return response
      }
      expect(await failureOf(download(job(server, { fetch })))).toMatchObject({
        code: 'MODEL_DOWNLOAD_FAILED',
        message:
          `The download of 'm' broke off after ${kept} of ${model.length} bytes (UND_ERR_SOCKET). ` +
          'What arrived is kept: try again to continue.',
      })
      expect(server.requests.length).toBe(3)
      server.routes.set('/m.gguf', fileRoute(model, { etag: '"1"' }))
      await download(job(server))
      expect(server.requests.at(-1)?.headers.range).toBe(`bytes=${kept}-`)
      expect(target(server).equals(model)).toBe(true)
    })
  })

  test('and says so only by being shorter than announced counts as broken', async () => {
    await withModelServer(async (server) => {
      const headers = { 'content-length': String(model.length) }
      const fetch = async () => new Response(new Blob([model.subarray(0, 1000)]), { headers })
      expect(await failureOf(download(job(server, { fetch })))).toMatchObject({
        message: `The download of 'm' broke off after 1000 of ${model.length} bytes (the connection closed early). What arrived is kept: try again to continue.`,
      })
    })
  })
})

describe('an abort', () => {
  test('keeps what has arrived, and the next attempt continues there', async () => {
    await withModelServer(async (server) => {
      await leavePart(server, model, { etag: '"1"' })
      expect(stored(server)).toEqual(['m.gguf.part', 'm.gguf.part.json'])
      const kept = readFileSync(join(server.dir, 'cache', 'm.gguf.part')).length
      server.routes.set('/m.gguf', fileRoute(model, { etag: '"1"' }))
      const seen: DownloadProgress[] = []
      await download(job(server, { sha256: sha256(model), onProgress: (progress) => seen.push(progress) }))
      expect(server.requests.map(({ headers }) => headers.range)).toEqual([`bytes=${kept}-`])
      expect(seen[0]).toEqual({ downloadedBytes: kept, totalBytes: model.length })
      expect(target(server).equals(model)).toBe(true)
      expect(stored(server)).toEqual(['m.gguf'])
    })
  })

  test('before the start asks nobody', async () => {
    await withModelServer(async (server) => {
      const reason = new RangeError('enough')
      await expect(download(job(server, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
      expect(server.requests).toEqual([])
    })
  })

  test('is noticed between two pieces, also of a fetch that does not know signals', async () => {
    await withModelServer(async (server) => {
      const controller = new AbortController()
      const reason = new RangeError('enough')
      const fetch = async () => new Response(new Blob([model, model]))
      const onProgress = () => controller.abort(reason)
      await expect(download(job(server, { signal: controller.signal, fetch, onProgress }))).rejects.toBe(
        reason,
      )
    })
  })
})

describe('a part of an earlier attempt', () => {
  test('is thrown away when the file has changed since', async () => {
    await withModelServer(async (server) => {
      await leavePart(server, model, { etag: '"1"' })
      server.routes.set('/m.gguf', fileRoute(other, { etag: '"2"' }))
      await download(job(server))
      expect(target(server).equals(other)).toBe(true)
      expect(server.requests.length).toBe(1)
    })
  })

  test('is thrown away when the host sends the middle of another file in spite of If-Range', async () => {
    await withModelServer(async (server) => {
      await leavePart(server, model, { etag: '"1"' })
      const route = fileRoute(other, { etag: '"2"' })
      server.routes.set('/m.gguf', (request, response) => {
        delete request.headers['if-range']
        route(request, response)
      })
      await download(job(server))
      expect(server.requests.map(({ headers }) => headers.range !== undefined)).toEqual([true, false])
      expect(target(server).equals(other)).toBe(true)
    })
  })

  test('is thrown away when the hub promises another checksum', async () => {
    await withModelServer(async (server) => {
      const linked = (bytes: Buffer) => ({ headers: { 'x-linked-etag': `"${sha256(bytes)}"` } })
      await leavePart(server, model, linked(model))
      server.routes.set('/m.gguf', fileRoute(other, linked(other)))
      await download(job(server))
      expect(target(server).equals(other)).toBe(true)
    })
  })

  test('is thrown away when it is longer than the file of today', async () => {
    await withModelServer(async (server) => {
      await leavePart(server, model, { etag: '"1"' })
      const route = fileRoute(ggufBytes(), { etag: '"2"' })
      server.routes.set('/m.gguf', (request, response) => {
        if (request.headers.range === undefined) route(request, response)
        else response.writeHead(416).end()
      })
      await download(job(server))
      expect(target(server).equals(ggufBytes())).toBe(true)
    })
  })

  test('is overwritten by a host that knows no ranges', async () => {
    await withModelServer(async (server) => {
      await leavePart(server, model, { etag: '"1"' })
      server.routes.set('/m.gguf', fileRoute(model, { etag: '"1"', ignoresRanges: true }))
      await download(job(server))
      expect(target(server).equals(model)).toBe(true)
    })
  })

  test('is not continued when nothing vouches for it', async () => {
    await withModelServer(async (server) => {
      await leavePart(server, model, {})
      server.routes.set('/m.gguf', fileRoute(model))
      await download(job(server))
      expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined])
    })
  })

  test('that is whole needs no network', async () => {
    await withModelServer(async (server) => {
      mkdirSync(join(server.dir, 'cache'))
      const part = join(server.dir, 'cache', 'm.gguf.part')
      writeFileSync(part, model)
      writeFileSync(`${part}.json`, JSON.stringify({ validator: '"1"', totalBytes: model.length }))
      await download(job(server))
      expect([server.requests, stored(server)]).toEqual([[], ['m.gguf']])
    })
  })
})
