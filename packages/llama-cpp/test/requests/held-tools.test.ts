import { describe, expect, test } from '@jest/globals'
import type { JsonSchema } from '@millrace/core'
import { jsonSchemaGrammar } from '../../src/gbnf/gbnf-rules.ts'
import { heldTools } from '../../src/requests/held-tools.ts'

function held(parameters: JsonSchema) {
  const { tools, warnings } = heldTools([{ name: 'find', description: '', parameters }])
  return { tool: tools[0], messages: warnings.map(({ message }) => message), warnings }
}

describe('the parameters of a tool', () => {
  test('stay as they are where a grammar holds a call to all of them', () => {
    const parameters = { type: 'object', properties: { city: { type: 'string', maxLength: 9 } } } as const
    expect(held(parameters)).toEqual({
      tool: { name: 'find', description: '', parameters },
      messages: [],
      warnings: [],
    })
  })

  test.each<[string, JsonSchema, JsonSchema]>([
    [
      "'not' at 'parameters'",
      { type: 'object', properties: { a: { type: 'string' } }, not: { required: ['a'] } },
      { type: 'object', properties: { a: { type: 'string' } } },
    ],
    [
      "'format' at 'parameters.properties.home'",
      {
        type: 'object',
        properties: { home: { type: 'string', format: 'uri' }, n: { type: 'integer', minimum: 3 } },
      },
      { type: 'object', properties: { home: { type: 'string' }, n: { type: 'integer', minimum: 3 } } },
    ],
    [
      "'uniqueItems' at 'parameters.properties.list.items'",
      {
        type: 'object',
        properties: { list: { type: 'array', items: { type: 'array', uniqueItems: true, maxItems: 2 } } },
        required: ['list'],
      },
      {
        type: 'object',
        properties: { list: { type: 'array', items: { type: 'array', maxItems: 2 } } },
        required: ['list'],
      },
    ],
    [
      "'patternProperties' at 'parameters.$defs.map'",
      {
        type: 'object',
        properties: { map: { $ref: '#/$defs/map' } },
        $defs: { map: { type: 'object', patternProperties: { a: {} } } },
      },
      { type: 'object', properties: { map: { $ref: '#/$defs/map' } }, $defs: { map: { type: 'object' } } },
    ],
  ])('are held as far as they can be without %s', (place, parameters, expected) => {
    const { tool, messages, warnings } = held(parameters)
    expect(tool).toMatchObject({ parameters, held: expected })
    expect(warnings.map(({ code }) => code)).toEqual(['TOOL_SCHEMA_LOOSENED'])
    expect(messages[0]).toContain(`the tool 'find'`)
    expect(messages[0]).toContain(`cannot express ${place}. The call is checked`)
    expect(jsonSchemaGrammar(tool?.held, 'held')).toContain('root ::= ')
  })
})
