import { expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { invokeTool, tool } from '../../src/component/tool.ts'
import type { Socket } from '../../src/schema/socket.ts'
import { withoutNulls } from '../../src/schema/without-nulls.ts'

const inner = t.object({ size: t.optional(t.integer()), name: t.string() })

const rows: readonly (readonly [string, Socket, unknown, unknown])[] = [
  ['an optional field', inner, { size: null, name: 'a' }, { name: 'a' }],
  ['but not a mandatory one', inner, { name: null }, { name: null }],
  [
    'nor one that can be null',
    t.object({ a: t.optional(t.union(t.string(), t.null())) }),
    { a: null },
    { a: null },
  ],
  ['nor one of any JSON', t.object({ a: t.optional(t.json()) }), { a: null }, { a: null }],
  ['nor an unknown key', inner, { name: 'a', other: null }, { name: 'a', other: null }],
  ['in a list', t.array(inner), [{ size: null, name: 'a' }], [{ name: 'a' }]],
  ['in a record', t.record(inner), { x: { size: null, name: 'a' } }, { x: { name: 'a' } }],
  [
    'in a message',
    t.message(),
    { role: 'user', content: [{ type: 'text', text: 'a' }], name: null },
    { role: 'user', content: [{ type: 'text', text: 'a' }] },
  ],
  [
    'in a union of a list and a text',
    t.union(t.string(), t.array(inner)),
    [{ size: null, name: 'a' }],
    [{ name: 'a' }],
  ],
]

test.each(rows)('null is absent: %s', (_, socket, value, expected) => {
  expect(withoutNulls(socket.type, value)).toEqual(expected)
})

test('what has no null is not copied', () => {
  const value = { name: 'a', size: 1 }
  expect(withoutNulls(inner.type, value)).toBe(value)
})

test('null is absent for parameters of a component that is made in code', async () => {
  const Greet = defineComponent({
    type: 'Greet',
    parameters: t.object({ word: t.optional(t.string(), { default: 'Hi' }) }),
    inputs: {},
    outputs: { text: t.string() },
    run: (_, __, { word = '' }) => ({ text: word }),
  })
  expect(await new Greet({ word: null } as never).run({})).toEqual({ text: 'Hi' })
})

test('null is absent for arguments of a tool that t declares', async () => {
  const add = tool({
    name: 'add',
    description: 'Adds.',
    parameters: t.object({ a: t.number(), b: t.optional(t.number(), { default: 1 }) }),
    run: ({ a, b = 0 }) => a + b,
  })
  expect(await invokeTool(add, { a: 2, b: null })).toBe(3)
})
