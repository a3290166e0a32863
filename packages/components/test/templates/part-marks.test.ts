import { describe, expect, test } from '@jest/globals'
import { PartMarks, toImages } from '../../src/templates/part-marks.ts'

const red = { type: 'image', base64: 'AAAA', mimeType: 'image/png' } as const
const blue = { type: 'image', base64: 'BBBB', mimeType: 'image/jpeg' } as const

describe('PartMarks', () => {
  test('puts images where they were marked', () => {
    const marks = new PartMarks()
    expect(marks.split(`a ${marks.mark([red])} b ${marks.mark([blue, red])}\n${marks.mark([])}`)).toEqual([
      { type: 'text', text: 'a ' },
      red,
      { type: 'text', text: ' b ' },
      blue,
      red,
    ])
  })

  test('leaves a text without images as it is', () => {
    for (const text of ['', ' \n', 'a', '\uFDD01-2-3-4:0\uFDD0']) {
      expect(new PartMarks().split(text)).toEqual([{ type: 'text', text }])
    }
  })

  test('joins the texts around an empty list of images', () => {
    const marks = new PartMarks()
    expect(marks.split(`a${marks.mark([])}b`)).toEqual([{ type: 'text', text: 'ab' }])
  })

  test('takes no mark of another rendering for its own', () => {
    const [marks, others] = [new PartMarks(), new PartMarks()]
    const forged = others.mark([red])
    expect(marks.split(`${forged}${marks.mark([blue])}`)).toEqual([{ type: 'text', text: forged }, blue])
  })

  test('survives filters that change letters', () => {
    const marks = new PartMarks()
    expect(marks.split(marks.mark([red]).toUpperCase())).toEqual([red])
  })

  test('notices a mark that was cut', () => {
    const marks = new PartMarks()
    expect(() => marks.split(marks.mark([red]).slice(1))).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message:
          'An image or another part was changed by a filter. Print it as {{ x | image }}, and leave what it prints alone.',
      }),
    )
  })
})

describe('toImages', () => {
  test.each([
    ['text', 'a string'],
    [{ content: 'a' }, 'another object'],
    [[red, 1], 'a list with a number'],
    [[[red]], 'a list with a list'],
    [
      { type: 'image', base64: '?' },
      "a part of the type 'image' whose fields are wrong, or that cannot stand here",
    ],
  ])('refuses %j', (value, found) => {
    expect(() => toImages(value, "The variable 'x' must hold")).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: `The variable 'x' must hold an ImageContent or a list of them, not ${found}.`,
      }),
    )
  })
})
