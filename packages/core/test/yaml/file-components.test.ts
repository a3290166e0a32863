import { expect, test } from '@jest/globals'
import { componentPackage } from '../../src/component/component-package.ts'
import { Registry } from '../../src/component/registry.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { acme, Echo } from './parts.ts'
import { loadErrorOf, refusal } from './refusal.ts'

test('a type that is not registered is refused with those that are', () => {
  expect(refusal('components:\n  a:\n    type: Ecco').message).toMatchInlineSnapshot(`
"p.yaml:3:11: components.a.type: No component type 'Ecco' is registered. Registered: 'Echo', 'Add', 'Join', 'Keep' and 'Model'. Did you mean 'Echo'?
  3 |     type: Ecco
    |           ^"
`)
})

test('the class path of a Haystack file is told the type of that name', () => {
  const text = 'components: { a: { type: haystack.components.builders.echo.Echo } }'
  expect(refusal(text).message).toMatchInlineSnapshot(`
"p.yaml:1:26: components.a.type: No component type 'haystack.components.builders.echo.Echo' is registered. Registered: 'Echo', 'Add', 'Join', 'Keep' and 'Model'.
  'haystack.components.builders.echo.Echo' is a Python class, as in files of Haystack; here the type is called 'Echo'.
  1 | components: { a: { type: haystack.components.builders.echo.Echo } }
    |                          ^"
`)
})

test('a class path without a counterpart is just unknown', () => {
  const { message } = refusal('components: { a: { type: haystack.components.Nothing } }')
  expect(message).not.toContain('Python')
})

test('a type that two packages have needs its package', () => {
  const other = componentPackage({ name: '@other/parts', components: [Echo] })
  const registry = new Registry([acme, other])
  const error = loadErrorOf(() => loadPipeline('components: { a: { type: Echo } }', { registry }))
  expect(error.message).toMatchInlineSnapshot(`
"line 1:26: components.a.type: Several packages have a 'Echo'. Write '@acme/components/Echo' and '@other/parts/Echo'.
  1 | components: { a: { type: Echo } }
    |                          ^"
`)
  expect(loadPipeline('components: { a: { type: "@other/parts/Echo" } }', { registry }).names()).toEqual([
    'a',
  ])
})

test('a pipeline is suggested where its type was meant', () => {
  expect(refusal('components: { a: { type: pipline } }').message).toContain("Did you mean 'Pipeline'?")
  const haystack = 'haystack.core.super_component.super_component.SuperComponent'
  expect(refusal(`components: { a: { type: ${haystack} } }`).problems[0]?.message).toContain(
    `'${haystack}' is a Python class, as in files of Haystack; here a pipeline in a pipeline is of the type 'Pipeline'.`,
  )
})
