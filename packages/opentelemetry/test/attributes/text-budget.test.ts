import { expect, test } from '@jest/globals'
import { TextBudget } from '../../src/attributes/text-budget.ts'

test('texts are given as they are until the budget is used up, then cut, then only told', () => {
  const budget = new TextBudget(8)
  expect(budget.take('hello')).toBe('hello')
  expect(budget.exhausted).toBe(false)
  expect(budget.take('world')).toBe('wor… (5 characters)')
  expect(budget.exhausted).toBe(true)
  expect(budget.take('again')).toBe('… (5 characters)')
})

test('a text that just fits is not cut', () => {
  const budget = new TextBudget(5)
  expect(budget.take('hello')).toBe('hello')
  expect(budget.exhausted).toBe(true)
})

test('what is spent is gone', () => {
  const budget = new TextBudget(8)
  budget.spend(6)
  expect(budget.take('hello')).toBe('he… (5 characters)')
})

test('a character of two units is not cut in the middle', () => {
  expect(new TextBudget(3).take('ab😀cd')).toBe('ab… (6 characters)')
  expect(new TextBudget(4).take('ab😀cd')).toBe('ab😀… (6 characters)')
})
