// jest's own comparison takes a key called `constructor` for the class of the object.
import { deepStrictEqual } from 'node:assert'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { JsonValue } from '../../src/json.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { dumpPipeline } from '../../src/yaml/dump.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { pipelineFile } from '../../src/yaml/pipeline-file.ts'
import { Echo, Join, Keep, Model, printToken, registry, search } from './parts.ts'
import { loadErrorOf } from './refusal.ts'

test('a pipeline becomes the text that a person would write', () => {
  const pipeline = new Pipeline(
    {
      echo: new Echo(),
      model: new Model({
        model: `\${env:MODELS}/m.gguf`,
        stop: ['\n', 'END'],
        system: [{ role: 'system', content: [{ type: 'text', text: 'Be brief.\nBe kind.\n' }] }],
        onToken: printToken,
        tools: [search],
      }),
    },
    {
      metadata: { author: 'me', tags: ['a', 'b'] },
      maxRunsPerComponent: 7,
      policies: { model: { retry: { attempts: 2, on: ['TIMEOUT'] }, timeoutMs: 500 } },
      inputs: { question: ['echo.text'] },
      outputs: { answer: 'model.replies' },
    },
  ).connect('echo.text', 'model.prompt')
  expect(dumpPipeline(pipeline, { registry })).toMatchInlineSnapshot(`
"metadata:
  author: me
  tags:
    - a
    - b
maxRunsPerComponent: 7
components:
  echo:
    type: Echo
  model:
    type: Model
    initParameters:
      model: \${env:MODELS}/m.gguf
      stop:
        - "\\n"
        - END
      system:
        - role: system
          content:
            - type: text
              text: |
                Be brief.
                Be kind.
      onToken: printToken
      tools:
        - search
    retry:
      attempts: 2
      on:
        - TIMEOUT
    timeoutMs: 500
connections:
  - { sender: echo.text, receiver: model.prompt }
inputs:
  question: [ echo.text ]
outputs:
  answer: model.replies
"
`)
})

test('an empty pipeline has a text too', () => {
  expect(dumpPipeline(new Pipeline({}))).toBe('components: {}\n')
})

test('keys that are special in a pipeline alone have no style elsewhere', () => {
  const value = { connections: [{ a: 1 }], inputs: { x: ['a'] }, '<<': 'one\n\n  two', e: [], o: {} }
  const pipeline = new Pipeline({ keep: new Keep({ value }) }) as unknown as Pipeline
  const written = dumpPipeline(pipeline)
  expect(written).toMatchInlineSnapshot(`
"components:
  keep:
    type: Keep
    initParameters:
      value:
        connections:
          - a: 1
        inputs:
          x:
            - a
        "<<": |-
          one

            two
        e: []
        o: {}
"
`)
  expect(pipelineFile(loadPipeline(written, { registry, environment: 'all' }))).toEqual(
    pipelineFile(pipeline),
  )
})

test('long texts are not broken into lines', () => {
  const text = dumpPipeline(new Pipeline({ keep: new Keep({ value: 'word '.repeat(100).trim() }) }))
  expect(text.split('\n')).toHaveLength(6)
})

test('what a file cannot express is refused', () => {
  const pipeline = new Pipeline({ keep: new Keep({ listeners: [printToken] }) })
  expect(loadErrorOf(() => dumpPipeline(pipeline)).code).toBe('DUMP_UNSUPPORTED')
})

/** Names, texts and numbers that YAML could take for something else. */
const tricky = fc.constantFrom(
  'null',
  'true',
  'no',
  '~',
  '',
  ' ',
  '1',
  '0x1F',
  '1e3',
  '.nan',
  '-',
  '- a',
  'a: b',
  '#',
  'a #b',
  '<<',
  '*a',
  '&a',
  '!a',
  '|',
  '>',
  '%A',
  '@a',
  '`a',
  '{',
  '[a]',
  "'",
  '"',
  '\\',
  '\t',
  '\n',
  'a\n',
  '\na',
  'a\n\nb\n\n',
  ' a\n  b',
  'a \nb',
  'a\t\n\tb',
  '\r\n',
  '---',
  '...',
  '--- a\n',
  '\u0000',
  '\u0085',
  '\u2028',
  '\uFEFF',
  '\u007F',
  '😀',
  '=',
  '?',
  ': ',
  '2020-01-01',
  'y',
  'constructor',
  'toString',
)
const text = fc.oneof(
  tricky,
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }).filter((value) => !/\p{Surrogate}/u.test(value)),
  fc.array(tricky).map((parts) => parts.join('')),
)
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc.constantFrom(2 ** 60, 1e21, -0, 5e-324),
)
const json = fc
  .letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      text,
      number,
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        text.filter((key) => key !== '__proto__'),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  }))
  .value.filter((value) => !JSON.stringify(value).includes('${env:'))

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,6}$/).filter((value) => value !== '__proto__')

/** A pipeline with parts of every kind, connected in a chain. */
const pipelines = fc
  .record({
    names: fc.uniqueArray(name, { minLength: 2, maxLength: 5 }),
    values: fc.array(json, { minLength: 5, maxLength: 5 }),
    metadata: fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      json,
      { maxKeys: 3 },
    ),
    maxRunsPerComponent: fc.integer({ min: 1 }),
    attempts: fc.integer({ min: 1, max: 9 }),
    timeoutMs: fc.double({ min: 1, max: 1000, noNaN: true }),
    publicName: fc
      .string({ minLength: 1 })
      .filter((value) => !(value in Object.prototype) && !/\p{Surrogate}/u.test(value)),
    joins: fc.boolean(),
  })
  .filter(({ names, publicName }) => !names.includes(publicName))
  .map(({ names, values, metadata, maxRunsPerComponent, attempts, timeoutMs, publicName, joins }) => {
    const part = (index: number) => new Keep(index === 0 ? {} : { value: values[index] as JsonValue })
    const pipeline = new Pipeline(Object.fromEntries(names.map((each, index) => [each, part(index)])), {
      metadata,
      maxRunsPerComponent,
      policies: { [names[0] as string]: { retry: { attempts }, timeoutMs } },
      inputs: { [publicName]: [`${names[0]}.text`] },
      outputs: { [publicName]: `${names.at(-1)}.text` },
    })
    for (const [index, each] of names.slice(1).entries()) {
      pipeline.connect(`${names[index]}.text` as never, `${each}.text` as never)
    }
    if (!joins || names.includes('all')) return pipeline as unknown as Pipeline
    pipeline.add('all', new Join())
    for (const each of names) pipeline.connect(`${each}.text` as never, 'all.texts' as never)
    return pipeline as unknown as Pipeline
  })

describe('for every pipeline', () => {
  test('what is loaded from its text has the same file, and the same text', () => {
    fc.assert(
      fc.property(pipelines, (pipeline) => {
        const written = dumpPipeline(pipeline)
        const again = loadPipeline(written, { registry, environment: 'all' })
        deepStrictEqual(pipelineFile(again), pipelineFile(pipeline))
        expect(dumpPipeline(again)).toBe(written)
        expect(dumpPipeline(pipeline)).toBe(written)
      }),
      { numRuns: 100 },
    )
  })
})

describe('a pipeline in the pipeline', () => {
  const source = `components:
  sub:   # adds three
    type: Pipeline
    initParameters:
      definition:
        components:
          first: { type: '@acme/components/Add', initParameters: { amount: 2 } }
          second: { type: Add }   # one more
        connections:
          - { sender: first.sum, receiver: second.value }
        maxRunsPerComponent: 100
      inputs: { start: [first.value] }
  included: { type: Pipeline, initParameters: { file: parts/add.yaml } }
`
  const readFile = () => 'components: { add: { type: Add } }'
  const load = (text: string) =>
    loadPipeline(text, { registry, environment: 'all', readFile, baseDir: '/srv' })

  test('survives the way to a text and back', () => {
    const written = dumpPipeline(load(source), { registry })
    expect(pipelineFile(load(written), { registry })).toEqual(pipelineFile(load(source), { registry }))
    expect(written).toMatchInlineSnapshot(`
"components:
  sub:
    type: Pipeline
    initParameters:
      definition:
        components:
          first:
            type: Add
            initParameters:
              amount: 2
          second:
            type: Add
        connections:
          - { sender: first.sum, receiver: second.value }
      inputs:
        start: [ first.value ]
  included:
    type: Pipeline
    initParameters:
      file: parts/add.yaml
"
`)
  })
})

test('pipelines in pipelines survive, three deep, whatever they consist of', () => {
  fc.assert(
    fc.property(pipelines, pipelines, pipelines, (one, two, three) => {
      const around = (pipeline: Pipeline, deeper?: Pipeline): Pipeline =>
        new Pipeline({
          own: pipeline.asComponent({ outputs: {} }),
          ...(deeper === undefined ? {} : { deeper: deeper.asComponent({ outputs: {} }) }),
        }) as unknown as Pipeline
      const outer = around(one, around(two, around(three)))
      const again = loadPipeline(dumpPipeline(outer), {
        registry,
        environment: 'all',
        limits: { maxDepth: 100 },
      })
      deepStrictEqual(pipelineFile(again), pipelineFile(outer))
    }),
    { numRuns: 20 },
  )
})
