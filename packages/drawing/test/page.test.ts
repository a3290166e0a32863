// docs/drawing.md shows what really comes out. After a change: UPDATE_DOCS=1 corepack pnpm test:unit packages/drawing/test/page
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { drawPipeline, explain } from '@millrace/drawing'
import { review } from './page-example.ts'

const docs = join(import.meta.dirname, '../../../docs')
const page = join(docs, 'drawing.md')
const picture = join(docs, 'drawing.svg')

test('the page shows the pipeline of its program, as it is explained and drawn', () => {
  const program = readFileSync(join(import.meta.dirname, 'page-example.ts'), 'utf8')
  const shown = [
    ['ts', program],
    ['text', `${explain(review)}\n`],
    ['text listing', drawPipeline(review, { format: 'text' })],
    ['mermaid', drawPipeline(review, { format: 'mermaid' })],
  ] as const
  const before = readFileSync(page, 'utf8')
  const after = shown.reduce(
    (text, [language, content]) =>
      text.replace(
        new RegExp(`^\`\`\`${language}\n[\\s\\S]*?^\`\`\`$`, 'm'),
        () => `\`\`\`${language}\n${content}\`\`\``,
      ),
    before,
  )
  const svg = drawPipeline(review, { format: 'svg' })
  if (process.env['UPDATE_DOCS']) {
    writeFileSync(page, after)
    writeFileSync(picture, svg)
  }
  expect(readFileSync(page, 'utf8')).toBe(after)
  expect(readFileSync(picture, 'utf8')).toBe(svg)
})
