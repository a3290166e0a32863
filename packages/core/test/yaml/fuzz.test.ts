import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { LoadError } from '../../src/errors.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import type { Overrides } from '../../src/yaml/overrides.ts'
import { registry } from './parts.ts'

const good = [
  `# A comment
metadata: { author: &me "me", tags: [*me, 'b'] }
maxRunsPerComponent: 7
components:
  echo: { type: Echo }
  model:
    type: '@acme/components/Model'
    initParameters:
      model: \${env:MODELS}/m.gguf
      stop:
        - |
          END
        - >-
          folded
          text
      generationKwargs: { temperature: 0.5 }
      onToken: printToken
      tools: [search]
    retry: { attempts: 3, on: [TIMEOUT] }
connections:
  - { sender: echo.text, receiver: model.prompt }
inputs: { question: [echo.text] }
outputs: { answer: model.replies }
`,
  `components:
  sub:
    type: Pipeline
    initParameters:
      definition:
        components: { echo: { type: Echo }, file: { type: Pipeline, initParameters: { file: sub.yaml } } }
        connections: [{ sender: echo.text, receiver: file.text }]
        inputs: { question: [echo.text] }
      inputs: { asked: [echo.text] }
      outputs: { file.text: answer }
    timeoutMs: 10
  other: { type: Pipeline, initParameters: { definition: &a { components: { keep: { type: Keep } } } } }
  alias: { type: Pipeline, initParameters: { definition: *a } }
connections:
  - { sender: sub.answer, receiver: other.text }
`,
  '%YAML 1.2\r\n---\r\ncomponents:\r\n  "a": {type: !!str Echo}\r\n  b:\r\n    type: Join\r\nconnections:\r\n- sender: a.text\r\n  receiver: b.texts\r\n...\r\n',
  '{"components": {"keep": {"type": "Keep", "initParameters": {"value": [1, -2.5e3, null, true, {"a": []}]}}}}',
]

/** Every file that a text may include. */
const readFile = () => 'components: { echo: { type: Echo } }'

/** Only a pipeline or a LoadError whose places are in the text may come of it. */
function expectOutcome(text: string, overrides: Overrides = {}): void {
  try {
    expect(loadPipeline(text, { registry, environment: 'all', readFile, overrides })).toBeInstanceOf(Pipeline)
  } catch (error) {
    if (!LoadError.isInstance(error)) throw error
    const lines = text.split('\n')
    expect(error.problems.length).toBeGreaterThan(0)
    for (const { message, line, column, excerpt, file } of error.problems) {
      expect(message).not.toBe('')
      if (line === undefined || file !== undefined) continue
      expect(line).toBeLessThanOrEqual(lines.length)
      expect(column).toBeLessThanOrEqual((lines[line - 1] as string).length + 1)
      expect(excerpt).toMatch(/^ +\d+ \| .*\n +\| [ \t]*\^$/)
    }
  }
}

const words =
  'components connections inputs outputs metadata type initParameters sender receiver file definition ' +
  'Echo Pipeline sub.yaml Model a a.text __proto__ constructor ${env:A} ${env: <<'
const signs = ': - [ ] { } &a *a !!str !x | >- # ? , \' " \\ \\x @ ` ~ .nan 1e999 --- ...'
const others = [
  '%YAML 1.1',
  '%TAG ! x',
  ': ',
  '- ',
  '? ',
  ', ',
  ' #',
  '&a ',
  '!!str ',
  ' ',
  '\t',
  '\n',
  '\n  ',
]
const characters = '\u0000\u0002\u0018\u001F\u0085\u2028\uFEFF😀'
const piece = fc.constantFrom(
  ...words.split(' '),
  ...signs.split(' '),
  ...others,
  ...characters,
  ...['\n    ', '\r\n', '\uD83D', '9'.repeat(30)],
)

const mutation = fc
  .record({
    file: fc.constantFrom(...good),
    edits: fc.array(
      fc.record({ at: fc.nat(700), removed: fc.nat(20), inserted: fc.array(piece, { maxLength: 3 }) }),
      {
        minLength: 1,
        maxLength: 4,
      },
    ),
    length: fc.nat(900),
  })
  .map(({ file, edits, length }) =>
    edits
      .reduce(
        (text, { at, removed, inserted }) => text.slice(0, at) + inserted.join('') + text.slice(at + removed),
        file,
      )
      .slice(0, length),
  )

test('good files are good', () => {
  for (const file of good)
    expect(loadPipeline(file, { registry, environment: 'all', readFile })).toBeInstanceOf(Pipeline)
})

const override = fc.constantFrom(
  'model.model',
  'model.generationKwargs.temperature',
  'sub.echo.x',
  'sub.file.echo.x',
  'alias.keep.value',
  'nothing.x',
)

test('files with mistakes in them, and overrides', () => {
  const overrides = fc.dictionary(override, fc.option(fc.jsonValue({ maxDepth: 1 }), { nil: undefined }), {
    maxKeys: 2,
  })
  const expectLoaded = (text: string, given: Record<string, unknown>) =>
    expectOutcome(text, given as Overrides)
  fc.assert(fc.property(mutation, overrides, expectLoaded), { numRuns: 300 })
})

test('texts that look like YAML', () => {
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
      (text) => expectOutcome(text),
    ),
    { numRuns: 300 },
  )
})

test('texts that look like nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => expectOutcome(text)),
    { numRuns: 200 },
  )
})

const key = fc.oneof(piece, fc.string())
const structure = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    piece,
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
})).value
const fileLike = fc.record(
  {
    metadata: structure,
    maxRunsPerComponent: structure,
    components: fc.dictionary(
      fc.constantFrom('a', 'b', '1', 'x y'),
      fc.record(
        {
          type: fc.constantFrom('Echo', 'Add', 'Keep', 'Model', 'Pipeline', 'X'),
          initParameters: fc.oneof(structure, fc.record({ definition: structure, inputs: structure })),
          retry: structure,
        },
        { requiredKeys: ['type'] },
      ),
    ),
    connections: fc.array(fc.record({ sender: piece, receiver: piece }), { maxLength: 3 }),
    inputs: structure,
    outputs: structure,
  },
  { requiredKeys: [] },
)

test('structures of all kinds, written as YAML', () => {
  const text = fc
    .oneof(structure, fileLike)
    .map((value) => stringify(value, { aliasDuplicateObjects: false }) ?? '')
  fc.assert(
    fc.property(text, (written) => expectOutcome(written)),
    { numRuns: 300 },
  )
})
