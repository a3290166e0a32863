import { rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { findModelOnDisk, resolveModelFile } from '../../src/model-file/model-uri.ts'
import { failureOf } from '../failure-of.ts'
import { ggufBytes } from '../gguf/gguf-bytes.ts'
import { fileRoute, jsonRoute, type ModelServer, withModelServer } from '../model-server.ts'
import { pocketPath } from '../pocket.ts'

const bytes = ggufBytes({ architecture: 'one' })

/** Where a model is before and after it was downloaded, and how many requests the two looks needed. */
async function looksAt(model: string, { dir, origin, requests }: ModelServer) {
  const options = { cacheDir: dir, hfEndpoint: origin }
  const before = await findModelOnDisk(model, options)
  const asked = requests.length
  const path = await resolveModelFile(model, options)
  const fetched = requests.length
  const after = await findModelOnDisk(model, options)
  return { before, after, path, requests: asked + requests.length - fetched }
}

test.each(['https', 'hf', 'quantization', 'split'] as const)(
  'what would be downloaded (%s) is there once it was, and nobody is asked',
  async (kind) => {
    await withModelServer(async (server) => {
      for (const name of ['m-Q8_0.gguf', 'm-00001-of-00002.gguf', 'm-00002-of-00002.gguf']) {
        server.routes.set(`/${name}`, fileRoute(bytes))
        server.routes.set(`/ada/m/resolve/main/${name}`, fileRoute(bytes))
      }
      const listing = [{ type: 'file', path: 'm-Q8_0.gguf', size: bytes.length }]
      server.routes.set('/api/models/ada/m/tree/main', jsonRoute(listing))
      const models = {
        https: `${server.origin}/m-Q8_0.gguf`,
        hf: 'hf:ada/m/m-Q8_0.gguf',
        quantization: 'hf:ada/m:Q8_0',
        split: `${server.origin}/m-00001-of-00002.gguf`,
      }
      const { before, after, path, requests } = await looksAt(models[kind], server)
      expect([before, after, requests]).toEqual([undefined, path, 0])
      if (kind !== 'split') return
      rmSync(join(dirname(path), 'm-00002-of-00002.gguf'))
      expect(await findModelOnDisk(models.split, { cacheDir: server.dir })).toBeUndefined()
    })
  },
)

test('a path and a file of a package are found where they are', async () => {
  const baseDir = dirname(pocketPath)
  expect(await findModelOnDisk('pocket.gguf', { baseDir })).toBe(pocketPath)
  const found = await findModelOnDisk('npm:@millrace/pocket-model/pocket.gguf', { baseDir })
  expect(basename(found ?? '')).toBe('pocket.gguf')
  expect((await failureOf(findModelOnDisk('none.gguf', { baseDir }))).code).toBe('MODEL_NOT_FOUND')
})
