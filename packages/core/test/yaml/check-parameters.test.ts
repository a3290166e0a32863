import { describe, expect, test } from '@jest/globals'
import { loadPipeline } from '../../src/yaml/load.ts'
import { type Model, printToken, registry, search } from './parts.ts'
import { problemsOf, refusal } from './refusal.ts'

function modelWith(parameters: string): string {
  return `components:\n  model:\n    type: Model\n    initParameters:\n${parameters.replace(/^/gm, '      ')}`
}

function parametersOf(parameters: string): Model['initParameters'] {
  return loadPipeline(modelWith(parameters), { registry }).get('model')
    .initParameters as Model['initParameters']
}

describe('values', () => {
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

  test('a value is pointed at where it stands', () => {
    expect(refusal(modelWith('model: m\nmode: quick # or so')).message).toMatchInlineSnapshot(`
"p.yaml:6:13: components.model.initParameters.mode: expected one of "fast", "exact", got "quick".
  6 |       mode: quick # or so
    |             ^"
`)
  })

  test('a value that is an alias is pointed at where the alias stands, a part of it where that is written', () => {
    const anchors = 'metadata: { size: &size [big], headers: &headers { a: 1 } }'
    const { problems } = refusal(`${anchors}\n${modelWith('model: m\nnCtx: *size\nheaders: *headers')}`)
    expect(problems.map(({ line, column, path }) => [line, column, path])).toEqual([
      [1, 55, 'components.model.initParameters.headers.a'],
      [7, 13, 'components.model.initParameters.nCtx'],
    ])
  })

  test('a missing parameter is told at the key of the parameters, or of the component that has none', () => {
    expect(refusal(modelWith('nCtx: 5')).message).toMatchInlineSnapshot(`
"p.yaml:4:5: components.model.initParameters: 'model' is missing.
  4 |     initParameters:
    |     ^"
`)
    expect(refusal('components:\n  model: { type: Model }').message).toMatchInlineSnapshot(`
"p.yaml:2:10: components.model.initParameters: 'model' is missing.
  2 |   model: { type: Model }
    |          ^"
`)
  })

  test('a component without parameters takes none', () => {
    expect(
      refusal('components:\n  echo: { type: Echo, initParameters: { loud: true } }').message,
    ).toMatchInlineSnapshot(`
"p.yaml:2:41: components.echo.initParameters.loud: 'loud' is unknown. Possible: none.
  2 |   echo: { type: Echo, initParameters: { loud: true } }
    |                                         ^"
`)
  })

  test.each(['{}', 'null', ''])('initParameters: %s says that there are none', (written) => {
    const pipeline = loadPipeline(`components: { add: { type: Add, initParameters: ${written} } }`, {
      registry,
    })
    expect(pipeline.get('add').initParameters).toEqual({})
  })
})

describe('callbacks', () => {
  test.each(['printToken', '@acme/components/printToken'])('%s becomes the function of that name', (name) => {
    expect(parametersOf(`model: m\nonToken: '${name}'`).onToken).toBe(printToken)
  })

  test('null stays null where the parameter may be null', () => {
    expect(parametersOf('model: m\nonToken: null').onToken).toBeNull()
  })

  test('lists of callbacks are lists of names', () => {
    const pipeline = loadPipeline(
      'components: { k: { type: Keep, initParameters: { listeners: [printToken] } } }',
      {
        registry,
      },
    )
    expect(pipeline.get('k').initParameters).toEqual({ listeners: [printToken] })
  })

  test('a name that is not registered is refused where it stands, and nothing else is said of it', () => {
    expect(refusal(modelWith('model: m\nonToken: printTokens')).message).toMatchInlineSnapshot(`
"p.yaml:6:16: components.model.initParameters.onToken: No callback 'printTokens' is registered. Registered: 'printToken'. Did you mean 'printToken'?
  6 |       onToken: printTokens
    |                ^"
`)
  })

  test('what is no name is refused', () => {
    expect(refusal(modelWith('model: m\nonToken: { code: "() => 1" }')).message).toMatchInlineSnapshot(`
"p.yaml:6:16: components.model.initParameters.onToken: expected the name of a registered callback, got an object with 'code'.
  6 |       onToken: { code: "() => 1" }
    |                ^"
`)
  })
})

describe('tools', () => {
  test('names become the tools of those names', () => {
    expect(parametersOf('model: m\ntools: [search]').tools).toEqual([search])
  })

  test('each name that is not registered is refused', () => {
    expect(refusal(modelWith('model: m\ntools: [search, serch, 1]')).message).toMatchInlineSnapshot(`
"p.yaml:6:23: components.model.initParameters.tools[1]: No tool 'serch' is registered. Registered: 'search'. Did you mean 'search'?
  6 |       tools: [search, serch, 1]
    |                       ^

p.yaml:6:30: components.model.initParameters.tools[2]: expected the name of a registered tool, got the number 1.
  6 |       tools: [search, serch, 1]
    |                              ^

2 problems"
`)
  })

  test('what is no list is refused', () => {
    expect(refusal(modelWith('model: m\ntools: search')).message).toMatchInlineSnapshot(`
"p.yaml:6:14: components.model.initParameters.tools: expected a list of names of registered tools, got "search".
  6 |       tools: search
    |              ^"
`)
  })
})
