import { describe, expect, test } from '@jest/globals'
import { PromptPace } from '../../../src/engines/node-llama-cpp/prompt-pace.ts'

/** How long the next slice is after one that took so long. */
function sliceAfter(tokens: number, milliseconds: number, largest = 512): number {
  const pace = new PromptPace()
  pace.took(tokens, milliseconds)
  return pace.slice(largest)
}

describe('PromptPace', () => {
  test('begins with a small slice, for nothing is known of the model', () => {
    expect(new PromptPace().slice(512)).toBe(32)
    expect(new PromptPace().slice(8)).toBe(8)
  })

  test.each([
    { what: 'a fast model gets all that fits a batch', tokens: 32, milliseconds: 1, slice: 512 },
    { what: 'one token a millisecond makes 50', tokens: 32, milliseconds: 32, slice: 50 },
    { what: 'a slow model gets few', tokens: 32, milliseconds: 80, slice: 20 },
    { what: 'and never fewer than 16, which would cost too much', tokens: 32, milliseconds: 3200, slice: 16 },
    { what: 'no time at all is no reason to stumble', tokens: 32, milliseconds: 0, slice: 512 },
  ])('$what', ({ tokens, milliseconds, slice }) => {
    expect(sliceAfter(tokens, milliseconds)).toBe(slice)
  })

  test('never takes more than a batch', () => {
    expect(sliceAfter(32, 1000, 8)).toBe(8)
  })

  test('learns nothing from a handful of tokens', () => {
    expect(sliceAfter(7, 1000)).toBe(32)
  })

  test('goes by the last slice', () => {
    const pace = new PromptPace()
    pace.took(32, 1)
    pace.took(512, 1024)
    expect(pace.slice(512)).toBe(25)
  })
})
