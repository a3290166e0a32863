import { describe, expect, test } from '@jest/globals'
import { t, tool, toolset } from '@millrace/core'
import { checkGeneration } from '../../src/requests/check-generation.ts'

const add = tool({ name: 'add', description: '', parameters: t.object({ a: t.number() }), run: ({ a }) => a })

describe('checkGeneration', () => {
  test('finds a schema that no grammar can hold a reply to', () => {
    const schema = { type: 'object', properties: { a: { type: 'string', pattern: '(?<=x)y' } } }
    expect(
      checkGeneration(
        { generationKwargs: { responseFormat: { type: 'jsonObject', schema } } },
        'node-llama-cpp',
      ),
    ).toEqual([
      {
        level: 'error',
        code: 'OPTION_UNSUPPORTED',
        message:
          "Engine 'node-llama-cpp' cannot hold a reply to this schema: 'generationKwargs.responseFormat.schema.properties.a' has the pattern \"(?<=x)y\", of which a grammar cannot say '(?<=x)'.",
        option: 'generationKwargs.responseFormat',
      },
    ])
  })

  test('warns of a choice that the tools leave no way to make: a run may bring others', () => {
    const generationKwargs = { toolChoice: { name: 'addd' } }
    expect(checkGeneration({ generationKwargs, tools: [add] }, 'llama.node')).toEqual([
      {
        level: 'warning',
        code: 'OPTION_INVALID',
        message: "Option 'generationKwargs.toolChoice' names 'addd', which is none of the tools: 'add'.",
        option: 'generationKwargs.toolChoice',
      },
    ])
    const [finding] = checkGeneration({ generationKwargs: { toolChoice: 'required' } }, 'llama.node')
    expect(finding?.message).toBe(
      "Option 'generationKwargs.toolChoice' is 'required', but there are no tools. Give some, or leave it out.",
    )
  })

  test.each([
    {},
    { generationKwargs: { responseFormat: { type: 'jsonObject', schema: { type: 'object' } } } },
    { generationKwargs: { responseFormat: { type: 'jsonObject' } } },
    { generationKwargs: { toolChoice: 'auto' } },
    { generationKwargs: { toolChoice: { name: 'add' } }, tools: [add] },
    { generationKwargs: { toolChoice: { name: 'add' }, functions: [{ name: 'add' }] } },
    // Nobody knows yet what is in it.
    { generationKwargs: { toolChoice: { name: 'add' } }, tools: [toolset({ name: 'later', tools: [] })] },
  ] satisfies Parameters<typeof checkGeneration>[0][])('finds nothing in %j', (parameters) => {
    expect(checkGeneration(parameters, 'node-llama-cpp')).toEqual([])
  })
})
