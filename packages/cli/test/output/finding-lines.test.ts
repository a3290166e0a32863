import { expect, test } from '@jest/globals'
import { findingLines } from '../../src/output/finding-lines.ts'

test('a finding says where it is, as far as that is known', () => {
  const found = { level: 'error', code: 'X', message: 'Bad.' } as const
  expect(
    findingLines('p.yaml', [
      { ...found, component: 'llm', option: 'modelKwargs.loraPath' },
      { ...found, component: 'llm', socket: 'messages' },
      { ...found, component: 'llm', level: 'warning' },
      { ...found, message: 'Two\nlines \u001b[31m.' },
    ]),
  ).toEqual([
    'p.yaml: components.llm.initParameters.modelKwargs.loraPath: Bad.',
    'p.yaml: llm.messages: Bad.',
    'p.yaml: warning: components.llm: Bad.',
    'p.yaml: Two\n  lines \uFFFD[31m.',
  ])
})
