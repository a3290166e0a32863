import { describe, expect, test } from '@jest/globals'
import { checkComponentName } from '../../src/pipeline/component-name.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, Double } from '../fixtures/index.ts'
import { thrownBy } from './thrown.ts'

describe('checkComponentName', () => {
  test.each(['a', '_a', 'A-1', 'two_words', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'then'])(
    'accepts %p',
    (name) => {
      expect(() => checkComponentName(name)).not.toThrow()
    },
  )

  test.each(['', '10', 'a.b', 'a b', '-a', 'ä', 'a\n', '__proto__'])('refuses %p', async (name) => {
    expect(await thrownBy(() => checkComponentName(name))).toBe(
      `CONNECT_INVALID_NAME: A component cannot be called '${name}': a name starts with a letter or '_' and goes on with letters, digits, '_' and '-'.`,
    )
  })

  test('refuses what is no text', async () => {
    expect(await thrownBy(() => checkComponentName(10))).toMatch(/^CONNECT_INVALID_NAME: .*called '10'/)
  })
})

test('components may be called like the properties that every object has', async () => {
  const pipeline: Pipeline = new Pipeline()
    .add('constructor', new AddFixedValue())
    .add('toString', new Double())
    .add('hasOwnProperty', new Double())
  pipeline.connect('constructor.result', 'toString.value').connect('toString.value', 'hasOwnProperty.value')
  const result = await pipeline.run({ constructor: { value: 1 } }, { includeOutputsFrom: ['constructor'] })
  expect(result.outputs).toEqual({ constructor: { result: 2 }, hasOwnProperty: { value: 8 } })
  expect(result.get('constructor.result')).toBe(2)
  expect(await thrownBy(() => result.get('toString.value'))).toMatch(
    /^RUN_NO_OUTPUT: .*went along a connection/,
  )
})

test('a result does not mistake what every object has for an output', async () => {
  const pipeline: Pipeline = new Pipeline({ double: new Double() })
  const result = await pipeline.run({ value: 1 })
  expect(await thrownBy(() => result.get('constructor.name'))).toBe(
    "RUN_NO_OUTPUT: There is no 'constructor.name': the components are 'double'.",
  )
  expect(await thrownBy(() => result.get('double.toString'))).toBe(
    "RUN_NO_OUTPUT: There is no 'double.toString': the outputs of 'double' are 'value'.",
  )
})
