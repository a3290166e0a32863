import { describe, expect, test } from '@jest/globals'
import { componentPackage } from '../../src/component/component-package.ts'
import { Registry } from '../../src/component/registry.ts'
import { toolset } from '../../src/component/toolset.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { acme, Echo, type Model, printToken, registry, search } from './parts.ts'
import { loadErrorOf, problemsOf, refusal, wordsOf } from './refusal.ts'

function modelWith(parameters: string): string {
  return `components:\n  model:\n    type: Model\n    initParameters:\n${parameters.replace(/^/gm, '      ')}`
}

function parametersOf(parameters: string): Model['initParameters'] {
  return loadPipeline(modelWith(parameters), { registry, environment: 'all' }).get('model')
    .initParameters as Model['initParameters']
}

test.each([
  ['model: 1', 'model'],
  ['model: ""', 'model'],
  ['model: m\nnCtx: 1.5', 'nCtx'],
  ['model: m\nmode: slow', 'mode'],
  ['model: m\nstop: [a, 1]', 'stop[1]'],
  ['model: m\nheaders: { a b: 1 }', 'headers["a b"]'],
  ['model: m\nheaders: { "1": 1 }', 'headers["1"]'],
  ['model: m\ngenerationKwargs: { temperatur: 0 }', 'generationKwargs.temperatur'],
  ['model: m\nsystem:\n  - role: system\n    content: [{ type: text }]', 'system[0].content[0]'],
])('%j is refused at %s', (parameters, path) => {
  expect(problemsOf(modelWith(parameters))).toEqual([
    `LOAD_PARAMETERS components.model.initParameters.${path}`,
  ])
})

const notAReference =
  "is not a reference to an environment variable. Write ${env:NAME}, with a name of letters, digits and '_'."

test.each([
  [modelWith('model: m\nmode: quick # or so'), ['6:13 expected one of "fast", "exact", got "quick".']],
  [modelWith('nCtx: 5'), ["4:5 'model' is missing."]],
  ['components:\n  model: { type: Model }', ["2:10 'model' is missing."]],
  [
    'components:\n  echo: { type: Echo, initParameters: { loud: true } }',
    ["2:41 'loud' is unknown. Possible: none."],
  ],
  [
    modelWith('model: m\nonToken: printTokens'),
    ["6:16 No callback 'printTokens' is registered. Registered: 'printToken'. Did you mean 'printToken'?"],
  ],
  [
    modelWith('model: m\nonToken: { code: "() => 1" }'),
    ["6:16 expected the name of a registered callback, got an object with 'code'."],
  ],
  [
    modelWith('model: m\ntools: [search, serch, 1]'),
    [
      "6:23 No tool 'serch' is registered. Registered: 'search'. Did you mean 'search'?",
      '6:30 expected the name of a tool, of a toolset or of a resource that is one, or { type, initParameters }, got the number 1.',
    ],
  ],
  [modelWith('model: m\ntools: search'), ['6:14 expected Tool[], got "search".']],
  [
    modelWith('model: m\nstop: ["${env:STOP}"]'),
    [
      "6:14 '${env:STOP}' would not be replaced here; text that is meant so begins with $${env:. In this file it is possible in 'components.model.initParameters.model' and 'components.model.initParameters.headers'.",
    ],
  ],
  [
    'components: { keep: { type: Keep, initParameters: { value: "${env:HOME}" } } }',
    [
      "1:60 '${env:HOME}' would not be replaced here; text that is meant so begins with $${env:. No component of this file replaces it in its parameters.",
    ],
  ],
  [modelWith('model: "a/${env:MY-MODEL}"'), [`5:14 '\${env:MY-MODEL}' ${notAReference}`]],
  [
    'components:\n  my echo:\n    type: Echo',
    [
      "2:3 A component cannot be called 'my echo': a name starts with a letter or '_' and goes on with letters, digits, '_' and '-'.",
    ],
  ],
  [modelWith('model: broken.gguf'), ["4:5 'model' (Model) refused its parameters: broken.gguf is no model."]],
  [
    modelWith('model: m.gguf\ngenerationKwargs:\n  temperature: 0\n  mirostatMode: 3'),
    ["8:9 'model' (Model) refused its parameters: there is no mirostat 3."],
  ],
])('%j is refused in words', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})

test('a value that is an alias is pointed at where the alias stands, a part of it where that is written', () => {
  const anchors = 'metadata: { size: &size [big], headers: &headers { a: 1 } }'
  const { problems } = refusal(`${anchors}\n${modelWith('model: m\nnCtx: *size\nheaders: *headers')}`)
  expect(problems.map(({ line, column, path }) => [line, column, path])).toEqual([
    [1, 55, 'components.model.initParameters.headers.a'],
    [7, 13, 'components.model.initParameters.nCtx'],
  ])
})

test.each(['{}', 'null', ''])('initParameters: %s says that there are none', (written) => {
  const text = `components: { add: { type: Add, initParameters: ${written} } }`
  expect(loadPipeline(text, { registry, environment: 'all' }).get('add').initParameters).toEqual({})
})

describe('callbacks and tools', () => {
  test.each(['printToken', '@acme/components/printToken'])('%s is the function of that name', (name) => {
    expect(parametersOf(`model: m\nonToken: '${name}'`).onToken).toBe(printToken)
  })

  test('null stays null where the parameter may be null', () => {
    expect(parametersOf('model: m\nonToken: null').onToken).toBeNull()
  })

  test('are found in lists, records, objects and unions with null', () => {
    const parameters = 'listeners: [printToken], byName: { x: printToken }, inside: { tools: [search] }'
    const text = `components: { k: { type: Keep, initParameters: { ${parameters} } } }`
    expect(loadPipeline(text, { registry, environment: 'all' }).get('k').initParameters).toEqual({
      listeners: [printToken],
      byName: { x: printToken },
      inside: { tools: [search] },
    })
    expect(
      problemsOf('components: { k: { type: Keep, initParameters: { listeners: x, inside: [] } } }'),
    ).toEqual([
      'LOAD_PARAMETERS components.k.initParameters.listeners',
      'LOAD_PARAMETERS components.k.initParameters.inside',
    ])
  })

  test('a toolset stands where a tool may', () => {
    const web = toolset({ name: 'web', tools: [search] })
    const own = new Registry([acme, componentPackage({ name: 'web', components: [], toolsets: [web] })])
    for (const name of ['web', 'web/web']) {
      const { initParameters } = loadPipeline(modelWith(`model: m\ntools: [${name}, search]`), {
        registry: own,
      }).get('model')
      expect((initParameters as Model['initParameters']).tools).toEqual([web, search])
    }
  })
})

describe('a reference to the environment', () => {
  test('stands as it is in the parameters that the class replaces it in, at any depth', () => {
    const parameters = { model: '${env:DIR}/${env:FILE}', headers: { a: 'Bearer ${env:KEY}' } }
    expect(parametersOf(JSON.stringify(parameters))).toEqual(parameters)
  })

  test.each([
    ['model: m\nheaders: { "${env:A}": b }', 'headers["${env:A}"]'],
    ['model: m\nmode: "${env:MODE}"', 'mode'],
    ['model: m\nonToken: "${env:CALLBACK}"', 'onToken'],
  ])('%j is refused once, at %s', (parameters, path) => {
    expect(
      problemsOf(modelWith(parameters)).filter((problem) => problem.startsWith('LOAD_ENVIRONMENT')),
    ).toEqual([`LOAD_ENVIRONMENT components.model.initParameters.${path}`])
  })

  test('is refused in metadata', () => {
    expect(problemsOf('metadata: { a: ["${env:HOME}"] }')).toEqual(['LOAD_ENVIRONMENT metadata.a[0]'])
  })

  test.each(['${env:}', '${env:1A}', '${env:A-B}', '${env:A', '${env:A} ${env: B}'])(
    '%s is malformed',
    (written) => {
      expect(wordsOf(modelWith(`model: '${written}'`))[0]).toContain(notAReference)
    },
  )

  test.each(['$HOME', '${HOME}', '$env:HOME', '${ENV:HOME}'])('%s is text like any other', (text) => {
    expect(parametersOf(`model: '${text}'`)).toEqual({ model: text })
  })
})

describe('a constructor', () => {
  test('that throws is a problem with the cause', () => {
    const error = refusal(modelWith('model: broken.gguf'))
    expect(error.code).toBe('LOAD_COMPONENT')
    expect(error.cause).toEqual(new Error('broken.gguf is no model.'))
    expect(error.problems[0]?.cause).toBe(error.cause)
  })

  test('may blame an item of a list', () => {
    expect(problemsOf(modelWith('model: m.gguf\nstop: [a, ""]'))).toEqual([
      'LOAD_COMPONENT components.model.initParameters.stop[1]',
    ])
  })

  test('is not called when its parameters do not fit, or its name is a bad one', () => {
    expect(problemsOf(modelWith('model: broken.gguf\nnCtx: x'))).toEqual([
      'LOAD_PARAMETERS components.model.initParameters.nCtx',
    ])
    expect(problemsOf('components: { 1a: { type: Add, initParameters: { amount: 0 } } }')).toEqual([
      'LOAD_SHAPE components["1a"]',
      'LOAD_PARAMETERS components["1a"].initParameters.amount',
    ])
  })

  const shared = new Echo()

  class Thrower extends Echo {
    static override readonly type: string = 'Odd'
    constructor() {
      super()
      throw 'a text'
    }
  }

  class Nothing {
    static readonly type = 'Odd'
    readonly inputs = {}
  }

  class Shared {
    static readonly type = 'Odd'
    constructor() {
      // biome-ignore lint/correctness/noConstructorReturn: what is tested
      return shared
    }
  }

  test.each<[string, object, string]>([
    ['throw what is not an error', Thrower, "'b' (Odd) refused its parameters: a text"],
    [
      'make what is not a component',
      Nothing,
      "'b' is not a component: it has no 'outputs', 'run'. A component has 'inputs' and 'outputs' (made with t) and a 'run' method.",
    ],
    [
      'give one component twice',
      Shared,
      "'b' cannot be added: this pipeline has it as 'a'. Make a new instance, or remove it there first.",
    ],
  ])('may not %s', (_, odd, message) => {
    const components = [odd as unknown as typeof Echo]
    const own = new Registry([componentPackage({ name: 'p', components })])
    const text = 'components: { a: { type: Odd }, b: { type: Odd } }'
    const problem = loadErrorOf(() => loadPipeline(text, { registry: own, environment: 'all' })).problems.at(
      -1,
    )
    expect([problem?.code, problem?.message]).toEqual(['LOAD_COMPONENT', message])
  })
})
