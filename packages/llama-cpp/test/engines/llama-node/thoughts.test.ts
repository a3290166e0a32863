import { describe, expect, test } from '@jest/globals'
import { chatTemplates } from '../../chat/chat-templates.ts'
import { rowTemplates } from '../../chat/row-templates.ts'
import { add, ask, openPocket } from './opened-pocket.ts'

const budget = 4
/** The most tokens of the mark that ends a thought, which the binding writes itself, and of a character. */
const OVER = 3

describe.each([
  ['that the prompt opens', chatTemplates.openThought],
  ['that the model begins itself, in letters of its own', rowTemplates['an id in front']],
] as const)('the budget of a thought %s holds', (_, chatTemplate) => {
  const asked = { tools: [add], toolChoice: 'required', maxTokens: 100 } as const

  test('in front of a call that is required', async () => {
    const context = await openPocket({ chatTemplate })
    const { reasoning, text, toolCalls, deltas, completionTokens } = await ask(context, 'What is 1 plus 2?', {
      ...asked,
      reasoning: { budget },
    })
    expect((await context.tokenize(reasoning)).length).toBeLessThanOrEqual(budget + OVER)
    expect([reasoning === '', text]).toEqual([false, ''])
    expect(toolCalls[0]?.name).toBe('add')
    expect(deltas.map((delta) => (delta.kind === 'reasoning' ? delta.text : '')).join('')).toBe(reasoning)
    expect(completionTokens).toBeLessThanOrEqual(asked.maxTokens)
    await context.dispose()
  })

  test('of 0 tokens, too', async () => {
    const context = await openPocket({ chatTemplate })
    const { reasoning, toolCalls } = await ask(context, 'What is 1 plus 2?', {
      ...asked,
      reasoning: { budget: 0 },
    })
    expect([reasoning, toolCalls[0]?.name]).toEqual(['', 'add'])
    await context.dispose()
  })
})
