import fc from 'fast-check'
import { t } from '../../src/component/t.ts'
import { ChatMessage } from '../../src/data/chat-message.ts'
import { Document } from '../../src/data/document.ts'
import { schemaOfType } from '../../src/schema/schema.ts'
import type { ObjectField, SocketType } from '../../src/schema/socket-type.ts'

const scalars = ['string', 'number', 'integer', 'boolean', 'null', 'json'] as const

const scalar: fc.Arbitrary<SocketType> = fc.constantFrom(...scalars).map((kind) => ({ kind }))

const literalValue = fc.constantFrom('a', 'b', 'c', 0, 1, 1.5, true, false)

const literal: fc.Arbitrary<SocketType> = fc
  .uniqueArray(literalValue, { minLength: 1, maxLength: 3 })
  .map((values) => ({ kind: 'literal', values }))

const named: fc.Arbitrary<SocketType> = fc.constantFrom(t.message().type, t.document().type)

function fieldsOf(type: fc.Arbitrary<SocketType>): fc.Arbitrary<Record<string, ObjectField>> {
  return fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.record({ type, optional: fc.boolean() }), {
    maxKeys: 3,
  })
}

/** Types of JSON values. */
export const socketType: fc.Arbitrary<SocketType> = fc.letrec<{ type: SocketType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    literal,
    named,
    tie('type').map((items) => ({ kind: 'array', items }) as const),
    tie('type').map((values) => ({ kind: 'record', values }) as const),
    fieldsOf(tie('type')).map((fields) => ({ kind: 'object', fields }) as const),
    fc
      .array(tie('type'), { minLength: 2, maxLength: 3 })
      .map((types) => types.flatMap((type) => (type.kind === 'union' ? type.members : [type])))
      .map((members) => ({ kind: 'union', members }) as const),
  ),
})).type

/** Values of a type. */
export function valuesOf(type: SocketType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'unknown':
    case 'json':
      return fc.jsonValue({ maxDepth: 2 })
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'string':
      return fc.constantFrom('a', 'b', 'some text', '')
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'integer':
      return fc.integer()
    case 'literal':
      return fc.constantFrom(...type.values)
    case 'array':
      return fc.array(valuesOf(type.items), { maxLength: 2 })
    case 'record':
      return fc.dictionary(fc.constantFrom('x', 'y', 'other'), valuesOf(type.values), { maxKeys: 2 })
    case 'object':
      return objectOf(type.fields)
    case 'union':
      return fc.oneof(...type.members.map(valuesOf))
    case 'named':
      return type.name === 'Document'
        ? fc.constant(Document.create({ content: 'a' }))
        : fc.constant(ChatMessage.user('a'))
  }
}

function objectOf(fields: Readonly<Record<string, ObjectField>>): fc.Arbitrary<unknown> {
  const values = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, valuesOf(field.type)]),
  )
  const requiredKeys = Object.keys(fields).filter((name) => fields[name]?.optional === false)
  return fc.record(values, { requiredKeys, noNullPrototype: true })
}

/** Types that a type fits, made from it by one of the rules at a time, down to its parts. */
export function widerThan(type: SocketType): fc.Arbitrary<SocketType> {
  return fc.oneof(
    fc.constant(type),
    widened(type),
    fc.constantFrom<SocketType>({ kind: 'unknown' }, holdsUnknown(type) ? type : { kind: 'json' }),
    scalar.map((other) => unionOf(type, other)),
  )
}

function holdsUnknown(type: SocketType): boolean {
  return JSON.stringify(type).includes('"unknown"')
}

function widened(type: SocketType): fc.Arbitrary<SocketType> {
  switch (type.kind) {
    case 'integer':
      return fc.constant({ kind: 'number' })
    case 'boolean':
      return fc.constant({ kind: 'literal', values: [false, 'a', true] })
    case 'literal':
      return literalValue.map((value) => ({ kind: 'literal', values: [value, ...type.values] }))
    case 'array':
      return widerThan(type.items).map((items) => ({ kind: 'array', items }))
    case 'record':
      return widerThan(type.values).map((values) => ({ kind: 'record', values }))
    case 'object':
      return fc
        .tuple(...Object.values(type.fields).map((field) => fc.tuple(widerThan(field.type), fc.boolean())))
        .map((wider) => ({
          kind: 'object',
          fields: Object.fromEntries(
            Object.entries(type.fields).map(([name, field], index) => {
              const [fieldType, optional] = wider[index] as [SocketType, boolean]
              return [name, { type: fieldType, optional: field.optional || optional }]
            }),
          ),
        }))
    case 'union':
      return fc
        .tuple(...type.members.map(widerThan))
        .map((members) => members.reduce((all, member) => unionOf(all, member)))
    default:
      return fc.constant(type)
  }
}

function unionOf(one: SocketType, other: SocketType): SocketType {
  const members = [one, other].flatMap((type) => (type.kind === 'union' ? type.members : [type]))
  return { kind: 'union', members }
}

export const showType = (type: SocketType) => JSON.stringify(schemaOfType(type))
