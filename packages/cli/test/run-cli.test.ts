// The commands that need no model, in this process.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { exitCodeLines } from '../src/exit-codes.ts'
import { runCli } from '../src/run-cli.ts'
import { FakeTerminal } from './fake-terminal.ts'
import { root } from './millrace.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

async function cli(args: readonly string[], terminal = new FakeTerminal()) {
  const code = await runCli(args, terminal)
  return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text }
}

const capital = join(root, 'pipelines/capital.yaml')

describe('millrace', () => {
  test('prints its version', async () => {
    expect(await cli(['--version'])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    })
  })

  test('prints its help, with commands and exit codes', async () => {
    const { code, stdout, stderr } = await cli(['--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const line of ['run [options] <file>', 'validate', 'components', 'schema', ...exitCodeLines()]) {
      expect(stdout).toContain(line)
    }
  })

  test('prints the help of a command', async () => {
    const { code, stdout } = await cli(['run', '--help'])
    expect(code).toBe(0)
    for (const option of ['--set', '--input', '--model', '--json', '--timeout', '--quiet', '--verbose']) {
      expect(stdout).toContain(option)
    }
  })

  test('prints the help on stderr when it is told nothing', async () => {
    expect(await cli([])).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/^Usage: millrace /) })
  })

  test.each([
    [['runn'], "Error: unknown command 'runn'\n(Did you mean run?)\n"],
    [['run'], "Error: missing required argument 'file'\n"],
    [['run', 'a.yaml', 'b.yaml'], /^Error: too many arguments for 'run'/],
    [['run', 'a.yaml', '--sett', 'a=b'], "Error: unknown option '--sett'\n(Did you mean --set?)\n"],
    [['run', 'a.yaml', '--set'], "Error: option '--set <input=value>' argument missing\n"],
    [['validate'], "Error: missing required argument 'file'\n"],
    [['validate', '-', '-'], "Error: The standard input can be read only once: give '-' once.\n"],
  ])('refuses %j', async (args, stderr) => {
    const ended = await cli(args)
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    if (typeof stderr === 'string') expect(ended.stderr).toBe(stderr)
    else expect(ended.stderr).toMatch(stderr)
  })
})

describe('millrace validate', () => {
  test('says of a file what it holds, and what a run of it needs', async () => {
    const { code, stdout, stderr } = await cli(['validate', capital])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      `${capital}: ok (2 components, 1 connection)`,
      "  needs prompt.country (any value): The variable 'country' of the template.",
    ])
    expect(stdout).toContain('\n  takes llm.generationKwargs (object): ')
    expect(stdout).not.toContain('streamingCallback')
  })

  test('tells all problems of all files, and goes on with the good ones', async () => {
    await inTemporaryFolder(async (dir) => {
      const bad = join(dir, 'bad.yaml')
      writeFileSync(bad, 'components:\n  a: { type: Nothing }\n  b: { tipe: PromptBuilder }\n')
      const { code, stdout, stderr } = await cli(['validate', bad, capital])
      expect(code).toBe(3)
      expect(stdout).toMatch(/^.*capital\.yaml: ok /)
      expect(stderr).toContain(`${bad}:2:14: components.a.type: No component type 'Nothing' is registered.`)
      expect(stderr).toMatch(/problems\n$/)
    })
  })

  test('reads stdin, and tells of it in JSON', async () => {
    const terminal = new FakeTerminal({ stdin: 'components: 5\n' })
    const { code, stdout, stderr } = await cli(['validate', '-', capital, '--json'], terminal)
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' })
    expect(JSON.parse(stdout)).toEqual([
      {
        file: '-',
        valid: false,
        problems: [expect.objectContaining({ code: 'LOAD_SHAPE', line: 1, column: 13, path: 'components' })],
      },
      expect.objectContaining({ file: capital, valid: true, components: 2, connections: 1 }),
    ])
    expect(JSON.parse(stdout)[1].inputs[0]).toEqual({
      component: 'prompt',
      socket: 'country',
      type: 'unknown',
      mandatory: true,
      description: "The variable 'country' of the template.",
    })
  })

  test('refuses a file that is not there', async () => {
    expect(await cli(['validate', 'none.yaml'])).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/^none\.yaml: The file cannot be read: /),
    })
  })
})

describe('millrace schema', () => {
  test('prints a JSON Schema that knows the components', async () => {
    const { code, stdout } = await cli(['schema'])
    const schema = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
    const { type } = schema.properties.components.additionalProperties.properties
    expect(type.enum).toEqual(expect.arrayContaining(['PromptBuilder', 'LlamaCppChatGenerator']))
  })
})

describe('millrace components', () => {
  test('lists the types by package', async () => {
    const { code, stdout } = await cli(['components'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^@millrace\/components\n {2}PromptBuilder {2,}Makes a text/)
    expect(stdout).toMatch(/\n\n@millrace\/llama-cpp\n/)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('tells all about one', async () => {
    const { stdout } = await cli(['components', 'LlamaCppChatGenerator'])
    expect(stdout).toMatch(/^LlamaCppChatGenerator {2}@millrace\/llama-cpp\n/)
    for (const part of [
      '\nParameters\n  model  string, required\n',
      '\n  generationKwargs.topK  integer, default 40\n',
      '\nInputs\n  messages  ChatMessage[] | string\n',
      '\nOutputs\n  replies  ChatMessage[]\n',
    ]) {
      expect(stdout).toContain(part)
    }
  })

  test('refuses a type that it does not know', async () => {
    expect(await cli(['components', 'PromptBilder'])).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^Error: There is no component type 'PromptBilder'\. Types: .* Did you mean 'PromptBuilder'\?\n$/,
      ),
    })
  })
})

describe('millrace run', () => {
  const prompt =
    "components:\n  prompt: { type: PromptBuilder, initParameters: { template: 'Hello {{ name }}!' } }\n"

  test('prints what is not streamed at the end', async () => {
    const terminal = new FakeTerminal({ stdin: prompt })
    expect(await cli(['run', '-', '--set', 'name=you'], terminal)).toEqual({
      code: 0,
      stdout: 'Hello you!\n',
      stderr: '',
    })
    expect(terminal.eventNames()).toEqual([])
  })

  test('fails when its last words cannot be written', async () => {
    const terminal = new FakeTerminal({ stdin: prompt })
    terminal.stdout.write = () => {
      terminal.stdout.emit('error', Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }))
    }
    expect(await cli(['run', '-', '--set', 'name=you'], terminal)).toEqual({
      code: 3,
      stdout: '',
      stderr: 'Error: The output cannot be written: ENOSPC: no space left.\n',
    })
  })

  test('sums up on a terminal', async () => {
    const terminal = new FakeTerminal({ stdin: prompt, isTTY: true, env: { NO_COLOR: '1' } })
    expect((await cli(['run', '-', '--set', 'name=you'], terminal)).stderr).toMatch(
      /^0\.\d\d s to load, 0\.\d\d s to run\n$/,
    )
  })
})
