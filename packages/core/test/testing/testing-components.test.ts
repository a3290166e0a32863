import { expect, test } from '@jest/globals'
import { Registry } from '../../src/component/registry.ts'
import { Slow, testingComponents } from '../../src/testing/index.ts'

test('a registry finds the parts for tests by their types', () => {
  const registry = new Registry([testingComponents])
  expect(registry.component('Slow')).toBe(Slow)
  expect(registry.component('@millrace/core/testing/Slow')).toBe(Slow)
  expect(registry.types()).toContain('BranchJoiner')
})
