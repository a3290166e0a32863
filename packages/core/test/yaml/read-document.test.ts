import { expect, test } from '@jest/globals'
import { completeLimits } from '../../src/yaml/limits.ts'
import { readDocument } from '../../src/yaml/read-document.ts'
import { problemsOf, refusal } from './refusal.ts'

test('an empty text is refused with an example', () => {
  expect(refusal('').message).toMatchInlineSnapshot(`
"p.yaml: A pipeline file is a mapping, and this one is empty. For example:
  components:
    prompt:
      type: PromptBuilder
      initParameters: { template: 'Say {{ word }}.' }
    llm:
      type: LlamaCppGenerator
      initParameters: { model: model.gguf }
  connections:
    - { sender: prompt.prompt, receiver: llm.prompt }"
`)
})

test.each(['\n\n', '# only a comment\n', '---\n', 'null', '~'])('%j is empty too', (text) => {
  expect(refusal(text).message).toContain('A pipeline file is a mapping, and this one is empty.')
})

test.each([
  ['a list', '- a\n- b'],
  ['a string', 'hello'],
  ['a number', '42'],
  ['a boolean', 'true'],
])('%s is no pipeline file', (kind, text) => {
  const error = refusal(text)
  expect(error.code).toBe('LOAD_SHAPE')
  expect(error.message).toContain(`p.yaml:1:1: A pipeline file is a mapping, not ${kind}.`)
})

test('a value that was refused for another reason is not called empty as well', () => {
  expect(problemsOf('.nan')).toEqual(['LOAD_SHAPE'])
  expect(refusal('.nan').message).toContain('.nan is not a finite number')
})

test('gives the value of a mapping and what is wrong with its nodes', () => {
  const { value, problems } = readDocument('a: { b: [1, .nan] }', completeLimits(), undefined)
  expect(value).toEqual({ a: { b: [1, null] } })
  expect(problems.isEmpty).toBe(false)
})
