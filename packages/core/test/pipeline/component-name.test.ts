import { expect, test } from '@jest/globals'
import { checkComponentName } from '../../src/pipeline/component-name.ts'

test.each(['a', '_', 'A1', 'my-part_2', 'constructor'])("'%s' is a name", (name) => {
  expect(() => checkComponentName(name)).not.toThrow()
})

test.each(['', '1a', 'a b', 'a.b', '-a', 'ä', '__proto__', 1, undefined])('%j is no name', (name) => {
  expect(() => checkComponentName(name)).toThrow(
    `A component cannot be called '${name}': a name starts with a letter or '_' and goes on with letters, digits, '_' and '-'.`,
  )
})
