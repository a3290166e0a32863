import { describe, expect, test } from '@jest/globals'
import { componentPackage } from '../../src/component/component-package.ts'
import { Registry } from '../../src/component/registry.ts'
import type { PipelineComponent } from '../../src/pipeline/as-component.ts'
import type { Pipeline } from '../../src/pipeline/pipeline.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import type { OverridableComponent, Overrides } from '../../src/yaml/overrides.ts'
import { pipelineFile } from '../../src/yaml/pipeline-file.ts'
import { Add, acme, Model, printToken, registry } from './parts.ts'
import { loadErrorOf, loadMain } from './refusal.ts'

const text = `components:
  llm: { type: Model, initParameters: { model: old, stop: [END], generationKwargs: { temperature: 1 } } }
  add: { type: Add }
`

const load = (overrides: Overrides, of = text) =>
  loadPipeline(of, { registry, environment: 'all', file: 'p.yaml', overrides })

const problemsWith = (overrides: Overrides, of = text) =>
  loadErrorOf(() => load(overrides, of)).problems.map(({ code, message }) => [code, message])

/** The parameters of a component, by its name with those of the pipelines around it. */
function parametersAt(pipeline: Pipeline, path: string): object | undefined {
  const [name = '', ...rest] = path.split('.')
  const component = pipeline.get(name)
  if (rest.length === 0) return component.initParameters
  return parametersAt((component as PipelineComponent).pipeline as unknown as Pipeline, rest.join('.'))
}

describe('an override', () => {
  test.each<[Overrides, object]>([
    [{ 'llm.model': 'new' }, { model: 'new', stop: ['END'], generationKwargs: { temperature: 1 } }],
    [
      { 'llm.nCtx': 5, 'llm.stop': [] },
      { model: 'old', stop: [], generationKwargs: { temperature: 1 }, nCtx: 5 },
    ],
    [
      { 'llm.generationKwargs.temperature': 0, 'llm.generationKwargs.mirostatMode': 1 },
      { model: 'old', stop: ['END'], generationKwargs: { temperature: 0, mirostatMode: 1 } },
    ],
    [
      { 'llm.headers.a': 'b' },
      { model: 'old', stop: ['END'], generationKwargs: { temperature: 1 }, headers: { a: 'b' } },
    ],
    // Undefined takes out what is there.
    [
      { 'llm.stop': undefined, 'llm.generationKwargs.temperature': undefined, 'llm.headers.a': undefined },
      { model: 'old', generationKwargs: {} },
    ],
    [
      { 'llm.onToken': 'printToken', 'llm.model': '${env:MODEL}' },
      { model: '${env:MODEL}', stop: ['END'], generationKwargs: { temperature: 1 }, onToken: printToken },
    ],
  ])('%j takes the place of what the file has', (overrides, parameters) => {
    const pipeline = load(overrides)
    expect(pipeline.get('llm').initParameters).toEqual(parameters)
    expect(pipeline.get('add').initParameters).toEqual({})
  })

  test('may give what the file lacks, or make good what it has wrong, before a component is made', () => {
    const made: unknown[] = []
    class Watched extends Model {
      static override readonly type = 'Watched'
      constructor(parameters: Model['initParameters']) {
        super(parameters)
        made.push(parameters.model)
      }
    }
    const own = new Registry([componentPackage({ name: 'own', components: [Watched] })])
    const lacking = `components:
  a: { type: Watched }
  b: { type: Watched, initParameters: { model: 1 } }
  c: { type: Watched, initParameters: { model: broken.gguf } }`
    const overrides = { 'a.model': 'one', 'b.model': 'two', 'c.model': 'three' }
    loadPipeline(lacking, { registry: own, environment: 'all', overrides })
    expect(made).toEqual(['one', 'two', 'three'])
  })

  test('is written by a dump', () => {
    expect(pipelineFile(load({ 'add.amount': 7 })).components?.['add']?.initParameters).toEqual({ amount: 7 })
  })
})

describe('in pipelines in the pipeline', () => {
  const files = {
    'main.yaml': `components:
  a: { type: Pipeline, initParameters: { file: sub.yaml } }
  b: { type: Pipeline, initParameters: { file: sub.yaml } }
  c:
    type: Pipeline
    initParameters:
      definition:
        components: { deep: { type: Pipeline, initParameters: { file: sub.yaml, outputs: { add.sum: x } } } }
`,
    'sub.yaml': 'components: { add: { type: Add, initParameters: { amount: 2 } } }',
  }

  test('an override reaches one component, also of a file that is included several times', () => {
    const pipeline = loadMain(files, { overrides: { 'a.add.amount': 5, 'c.deep.add.amount': 6 } })
    const amounts = ['a.add', 'b.add', 'c.deep.add'].map((path) => parametersAt(pipeline, path))
    expect(amounts).toEqual([{ amount: 5 }, { amount: 2 }, { amount: 6 }])
    expect(Object.keys((pipeline.get('c') as PipelineComponent).outputs)).toEqual(['x'])
  })

  test('a dump has what was overridden, and names the other files', () => {
    const pipeline = loadMain(files, { overrides: { 'a.add.amount': 5 } })
    expect(pipelineFile(pipeline).components).toMatchObject({
      a: { initParameters: { definition: { components: { add: { initParameters: { amount: 5 } } } } } },
      b: { initParameters: { file: 'sub.yaml' } },
    })
  })

  test('a wrong one is reported with its name, once', () => {
    const overrides = { 'a.add.amount': 0, 'c.deep.ad.amount': 1, 'c.deep': 1 }
    expect(
      loadErrorOf(() => loadMain(files, { overrides })).problems.map(({ message, file }) => [file, message]),
    ).toEqual([
      [
        undefined,
        "The override 'c.deep' names no parameter: 'c' is a pipeline. Name a component in it, then a parameter of that.",
      ],
      ['/srv/sub.yaml', "The override 'a.add.amount' is refused: must be >= 1, got the number 0."],
    ])
    expect(
      loadErrorOf(() => loadMain(files, { overrides: { 'c.deep.ad.amount': 1 } })).problems[0]?.message,
    ).toBe(
      "The override 'c.deep.ad.amount' names no component of this file. Components: 'add'. Did you mean 'add'?",
    )
  })
})

describe('a wrong override is an error of the load', () => {
  test.each<[Overrides, string, string]>([
    [
      { 'lm.model': 'x' },
      'LOAD_PARAMETERS',
      "The override 'lm.model' names no component of this file. Components: 'llm' and 'add'. Did you mean 'llm'?",
    ],
    [
      { 'llm.nctx': 'x' },
      'LOAD_PARAMETERS',
      "The override 'llm.nctx' is refused: 'nctx' is unknown. Possible: 'model', 'nCtx', 'headers', 'stop', 'mode', 'system', 'generationKwargs', 'onToken' and 'tools'. Did you mean 'nCtx'?",
    ],
    [
      { 'llm.nCtx': 'x' },
      'LOAD_PARAMETERS',
      `The override 'llm.nCtx' is refused: expected integer, got "x".`,
    ],
    [
      { 'llm.generationKwargs': { temperatur: 1 } },
      'LOAD_PARAMETERS',
      "The override 'llm.generationKwargs' is refused: 'temperatur' is unknown. Possible: 'temperature' and 'mirostatMode'. Did you mean 'temperature'?",
    ],
    [
      { 'llm.stop.0': 'x' },
      'LOAD_PARAMETERS',
      "The override 'llm.stop.0' leads into a value of 'llm' that is not a mapping, or to an item that is not there. Items are written as in 'stop[0]'.",
    ],
    [{ 'llm.model': undefined }, 'LOAD_PARAMETERS', "'model' is missing."],
    [
      { 'llm.mode': '${env:MODE}' },
      'LOAD_ENVIRONMENT',
      "The override 'llm.mode' is refused: '${env:MODE}' would not be replaced here; text that is meant so begins with $${env:. In this file it is possible in 'components.llm.initParameters.model' and 'components.llm.initParameters.headers'.",
    ],
    [
      { 'llm.generationKwargs.mirostatMode': 3 },
      'LOAD_COMPONENT',
      "The override 'llm.generationKwargs.mirostatMode' is refused: 'llm' (Model) refused its parameters: there is no mirostat 3.",
    ],
  ])('%j', (overrides, code, message) => {
    expect(problemsWith(overrides)).toEqual([[code, message]])
  })

  test('beside what is wrong with the file, without a place in it', () => {
    const error = loadErrorOf(() => load({ 'add.amount': 0 }, `${text}  other: { type: Ad }`))
    expect(error.message).toMatchInlineSnapshot(`
"p.yaml: components.add.initParameters.amount: The override 'add.amount' is refused: must be >= 1, got the number 0.

p.yaml:4:18: components.other.type: No component type 'Ad' is registered. Registered: 'Echo', 'Add', 'Join', 'Keep' and 'Model'. Did you mean 'Add'?
  4 |   other: { type: Ad }
    |                  ^

2 problems"
`)
  })

  test.each(['llm', '', '.model', 'llm.', 'llm..model'])('%j is not the name of a parameter', (name) => {
    expect(() => load({ [name]: 1 })).toThrow(
      expect.objectContaining({
        code: 'PIPELINE_INVALID_OPTION',
        message: `overrides has '${name}', which is not component.parameter. Write it as in 'llm.model'.`,
      }),
    )
  })
})

describe('a function that gives overrides', () => {
  const files = {
    'main.yaml': `${text}  sub: { type: Pipeline, initParameters: { file: sub.yaml } }`,
    'sub.yaml': 'components: { inner: { type: Model } }',
  }

  test('gets the components that the file declares, those of pipelines in it with their path', () => {
    const seen: OverridableComponent[] = []
    const pipeline = loadMain(files, {
      overrides: (components) => {
        seen.push(...components)
        return { 'sub.inner.model': 'm' }
      },
    })
    expect(seen).toEqual([
      { name: 'llm', class: Model },
      { name: 'add', class: Add },
      { name: 'sub.inner', class: Model },
    ])
    expect(parametersAt(pipeline, 'sub.inner')).toEqual({ model: 'm' })
  })

  test('may throw, and is not called for a file that is wrong in other ways', () => {
    const overrides = () => {
      throw new RangeError('none of these')
    }
    expect(() => loadPipeline(text, { registry: new Registry([acme]), overrides })).toThrow(RangeError)
    const wrong = () => loadPipeline(`${text}connection: []`, { registry, environment: 'all', overrides })
    expect(loadErrorOf(wrong).code).toBe('LOAD_SHAPE')
  })
})
