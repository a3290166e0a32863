import { describe, expect, test } from '@jest/globals'
import { PromptPace } from '../../../src/engines/node-llama-cpp/prompt-pace.ts'

const [left, batch] = [10_000, 512]

/** How long the next slice is after one that took so long. */
function sliceAfter(tokens: number, milliseconds: number): number {
  const pace = new PromptPace()
  pace.took(tokens, milliseconds)
  return pace.slice(left, batch)
}

describe('PromptPace', () => {
  test('begins with a small slice, for nothing is known of the model', () => {
    expect(new PromptPace().slice(left, batch)).toBe(192)
  })

  test.each([
    { what: 'a fast model gets all that fits a batch', tokens: 128, milliseconds: 4, slice: 512 },
    { what: 'one token a millisecond makes 300', tokens: 128, milliseconds: 128, slice: 300 },
    { what: 'a slow model gets as many as keep its speed', tokens: 128, milliseconds: 12_800, slice: 192 },
    { what: 'no time at all is no reason to stumble', tokens: 128, milliseconds: 0, slice: 512 },
    { what: 'a handful of tokens says nothing', tokens: 31, milliseconds: 1, slice: 192 },
  ])('$what', ({ tokens, milliseconds, slice }) => {
    expect(sliceAfter(tokens, milliseconds)).toBe(slice)
  })

  test('never takes more than a batch', () => {
    expect(new PromptPace().slice(left, 8)).toBe(8)
  })

  test('leaves no handful for an evaluation of its own', () => {
    const pace = new PromptPace()
    expect(pace.slice(383, batch)).toBe(383)
    expect(pace.slice(384, batch)).toBe(192)
    expect(pace.slice(210, 200)).toBe(200)
  })

  test('goes by the last slice', () => {
    const pace = new PromptPace()
    pace.took(128, 1)
    pace.took(512, 512)
    expect(pace.slice(left, batch)).toBe(300)
  })
})
