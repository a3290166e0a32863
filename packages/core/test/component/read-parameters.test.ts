import { describe, expect, test } from '@jest/globals'
import { defineComponent, t } from '@millrace/core'
import { readParameters } from '@millrace/core/component'

const Shout = {
  type: 'Shout',
  parameters: t.object({
    mark: t.string({ description: 'What stands at the end.' }),
    times: t.integer(),
    pause: t.optional(t.integer()),
    end: t.string({ default: '' }),
  }),
}

describe('readParameters', () => {
  test('gives what was given, without the nulls that stand for nothing', () => {
    expect(readParameters(Shout, { mark: '!', times: 2, pause: null })).toEqual({ mark: '!', times: 2 })
  })

  test('gives an empty object for nothing at all, where nothing is mandatory', () => {
    expect(readParameters({ type: 'Whisper', parameters: t.object({}) }, undefined)).toEqual({})
  })

  test.each([
    [
      undefined,
      "Shout was made without 'mark' and 'times'. Write new Shout({ mark: …, times: … }).\n  mark: string. What stands at the end.\n  times: integer",
    ],
    [
      null,
      "Shout was made without 'mark' and 'times'. Write new Shout({ mark: …, times: … }).\n  mark: string. What stands at the end.\n  times: integer",
    ],
    [
      { mark: '!' },
      "Shout was made without 'times'. Write new Shout({ mark: …, times: … }).\n  times: integer",
    ],
    ['!', 'Shout takes its parameters as one object, new Shout({ mark: …, times: … }), not "!".'],
    [[], 'Shout takes its parameters as one object, new Shout({ mark: …, times: … }), not an array of 0.'],
  ])('says of %j what is missing', (given, message) => {
    expect(() => readParameters(Shout, given as never)).toThrow(
      expect.objectContaining({ code: 'COMPONENT_PARAMETERS', message }),
    )
  })

  test('is what the classes of defineComponent do', () => {
    const Defined = defineComponent({
      ...Shout,
      inputs: {},
      outputs: {},
      run: () => ({}),
    }) as unknown as new () => object
    expect(() => new Defined()).toThrow(/^Shout was made without 'mark' and 'times'/)
  })
})
