import { expect, test } from '@jest/globals'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { NamedEnds } from '../../src/yaml/named-ends.ts'
import { Echo, Join } from './parts.ts'

const pipeline = new Pipeline({ a: new Echo(), b: new Echo(), join: new Join() })
  .connect('a.text', 'b.text')
  .connect('b.text', 'join.texts') as unknown as Pipeline
const ends = new NamedEnds(pipeline)

test('an input that takes one value is taken by its sender, one that joins is not', () => {
  expect(ends.whyTaken('b.text', 'say')).toBe(
    "'b.text' gets its value from 'a.text' and takes one only, so that 'say' could not reach it.",
  )
  expect([ends.whyTaken('a.text', 'say'), ends.whyTaken('join.texts', 'say')]).toEqual([undefined, undefined])
})

test('an end is looked for on its side', () => {
  ends.checkEnd('join.texts', 'inputs')
  ends.checkEnd('join.text', 'outputs')
  expect(() => ends.checkEnd('join.text', 'inputs')).toThrow("'join' has no 'text' among its inputs 'texts'.")
  expect(() => ends.checkEnd('texts', 'inputs')).toThrow("'texts' is not an end of a connection.")
})

test('names that the pipeline gives itself must not be those of components', () => {
  ends.check({ inputs: { say: ['a.text'] }, outputs: { a: 'join.text' } })
  expect(() => ends.check({ inputs: { a: ['a.text'] } })).toThrow(
    "The input name 'a' is also the name of a component",
  )
})
