import { expect, test } from '@jest/globals'
import { parseDrawingFile, parseDrawingFormat } from '../../src/arguments/drawing.ts'
import { failureOf } from '../failure-of.ts'

test.each([
  ['a.svg', 'svg'],
  ['b/c.mmd', 'mermaid'],
  ['d.e.TXT', 'text'],
])('the file %s is drawn as %s', (path, format) => {
  expect(parseDrawingFile('--draw', path)).toEqual({ path, format })
})

test.each(['a', 'a.png', '.svg', 'a.constructor', ''])('the file %j is refused', async (path) => {
  expect(await failureOf(() => parseDrawingFile('--draw', path))).toBe(
    `USAGE_INVALID: --draw takes a file that ends in '.txt', '.mmd' and '.svg', which says how to draw, not '${path}'.`,
  )
})

test('a format is one of three', async () => {
  expect(['text', 'mermaid', 'svg'].map(parseDrawingFormat)).toEqual(['text', 'mermaid', 'svg'])
  expect(await failureOf(() => parseDrawingFormat('mermiad'))).toBe(
    "USAGE_INVALID: --format is one of 'text', 'mermaid' and 'svg', not 'mermiad'. Did you mean 'mermaid'?",
  )
})
