import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { DownloadProgress } from '../../src/model-file/model-progress.ts'
import { type Store, storeHubFile, storeHubQuant, storeUrl } from '../../src/model-file/model-store.ts'
import { failureOf } from '../failure-of.ts'
import { ggufBytes } from '../gguf/gguf-bytes.ts'
import { fileRoute, jsonRoute, type ModelServer, statusRoute, withModelServer } from '../model-server.ts'

const one = ggufBytes({ architecture: 'one' })
const two = ggufBytes({ architecture: 'another' })
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
const listing = '/api/models/ada/m/tree/main'
const entry = (path: string, bytes: Buffer, oid = sha256(bytes)) => ({
  type: 'file',
  path,
  size: bytes.length,
  lfs: { oid },
})

function storeAt({ origin, dir }: ModelServer, extra: Partial<Store> & { endpoint?: string } = {}): Store {
  const { endpoint = origin, ...rest } = extra
  const access = {
    model: 'm',
    fetch: globalThis.fetch,
    silenceMs: 30_000,
    hub: { endpoint: new URL(endpoint), token: undefined },
  }
  return { cacheDir: dir, access, ...rest }
}

describe('storeUrl', () => {
  test('stores a file once', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', fileRoute(one))
      const url = new URL(`${server.origin}/m.gguf?key=1`)
      const path = await storeUrl(url, undefined, storeAt(server))
      expect([basename(path), readFileSync(path).equals(one)]).toEqual(['m.gguf', true])
      expect(await storeUrl(url, undefined, storeAt(server))).toBe(path)
      expect(server.requests.map((request) => request.path)).toEqual(['/m.gguf?key=1'])
    })
  })

  test('checks a checksum also when the file was stored without one before', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', fileRoute(one))
      const url = new URL(`${server.origin}/m.gguf`)
      await storeUrl(url, undefined, storeAt(server))
      const error = await failureOf(storeUrl(url, sha256(two), storeAt(server)))
      expect(error.code).toBe('MODEL_CHECKSUM_MISMATCH')
      expect(existsSync(await storeUrl(url, sha256(one), storeAt(server)))).toBe(true)
    })
  })

  test('fetches all parts of a split model, with one progress', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m-00001-of-00002.gguf', fileRoute(one))
      server.routes.set('/m-00002-of-00002.gguf', fileRoute(two))
      const seen: DownloadProgress[] = []
      const store = storeAt(server, { onProgress: (progress) => seen.push(progress) })
      const path = await storeUrl(new URL(`${server.origin}/m-00002-of-00002.gguf`), undefined, store)
      expect(basename(path)).toBe('m-00001-of-00002.gguf')
      expect(readFileSync(path.replace('00001', '00002')).equals(two)).toBe(true)
      const all = one.length + two.length
      expect(seen[0]).toEqual({ downloadedBytes: 0, totalBytes: undefined })
      expect(seen.at(-1)).toEqual({ downloadedBytes: all, totalBytes: all })
    })
  })

  test('takes the page of a file of the hub for the file', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/ada/m/resolve/main/m.gguf', fileRoute(one))
      const path = await storeUrl(
        new URL(`${server.origin}/ada/m/blob/main/m.gguf`),
        undefined,
        storeAt(server),
      )
      expect(readFileSync(path).equals(one)).toBe(true)
    })
  })

  test('leaves such a path alone on other hosts', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/ada/m/blob/main/m.gguf', fileRoute(one))
      const store = storeAt(server, { endpoint: 'https://hub.example' })
      await storeUrl(new URL(`${server.origin}/ada/m/blob/main/m.gguf`), undefined, store)
      expect(server.requests.map(({ path }) => path)).toEqual(['/ada/m/blob/main/m.gguf'])
    })
  })
})

describe('storeHubFile', () => {
  test('stores a file under its path in the repository', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/ada/m/resolve/main/Q8_0/m.gguf', fileRoute(one))
      const path = await storeHubFile('ada/m', 'Q8_0/m.gguf', storeAt(server))
      expect(path).toBe(join(server.dir, 'hf', 'ada', 'm', 'Q8_0', 'm.gguf'))
      await storeHubFile('ada/m', 'Q8_0/m.gguf', storeAt(server))
      expect(server.requests.length).toBe(1)
    })
  })

  test('says what the repository has instead', async () => {
    await withModelServer(async (server) => {
      server.routes.set(listing, jsonRoute([entry('m-Q8_0.gguf', one), entry('m-Q4_K_M.gguf', one)]))
      expect(await failureOf(storeHubFile('ada/m', 'm-Q8_O.gguf', storeAt(server)))).toMatchObject({
        code: 'MODEL_NOT_FOUND',
        message: "The repository 'ada/m' has no file 'm-Q8_O.gguf'. Did you mean 'm-Q8_0.gguf'?",
        status: 404,
      })
      server.routes.set(listing, jsonRoute([]))
      expect(await failureOf(storeHubFile('ada/m', 'm.gguf', storeAt(server)))).toMatchObject({
        message: "The repository 'ada/m' has no file 'm.gguf'. It has no GGUF files at all.",
      })
    })
  })

  test('says only that it is missing when the list cannot be had', async () => {
    await withModelServer(async (server) => {
      server.routes.set(listing, statusRoute(500))
      expect(await failureOf(storeHubFile('ada/m', 'm.gguf', storeAt(server)))).toMatchObject({
        code: 'MODEL_NOT_FOUND',
        message: `There is no model 'm': '${server.origin}/ada/m/resolve/main/m.gguf' answers 404 Not Found.`,
      })
    })
  })

  test('passes on other failures', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/ada/m/resolve/main/m.gguf', statusRoute(401))
      expect((await failureOf(storeHubFile('ada/m', 'm.gguf', storeAt(server)))).status).toBe(401)
      expect(server.requests.length).toBe(1)
    })
  })
})

describe('storeHubQuant', () => {
  test('stores what the list has of the quantization, checks it, and needs no network again', async () => {
    await withModelServer(async (server) => {
      server.routes.set(listing, jsonRoute([entry('m-Q8_0.gguf', one), entry('m-F16.gguf', two)]))
      server.routes.set('/ada/m/resolve/main/m-Q8_0.gguf', fileRoute(one))
      const path = await storeHubQuant('ada/m', 'q8_0', storeAt(server))
      expect(path).toBe(join(server.dir, 'hf', 'ada', 'm', 'm-Q8_0.gguf'))
      server.requests.length = 0
      expect(await storeHubQuant('ada/m', 'Q8_0', storeAt(server))).toBe(path)
      expect(server.requests).toEqual([])
    })
  })

  test('holds the file to the checksum of the list', async () => {
    await withModelServer(async (server) => {
      server.routes.set(listing, jsonRoute([entry('m-Q8_0.gguf', one, sha256(two))]))
      server.routes.set('/ada/m/resolve/main/m-Q8_0.gguf', fileRoute(one))
      const error = await failureOf(storeHubQuant('ada/m', 'Q8_0', storeAt(server)))
      expect(error).toMatchObject({
        code: 'MODEL_CHECKSUM_MISMATCH',
        expected: sha256(two),
        actual: sha256(one),
      })
    })
  })

  test('fetches what is missing of a split model, and counts what is there', async () => {
    await withModelServer(async (server) => {
      const names = ['m-Q8_0-00001-of-00002.gguf', 'm-Q8_0-00002-of-00002.gguf'] as const
      server.routes.set(listing, jsonRoute([entry(names[1], two), entry(names[0], one)]))
      server.routes.set(`/ada/m/resolve/main/${names[0]}`, fileRoute(one))
      server.routes.set(`/ada/m/resolve/main/${names[1]}`, fileRoute(two))
      const first = await storeHubQuant('ada/m', 'Q8_0', storeAt(server))
      expect(basename(first)).toBe(names[0])
      rmSync(first.replace(names[0], names[1]))
      const seen: DownloadProgress[] = []
      const store = storeAt(server, { onProgress: (progress) => seen.push(progress) })
      expect(await storeHubQuant('ada/m', 'Q8_0', store)).toBe(first)
      const all = one.length + two.length
      expect([seen[0], seen.at(-1)]).toEqual([
        { downloadedBytes: one.length, totalBytes: all },
        { downloadedBytes: all, totalBytes: all },
      ])
    })
  })

  test.each(['{', '[]', '["../../../secret.gguf"]', '[1]'])(
    'asks again when its note reads %s',
    async (note) => {
      await withModelServer(async (server) => {
        server.routes.set(listing, jsonRoute([entry('m-Q8_0.gguf', one)]))
        server.routes.set('/ada/m/resolve/main/m-Q8_0.gguf', fileRoute(one))
        const path = await storeHubQuant('ada/m', 'Q8_0', storeAt(server))
        writeFileSync(join(path, '..', '.quant-q8_0.json'), note)
        expect(await storeHubQuant('ada/m', 'Q8_0', storeAt(server))).toBe(path)
        expect(server.requests.filter(({ path: asked }) => asked.startsWith(listing)).length).toBe(2)
      })
    },
  )
})
