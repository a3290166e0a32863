import { expect, test } from '@jest/globals'
import { styleFor } from '../../src/output/style.ts'
import { Screen } from '../screen.ts'

test('colours a terminal, and nothing else', () => {
  const bold = (screen: Screen, env = {}) => styleFor(screen, { env })('bold', 'a')
  expect(bold(new Screen(true))).toBe('\u001B[1ma\u001B[22m')
  expect(bold(new Screen(false))).toBe('a')
  expect(bold(new Screen(true), { NO_COLOR: '1' })).toBe('a')
  expect(bold(new Screen(true), { NO_COLOR: '' })).toBe('\u001B[1ma\u001B[22m')
  expect(bold(new Screen(true), { TERM: 'dumb' })).toBe('a')
})
