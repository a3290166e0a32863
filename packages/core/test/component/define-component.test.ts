import { describe, expect, test } from '@jest/globals'
import { typeOf } from '../../src/component/component.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import type { RunContext } from '../../src/component/run-context.ts'
import { t } from '../../src/component/t.ts'
import { thrown } from './thrown.ts'

const Shout = defineComponent({
  type: 'Shout',
  description: 'Makes a text loud.',
  parameters: t.object({ mark: t.string({ default: '!' }), limit: t.optional(t.integer()) }),
  inputs: { text: t.string(), times: t.integer({ default: 2 }) },
  outputs: { text: t.string(), context: t.unknown(), parameters: t.json() },
  run: ({ text, times = 0 }, context, parameters) => ({
    text: `${text.toUpperCase()}${parameters.mark?.repeat(times)}`,
    context,
    parameters: { ...parameters },
  }),
})

describe('defineComponent makes a class', () => {
  test('with the name, the type and the declarations', () => {
    const shout = new Shout()
    expect(Shout.name).toBe('Shout')
    expect(Shout.type).toBe('Shout')
    expect(Shout.description).toBe('Makes a text loud.')
    expect(typeOf(shout)).toBe('Shout')
    expect(Object.keys(shout.inputs)).toEqual(['text', 'times'])
    expect(Object.keys(shout.outputs)).toEqual(['text', 'context', 'parameters'])
    expect(shout).toBeInstanceOf(Shout)
  })

  test('whose components keep their parameters as they were given', () => {
    expect(new Shout({ limit: 1 }).initParameters).toEqual({ limit: 1 })
    expect(new Shout().initParameters).toEqual({})
  })

  test('whose components run with the defaults of inputs and parameters', async () => {
    const shout = new Shout({ limit: 1 })
    expect(await shout.run({ text: 'a' })).toMatchObject({ text: 'A!!', parameters: { mark: '!', limit: 1 } })
    expect(await shout.run({ text: 'a', times: 1 })).toMatchObject({ text: 'A!' })
    expect(await new Shout({ mark: '?' }).run({ text: 'a' })).toMatchObject({ text: 'A??' })
  })

  test('whose parameters may be written as its inputs are', async () => {
    const Repeat = defineComponent({
      type: 'Repeat',
      parameters: { times: t.integer(), mark: t.string({ default: '!' }) },
      inputs: { text: t.string() },
      outputs: { text: t.string() },
      run: ({ text }, _context, { times, mark }) => ({ text: text.repeat(times) + mark }),
    })
    expect(await new Repeat({ times: 2 }).run({ text: 'a' })).toEqual({ text: 'aa!' })
    expect(thrown(() => new Repeat({ time: 2 } as never))).toContain('COMPONENT_PARAMETERS')
  })

  test('whose components run alone in a context of their own, or in the one they are given', async () => {
    const { context } = await new Shout().run({ text: 'a' })
    expect(context).toMatchObject({ component: { name: 'Shout', type: 'Shout' }, visit: 1, runId: 'alone' })
    const given = { visit: 7 } as RunContext
    expect((await new Shout().run({ text: 'a' }, given)).context).toBe(given)
  })

  test('that can be extended', () => {
    class Loud extends Shout {
      static override readonly type = 'Loud'
    }
    expect(typeOf(new Loud({ mark: '?' }))).toBe('Loud')
  })
})

test('a component may be made of a function that returns a promise', async () => {
  const Later = defineComponent({
    type: 'Later',
    inputs: {},
    outputs: { value: t.integer() },
    run: async () => ({ value: 1 }),
  })
  expect(Later.description).toBe('')
  expect(await new Later().run({})).toEqual({ value: 1 })
})

describe('wrong parameters are refused when the component is made', () => {
  const Silent = defineComponent({ type: 'Silent', inputs: {}, outputs: {}, run: () => ({}) })

  test.each([
    [
      'of another type',
      () => new Shout({ mark: 1 } as never),
      `'Shout' (Shout) was made with parameters it does not accept:
  initParameters.mark: expected string, got the number 1.`,
    ],
    [
      'that were not declared',
      () => new Shout({ marks: '!' } as never),
      `'Shout' (Shout) was made with parameters it does not accept:
  initParameters: 'marks' is unknown. Possible: 'mark' and 'limit'. Did you mean 'mark'?`,
    ],
    [
      'where none were declared',
      () => new Silent({ mark: '!' } as never),
      `'Silent' (Silent) was made with parameters it does not accept:
  initParameters: 'mark' is unknown. Possible: none.`,
    ],
  ])('%s', (_, make, message) => {
    expect(thrown(make)).toBe(`COMPONENT_PARAMETERS: ${message}`)
  })
})
