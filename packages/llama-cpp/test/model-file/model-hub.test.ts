import { describe, expect, test } from '@jest/globals'
import {
  chooseQuant,
  type HubFile,
  hubFileUrl,
  isSafeFilePath,
  listHubFiles,
} from '../../src/model-file/model-hub.ts'
import type { Access } from '../../src/model-file/model-request.ts'
import { failureOf } from '../failure-of.ts'
import { jsonRoute, statusRoute, withModelServer } from '../model-server.ts'

const accessTo = (endpoint: string): Access => ({
  model: 'hf:ada/m:Q4_K_M',
  fetch: globalThis.fetch,
  silenceMs: 30_000,
  hub: { endpoint: new URL(endpoint), token: undefined },
})

test.each([
  ['a.gguf', true],
  ['Q8_0/a b-é(1).gguf', true],
  ['../a.gguf', false],
  ['x/../../a.gguf', false],
  ['/etc/a.gguf', false],
  ['x//a.gguf', false],
  ['x\\a.gguf', false],
  ['C:a.gguf', false],
  ['.hidden/a.gguf', false],
  ['a.gguf ', false],
  ['a\n.gguf', false],
  ['', false],
])('%j is a path to store under: %s', (path, expected) => {
  expect(isSafeFilePath(path)).toBe(expected)
})

test('a file of the hub is where its current version is', () => {
  const access = accessTo('https://mirror.example/hub/')
  expect(hubFileUrl('ada/m', 'Q8_0/a b#1.gguf', access).href).toBe(
    'https://mirror.example/hub/ada/m/resolve/main/Q8_0/a%20b%231.gguf',
  )
})

describe('listHubFiles', () => {
  const listing = '/api/models/ada/m/tree/main'

  test('gives the GGUF files of all pages with size and checksum, but none whose path leaves its folder', async () => {
    await withModelServer(async ({ origin, routes, requests }) => {
      const oid = 'ab'.repeat(32)
      const first = [
        { type: 'directory', path: 'Q8_0' },
        { type: 'file', path: 'README.md', size: 1 },
        { type: 'file', path: 'Q8_0/a.gguf', size: 700, lfs: { oid, size: 700 } },
        { type: 'file', path: '../b.gguf', size: 1 },
      ]
      const next = `<${origin}${listing}?recursive=true&cursor=2>; rel="next"`
      routes.set(`${listing}?recursive=true`, jsonRoute(first, { link: next }))
      routes.set(
        `${listing}?recursive=true&cursor=2`,
        jsonRoute([{ type: 'file', path: 'c.GGUF', lfs: { oid: 'x' } }, 'nonsense', null]),
      )
      expect(await listHubFiles('ada/m', accessTo(origin))).toEqual([
        { path: 'Q8_0/a.gguf', bytes: 700, sha256: oid },
        { path: 'c.GGUF', bytes: undefined, sha256: undefined },
      ])
      expect(requests.length).toBe(2)
    })
  })

  test('follows no page to another host', async () => {
    await withModelServer(async ({ origin, routes, requests }) => {
      routes.set(listing, jsonRoute([], { link: '<http://localhost:1/next>; rel="next"' }))
      expect(await listHubFiles('ada/m', accessTo(origin))).toEqual([])
      expect(requests.length).toBe(1)
    })
  })

  test('says when there is no such repository', async () => {
    await withModelServer(async ({ origin }) => {
      expect(await failureOf(listHubFiles('ada/m', accessTo(origin)))).toMatchObject({
        code: 'MODEL_NOT_FOUND',
        message: `There is no model 'hf:ada/m:Q4_K_M': '${origin}${listing}' answers 404 Not Found.`,
        status: 404,
      })
    })
  })

  test.each([
    ['no JSON', '<html>'],
    ['no list', '{"error": "none"}'],
  ])('takes %s for a failure, not for an empty repository', async (_what, body) => {
    await withModelServer(async ({ origin, routes }) => {
      routes.set(listing, statusRoute(200, body))
      expect(await failureOf(listHubFiles('ada/m', accessTo(origin)))).toMatchObject({
        code: 'MODEL_DOWNLOAD_FAILED',
        message: `The model 'hf:ada/m:Q4_K_M' could not be looked up: '${new URL(origin).host}' sent no list of its files.`,
      })
    })
  })
})

describe('chooseQuant', () => {
  const files = (...paths: string[]): HubFile[] =>
    paths.map((path) => ({ path, bytes: 1, sha256: undefined }))
  const choose = (quant: string, ...paths: string[]) =>
    chooseQuant(files(...paths), quant, `hf:ada/m:${quant}`).map(({ path }) => path)

  test.each([
    ['Q4_K_M', ['m-Q4_K_M.gguf', 'm-Q4_K_S.gguf', 'm-Q8_0.gguf'], 'm-Q4_K_M.gguf'],
    ['q4_k_m', ['m.Q4_K_M.gguf', 'm.Q8_0.gguf'], 'm.Q4_K_M.gguf'],
    ['Q4_K', ['m-Q4_K_M.gguf', 'm-Q4_K.gguf'], 'm-Q4_K.gguf'],
    ['Q8_0', ['m-Q8_0.gguf', 'mmproj-m-Q8_0.gguf'], 'm-Q8_0.gguf'],
    ['mmproj-F16', ['m-F16.gguf', 'mmproj-F16.gguf'], 'mmproj-F16.gguf'],
    ['BF16', ['BF16/m.gguf', 'Q8_0/m.gguf'], 'BF16/m.gguf'],
    ['f16', ['mf16.gguf', 'm-q8_0.gguf'], 'mf16.gguf'],
    ['UD-Q4_K_XL', ['m-UD-Q4_K_XL.gguf', 'm-Q4_K_XL.gguf'], 'm-UD-Q4_K_XL.gguf'],
  ])('%s of %j is %s', (quant, paths, expected) => {
    expect(choose(quant, ...paths)).toEqual([expected])
  })

  test('takes all parts of a split model in their order', () => {
    const parts = ['Q8_0/m-Q8_0-00001-of-00002.gguf', 'Q8_0/m-Q8_0-00002-of-00002.gguf']
    expect(choose('Q8_0', parts[1] ?? '', parts[0] ?? '', 'm-Q4_0.gguf')).toEqual(parts)
  })

  test('says what there is instead', async () => {
    expect(await failureOf(() => choose('Q4_K_M', 'm-Q8_0.gguf', 'm-F16.gguf'))).toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message:
        "The repository of 'hf:ada/m:Q4_K_M' has no GGUF file with 'Q4_K_M' in its name. " +
        "It has 'm-Q8_0.gguf' and 'm-F16.gguf'.",
      model: 'hf:ada/m:Q4_K_M',
    })
    expect(await failureOf(() => choose('Q4_K_M'))).toMatchObject({
      message:
        "The repository of 'hf:ada/m:Q4_K_M' has no GGUF file with 'Q4_K_M' in its name. It has no GGUF files at all.",
    })
  })

  test('does not guess between several', async () => {
    expect(await failureOf(() => choose('Q4_K_M', 'a-Q4_K_M.gguf', 'b-Q4_K_M.gguf', 'c.gguf'))).toMatchObject(
      {
        code: 'MODEL_URI_INVALID',
        message:
          "'hf:ada/m:Q4_K_M' fits several models: 'a-Q4_K_M.gguf' and 'b-Q4_K_M.gguf'. " +
          "Name one, as in 'hf:ada/m/a-Q4_K_M.gguf'.",
      },
    )
  })

  test('notices a missing part', async () => {
    expect(await failureOf(() => choose('Q8_0', 'm-Q8_0-00001-of-00002.gguf'))).toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: "The repository of 'hf:ada/m:Q8_0' lacks 'm-Q8_0-00002-of-00002.gguf', a part of it.",
    })
  })
})
