import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { LlamaCppError } from '../../src/errors.ts'
import { hubHint, parseModelUri, resolveModelFile } from '../../src/model-file/model-uri.ts'
import { failureOf } from '../failure-of.ts'
import { ggufBytes } from '../gguf/gguf-bytes.ts'
import { fileRoute, jsonRoute, statusRoute, withModelServer } from '../model-server.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

const ways =
  "A model is a path, 'npm:package/file.gguf', 'hf:user/repository/file.gguf', 'hf:user/repository:Q4_K_M' or an https URL."

/** Runs with these environment variables and no others of the hub, and sets the old ones again. */
async function withEnvironment(variables: Record<string, string>, work: () => Promise<void>): Promise<void> {
  const names = ['HF_ENDPOINT', 'HF_TOKEN', 'XDG_CACHE_HOME', 'LOCALAPPDATA']
  const before = names.map((name) => [name, process.env[name]] as const)
  for (const name of names) delete process.env[name]
  Object.assign(process.env, variables)
  try {
    await work()
  } finally {
    for (const name of names) delete process.env[name]
    for (const [name, value] of before) if (value !== undefined) process.env[name] = value
  }
}

describe('parseModelUri', () => {
  test.each([
    ['models/a.gguf', resolve('/base', 'models/a.gguf')],
    ['./a:b.gguf', resolve('/base', 'a:b.gguf')],
    ['/models/a.gguf', resolve('/models/a.gguf')],
    ['~/models/a.gguf', join(homedir(), 'models/a.gguf')],
    ['~', homedir()],
    ['~ada/a.gguf', resolve('/base', '~ada/a.gguf')],
    ['C:\\models\\a.gguf', resolve('/base', 'C:\\models\\a.gguf')],
    ['d:/models/a.gguf', resolve('/base', 'd:/models/a.gguf')],
    [pathToFileURL(resolve('/models/a b.gguf')).href, resolve('/models/a b.gguf')],
  ])('reads %s as a path', (model, path) => {
    expect(parseModelUri(model, { baseDir: '/base' })).toEqual({ kind: 'path', path })
  })

  test('starts relative paths from the working directory without a base', () => {
    expect(parseModelUri('a.gguf')).toEqual({ kind: 'path', path: resolve('a.gguf') })
  })

  test.each([
    ['npm:models/a.gguf', { kind: 'npm', package: 'models', file: 'a.gguf' }],
    ['npm:@acme/models/big/a.gguf', { kind: 'npm', package: '@acme/models', file: 'big/a.gguf' }],
    ['NPM:models/a.gguf', { kind: 'npm', package: 'models', file: 'a.gguf' }],
    ['hf:ada/m-GGUF/Q8_0/a.gguf', { kind: 'hf', repository: 'ada/m-GGUF', file: 'Q8_0/a.gguf' }],
    ['hf:ada/m-GGUF:Q4_K_M', { kind: 'hf', repository: 'ada/m-GGUF', quant: 'Q4_K_M' }],
  ])('reads %s', (model, expected) => {
    expect(parseModelUri(model)).toEqual(expected)
  })

  test('reads URLs, with a checksum behind a #', () => {
    const sum = 'AB'.repeat(32)
    expect(parseModelUri(`https://a.example/m.gguf?v=1#sha256=${sum}`)).toEqual({
      kind: 'https',
      url: new URL('https://a.example/m.gguf?v=1'),
      sha256: sum.toLowerCase(),
    })
    expect(parseModelUri('http://localhost:8080/m.gguf')).toMatchObject({ kind: 'https', sha256: undefined })
  })

  test.each([
    ['', "'' is no name of a model."],
    ['  ', "'  ' is no name of a model."],
    ['a\0b', "'a\0b' is no name of a model."],
    [
      'nmp:models/a.gguf',
      "'nmp:models/a.gguf' begins with 'nmp:', which is no kind of model. Did you mean 'npm:'? " +
        "A path is written './nmp:models/a.gguf'.",
    ],
    [
      'ollama:llama3',
      "'ollama:llama3' begins with 'ollama:', which is no kind of model. A path is written './ollama:llama3'.",
    ],
    ['file:a.gguf', "'file:a.gguf' is no URL of a local file."],
    ['file:///a%2Fb.gguf', "'file:///a%2Fb.gguf' is no URL of a local file."],
    ['npm:models', "'npm:models' lacks a package or a file in it."],
    ['npm:@acme/models', "'npm:@acme/models' lacks a package or a file in it."],
    ['npm:../secrets/a.gguf', "'npm:../secrets/a.gguf' lacks a package or a file in it."],
    ['npm:x/../../y.gguf', "'npm:x/../../y.gguf' names '../../y.gguf', which is no path inside a package."],
    [
      'npm:x/a\\..\\b.gguf',
      "'npm:x/a\\..\\b.gguf' names 'a\\..\\b.gguf', which is no path inside a package.",
    ],
    ['hf:ada', "'hf:ada' lacks a repository, as in user/repository."],
    ['hf:../m/a.gguf', "'hf:../m/a.gguf' lacks a repository, as in user/repository."],
    ['hf:ada/m', "'hf:ada/m' names a repository, but no file or quantization in it."],
    [
      'hf:ada/m/README.md',
      "'hf:ada/m/README.md' names 'README.md', which is no GGUF file inside a repository.",
    ],
    [
      'hf:ada/m/../a.gguf',
      "'hf:ada/m/../a.gguf' names '../a.gguf', which is no GGUF file inside a repository.",
    ],
    ['https://', "'https://' is no valid URL."],
    [
      'https://ada:secret@a.example/m.gguf?key=secret',
      "'https://a.example/m.gguf' holds a name or password; no host gets those.",
    ],
    [
      'http://a.example/m.gguf?key=secret',
      "'http://a.example/m.gguf' is not encrypted; http is for hosts on this machine.",
    ],
    [
      'https://a.example/m.gguf?key=secret#sha1=abc',
      "'https://a.example/m.gguf' ends with '#sha1=abc', which is not '#sha256=' and 64 hex digits.",
    ],
    [
      `https://a.example/m-00001-of-00002.gguf#sha256=${'ab'.repeat(32)}`,
      "'https://a.example/m-00001-of-00002.gguf' is split in several files, which one checksum cannot cover.",
    ],
  ])('refuses %j', async (model, problem) => {
    const error = await failureOf(() => parseModelUri(model))
    expect(error).toMatchObject({ code: 'MODEL_URI_INVALID', message: `${problem} ${ways}` })
    expect(error.model).not.toContain('secret@')
  })
})

test('any text is a model or a LlamaCppError', () => {
  const start = fc.constantFrom(
    '',
    '~/',
    'npm:',
    'npm:@',
    'hf:',
    'hf:a/b:',
    'https://',
    'http://localhost/',
    'file://',
  )
  fc.assert(
    fc.property(start, fc.string({ unit: 'binary' }), (before, after) => {
      try {
        expect(['path', 'npm', 'hf', 'https']).toContain(parseModelUri(before + after).kind)
      } catch (error) {
        expect(error).toBeInstanceOf(LlamaCppError)
      }
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['Qwen/Qwen3-0.6B-GGUF', 'hf:Qwen/Qwen3-0.6B-GGUF:Q4_K_M'],
  ['Qwen/Qwen3-0.6B-GGUF:Q8_0', 'hf:Qwen/Qwen3-0.6B-GGUF:Q8_0'],
  ['Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf', 'hf:Qwen/Qwen3-0.6B-GGUF/Qwen3-0.6B-Q8_0.gguf'],
])('a model of the hub without its prefix, %s, is refused with it', async (model, written) => {
  const failure = await resolveModelFile(model, { baseDir: '/nowhere' }).catch(String)
  expect(failure).toMatch(
    new RegExp(`and no such folder\\. For a model of the Hugging Face hub write '${written}'\\.$`),
  )
})

test.each(['models/a.gguf', './Qwen/Qwen3', '/Qwen/Qwen3', 'a.gguf'])(
  'a path such as %s has no such hint',
  (model) => {
    expect(hubHint(model)).toBe('')
  },
)

describe('resolveModelFile', () => {
  test('finds a path from its base, and says what is there instead of a missing one', async () => {
    await inTemporaryFolder(async (dir) => {
      writeFileSync(join(dir, 'model.gguf'), '')
      expect(await resolveModelFile('model.gguf', { baseDir: dir })).toBe(join(dir, 'model.gguf'))
      expect(await failureOf(resolveModelFile('modle.gguf', { baseDir: dir }))).toMatchObject({
        code: 'MODEL_NOT_FOUND',
        message: `There is no file '${join(dir, 'modle.gguf')}'. Did you mean 'model.gguf'?`,
      })
    })
  })

  test('finds a package from its base, and from what the caller adds', async () => {
    await inTemporaryFolder(async (dir) => {
      const installed = join(dir, 'node_modules', '@acme', 'models')
      mkdirSync(installed, { recursive: true })
      writeFileSync(join(installed, 'a.gguf'), '')
      const model = 'npm:@acme/models/a.gguf'
      expect(await resolveModelFile(model, { baseDir: dir })).toBe(join(installed, 'a.gguf'))
      const resolveFrom = [pathToFileURL(join(dir, 'main.js'))]
      expect(await resolveModelFile(model, { resolveFrom })).toBe(join(installed, 'a.gguf'))
      expect((await failureOf(resolveModelFile(model))).code).toBe('MODEL_NOT_FOUND')
    })
  })

  test('finds the pocket model, which hides its package from nobody', async () => {
    const resolveFrom = [new URL('../../../cli/package.json', import.meta.url)]
    const path = await resolveModelFile('npm:@millrace/pocket-model/pocket.gguf', { resolveFrom })
    expect(path).toMatch(/pocket-model.pocket\.gguf$/)
  })

  test('downloads from the hub of the options, with their token', async () => {
    await withModelServer(async ({ origin, routes, requests, dir }) => {
      routes.set('/ada/m/resolve/main/a.gguf', fileRoute(ggufBytes()))
      const options = { cacheDir: dir, hfEndpoint: `${origin}/`, hfToken: 'mine' }
      await withEnvironment({ HF_ENDPOINT: 'https://elsewhere.example', HF_TOKEN: 'not mine' }, async () => {
        expect(await resolveModelFile('hf:ada/m/a.gguf', options)).toBe(join(dir, 'hf', 'ada', 'm', 'a.gguf'))
      })
      expect(requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
        ['/ada/m/resolve/main/a.gguf', 'Bearer mine'],
      ])
    })
  })

  test('downloads from the hub of the environment, into its cache', async () => {
    await withModelServer(async ({ origin, routes, requests, dir }) => {
      routes.set('/api/models/ada/m/tree/main', jsonRoute([{ type: 'file', path: 'a-Q8_0.gguf' }]))
      routes.set('/ada/m/resolve/main/a-Q8_0.gguf', fileRoute(ggufBytes()))
      const variables = { HF_ENDPOINT: origin, HF_TOKEN: 'mine', XDG_CACHE_HOME: dir, LOCALAPPDATA: dir }
      await withEnvironment(variables, async () => {
        const path = join(dir, 'millrace', 'models', 'hf', 'ada', 'm', 'a-Q8_0.gguf')
        expect(await resolveModelFile('hf:ada/m:Q8_0')).toBe(path)
      })
      expect(requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer mine', 'Bearer mine'])
    })
  })

  test('says what a closed repository needs', async () => {
    await withModelServer(async ({ origin, routes, dir }) => {
      routes.set('/ada/m/resolve/main/a.gguf', statusRoute(401))
      await withEnvironment({}, async () => {
        expect(
          await failureOf(resolveModelFile('hf:ada/m/a.gguf', { cacheDir: dir, hfEndpoint: origin })),
        ).toMatchObject({
          code: 'MODEL_DOWNLOAD_FAILED',
          message:
            `The model 'hf:ada/m/a.gguf' could not be downloaded: '${origin}/ada/m/resolve/main/a.gguf' answers ` +
            '401 Unauthorized. The repository is private, or gated, or does not exist. ' +
            'Accept its terms on its page, and set HF_TOKEN to an access token.',
          status: 401,
        })
      })
    })
  })

  test('downloads a URL, and keeps its secrets out of messages', async () => {
    await withModelServer(async ({ origin, routes, dir }) => {
      routes.set('/a.gguf', fileRoute(ggufBytes()))
      const path = await resolveModelFile(`${origin}/a.gguf`, { cacheDir: dir })
      expect(path.startsWith(join(dir, 'https'))).toBe(true)
      routes.set('/a.gguf', statusRoute(410))
      const error = await failureOf(resolveModelFile(`${origin}/a.gguf?key=secret`, { cacheDir: dir }))
      expect(JSON.stringify([error.message, error.model])).not.toContain('secret')
      expect(error).toMatchObject({ code: 'MODEL_NOT_FOUND', model: `${origin}/a.gguf` })
    })
  })

  test('refuses a hub that is not encrypted', async () => {
    const error = await failureOf(resolveModelFile('hf:ada/m:Q8_0', { hfEndpoint: 'http://hub.example' }))
    expect(error).toMatchObject({
      code: 'OPTION_INVALID',
      message:
        "The hub 'http://hub.example' of hfEndpoint or HF_ENDPOINT is no https URL, nor one of this machine.",
      option: 'hfEndpoint',
    })
  })

  test('does nothing for one who has aborted already', async () => {
    const reason = new RangeError('enough')
    await expect(resolveModelFile('a.gguf', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})
