import { describe, expect, test } from '@jest/globals'
import { LoadError } from '../../src/errors.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'
import { loadErrorOf, refusal, wordsOf } from './refusal.ts'

const file = `# Two parts and everything that a file can say.
metadata: { author: me, tags: [a, b] }
maxRunsPerComponent: 7
components:
  echo: { type: Echo }
  model:
    type: '@acme/components/Model'
    initParameters:
      model: \${env:MODEL_DIR}/m.gguf
      nCtx: 2048
    retry: { attempts: 3, backoffMs: 10, on: [TIMEOUT] }
    timeoutMs: 1000
  other: { type: Add, initParameters: }
connections:
  - { sender: echo.text, receiver: model.prompt }
inputs: { question: [echo.text] }
outputs: { answer: model.replies }
`

describe('a good file', () => {
  test('becomes the pipeline that it describes', () => {
    const pipeline = loadPipeline(file, { registry, environment: 'all' })
    expect(pipeline.names()).toEqual(['echo', 'model', 'other'])
    expect(pipeline.connections()).toMatchObject([
      { sender: { component: 'echo', socket: 'text' }, receiver: { component: 'model', socket: 'prompt' } },
    ])
    expect(pipeline.options).toEqual({
      metadata: { author: 'me', tags: ['a', 'b'] },
      maxRunsPerComponent: 7,
      inputs: { question: ['echo.text'] },
      outputs: { answer: 'model.replies' },
    })
    expect(pipeline.policy('model')).toEqual({
      retry: { attempts: 3, backoffMs: 10, on: ['TIMEOUT'] },
      timeoutMs: 1000,
    })
    expect(pipeline.policy('echo')).toEqual({})
  })

  test('keeps references to the environment as they are written', () => {
    const { initParameters } = loadPipeline(file, { registry, environment: 'all' }).get('model')
    expect(initParameters).toEqual({ model: `\${env:MODEL_DIR}/m.gguf`, nCtx: 2048 })
  })

  test('runs, by the names that the file gives', async () => {
    const pipeline = loadPipeline(
      `components:
  add: { type: Add, initParameters: { amount: 2 } }
  more: { type: Add }
connections: [{ sender: add.sum, receiver: more.value }]
inputs: { start: [add.value] }
outputs: { end: more.sum }`,
      { registry },
    )
    const result = await pipeline.run({ start: 1 })
    expect(result.named).toEqual({ end: 4 })
  })

  test.each([
    ['CRLF line ends', file.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${file}`],
    ['a %YAML 1.2 directive and markers', `%YAML 1.2\n---\n${file}...\n`],
  ])('may have %s', (_, text) => {
    expect(loadPipeline(text, { registry, environment: 'all' }).names()).toEqual(['echo', 'model', 'other'])
  })

  test('may have no components', () => {
    expect(loadPipeline('components: {}', { registry, environment: 'all' }).names()).toEqual([])
    expect(loadPipeline('{}', { registry, environment: 'all' }).names()).toEqual([])
  })

  test('passes the folder of its relative paths on', () => {
    expect(loadPipeline('{}', { registry, environment: 'all', baseDir: '/srv' }).options.baseDir).toBe('/srv')
  })
})

describe('a bad file', () => {
  test('is refused with everything that is wrong with it, in the order of the file', () => {
    const error = refusal(`components:
  prompt: { type: Ekko }
  model:
    type: Model
    initParameters:
      modell: m.gguf
      nCtx: -1
      generationKwargs:
        temperature: hot
  add: { type: Add }
connections:
  - { sender: prompt.text, receiver: model.prompt }
  - { sender: add.total, receiver: add2.value }
maxRunsPerComponent: 0
`)
    expect(error.message).toMatchInlineSnapshot(`
"p.yaml:2:19: components.prompt.type: No component type 'Ekko' is registered. Registered: 'Echo', 'Add', 'Join', 'Keep' and 'Model'. Did you mean 'Echo'?
  2 |   prompt: { type: Ekko }
    |                   ^

p.yaml:5:5: components.model.initParameters: 'model' is missing.
  5 |     initParameters:
    |     ^

p.yaml:6:7: components.model.initParameters.modell: 'modell' is unknown. Possible: 'model', 'nCtx', 'headers', 'stop', 'mode', 'system', 'generationKwargs', 'onToken' and 'tools'. Did you mean 'model'?
  6 |       modell: m.gguf
    |       ^

p.yaml:7:13: components.model.initParameters.nCtx: must be >= 1, got the number -1.
  7 |       nCtx: -1
    |             ^

p.yaml:9:22: components.model.initParameters.generationKwargs.temperature: expected number, got "hot".
  9 |         temperature: hot
    |                      ^

p.yaml:13:15: connections[1].sender: 'add' has no 'total' among its outputs 'sum'.
  13 |   - { sender: add.total, receiver: add2.value }
     |               ^

p.yaml:13:36: connections[1].receiver: 'add2.value' names no component of this file. Components: 'prompt', 'model' and 'add'. Did you mean 'add'?
  13 |   - { sender: add.total, receiver: add2.value }
     |                                    ^

p.yaml:14:22: maxRunsPerComponent: must be >= 1, got the number 0.
  14 | maxRunsPerComponent: 0
     |                      ^

8 problems"
`)
    expect(error.code).toBe('LOAD_UNKNOWN_TYPE')
    expect([error.file, error.line, error.column, error.path]).toEqual([
      'p.yaml',
      2,
      19,
      'components.prompt.type',
    ])
    expect(error.problems[2]).toEqual({
      code: 'LOAD_PARAMETERS',
      message:
        "'modell' is unknown. Possible: 'model', 'nCtx', 'headers', 'stop', 'mode', 'system', 'generationKwargs', 'onToken' and 'tools'. Did you mean 'model'?",
      line: 6,
      column: 7,
      path: 'components.model.initParameters.modell',
      excerpt: '  6 |       modell: m.gguf\n    |       ^',
    })
  })

  test('has problems without the name of a file too', () => {
    const error = loadErrorOf(() => loadPipeline('componets: {}', { registry, environment: 'all' }))
    expect(error.file).toBeUndefined()
    expect(error.message).toMatchInlineSnapshot(`
"line 1:1: componets: 'componets' is unknown. Possible: 'metadata', 'maxRunsPerComponent', 'resources', 'components', 'connections', 'inputs' and 'outputs'. Did you mean 'components'?
  1 | componets: {}
    | ^"
`)
  })

  test('is not a value of another type', () => {
    const error = loadErrorOf(() =>
      loadPipeline(undefined as unknown as string, { registry, environment: 'all' }),
    )
    expect(error.code).toBe('LOAD_SHAPE')
    expect(error.message).toMatchInlineSnapshot(
      `"loadPipeline takes the text of a file, not a value of type 'undefined'."`,
    )
  })

  test('is told by its path when it is one', () => {
    expect(refusal('pipelines/capital.yaml').message).toMatchInlineSnapshot(`
"p.yaml:1:1: A pipeline file is a mapping, not a string. To load a file by its path, use loadPipelineFile. For example:
  components:
    prompt:
      type: PromptBuilder
      initParameters: { template: 'Say {{ word }}.' }
    llm:
      type: LlamaCppGenerator
      initParameters: { model: model.gguf }
  connections:
    - { sender: prompt.prompt, receiver: llm.prompt }

  1 | pipelines/capital.yaml
    | ^"
`)
  })
})

describe('a hostile file ends in a LoadError', () => {
  const laughs = Array.from({ length: 9 }, (_, level) => {
    const item = level === 0 ? 'lol' : `*l${level - 1}`
    return `  l${level}: &l${level} [${Array(9).fill(item).join(', ')}]`
  })

  test.each([
    ['a billion laughs', `metadata:\n${laughs.join('\n')}`, 'LOAD_LIMIT'],
    ['100,000 flow lists', '['.repeat(100_000), 'LOAD_LIMIT'],
    ['100,000 closed flow mappings', `${'{a: '.repeat(100_000)}1${'}'.repeat(100_000)}`, 'LOAD_LIMIT'],
    ['100,000 block lists', `${'- '.repeat(100_000)}a`, 'LOAD_LIMIT'],
    ['100,000 explicit keys', `${'? '.repeat(100_000)}a`, 'LOAD_LIMIT'],
    ['block mappings as deep as a file can hold', stairs(1400), 'LOAD_LIMIT'],
    ['50 MB', `a: ${'x'.repeat(50_000_000)}`, 'LOAD_LIMIT'],
    ['one large list that aliases repeat', repeated(), 'LOAD_LIMIT'],
    ['a cycle of anchors', 'metadata: &a { b: &b { c: *a }, d: *b }', 'LOAD_SYNTAX'],
    // Each would be looked for in the whole document.
    ['8,000 anchors and aliases', `metadata: [${pairs(8_000)}]`, 'LOAD_LIMIT'],
    ['8,000 aliases of nothing', `metadata: [${'*a, '.repeat(8_000)}]`, 'LOAD_SYNTAX'],
    // Each would be compared with each.
    ['9,000 keys of one mapping', `metadata: { ${keys(9_000)} }\nx: 1`, 'LOAD_SHAPE'],
    ['__proto__', 'components: { __proto__: { polluted: yes } }', 'LOAD_SHAPE'],
    ['%YAML 1.1', '%YAML 1.1\n---\ncomponents: {}', 'LOAD_SYNTAX'],
    ['%TAG', '%TAG ! tag:evil,2020:\n---\ncomponents: {}', 'LOAD_SYNTAX'],
    ['an unknown tag', 'metadata: !!python/object/apply:os.system ["ls"]', 'LOAD_SYNTAX'],
    ['9,000 unknown keys', Array.from({ length: 9_000 }, (_, i) => `k${i}: 1`).join('\n'), 'LOAD_SHAPE'],
    ['50,000 documents', '---\n'.repeat(50_000), 'LOAD_SYNTAX'],
    ['20,000 syntax errors', ']\n'.repeat(20_000), 'LOAD_SYNTAX'],
  ])('%s', (_, text, code) => {
    expect(refusal(text).code).toBe(code)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test('more components than maxComponents are a limit too', () => {
    expect(wordsOf('components: { a: { type: Echo }, b: { type: Echo } }', { maxComponents: 1 })).toEqual([
      "1:1 The file has 2 components, more than the 1 of 'maxComponents'.",
    ])
  })
})

function pairs(count: number): string {
  return Array.from({ length: count }, (_, index) => `&a${index} 1, *a${index}`).join(', ')
}

function keys(count: number): string {
  return Array.from({ length: count }, (_, index) => `k${index}:`).join(', ')
}

function stairs(levels: number): string {
  return Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}a:`).join('\n')
}

function repeated(): string {
  const aliases = Array.from({ length: 49 }, (_, index) => `  b${index}: *a`)
  return `metadata:\n  a: &a [${'1,'.repeat(50_000)}]\n${aliases.join('\n')}`
}

test('a LoadError is recognised across copies of the package', () => {
  expect(LoadError.isInstance(refusal(''))).toBe(true)
})
