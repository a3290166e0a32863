import { expect, test } from '@jest/globals'
import { type Socket, t } from '@millrace/core'
import { typeName } from '@millrace/core/component'
import { argumentType } from '../../src/tools/argument-type.ts'

test.each<[Socket, string | undefined]>([
  [t.integer(), 'integer'],
  [t.unknown(), 'unknown'],
  [t.message(), 'string'],
  [t.array(t.message()), 'string'],
  [t.union(t.array(t.message()), t.string()), 'string'],
  [t.array(t.document()), 'string[]'],
  [t.record(t.document()), 'Record<string, string>'],
  [t.union(t.document(), t.integer(), t.null()), 'string | integer | null'],
  [t.object({ who: t.message(), photo: t.optional(t.image()) }), '{ who: string }'],
  [t.object({ photo: t.image() }), undefined],
  [t.union(t.image(), t.string()), 'string'],
  [t.union(t.image(), t.null()), undefined],
  [t.array(t.image()), undefined],
  [t.tools(), undefined],
  [t.callback(), undefined],
  [t.component(), undefined],
  [t.custom('Handle', () => true), undefined],
])('%j is for a model %s', ({ type }, expected) => {
  const written = argumentType(type)
  expect(written && typeName(written)).toBe(expected)
})
