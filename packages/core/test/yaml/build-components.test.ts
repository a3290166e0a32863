import { describe, expect, test } from '@jest/globals'
import { componentPackage } from '../../src/component/component-package.ts'
import { Registry } from '../../src/component/registry.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { Echo } from './parts.ts'
import { loadErrorOf, problemsOf, refusal } from './refusal.ts'

function modelWith(parameters: string): string {
  return `components:\n  model:\n    type: Model\n    initParameters:\n${parameters.replace(/^/gm, '      ')}`
}

describe('a constructor that throws', () => {
  test('is a problem of its parameters, with the cause', () => {
    const error = refusal(modelWith('model: broken.gguf'))
    expect(error.code).toBe('LOAD_COMPONENT')
    expect(error.message).toMatchInlineSnapshot(`
"p.yaml:4:5: components.model.initParameters: 'model' (Model) refused its parameters: broken.gguf is no model.
  4 |     initParameters:
    |     ^"
`)
    expect(error.cause).toEqual(new Error('broken.gguf is no model.'))
    expect(error.problems[0]?.cause).toBe(error.cause)
  })

  test('may say by its option which parameter is to blame', () => {
    const text = modelWith('model: m.gguf\ngenerationKwargs:\n  temperature: 0\n  mirostatMode: 3')
    expect(refusal(text).message).toMatchInlineSnapshot(`
"p.yaml:8:9: components.model.initParameters.generationKwargs.mirostatMode: 'model' (Model) refused its parameters: there is no mirostat 3.
  8 |         mirostatMode: 3
    |         ^"
`)
  })

  test('may blame an item of a list', () => {
    expect(problemsOf(modelWith('model: m.gguf\nstop: [a, ""]'))).toEqual([
      'LOAD_COMPONENT components.model.initParameters.stop[1]',
    ])
  })

  test('is not called when its parameters do not fit', () => {
    expect(problemsOf(modelWith('model: broken.gguf\nnCtx: x'))).toEqual([
      'LOAD_PARAMETERS components.model.initParameters.nCtx',
    ])
  })

  test('may throw what is no error', () => {
    class Thrower extends Echo {
      static override readonly type = 'Thrower'
      constructor() {
        super()
        throw 'a text'
      }
    }
    const registry = new Registry([componentPackage({ name: 'p', components: [Thrower] })])
    const error = loadErrorOf(() => loadPipeline('components: { a: { type: Thrower } }', { registry }))
    expect(error.message).toMatchInlineSnapshot(`
"line 1:18: components.a.initParameters: 'a' (Thrower) refused its parameters: a text
  1 | components: { a: { type: Thrower } }
    |                  ^"
`)
  })
})

test('a name that no component can have is refused at the key', () => {
  expect(refusal('components:\n  my echo:\n    type: Echo').message).toMatchInlineSnapshot(`
"p.yaml:2:3: components["my echo"]: A component cannot be called 'my echo': a name starts with a letter or '_' and goes on with letters, digits, '_' and '-'.
  2 |   my echo:
    |   ^"
`)
})

test('a bad name does not hide what else is wrong', () => {
  expect(problemsOf('components: { 1a: { type: Add, initParameters: { amount: 0 } } }')).toEqual([
    'LOAD_SHAPE components["1a"]',
    'LOAD_PARAMETERS components["1a"].initParameters.amount',
  ])
})

test('a class that does not give a component is refused with its name', () => {
  class Nothing {
    static readonly type = 'Nothing'
    readonly inputs = {}
  }
  const registry = new Registry([
    componentPackage({ name: 'p', components: [Nothing as unknown as typeof Echo] }),
  ])
  const error = loadErrorOf(() => loadPipeline('components: { a: { type: Nothing } }', { registry }))
  expect(error.code).toBe('LOAD_COMPONENT')
  expect(error.message).toMatchInlineSnapshot(`
"line 1:18: components.a.initParameters: 'a' is not a component: it has no 'outputs', 'run'. A component has 'inputs' and 'outputs' (made with t) and a 'run' method.
  1 | components: { a: { type: Nothing } }
    |                  ^"
`)
})
