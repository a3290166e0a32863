import { describe, expect, test } from '@jest/globals'
import { defineComponent, Pipeline, t } from '@millrace/core'
import { OpenInputs } from '../../src/arguments/open-inputs.ts'
import { failureOf } from '../failure-of.ts'
import { samplePipeline } from '../parts.ts'

const names = (found: readonly { readonly path: string }[]) => found.map(({ path }) => path)

describe('OpenInputs', () => {
  test('has the sockets without a sender, and those that join several', () => {
    const inputs = new OpenInputs(samplePipeline({ count: t.integer({ default: 3 }) }))
    expect(inputs.all).toEqual([
      {
        component: 'maker',
        socket: 'country',
        path: 'maker.country',
        name: 'maker.country',
        type: { kind: 'string' },
        mandatory: true,
        default: undefined,
        description: 'A country.',
      },
      {
        component: 'user',
        socket: 'count',
        path: 'user.count',
        name: 'user.count',
        type: { kind: 'integer' },
        mandatory: false,
        default: 3,
        description: undefined,
      },
    ])
  })

  test('finds a socket by its path, by its name alone and by the name that the pipeline gives it', () => {
    const inputs = new OpenInputs(samplePipeline({}, { inputs: { land: ['maker.country'] } }))
    for (const name of ['maker.country', 'country', 'land']) {
      expect(names(inputs.find(name))).toEqual(['maker.country'])
    }
    expect(inputs.all[0]?.name).toBe('land')
  })

  test('finds every socket of a name', () => {
    const inputs = new OpenInputs(samplePipeline({ country: t.string() }))
    expect(names(inputs.find('country'))).toEqual(['maker.country', 'user.country'])
  })

  test('finds sockets with dots in their names', () => {
    const inputs = new OpenInputs(samplePipeline({ 'text/plain.utf8': t.string() }))
    expect(names(inputs.find('user.text/plain.utf8'))).toEqual(['user.text/plain.utf8'])
    expect(names(inputs.find('text/plain.utf8'))).toEqual(['user.text/plain.utf8'])
  })

  test('adds to what senders join in an array by its path only', async () => {
    const Gather = defineComponent({
      type: 'Gather',
      inputs: { texts: t.array(t.string()) },
      outputs: { texts: t.array(t.string()) },
      run: ({ texts }) => ({ texts }),
    })
    const pipeline: Pipeline = new Pipeline({ first: new Gather(), last: new Gather() })
    const inputs = new OpenInputs(pipeline.connect('first.texts', 'last.texts'))
    expect(names(inputs.find('last.texts'))).toEqual(['last.texts'])
    expect(names(inputs.find('texts'))).toEqual(['first.texts'])
    expect(inputs.all.map(({ mandatory }) => mandatory)).toEqual([true, false])
  })

  test.each([
    [
      'maker.contry',
      "INPUT_UNKNOWN: 'maker' (Maker) has no input 'contry'. Its open inputs: 'country'. Did you mean 'country'?",
    ],
    [
      'contry',
      "INPUT_UNKNOWN: The pipeline has no open input 'contry'. Open inputs: 'maker.country'. Did you mean 'country'?",
    ],
    [
      'makr.country',
      "INPUT_UNKNOWN: The pipeline has no open input 'makr.country'. Open inputs: 'maker.country'. Did you mean 'maker.country'?",
    ],
    ['maker', "INPUT_UNKNOWN: 'maker' is a component, not an input. Its open inputs: 'maker.country'."],
    [
      'user.text',
      "INPUT_OCCUPIED: 'user.text' already gets its value from 'maker.text'. Leave the input out, or remove the connection from the file.",
    ],
    [
      'text',
      "INPUT_OCCUPIED: 'user.text' already gets its value from 'maker.text'. Leave the input out, or remove the connection from the file.",
    ],
  ])('refuses %s', async (name, failure) => {
    const inputs = new OpenInputs(samplePipeline())
    expect(await failureOf(() => inputs.find(name))).toBe(failure)
  })
})
