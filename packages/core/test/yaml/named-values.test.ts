import { expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import { replaceNamed } from '../../src/yaml/named-values.ts'

const marked = {
  callback: (value: unknown, path: readonly (string | number)[]) => `callback ${value} at ${path.join('.')}`,
  tools: (value: unknown, path: readonly (string | number)[]) => `tools ${value} at ${path.join('.')}`,
}

test('callbacks and tools are replaced wherever their types stand', () => {
  const { type } = t.object({
    plain: t.string(),
    one: t.optional(t.callback()),
    many: t.array(t.callback()),
    byName: t.record(t.callback()),
    inside: t.object({ tools: t.tools() }),
    orNull: t.union(t.callback(), t.null()),
  })
  const value = {
    plain: 'p',
    one: 'a',
    many: ['b', 'c'],
    byName: { x: 'd' },
    inside: { tools: ['e'] },
    orNull: 'f',
    unknown: 'g',
  }
  expect(replaceNamed(type, value, marked)).toEqual({
    plain: 'p',
    one: 'callback a at one',
    many: ['callback b at many.0', 'callback c at many.1'],
    byName: { x: 'callback d at byName.x' },
    inside: { tools: 'tools e at inside.tools' },
    orNull: 'callback f at orNull',
    unknown: 'g',
  })
})

test('null, and unions of several types, stay as they are', () => {
  expect(replaceNamed(t.union(t.callback(), t.null()).type, null, marked)).toBeNull()
  expect(replaceNamed(t.union(t.callback(), t.string()).type, 'text', marked)).toBe('text')
})

test('values of the wrong kind are left for the check to refuse', () => {
  expect(replaceNamed(t.array(t.callback()).type, 'text', marked)).toBe('text')
  expect(replaceNamed(t.object({ a: t.callback() }).type, ['text'], marked)).toEqual(['text'])
})
