import { describe, expect, test } from '@jest/globals'
import type { PipelineComponent } from '../../src/pipeline/as-component.ts'
import type { LoadLimits } from '../../src/yaml/bounds/limits.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'
import { filesIn, loadErrorOf, loadMain, problemsIn, wordsOf } from './refusal.ts'

const including = (...names: string[]) =>
  `components:\n${names.map((name, index) => `  p${index}: { type: Pipeline, initParameters: { file: ${name} } }\n`).join('')}`

const add = 'components: { add: { type: Add } }'

type Files = Parameters<typeof loadMain>[0]

const refusalOf = (files: Files, limits: LoadLimits = {}) => loadErrorOf(() => loadMain(files, { limits }))

describe('a file that is included', () => {
  test('becomes a component, whose relative paths start from its own folder', async () => {
    const pipeline = loadMain({ 'main.yaml': including('parts/add.yaml'), 'parts/add.yaml': add })
    expect((await pipeline.run({ value: 1 })).outputs).toEqual({ p0: { sum: 2 } })
    expect((pipeline.get('p0') as PipelineComponent).pipeline.options).toEqual({ baseDir: '/srv/parts' })
  })

  test('may include others, relative to itself', async () => {
    const pipeline = loadMain({
      'main.yaml': including('parts/outer.yml'),
      'parts/outer.yml': including('./more/add.yaml'),
      'parts/more/add.yaml': add,
    })
    expect((await pipeline.run({ value: 1 })).outputs).toEqual({ p0: { sum: 2 } })
  })

  test('may be included often, each time as a pipeline of its own, and is read once', async () => {
    const { readFile, reads } = filesIn('/srv', { 'add.yaml': add, 'again.yaml': including('add.yaml') })
    const text = `${including('add.yaml', './add.yaml', 'again.yaml')}connections:
  - { sender: p0.sum, receiver: p1.value }
  - { sender: p1.sum, receiver: p2.value }`
    const pipeline = loadPipeline(text, { registry, baseDir: '/srv', readFile })
    expect((await pipeline.run({ value: 1 })).outputs).toEqual({ p2: { sum: 4 } })
    expect(reads).toEqual(['/srv/add.yaml', '/srv/again.yaml'])
  })

  test('starts from the working directory without a folder', () => {
    const { readFile, reads } = filesIn(process.cwd(), { 'a.yaml': add })
    loadPipeline(including('a.yaml'), { registry, readFile })
    expect(reads).toEqual([`${process.cwd()}/a.yaml`])
  })

  test.each([
    ['/srv', '/srv/main.yaml', 'sub/a.yaml', '/srv/sub/a.yaml'],
    [process.cwd(), 'main.yaml', 'sub/a.yaml', 'sub/a.yaml'],
    [process.cwd(), 'main.yaml', '/srv/a.yaml', '/srv/a.yaml'],
    // A relative path from the file would not lead from the folder to the same place.
    ['/srv', 'main.yaml', 'a.yaml', '/srv/a.yaml'],
    ['/srv', undefined, 'a.yaml', '/srv/a.yaml'],
    [undefined, '<stdin>', 'a.yaml', 'a.yaml'],
  ])('in %s, from %s, is called %s as %s', (baseDir, file, written, name) => {
    const options = { ...(baseDir ? { baseDir } : {}), ...(file ? { file } : {}), readFile: () => '[' }
    const load = () => loadPipeline(including(written), { registry, ...options })
    expect(loadErrorOf(load).problems[0]?.file).toBe(name)
  })

  test('may be bytes', () => {
    const bytes = new TextEncoder().encode(`\uFEFF${add}`)
    expect(loadMain({ 'main.yaml': including('a.yaml'), 'a.yaml': bytes }).names()).toEqual(['p0'])
  })
})

describe('what is wrong in it', () => {
  test('is told with its name, line and excerpt, after what is wrong in the file itself', () => {
    const error = refusalOf({
      'main.yaml': `${including('parts/bad.yaml')}  echo: { type: Ekko }\n`,
      'parts/bad.yaml': 'components:\n  add: { type: Add, initParameters: { amount: 0 } }\n',
    })
    expect(error.message).toMatchInlineSnapshot(`
"/srv/main.yaml:3:17: components.echo.type: No component type 'Ekko' is registered. Registered: 'Echo', 'Add', 'Join', 'Keep' and 'Model'. Did you mean 'Echo'?
  3 |   echo: { type: Ekko }
    |                 ^

/srv/parts/bad.yaml:2:47: components.add.initParameters.amount: must be >= 1, got the number 0.
  2 |   add: { type: Add, initParameters: { amount: 0 } }
    |                                               ^

2 problems"
`)
    expect([error.file, error.code, error.line]).toEqual(['/srv/main.yaml', 'LOAD_UNKNOWN_TYPE', 3])
    expect(error.problems.map(({ file, path }) => [file, path])).toEqual([
      [undefined, 'components.echo.type'],
      ['/srv/parts/bad.yaml', 'components.add.initParameters.amount'],
    ])
  })

  test('is told once, however often it is included, and by whom', () => {
    const files = {
      'main.yaml': `${including('a.yaml', 'bad.yaml', 'a.yaml')}connections: [{ sender: p0.x, receiver: p1.y }]`,
      'a.yaml': `${including('bad.yaml')}outputs: { x: p0.nothing }`,
      'bad.yaml': 'components: { a: { type: Ekko } }',
    }
    expect(problemsIn(files)).toEqual(['LOAD_UNKNOWN_TYPE bad.yaml components.a.type'])
  })

  test('leaves the other files to be looked at, even when it is no YAML at all', () => {
    const files = {
      'main.yaml': including('a.yaml', 'b.yaml', 'c.yaml'),
      'a.yaml': '[',
      'b.yaml': 'a text',
      'c.yaml': 'unknown: 1',
    }
    expect(problemsIn(files)).toEqual([
      'LOAD_SYNTAX a.yaml',
      'LOAD_SHAPE b.yaml',
      'LOAD_SHAPE c.yaml unknown',
    ])
  })

  test('is what connects to it, too', () => {
    const files = {
      'main.yaml': `${including('add.yaml')}  end: { type: Echo }
connections: [{ sender: p0.total, receiver: end.text }]`,
      'add.yaml': add,
    }
    expect(problemsIn(files)).toEqual(['LOAD_CONNECTION connections[0].sender'])
  })
})

describe('a name', () => {
  test.each([
    ['sub.json', 'LOAD_PARAMETERS'],
    ['sub', 'LOAD_PARAMETERS'],
    ['""', 'LOAD_PARAMETERS'],
    ['sub.yaml.bak', 'LOAD_PARAMETERS'],
    ['https://example.org/sub.yaml', 'LOAD_PARAMETERS'],
    ['file:///srv/sub.yaml', 'LOAD_PARAMETERS'],
    ['"${env:SUB}.yaml"', 'LOAD_ENVIRONMENT'],
    ['none.yaml', 'LOAD_NOT_FOUND'],
  ])('like %s is refused with %s', (name, code) => {
    expect(problemsIn({ 'main.yaml': including(name), 'sub.yaml': add })).toEqual([
      `${code} components.p0.initParameters.file`,
    ])
  })

  test.each<[name: string, words: string]>([
    ['sub.txt', "'sub.txt' is not the name of a pipeline file. Those end in .yaml or .yml."],
    [
      'https://example.org/sub.yaml',
      "'https://example.org/sub.yaml' is a URL, and nothing is fetched. Name a file on this machine.",
    ],
    ['none.yaml', "The file '/srv/none.yaml' cannot be read: ENOENT: no such file or directory."],
    ['bytes.yaml', "The file '/srv/bytes.yaml' is not UTF-8 text. Save it in that encoding."],
  ])('like %s is refused in words', (name, words) => {
    const files = { 'main.yaml': including(name), 'bytes.yaml': new Uint8Array([0xff]) }
    const [problem] = refusalOf(files).problems
    expect([problem?.line, problem?.column, problem?.message]).toEqual([2, 49, words])
  })

  test('of a file that cannot be read has the cause', () => {
    expect(refusalOf({ 'main.yaml': including('none.yaml') }).cause).toBeInstanceOf(RangeError)
  })
})

test('without a reader nothing is read', () => {
  expect(wordsOf(including('sub.yaml'))).toEqual([
    "2:49 loadPipeline has only this text and does not read 'sub.yaml'. Load the file with loadPipelineFile, or give loadPipeline the option 'readFile'.",
  ])
})

test('a reader must give a text or bytes', () => {
  const load = () =>
    loadPipeline(including('sub.yaml'), { registry, readFile: (async () => 'x') as never, baseDir: '/srv' })
  expect(loadErrorOf(load).problems[0]?.message).toBe(
    "readFile gave an instance of Promise for '/srv/sub.yaml'. It returns the text or the bytes of the file.",
  )
})

describe('a file that includes itself', () => {
  test('is refused with the chain', () => {
    const files = {
      'main.yaml': including('sub/a.yaml'),
      'sub/a.yaml': including('b.yaml'),
      'sub/b.yaml': including('../main.yaml'),
    }
    expect(refusalOf(files).problems).toMatchObject([
      {
        code: 'LOAD_CYCLE',
        file: '/srv/sub/b.yaml',
        message: 'The file includes itself: main.yaml → sub/a.yaml → sub/b.yaml → main.yaml.',
      },
    ])
  })

  test('is found at once', () => {
    expect(refusalOf({ 'main.yaml': including('main.yaml') }).problems[0]?.message).toBe(
      'The file includes itself: main.yaml → main.yaml.',
    )
  })

  test('is found without the name of the first file', () => {
    const { readFile } = filesIn('/srv', { 'a.yaml': including('a.yaml') })
    const load = () => loadPipeline(including('a.yaml'), { registry, readFile, baseDir: '/srv' })
    expect(loadErrorOf(load).code).toBe('LOAD_CYCLE')
  })
})

describe('the limits', () => {
  test('are for the bytes of all files together', () => {
    const files = { 'main.yaml': including('add.yaml'), 'add.yaml': add }
    const bytes = files['main.yaml'].length + add.length
    expect(loadMain(files, { limits: { maxBytes: bytes } }).names()).toEqual(['p0'])
    expect(refusalOf(files, { maxBytes: bytes - 1 }).problems[0]?.message).toBe(
      "With this file there are more than the 106 bytes of 'maxBytes'.",
    )
  })

  test('are for the aliases of all files together', () => {
    const aliased = 'metadata: { a: &a 1, b: *a, c: *a }'
    const files = { 'main.yaml': including('a.yaml', 'b.yaml'), 'a.yaml': aliased, 'b.yaml': aliased }
    expect(loadMain(files, { limits: { maxAliases: 4 } }).names()).toEqual(['p0', 'p1'])
    expect(problemsIn(files, { maxAliases: 3 })).toEqual(['LOAD_LIMIT b.yaml'])
  })

  test('count the values of a file as often as it is included', () => {
    const large = `metadata: { a: [${'1,'.repeat(3000)}] }\n${add}`
    const files = { 'main.yaml': including(...Array(40).fill('a.yaml')), 'a.yaml': large }
    expect(problemsIn(files)).toEqual(['LOAD_LIMIT components.p17.initParameters.file'])
  })

  test('count components as often as they are included', () => {
    const files: Record<string, string> = { 'main.yaml': including('f0.yaml') }
    for (let level = 0; level < 15; level += 1) {
      const next = `f${level + 1}.yaml`
      files[`f${level}.yaml`] = `${including(next, next)}outputs: { sum: p1.sum }`
    }
    files['f15.yaml'] = add
    expect(problemsIn(files)).toEqual([expect.stringMatching(/^LOAD_LIMIT f\d+\.yaml components$/)])
  })

  test('are for the depth of all files together', () => {
    const files: Record<string, string> = { 'main.yaml': including('f1.yaml') }
    for (let level = 1; level < 17; level += 1) files[`f${level}.yaml`] = including(`f${level + 1}.yaml`)
    expect(problemsIn({ ...files, 'f17.yaml': add })).toEqual([
      'LOAD_LIMIT f16.yaml components.p0.initParameters',
    ])
    expect(loadMain({ ...files, 'f16.yaml': add }).names()).toEqual(['p0'])
  })
})
