import { describe, expect, test } from '@jest/globals'
import { templateLimits, WorkBudget } from '../../src/template/work-budget.ts'

describe('WorkBudget', () => {
  test('ends with the last step', () => {
    const budget = new WorkBudget()
    budget.spend(templateLimits.work - 1)
    budget.spendCharacters(128)
    expect(() => budget.spend(1)).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: 'It takes more than 5,000,000 steps. Make its loops or its values smaller.',
      }),
    )
  })

  test('limits the length of texts and lists', () => {
    const budget = new WorkBudget()
    budget.checkLength(templateLimits.textLength)
    budget.checkItems(templateLimits.listLength)
    expect(() => budget.checkLength(templateLimits.textLength + 1)).toThrow(
      'It makes a text of more than 10,000,000 characters.',
    )
    expect(() => budget.checkItems(templateLimits.listLength + 1)).toThrow(
      'It makes a list of more than 1,000,000 elements.',
    )
  })
})
