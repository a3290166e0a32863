import { afterEach, expect, test } from '@jest/globals'
import { LineEditor } from '../../src/chat/line-editor.ts'
import { TerminalKeys } from './terminal-keys.ts'

const [ctrlC, ctrlD, up, tab] = ['\u0003', '\u0004', '\u001B[A', '\t']
let terminal = new TerminalKeys()
let editor: LineEditor | undefined

function open(options: { redraws?: boolean; complete?: (line: string) => string[] } = {}): LineEditor {
  const { redraws = false, complete = () => [] } = options
  terminal = new TerminalKeys()
  editor = new LineEditor(terminal.keyboard, terminal.screen, { redraws, complete })
  return editor
}

afterEach(() => editor?.close())

test('a line is what was typed until Enter', async () => {
  const asked = open().ask('> ')
  terminal.press('Héllo 日本\u007F語\r')
  expect(await asked).toEqual({ line: 'Héllo 日語' })
  expect(terminal.screen.text).toContain('> ')
})

test('the arrow keys bring lines back, but not those that are no messages', async () => {
  const lines = open()
  terminal.press('first\r')
  await lines.ask('> ')
  terminal.press('y\r')
  await lines.ask('? ', { remembered: false })
  terminal.press(`${up}\r`)
  expect(await lines.ask('> ')).toEqual({ line: 'first' })
})

test('lines that come at once are for one question each', async () => {
  const lines = open()
  terminal.press('one\rtwo\r\nthree\n')
  expect(await lines.ask('> ')).toEqual({ line: 'one' })
  expect(await lines.ask('> ')).toEqual({ line: 'two' })
  expect(await lines.ask('> ')).toEqual({ line: 'three' })
})

test('what is typed before a question counts, unless the question says that it must not', async () => {
  const lines = open()
  terminal.press('early')
  const first = lines.ask('> ')
  terminal.press(' bird\r')
  expect(await first).toEqual({ line: 'early bird' })
  terminal.press('y\r')
  await new Promise((resolve) => setImmediate(resolve))
  const second = lines.ask('? ', { typedAhead: false })
  terminal.press('n\r')
  expect(await second).toEqual({ line: 'n' })
})

test('Ctrl-C at a question drops the line', async () => {
  const lines = open()
  const first = lines.ask('> ')
  terminal.press(`half${ctrlC}`)
  expect(await first).toBe('interrupt')
  const second = lines.ask('> ')
  terminal.press('whole\r')
  expect(await second).toEqual({ line: 'whole' })
})

test('Ctrl-C between questions is reported, and drops what was typed', async () => {
  const lines = open()
  const interrupted = new Promise<void>((resolve) => {
    lines.onInterrupt = resolve
  })
  terminal.press(`typed${ctrlC}`)
  await interrupted
  const asked = lines.ask('> ')
  terminal.press('new\r')
  expect(await asked).toEqual({ line: 'new' })
})

test('Ctrl-D ends all questions, and so does a terminal that is gone', async () => {
  const lines = open()
  const asked = lines.ask('> ')
  terminal.press(ctrlD)
  expect(await asked).toBe('end')
  expect(await lines.ask('> ')).toBe('end')

  const others = open()
  const other = others.ask('> ')
  terminal.keyboard.end()
  expect(await other).toBe('end')
})

test('a line may begin with something, and Tab completes it', async () => {
  const lines = open({ complete: (line) => (line === '/he' ? ['/help'] : []) })
  const edited = lines.ask('> ', { initial: '{"a":1}' })
  terminal.press('\u007F2}\r')
  expect(await edited).toEqual({ line: '{"a":12}' })
  const completed = lines.ask('> ')
  terminal.press(`/he${tab}`)
  await terminal.until('/help')
  terminal.press('\r')
  expect(await completed).toEqual({ line: '/help' })
})

test('the terminal marks pastes as long as it is used, and is given back as it was', async () => {
  const lines = open({ redraws: true })
  const asked = lines.ask('> ')
  expect(terminal.raw).toBe(true)
  terminal.press('\u001B[200~a\nb\u001B[201~\r')
  expect(await asked).toEqual({ line: 'a\nb' })
  expect(terminal.screen.text).toContain('\u001B[?2004h')
  lines.close()
  expect(terminal.screen.text.endsWith('\u001B[?2004l')).toBe(true)
  expect(terminal.raw).toBe(false)
})
