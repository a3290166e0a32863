import { describe, expect, test } from '@jest/globals'
import {
  TemplateBudget,
  TemplateExcess,
} from '../../../../src/engines/node-llama-cpp/prompt/template-budget.ts'

describe('TemplateBudget', () => {
  test('ends with the last step', () => {
    const budget = new TemplateBudget()
    budget.spend(2_000_000)
    expect(() => budget.spend(1)).toThrow(new TemplateExcess('it takes too many steps'))
  })

  test('counts long texts and lists as many steps', () => {
    const budget = new TemplateBudget()
    for (let count = 0; count < 24; count++) budget.spendText(10_000_000)
    budget.spendElements(1_000_000)
    expect(() => budget.spendText(10_000_000)).toThrow('it takes too many steps')
  })

  test('limits texts, lists and values', () => {
    const budget = new TemplateBudget()
    budget.checkSize(10_000_000)
    const tooLarge = 'it makes something that is too large'
    expect(() => budget.checkSize(10_000_001)).toThrow(tooLarge)
    expect(() => budget.spendText(10_000_001)).toThrow(tooLarge)
    expect(() => budget.spendElements(1_250_001)).toThrow(tooLarge)
  })

  test('grows with what was given', () => {
    const budget = new TemplateBudget(10_000_000)
    budget.checkSize(50_000_000)
    budget.spend(12_000_000)
    expect(() => budget.spend(1)).toThrow(TemplateExcess)
  })

  test('gives what the work gives, and throws what it throws', () => {
    const budget = new TemplateBudget()
    expect(budget.run(() => 'done')).toBe('done')
    const failure = new TypeError('no')
    expect(() =>
      budget.run(() => {
        throw failure
      }),
    ).toThrow(failure)
  })

  test('stops work that never gives way, and has no time left for more', () => {
    const budget = new TemplateBudget()
    const endless = () => {
      for (;;);
    }
    expect(() => budget.run(endless)).toThrow('it takes too long')
    expect(() => budget.run(() => 1)).toThrow('it takes too long')
  })
})
