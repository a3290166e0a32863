import { expect, test } from '@jest/globals'
import { element, tooltip, xmlText } from '../../../src/drawing/svg/xml.ts'

test('texts and attributes are escaped, children are not', () => {
  expect(xmlText(`<a b="c">'&amp;`)).toBe('&lt;a b=&quot;c&quot;&gt;&#39;&amp;amp;')
  expect(element('g', { class: '"><script' }, element('path', { d: 'M0 0' }))).toBe(
    '<g class="&quot;&gt;&lt;script"><path d="M0 0"/></g>',
  )
  expect(tooltip('a < b')).toBe('<title>a &lt; b</title>')
})

test('attributes without a value are left out, and numbers are short', () => {
  expect(element('rect', { x: 1.23456, y: undefined })).toBe('<rect x="1.2"/>')
})
