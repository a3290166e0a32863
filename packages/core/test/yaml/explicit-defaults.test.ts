import { expect, test } from '@jest/globals'
import type { JsonObject } from '../../src/json.ts'
import { withExplicitDefaults } from '../../src/yaml/explicit-defaults.ts'

const never = () => false
const always = () => true

test('defaults that are written out stay', () => {
  const written = { metadata: {}, maxRunsPerComponent: 100, connections: null, inputs: {}, components: {} }
  expect(withExplicitDefaults({ components: {} }, written, never)).toEqual(written)
})

test('what a text does not have is not added for being empty', () => {
  expect(withExplicitDefaults({ components: {} }, {}, never)).toEqual({})
})

test('empty parameters stay, and so does another name of the same type', () => {
  const components = {
    a: { type: '@acme/components/Echo', initParameters: null },
    b: { type: 'Echo', initParameters: {} },
    c: { type: 'Add', initParameters: { amount: 1 } },
  }
  const file = {
    components: { a: { type: 'Echo' }, b: { type: 'Echo' }, c: { type: 'Add' }, d: { type: 'Add' } },
  }
  expect(withExplicitDefaults(file, { components }, always)).toEqual({
    components: { ...components, c: { type: 'Add' }, d: { type: 'Add' } },
  })
})

test('what means something else goes', () => {
  const written = { maxRunsPerComponent: 5, metadata: { a: 1 }, components: { a: { type: 'Echo' } } }
  const file = { components: { a: { type: 'Add' } } }
  expect(withExplicitDefaults(file, written, never)).toEqual(file)
})

test('the same holds in a pipeline in the pipeline', () => {
  const subOf = (definition: JsonObject) => ({
    components: { sub: { type: 'Pipeline', initParameters: { definition, inputs: {} } } },
  })
  const written = subOf({
    maxRunsPerComponent: 100,
    components: { a: { type: 'p/Echo', initParameters: null } },
  })
  const file = subOf({ components: { a: { type: 'Echo' } } })
  expect(withExplicitDefaults(file, written, always)).toEqual(written)
  expect(withExplicitDefaults(file, { components: { sub: { type: 'Pipeline' } } }, always)).toEqual(file)
})
