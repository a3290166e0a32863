// What the parameters of standard components say twice, or say nothing with, is found in a file, where it stands.
import { expect, test } from '@jest/globals'
import { LoadError, Registry } from '@millrace/core'
import { loadPipeline } from '@millrace/core/yaml'
import { standardComponents } from '../src/standard-components.ts'

const output = (name: string) => `{ output: '{{ 1 }}', outputName: ${name}, outputType: integer }`

test.each([
  ['ConditionalRouter', 'routes: []', '5:15'],
  ['ConditionalRouter', 'routes: [{ outputs: [] }]', '5:27'],
  ['ConditionalRouter', `routes: [{ outputs: [${output('a')}, ${output('a')}] }]`, '5:108'],
  ['FileTypeRouter', 'mimeTypes: []', '5:18'],
  ['FileTypeRouter', 'mimeTypes: [text/plain, text/plain]', '5:18'],
  ['FileTypeRouter', 'mimeTypes: [text/plain, Text/Plain]', '5:31'],
  ['FileTypeRouter', "mimeTypes: ['text/(?!x)']", '5:19'],
  ['ListJoiner', 'of: string', '5:11'],
  ['MetadataRouter', 'rules: { a: { operator: AND, conditions: [] } }', '5:36'],
  ['MetadataRouter', "rules: { a: { field: meta., operator: '==', value: 1 } }", '5:21'],
  ['JsonParser', 'jsonSchema: { properties: { a: { tipe: string } } }', '5:40'],
  ['JsonSchemaValidator', 'jsonSchema: { requird: [a] }', '5:21'],
  ['JsonParser', "jsonSchema: { pattern: '(a)\\1' }", '5:7'],
  ['AnswerBuilder', "pattern: '(?=a)b'", '5:7'],
  ['Constant', 'of: json', '4:5'],
  ['Constant', 'value: [1], of: strings', '5:15'],
])('%s with %s is found at %s', (type, parameters, place) => {
  const file = `components:\n  part:\n    type: ${type}\n    initParameters:\n      ${parameters.replace('], of', ']\n      of')}\n`
  let error: unknown
  try {
    loadPipeline(file, { registry: new Registry([standardComponents]) })
  } catch (thrown) {
    error = thrown
  }
  const [problem, ...others] = LoadError.isInstance(error) ? error.problems : []
  expect(others).toEqual([])
  expect([problem?.message, `${problem?.line}:${problem?.column}`]).toEqual([expect.any(String), place])
})
