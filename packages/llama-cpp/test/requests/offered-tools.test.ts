import { describe, expect, test } from '@jest/globals'
import { t, tool } from '@millrace/core'
import { offeredTools } from '../../src/requests/offered-tools.ts'
import { failureOf } from '../failure-of.ts'

const add = tool({
  name: 'add',
  description: 'Adds.',
  parameters: t.object({ a: t.number(), b: t.number() }),
  run: ({ a, b }) => a + b,
})
const now = tool({ name: 'now', description: 'The time.', parameters: t.object({}), run: () => 'noon' })
const namesOf = (offered: ReturnType<typeof offeredTools>) => offered.tools.map(({ name }) => name)

describe('offeredTools', () => {
  test('tells the model what it may know of a tool, as plain data', () => {
    const offered = offeredTools([add], 'auto')
    expect(offered).toEqual({
      tools: [{ name: 'add', description: 'Adds.', parameters: add.parameters }],
      toolChoice: 'auto',
    })
    expect(structuredClone(offered)).toEqual(offered)
  })

  test('has nothing to choose from where there are no tools', () => {
    expect(offeredTools([], 'auto')).toEqual({ tools: [], toolChoice: 'none' })
  })

  test("hides the tools from a model that must not call any: 'none'", () => {
    expect(offeredTools([add], 'none')).toEqual({ tools: [], toolChoice: 'none' })
  })

  test('takes functions, the older form, for tools', async () => {
    const functions = [
      { name: 'now', description: 'The time.' },
      { name: 'sub', parameters: { type: 'object' } },
    ]
    expect(offeredTools([], 'auto', functions).tools).toEqual([
      { name: 'now', description: 'The time.', parameters: { type: 'object', properties: {} } },
      { name: 'sub', description: '', parameters: { type: 'object' } },
    ])
    const error = await failureOf(() => offeredTools([now], 'auto', functions))
    expect(error).toMatchObject({
      code: 'OPTION_INVALID',
      option: 'generationKwargs.functions',
      message:
        "Option 'generationKwargs.functions' has 'now', which is the name of another tool too. Give each a name of its own.",
    })
  })

  test('offers the one tool that is named', () => {
    const offered = offeredTools([add, now], { name: 'now' })
    expect([namesOf(offered), offered.toolChoice]).toEqual([['now'], { name: 'now' }])
  })

  test.each([
    {
      choice: 'required' as const,
      tools: [],
      message:
        "Option 'generationKwargs.toolChoice' is 'required', but there are no tools. Give some, or leave it out.",
    },
    {
      choice: { name: 'add' },
      tools: [],
      message:
        "Option 'generationKwargs.toolChoice' names 'add', but there are no tools. Give some, or leave it out.",
    },
    {
      choice: { name: 'sub' },
      tools: [add, now],
      message:
        "Option 'generationKwargs.toolChoice' names 'sub', which is none of the tools: 'add' and 'now'.",
    },
  ])('refuses a choice that cannot be made: $message', async ({ choice, tools, message }) => {
    const error = await failureOf(() => offeredTools(tools, choice))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'generationKwargs.toolChoice', message })
  })
})
