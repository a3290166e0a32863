import { describe, expect, test } from '@jest/globals'
import { ImageContent, TextContent } from '@millrace/core'
import { cutResult } from '../../src/tools/cut-result.ts'

describe('cutResult', () => {
  test('keeps what is short enough', () => {
    expect(cutResult('x'.repeat(100), 100)).toBe('x'.repeat(100))
  })

  test('keeps the beginning and the end of a long text, and says how much is missing', () => {
    expect(cutResult(`${'a'.repeat(500)}${'z'.repeat(500)}`, 100)).toBe(
      `${'a'.repeat(75)}\n[… 900 of 1000 characters are left out here. Ask for less, or for a part.]\n${'z'.repeat(25)}`,
    )
  })

  test('never cuts a character in two', () => {
    const cut = String(cutResult('😀'.repeat(1000), 101))
    expect(new TextDecoder().decode(new TextEncoder().encode(cut))).toBe(cut)
    expect(cut).toContain(' of 2000 characters are left out here.')
  })

  test('lets the texts of a result share what there is, and does not touch images', () => {
    const image = ImageContent.fromBytes(new Uint8Array([1]), { mimeType: 'image/png' })
    const [first, kept, last] = cutResult(
      [TextContent.create('a'.repeat(90)), image, TextContent.create('b'.repeat(90))],
      100,
    ) as TextContent[]
    expect(first?.text).toBe('a'.repeat(90))
    expect(kept).toBe(image)
    expect(last?.text).toMatch(/^b{7}\n\[… 80 of 90 characters .*\]\nb{3}$/)
  })
})

test('what a tool has left out itself counts, too', () => {
  const once = cutResult('x'.repeat(100_000), 6000)
  expect(cutResult(once, 2000)).toContain('[… 98000 of 100000 characters are left out here.')
})
