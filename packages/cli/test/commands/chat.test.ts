// `millrace chat` on the pocket model: in this process, with a terminal or what is piped, and as a process.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { TerminalKeys } from '../chat/terminal-keys.ts'
import { cli } from '../cli.ts'
import { FakeTerminal } from '../fake-terminal.ts'
import { millrace, root } from '../millrace.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

jest.setTimeout(60_000)

const pocket = join(root, 'packages/pocket-model/pocket.gguf')
const [capital, documents] = ['capital', 'answer-from-documents'].map((name) =>
  join(root, `pipelines/${name}.yaml`),
) as [string, string]
const greedy = ['--set', 'llm.generationKwargs.temperature=0']

/** Runs `millrace chat` in a terminal of the test's. */
function inTerminal(args: readonly string[]) {
  const keys = new TerminalKeys()
  const terminal = new FakeTerminal({ isTTY: true, env: { NO_COLOR: '1' }, cwd: root })
  Object.assign(terminal, { stdin: keys.keyboard, stdout: keys.screen, stderr: keys.screen })
  const ended = cli(['chat', ...args], terminal as FakeTerminal)
  return { keys, terminal, code: ended.then(({ code }) => code) }
}

describe('what is piped', () => {
  test('is one message, answered without signs of a prompt', async () => {
    const input = 'What is the capital of France?\n'
    const args = ['chat', pocket, '-q', ...greedy]
    expect(await millrace(args, { input })).toEqual({
      ...{ code: 0, signal: null, stderr: '' },
      stdout: 'The capital of France is Paris.\n',
    })
  })

  test('may go to a pipeline with other inputs, which --set gives', async () => {
    const terminal = new FakeTerminal({ stdin: 'What does Bob like?' })
    const given = '--set=documents:=["Alice lives in Paris.","Bob likes pizza."]'
    const { code, stdout } = await cli(['chat', documents, given, '-q'], terminal)
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/pizza/) })
  })

  test.each<[string, readonly string[], string, number, RegExp]>([
    ['nothing', [pocket], ' \n', 2, /There is nothing to answer: the standard input is empty/],
    ['the file', ['-'], '', 2, /The standard input of a chat is what you say/],
    ['a model that is not there', ['none.gguf'], 'hi', 5, /There is no file '.*none\.gguf'/],
    ['an ambiguous pipeline', [documents], 'hi', 2, /What is said could be for 'documents' and 'question'/],
    [
      '--system for a text',
      [capital, '--system', 'x'],
      'hi',
      2,
      /--system needs a pipeline that takes messages/,
    ],
  ])('is refused with an exit code: %s', async (_, args, stdin, code, message) => {
    const ended = await cli(['chat', ...args], new FakeTerminal({ stdin }))
    expect(ended).toMatchObject({ code, stdout: '' })
    expect(ended.stderr).toMatch(message)
  })

  test('is expected where a prompt would not be seen', async () => {
    const terminal = new FakeTerminal()
    Object.assign(terminal.stdin, { isTTY: true })
    const { code, stderr } = await cli(['chat', pocket], terminal)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('not a terminal here') })
  })

  test('cannot answer what a run asks', async () => {
    await inTemporaryFolder(async (dir) => {
      const core = JSON.stringify(`file://${join(root, 'packages/core/dist/index.js')}`)
      writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
      writeFileSync(
        join(dir, 'ask.js'),
        `import { componentPackage, defineComponent, t } from ${core}
const Ask = defineComponent({
  type: 'Ask',
  inputs: { text: t.string() },
  outputs: { answer: t.string() },
  run: (_, { pause }) => pause({ questions: [{ id: 'a', kind: 'approval', prompt: 'Send it?' }] }),
})
export const asking = componentPackage({ name: 'asking', components: [Ask] })
`,
      )
      writeFileSync(join(dir, 'ask.yaml'), 'components: { ask: { type: Ask } }\n')
      const args = ['chat', join(dir, 'ask.yaml'), '--package', join(dir, 'ask.js')]
      const { code, stderr } = await millrace(args, { input: 'hi' })
      expect({ code, stderr }).toEqual({
        code: 6,
        stderr: expect.stringContaining(
          'The run asks, and nobody is there to answer: Send it? Chat in a terminal',
        ),
      })
    })
  })
})

describe('a chat in a terminal', () => {
  test('remembers, goes on with another model, and ends with Ctrl-D', async () => {
    const { keys, code } = inTerminal([pocket, '--system', 'Be brief.', '--n-ctx', '512', ...greedy])
    await keys.until('Chat with pocket.gguf. /help lists the commands, Ctrl-D ends it.\n> ')
    keys.press('My name is Omar.\r')
    await keys.until('\n> ')
    keys.press('What is my name?\r')
    expect(await keys.until('\n> ')).toContain('Omar')
    keys.press('/model\r')
    expect(await keys.until('\n> ')).toContain(`llm: ${pocket}`)
    keys.press('/model other.txt\r')
    expect(await keys.until('\n> ')).toContain("'other.txt' is not a model")
    keys.press('/model npm:@millrace/pocket-model/pocket.gguf\r')
    expect(await keys.until('\n> ')).toContain(
      'The conversation goes on with npm:@millrace/pocket-model/pocket.gguf.',
    )
    keys.press('What is my name?\r')
    expect(await keys.until('\n> ')).toContain('Omar')
    keys.press('\u0004')
    expect(await code).toBe(0)
    expect(keys.raw).toBe(false)
  })

  test('says what to do when the conversation is too long', async () => {
    const { keys, code } = inTerminal([pocket, '--n-ctx', '32'])
    await keys.until('> ')
    keys.press(`${'What is the capital of France? '.repeat(20)}\r`)
    const text = await keys.until('\n> ')
    expect(text).toMatch(/Error: .*context/s)
    expect(text).toContain(
      "/clear begins a new conversation, /undo takes the last message and its answer back. A longer context: --n-ctx for a model, 'nCtx' in a file.",
    )
    keys.press('/quit\r')
    expect(await code).toBe(0)
  })

  test('ends with the signals of the process', async () => {
    for (const [signal, exitCode] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const { keys, terminal, code } = inTerminal([pocket])
      await keys.until('> ')
      terminal.emit(signal)
      expect(await code).toBe(exitCode)
      expect(keys.raw).toBe(false)
    }
  })
})
