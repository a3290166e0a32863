import { describe, expect, test } from '@jest/globals'
import { parseAssignment } from '../../src/arguments/assignment.ts'
import { parseDrawingFile, parseDrawingFormat } from '../../src/arguments/drawing.ts'
import { parseModelChoice } from '../../src/arguments/model-choice.ts'
import { parseTimeout } from '../../src/arguments/timeout.ts'
import { failureOf } from '../failure-of.ts'

describe('parseAssignment', () => {
  test.each([
    ['prompt.country=France', { name: 'prompt.country', text: 'France', isJson: false, isFile: false }],
    ['url=https://a.b/?c=d', { name: 'url', text: 'https://a.b/?c=d', isJson: false, isFile: false }],
    ['empty=', { name: 'empty', text: '', isJson: false, isFile: false }],
    ['a.b= spaces stay ', { name: 'a.b', text: ' spaces stay ', isJson: false, isFile: false }],
    ['lines=one\ntwo', { name: 'lines', text: 'one\ntwo', isJson: false, isFile: false }],
    ['list:=["a"]', { name: 'list', text: '["a"]', isJson: true, isFile: false }],
    ['text=@notes.txt', { name: 'text', text: 'notes.txt', isJson: false, isFile: true }],
    ['path=@C:\\notes.txt', { name: 'path', text: 'C:\\notes.txt', isJson: false, isFile: true }],
    ['list:=@list.json', { name: 'list', text: 'list.json', isJson: true, isFile: true }],
    ['handle=@@alice', { name: 'handle', text: '@alice', isJson: false, isFile: false }],
    ['handle=@@@alice', { name: 'handle', text: '@@alice', isJson: false, isFile: false }],
    ['mail=me@example.org', { name: 'mail', text: 'me@example.org', isJson: false, isFile: false }],
  ])('reads %j', (written, assignment) => {
    expect(parseAssignment(written)).toEqual(assignment)
  })

  test.each(['France', '=France', ':=1', '', '  =x'])('refuses %j', async (written) => {
    expect(await failureOf(() => parseAssignment(written))).toBe(
      `USAGE_INVALID: --set takes name=value, as in --set prompt.country=France, without spaces around the =, and '${written}' is not of that form.`,
    )
  })

  test('refuses an at sign without a file', async () => {
    expect(await failureOf(() => parseAssignment('text=@'))).toBe(
      'USAGE_INVALID: --set text=@ names no file. Write =@path for the text of a file, or =@@ for an at sign.',
    )
  })
})

describe('parseModelChoice', () => {
  test.each([
    ['llm=model.gguf', { component: 'llm', model: 'model.gguf' }],
    ['llm=a=b.gguf', { component: 'llm', model: 'a=b.gguf' }],
    ['capital.llm=a.gguf', { component: 'capital.llm', model: 'a.gguf' }],
    ['../a=b.gguf', { component: undefined, model: '../a=b.gguf' }],
    ['model.gguf', { component: undefined, model: 'model.gguf' }],
    ['./a=b.gguf', { component: undefined, model: './a=b.gguf' }],
    ['C:\\a=b.gguf', { component: undefined, model: 'C:\\a=b.gguf' }],
    ['https://host/m.gguf?a=b', { component: undefined, model: 'https://host/m.gguf?a=b' }],
    ['hf:user/repository:Q4_K_M', { component: undefined, model: 'hf:user/repository:Q4_K_M' }],
  ])('reads %j', (written, choice) => {
    expect(parseModelChoice(written)).toEqual(choice)
  })

  test.each(['', 'llm='])('refuses %j', async (written) => {
    expect(await failureOf(() => parseModelChoice(written))).toBe(
      'USAGE_INVALID: --model names no model. Write --model model.gguf, or --model llm=model.gguf for one component of several.',
    )
  })
})

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

describe('parseTimeout', () => {
  test.each([
    ['30', 30_000],
    ['0.5', 500],
    ['.25', 250],
  ])('makes milliseconds of %s seconds', (written, milliseconds) => {
    expect(parseTimeout(written)).toBe(milliseconds)
  })

  test.each(['0', '-1', '', '1m', 'Infinity', '1e3', '3000000'])('refuses %j', async (written) => {
    expect(await failureOf(() => parseTimeout(written))).toBe(
      `USAGE_INVALID: --timeout takes a number of seconds above 0 and at most 2147483, not '${written}'.`,
    )
  })
})
