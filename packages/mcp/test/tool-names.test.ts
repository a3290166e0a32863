import { expect, test } from '@jest/globals'
import { modelNames, namePart } from '../src/tool-names.ts'
import { visibleText } from '../src/visible-text.ts'

test('a name is that of the server with the prefix, in characters that models can write', () => {
  expect([...modelNames(['echo', 'get sum!', 'é'], 'files')]).toEqual([
    ['echo', 'files_echo'],
    ['get sum!', 'files_get_sum'],
    ['é', 'files_tool'],
  ])
})

test('names that would be one, or are too long, end in a hash of what the server calls them', () => {
  const names = ['a.b', 'a_b', 'a/b', 'x'.repeat(220), `${'x'.repeat(219)}y`]
  const given = [...modelNames(names, 'server').values()]
  expect(given[1]).toBe('server_a_b')
  expect(new Set(given).size).toBe(5)
  for (const name of given) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
  expect([...modelNames(names, 'server').values()]).toEqual(given)
})

test('a prefix may be empty', () => {
  expect(modelNames(['echo'], '').get('echo')).toBe('echo')
  expect(namePart('mcp-servers/everything')).toBe('mcp-servers_everything')
})

test.each([
  ['a tag in which a text is hidden', 'Adds.\u{E0049}\u{E0067}', 'Adds.'],
  ['marks that turn the direction', 'a\u202Eb\u2066c\u2069', 'abc'],
  ['spaces without width, and controls', 'a\u200Bb\uFEFFc\u0000d\u001B[1m', 'abcd[1m'],
  ['line breaks and tabs, which stay', 'a\n\tb\r\n', 'a\n\tb\r\n'],
  ['joiners of words and emoji, which stay', 'می\u200Cخواهم 👩\u200D🔧', 'می\u200Cخواهم 👩\u200D🔧'],
])('of a description %s: what people see is kept', (_, text, visible) => {
  expect(visibleText(text)).toBe(visible)
})
