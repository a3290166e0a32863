import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ControlText, freeMarks, guardAll } from '../../src/chat/control-text.ts'
import { failureOf } from '../failure-of.ts'

const tokens = ['<|im_end|>', '<|im_start|>', '<s>', '</s>', '[INST]', 'ab', 'bc']
const control = new ControlText(tokens)
const cut = '\uFDD0'

describe('a text that is guarded', () => {
  test('has no control token in any of its pieces, and is the same without the cuts', () => {
    const word = fc.constantFrom(...tokens, '<', '|', '<|im_', 'end|>', 'a', 'b', 'c', ' ', '\n')
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), word, word, (words, before, after) => {
        const text = words.join('')
        const guarded = control.guard(text, cut)
        expect(guarded.replaceAll(cut, '')).toBe(text)
        const pieces = guarded.split(cut)
        for (const piece of pieces) expect(tokens.filter((token) => piece.includes(token))).toEqual([])
        // Nor does one come of it together with what the template has around it.
        const around = tokens.filter((token) => before.includes(token) || after.includes(token))
        if (text === '' || around.length > 0) return
        for (const piece of `${before}${guarded}${after}`.split(cut)) {
          expect(tokens.filter((token) => piece.includes(token))).toEqual([])
        }
      }),
    )
  })

  test('is left alone where there is nothing to guard', () => {
    expect(control.guard(' Hello <b> ', cut)).toBe(' Hello <b> ')
    expect(new ControlText([]).guard('<s>', cut)).toBe('<s>')
  })
})

test('all texts within data are guarded', () => {
  expect(guardAll({ '<s>': ['<s>', 1, null, true] }, (text) => text.replace('s', '-'))).toEqual({
    '<->': ['<->', 1, null, true],
  })
})

test('texts that leave no mark free are refused', async () => {
  const all = Array.from({ length: 32 }, (_, index) => String.fromCharCode(0xfdd0 + index)).join('')
  const error = await failureOf(() => freeMarks(all))
  expect(error).toMatchObject({ code: 'MODALITY_UNSUPPORTED' })
  expect(error.message).toBe(
    'The messages hold 31 or all of the code points from U+FDD0 to U+FDEF, which are no characters. Take them out: the engine marks texts with them.',
  )
})

test('marks are code points that the texts do not have', () => {
  expect(freeMarks('Hello')).toEqual({ cut: '\uFDD0', end: '\uFDD1' })
  expect(freeMarks('\uFDD0 \uFDD2')).toEqual({ cut: '\uFDD1', end: '\uFDD3' })
})
