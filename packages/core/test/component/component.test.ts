import { describe, expect, test } from '@jest/globals'
import { type Component, checkComponent, type ParametersOf, typeOf } from '../../src/component/component.ts'
import { t } from '../../src/component/t.ts'
import { thrown } from './thrown.ts'

class Count implements Component {
  static readonly type = 'Count'
  static readonly parameters = t.object({ least: t.integer({ minimum: 1, default: 1 }), unit: t.string() })
  readonly inputs = { text: t.string(), words: t.variadic(t.string()) }
  readonly outputs = { count: t.integer() }
  readonly initParameters: ParametersOf<typeof Count>

  constructor(initParameters: ParametersOf<typeof Count>) {
    this.initParameters = initParameters
  }

  run() {
    return { count: 1 }
  }
}

const plain = { inputs: {}, outputs: {}, run: () => ({}) }

describe('typeOf', () => {
  test('is the registered name, or else that of the class', () => {
    class Other {
      readonly inputs = {}
      readonly outputs = {}
      run() {
        return {}
      }
    }
    expect(typeOf(new Count({ unit: 'a' }))).toBe('Count')
    expect(typeOf(new Other())).toBe('Other')
  })

  test('of an object that no class made is Object', () => {
    expect(typeOf(plain)).toBe('Object')
    expect(typeOf(Object.assign(Object.create(null), plain))).toBe('Object')
    const [component] = [
      new (class {
        readonly inputs = {}
        readonly outputs = {}
        run = () => ({})
      })(),
    ]
    expect(typeOf(component)).toBe('Object')
  })
})

describe('checkComponent accepts', () => {
  test.each<[what: string, component: unknown]>([
    ['an instance of a class', new Count({ unit: 'words' })],
    ['an object', plain],
    ['an object without a prototype', Object.assign(Object.create(null), plain)],
    ['parameters that the class does not declare', { ...plain, initParameters: { a: 1 } }],
  ])('%s', (_, component) => {
    expect(thrown(() => checkComponent('count', component))).toBe('nothing was thrown')
  })
})

describe('checkComponent refuses', () => {
  test.each<[what: string, component: unknown, message: string]>([
    [
      'a class',
      Count,
      "COMPONENT_INVALID: 'count' is the class Count, not a component. Give an instance: new Count(…).",
    ],
    [
      'a class without a name',
      class {},
      "COMPONENT_INVALID: 'count' is the class (anonymous), not a component. Give an instance: new Component(…).",
    ],
    [
      'nothing',
      undefined,
      "COMPONENT_INVALID: 'count' is not a component: it has no 'inputs', 'outputs', 'run'. A component has 'inputs' and 'outputs' (made with t) and a 'run' method.",
    ],
    [
      'an object without outputs',
      { inputs: {}, outputs: null, run: () => ({}) },
      "COMPONENT_INVALID: 'count' is not a component: it has no 'outputs'. A component has 'inputs' and 'outputs' (made with t) and a 'run' method.",
    ],
    [
      'an object whose run is no function',
      { ...plain, run: {} },
      "COMPONENT_INVALID: 'count' is not a component: it has no 'run'. A component has 'inputs' and 'outputs' (made with t) and a 'run' method.",
    ],
    [
      'something else for an input',
      { ...plain, inputs: { text: 'string' } },
      `COMPONENT_INVALID: The input 'count.text' is "string", not a socket. Make it with t, as in t.string().`,
    ],
    [
      'a builder for an output',
      { ...plain, outputs: { text: t.string } },
      "COMPONENT_INVALID: The output 'count.text' is a function, not a socket. Make it with t, as in t.string().",
    ],
    [
      'an output with many senders',
      { ...plain, outputs: { texts: t.variadic(t.string()) } },
      "COMPONENT_INVALID: The output 'count.texts' is t.variadic: only an input has many senders. Use t.array for a list.",
    ],
    [
      'parameters that are not as declared, all of them',
      new Count({ least: 0, units: 'words' } as never),
      `COMPONENT_PARAMETERS: 'count' (Count) was made with parameters it does not accept:
  initParameters: 'unit' is missing.
  initParameters: 'units' is unknown. Possible: 'least' and 'unit'. Did you mean 'unit'?
  initParameters.least: must be >= 1, got the number 0.`,
    ],
    [
      'an empty object where a parameter is mandatory',
      new Count({} as never),
      `COMPONENT_PARAMETERS: 'count' (Count) was made with parameters it does not accept:
  initParameters: 'unit' is missing.`,
    ],
    [
      'parameters that are no object',
      new Count(new Map() as never),
      `COMPONENT_PARAMETERS: 'count' (Count) was made with parameters it does not accept:
  initParameters: expected a plain object, got an instance of Map.
  initParameters: 'unit' is missing.`,
    ],
  ])('%s', (_, component, message) => {
    expect(thrown(() => checkComponent('count', component))).toBe(message)
  })
})
