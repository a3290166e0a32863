import { describe, expect, test } from '@jest/globals'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import {
  Concatenate,
  FString,
  Greet,
  Hello,
  Recorder,
  StringJoiner,
  StringListJoiner,
  TextSplitter,
  testComponent,
} from '../../src/testing/index.ts'

describe('Greet', () => {
  testComponent(() => new Greet({ message: 'It is {value}!' }), { test })

  test('streams a greeting and passes the number on', async () => {
    const recorder = new Recorder()
    const pipeline = new Pipeline({ greet: new Greet() })
    const result = await pipeline.run({ greet: { value: 3 } }, { onEvent: recorder.onEvent })
    expect(result.outputs).toEqual({ greet: { value: 3 } })
    expect(recorder.streamed).toEqual(['Hello! The value is 3.'])
  })

  test('prefers a message among its inputs', async () => {
    const recorder = new Recorder()
    const pipeline = new Pipeline({ greet: new Greet({ message: 'never' }) })
    await pipeline.run({ greet: { value: 3, message: '{value}!' } }, { onEvent: recorder.onEvent })
    expect(recorder.streamed).toEqual(['3!'])
  })
})

describe('Hello', () => {
  testComponent(() => new Hello(), { test })

  test('greets', () => {
    expect(new Hello().run({ word: 'world' })).toEqual({ output: 'Hello, world!' })
  })
})

describe('Concatenate', () => {
  testComponent(() => new Concatenate(), { test })

  test('takes texts and lists in any combination', () => {
    expect(new Concatenate().run({ first: 'a', second: ['b', 'c'] })).toEqual({ value: ['a', 'b', 'c'] })
    expect(new Concatenate().run({ first: ['a'], second: 'b' })).toEqual({ value: ['a', 'b'] })
  })
})

describe('TextSplitter', () => {
  testComponent(() => new TextSplitter(), { test })

  test('splits at any white space', () => {
    expect(new TextSplitter().run({ sentence: ' Hello  my\nworld ' })).toEqual({
      output: ['Hello', 'my', 'world'],
    })
  })
})

describe('StringJoiner', () => {
  testComponent(() => new StringJoiner(), { test, inputs: [{ strings: ['a', 'b'] }] })

  test('joins with spaces', () => {
    expect(new StringJoiner().run({ strings: ['a', 'b'] })).toEqual({ output: 'a b' })
  })
})

describe('StringListJoiner', () => {
  testComponent(() => new StringListJoiner(), { test, inputs: [{ lists: [['a'], ['b', 'c'], []] }] })

  test('joins the lists in order', () => {
    expect(new StringListJoiner().run({ lists: [['b'], [], ['a']] })).toEqual({ output: ['b', 'a'] })
  })
})

describe('FString', () => {
  testComponent(() => new FString({ template: '{greeting}, {name}!', optional: ['name'] }), { test })

  test('has an input for each place, and one for another template', () => {
    const fstring = new FString({ template: '{a} {b} {a}', optional: ['b'] })
    const optional = Object.entries(fstring.inputs).map(([name, socket]) => [name, socket.optional])
    expect(optional).toEqual([
      ['a', false],
      ['b', true],
      ['template', true],
    ])
  })

  test('fills the places, and leaves those without a value empty', () => {
    const fstring = new FString({ template: '{a}, {b}!', optional: ['b'] })
    expect(fstring.run({ a: 'Hello', b: 7 })).toEqual({ string: 'Hello, 7!' })
    expect(fstring.run({ a: 'Hello' })).toEqual({ string: 'Hello, !' })
    expect(fstring.run({ a: 'Hello', template: '<{a}>' })).toEqual({ string: '<Hello>' })
  })
})
