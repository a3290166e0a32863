import { describe, expect, test } from '@jest/globals'
import { componentPackage } from '../../src/component/component-package.ts'
import { Registry } from '../../src/component/registry.ts'
import { t } from '../../src/component/t.ts'
import { tool } from '../../src/component/tool.ts'
import { toolset } from '../../src/component/toolset.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { pipelineFile } from '../../src/yaml/pipeline-file.ts'
import { Add, acme, Echo, Join, Keep, Model, printToken, registry, search } from './parts.ts'
import { filesIn, loadErrorOf } from './refusal.ts'

test('a pipeline is written as its file, keys in their order, without what is empty or a default', () => {
  const pipeline = new Pipeline(
    { echo: new Echo(), model: new Model({ model: 'm', nCtx: 5 }), add: new Add() },
    {
      metadata: { author: 'me' },
      maxRunsPerComponent: 7,
      policies: { model: { retry: { attempts: 2 }, timeoutMs: 5 } },
      inputs: { question: ['echo.text'] },
      outputs: { answer: 'model.replies' },
      baseDir: '/srv',
    },
  ).connect('echo.text', 'model.prompt')
  expect(JSON.stringify(pipelineFile(pipeline))).toBe(
    JSON.stringify({
      metadata: { author: 'me' },
      maxRunsPerComponent: 7,
      components: {
        echo: { type: 'Echo' },
        model: {
          type: 'Model',
          initParameters: { model: 'm', nCtx: 5 },
          retry: { attempts: 2 },
          timeoutMs: 5,
        },
        add: { type: 'Add' },
      },
      connections: [{ sender: 'echo.text', receiver: 'model.prompt' }],
      inputs: { question: ['echo.text'] },
      outputs: { answer: 'model.replies' },
    }),
  )
  expect(pipelineFile(new Pipeline({}, { maxRunsPerComponent: 100, metadata: {} }))).toEqual({
    components: {},
  })
})

test('connections are in the order in which they were declared', () => {
  const pipeline = new Pipeline({ a: new Echo(), b: new Echo(), join: new Join() })
    .connect('b.text', 'join.texts')
    .connect('a.text', 'join.texts')
  expect(pipelineFile(pipeline).connections?.map(({ sender }) => sender)).toEqual(['b.text', 'a.text'])
})

test('a component may tell by toJSON what its parameters are', () => {
  class Told extends Keep {
    override toJSON() {
      return { value: 'told' }
    }
  }
  expect(
    pipelineFile(new Pipeline({ a: new Told({ value: 'given' }) })).components?.['a']?.initParameters,
  ).toEqual({
    value: 'told',
  })
})

describe('with a registry', () => {
  test('callbacks and tools are told by their names', () => {
    const pipeline = new Pipeline({
      model: new Model({ model: 'm', onToken: printToken, tools: [search] }),
      keep: new Keep({ listeners: [printToken] }),
    })
    expect(pipelineFile(pipeline, { registry }).components).toEqual({
      model: { type: 'Model', initParameters: { model: 'm', onToken: 'printToken', tools: ['search'] } },
      keep: { type: 'Keep', initParameters: { listeners: ['printToken'] } },
    })
  })

  test('names that two packages have are told with their package', () => {
    const twin = tool({ name: 'search', description: 'Other.', parameters: t.object({}), run: () => 1 })
    const other = componentPackage({
      name: '@other/parts',
      components: [Echo],
      tools: [twin],
      callbacks: { printToken: () => {} },
    })
    const both = new Registry([acme, other])
    class Model2 extends Model {
      static override readonly type = 'Echo'
    }
    const third = new Registry([acme, other, componentPackage({ name: 'third', components: [Model2] })])
    const pipeline = new Pipeline({
      model: new Model({ model: 'm', onToken: printToken, tools: [search, twin] }),
    })
    expect(pipelineFile(pipeline, { registry: both }).components?.['model']?.initParameters).toEqual({
      model: 'm',
      onToken: '@acme/components/printToken',
      tools: ['@acme/components/search', '@other/parts/search'],
    })
    expect(
      pipelineFile(new Pipeline({ a: new Model2({ model: 'm' }) }), { registry: third }).components?.['a']
        ?.type,
    ).toBe('third/Echo')
  })
})

/** Says nothing of its parameters, so that nobody checks them. */
class Loose {
  static readonly type = 'Loose'
  readonly inputs = {}
  readonly outputs = {}
  readonly initParameters: object

  constructor(initParameters: object = {}) {
    this.initParameters = initParameters
  }

  run() {
    return {}
  }
}

/** What a file cannot express of a value, as `path reason`. */
function faultsOf(value: unknown): string[] {
  const { message } = loadErrorOf(() => pipelineFile(new Pipeline({ loose: new Loose({ p: value }) })))
  return message
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^ {2}'loose' \(Loose\): 'initParameters\.(.*?)' (.*)\.$/, '$1 $2'))
}

class Point {
  readonly x = 1
}

const cyclic: { self?: unknown } = {}
cyclic.self = [cyclic]

let deep: unknown = 1
for (let level = 0; level < 100_000; level++) deep = [deep]

test.each<[string, unknown, string[]]>([
  ['an undefined item', [undefined], ['p[0] is undefined']],
  // biome-ignore lint/suspicious/noSparseArray: holes are what is tested
  ['a hole', [1, , 2], ['p[1] is undefined']],
  ['an infinite number', { a: Number.POSITIVE_INFINITY }, ['p.a is the number Infinity']],
  ['no number', Number.NaN, ['p is the number NaN']],
  ['a bigint', 1n, ['p is a bigint']],
  ['a symbol', Symbol('s'), ['p is a symbol']],
  ['a class instance', { at: new Point() }, ['p.at is an instance of the class Point']],
  ['a date', new Date(), ['p is an instance of the class Date']],
  ['a cycle', cyclic, ["p.self[0] is 'initParameters.p' again, which would have no end"]],
  ['__proto__', JSON.parse('{"__proto__": 1}'), ['p.__proto__ is not a key that a file may have']],
  ['half a character', { a: '\uD83D' }, ['p.a is not well-formed Unicode']],
  ['half a character in a key', { '\uDE00': 1 }, ['p["\\ude00"] is not well-formed Unicode']],
  [
    'a function',
    printToken,
    ["p is the function 'printToken'. A file has only the names of callbacks that the registry has"],
  ],
  [
    'a function without a name',
    [() => 1],
    ['p[0] is a function. A file has only the names of callbacks that the registry has'],
  ],
  [
    'a tool',
    [search],
    ["p[0] is the tool 'search'. A file has only the names of tools that the registry has"],
  ],
  [
    'a toolset',
    [toolset({ name: 'web', tools: [search] })],
    ["p[0] is the toolset 'web'. A file has only the names of toolsets that the registry has"],
  ],
  ['a value nested without end in sight', deep, [`p${'[0]'.repeat(499)} is nested deeper than 500 levels`]],
])('%s cannot be in a file', (_, value, faults) => {
  expect(faultsOf(value)).toEqual(faults)
})

test('of an object the keys are written that have a value, one object in two places twice', () => {
  const shared = { x: [1, 'x', null, true, {}], y: undefined }
  const file = pipelineFile(new Pipeline({ loose: new Loose({ a: shared, b: shared }) }))
  const copy = { x: [1, 'x', null, true, {}] }
  expect(file.components?.['loose']?.initParameters).toStrictEqual({ a: copy, b: copy })
})

describe('what a file cannot express is refused', () => {
  test('all at once, with the component and the path of the parameter', () => {
    const unknown = tool({ name: 'unknown', description: 'x', parameters: t.object({}), run: () => 1 })
    const pipeline = new Pipeline(
      {
        model: new Model({ model: 'm', onToken: () => {}, tools: [search, unknown] }),
        loose: new Loose({ at: [new Date(0), Number.NaN] }),
      },
      { metadata: { since: new Date(0) as never } },
    )
    const loose = componentPackage({ name: 'loose', components: [Loose] })
    const error = loadErrorOf(() => pipelineFile(pipeline, { registry: new Registry([acme, loose]) }))
    expect(error.code).toBe('DUMP_UNSUPPORTED')
    expect(error.message).toMatchInlineSnapshot(`
"A file cannot express this pipeline:
  'metadata.since' is an instance of the class Date.
  'model' (Model): 'initParameters.onToken' is the function 'onToken'. A file has only the names of callbacks that the registry has.
  'model' (Model): 'initParameters.tools[1]' is the tool 'unknown'. A file has only the names of tools that the registry has.
  'loose' (Loose): 'initParameters.at[0]' is an instance of the class Date.
  'loose' (Loose): 'initParameters.at[1]' is the number NaN."
`)
  })

  test('and so is a class that a file could not name', () => {
    class Stranger extends Echo {
      static override readonly type = 'Stranger'
    }
    const nameless = { inputs: {}, outputs: {}, run: () => ({}) }
    expect(
      loadErrorOf(() => pipelineFile(new Pipeline({ a: new Stranger() }), { registry })).message,
    ).toMatchInlineSnapshot(`
"A file cannot express this pipeline:
  'a' (Stranger): its class is in no package of the registry, so that a file could not name it."
`)
    expect(loadErrorOf(() => pipelineFile(new Pipeline({ b: nameless }))).message).toMatchInlineSnapshot(`
"A file cannot express this pipeline:
  'b' (Object): its class has no 'static readonly type', so that a file could not name it."
`)
  })
})

describe('a pipeline in the pipeline', () => {
  const inner = () =>
    new Pipeline(
      { a: new Add({ amount: 2 }), b: new Add() },
      { maxRunsPerComponent: 5, policies: { a: { timeoutMs: 5 } } },
    ).connect('a.sum', 'b.value')

  test('is told as its definition, with its mapping', () => {
    const mapping = { inputs: { start: ['a.value'] }, outputs: { 'a.sum': 'half' } } as const
    const pipeline = new Pipeline(
      { sub: inner().asComponent(mapping) },
      { policies: { sub: { timeoutMs: 9 } } },
    )
    expect(JSON.stringify(pipelineFile(pipeline, { registry }))).toBe(
      JSON.stringify({
        components: {
          sub: {
            type: 'Pipeline',
            initParameters: { definition: pipelineFile(inner() as unknown as Pipeline), ...mapping },
            timeoutMs: 9,
          },
        },
      }),
    )
  })

  test('keeps an empty mapping, which shows nothing, apart from none, which shows all', () => {
    const entry = (mapping?: { readonly outputs: object }) =>
      pipelineFile(new Pipeline({ sub: new Pipeline({ a: new Add() }).asComponent(mapping) })).components?.[
        'sub'
      ]
    expect(entry({ outputs: {} })?.initParameters).toHaveProperty('outputs', {})
    expect(entry()?.initParameters).not.toHaveProperty('outputs')
  })

  test('that came from a file is told by that', () => {
    const { readFile } = filesIn('/srv', { 'parts/add.yaml': 'components: { add: { type: Add } }' })
    const text = `components:
  a: { type: Pipeline, initParameters: { file: ./parts/add.yaml } }
  b: { type: Pipeline, initParameters: { file: parts/add.yaml, outputs: { add.sum: end } } }`
    const pipeline = loadPipeline(text, { registry, environment: 'all', baseDir: '/srv', readFile })
    expect(pipelineFile(pipeline, { registry }).components).toEqual({
      a: { type: 'Pipeline', initParameters: { file: './parts/add.yaml' } },
      b: { type: 'Pipeline', initParameters: { file: 'parts/add.yaml', outputs: { 'add.sum': 'end' } } },
    })
  })

  test('is refused with what a file cannot express in it, and where', () => {
    const sub = new Pipeline(
      { keep: new Keep({ listeners: [() => {}] }) },
      { metadata: { at: new Date(0) as never } },
    )
    const pipeline = new Pipeline({ sub: new Pipeline({ deep: sub.asComponent() }).asComponent() })
    expect(loadErrorOf(() => pipelineFile(pipeline)).message).toMatchInlineSnapshot(`
"A file cannot express this pipeline:
  Inside 'sub.deep': 'metadata.at' is an instance of the class Date.
  'sub.deep.keep' (Keep): 'initParameters.listeners[0]' is a function. A file has only the names of callbacks that the registry has."
`)
  })

  test('is refused inside too many others', () => {
    let deep = new Pipeline() as Pipeline
    for (let level = 0; level < 17; level += 1) deep = new Pipeline({ p: deep.asComponent() }) as Pipeline
    expect(loadErrorOf(() => pipelineFile(deep)).message).toMatchInlineSnapshot(`
"A file cannot express this pipeline:
  'p.p.p.p.p.p.p.p.p.p.p.p.p.p.p.p.p' (Pipeline): it is inside more than the 16 pipelines that are possible."
`)
  })

  test('is not what a class of that name is', () => {
    class Other extends Echo {
      static override readonly type = 'Pipeline'
    }
    const pipeline = new Pipeline({ other: new Other() })
    const own = new Registry([componentPackage({ name: '@other/parts', components: [Other] })])
    expect(pipelineFile(pipeline, { registry: own }).components).toEqual({
      other: { type: '@other/parts/Pipeline' },
    })
    expect(loadErrorOf(() => pipelineFile(pipeline)).message).toMatchInlineSnapshot(`
"A file cannot express this pipeline:
  'other' (Pipeline): a file would take 'Pipeline' for a pipeline. Give a registry that has its package."
`)
  })
})
