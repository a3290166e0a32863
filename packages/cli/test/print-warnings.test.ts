import { expect, test } from '@jest/globals'
import { printWarnings } from '../src/print-warnings.ts'
import { FakeTerminal } from './fake-terminal.ts'

const warning = (name: string) => Object.assign(new Error('It has no effect.'), { name })

test('says what libraries warn of, without the words of Node.js', () => {
  const terminal = new FakeTerminal()
  terminal.on('warning', () => terminal.stderr.write('(node:1) Warning: …'))
  printWarnings(terminal)
  terminal.emit('warning', warning('Warning'))
  terminal.emit('warning', warning('ExperimentalWarning'))
  expect(terminal.stderr.text).toBe('Warning: It has no effect.\n')
})

test('takes the place of a progress bar', () => {
  const terminal = new FakeTerminal({ isTTY: true })
  printWarnings(terminal)
  terminal.emit('warning', warning('Warning'))
  expect(terminal.stderr.text).toBe('\r\u001B[KWarning: It has no effect.\n')
})
