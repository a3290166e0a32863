// The commands that need no model, in this process.
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { exitCodeLines } from '../src/exit-codes.ts'
import { cli } from './cli.ts'
import { FakeTerminal } from './fake-terminal.ts'
import { millrace, root } from './millrace.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

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
    const commands = ['run [options] <file>', 'resume', 'validate', 'draw', 'explain', 'components', 'schema']
    for (const line of [...commands, ...exitCodeLines()]) {
      expect(stdout).toContain(line)
    }
  })

  test('prints the help of a command', async () => {
    const { code, stdout } = await cli(['run', '--help'])
    expect(code).toBe(0)
    const shared = ['--model', '--json', '--draw', '--snapshot', '--timeout', '--quiet', '--verbose']
    for (const option of ['--set', '--input', ...shared]) {
      expect(stdout).toContain(option)
    }
  })

  test('prints the help on stderr when it is told nothing', async () => {
    expect(await cli([])).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/^Usage: millrace /) })
  })

  test.each([
    [['runn'], "Error: unknown command 'runn'\n(Did you mean run?)\n"],
    [['run'], /^Error: missing required argument 'file'\n/],
    [['run', 'a.yaml', 'b', 'c'], /^Error: too many arguments for 'run'/],
    [['run', 'a.yaml', '--sett', 'a=b'], "Error: unknown option '--sett'\n(Did you mean --set?)\n"],
    [['run', 'a.yaml', '--set'], /^Error: option '--set <input=value>' argument missing\n/],
    [['validate'], /^Error: missing required argument 'file'\n/],
    [['resume', 'a.yaml'], /^Error: missing required argument 'snapshot'\n/],
    [
      ['draw', 'a.yaml', '--format', 'pdf'],
      "Error: --format is one of 'text', 'mermaid' and 'svg', not 'pdf'.\n",
    ],
    [
      ['draw', 'a.yaml', '-o', 'a.png'],
      /^Error: --output without --format takes a file that ends in '\.txt', /,
    ],
    [
      ['run', 'a.yaml', '--draw', 'a.png'],
      /^Error: --draw takes a file that ends in '\.txt', .*, not 'a\.png'/,
    ],
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
      "  needs country (any value): The variable 'country' of the template.",
    ])
    expect(stdout).toContain('\n  takes generationKwargs (object): ')
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
      expect(stderr).toMatch(/problems\n\nComponents, .* --package .\/tools.js\n$/)
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
    expect(JSON.parse(stdout)[1].inputs[0]).toMatchObject({
      component: 'prompt',
      socket: 'country',
      path: 'prompt.country',
      name: 'country',
      type: 'unknown',
      mandatory: true,
      description: "The variable 'country' of the template.",
    })
  })

  test('warns of several components without a connection', async () => {
    const say = '{ type: PromptBuilder, initParameters: { template: hi } }'
    const terminal = new FakeTerminal({ stdin: `components: { a: ${say}, b: ${say} }` })
    const { code, stderr } = await cli(['validate', '-'], terminal)
    expect([code, stderr]).toEqual([
      0,
      "-: warning: None of the 2 components sends to another. Add 'connections', as in { sender: prompt.prompt, receiver: llm.messages }.\n",
    ])
  })

  test('tells what could not work, and what may not, of a file that is well written', async () => {
    await inTemporaryFolder(async (dir) => {
      const llm = (model: string) => `{ type: LlamaCppChatGenerator, initParameters: { model: '${model}' } }`
      const allowed = ['--allow-env', 'MILLRACE_NOT_SET']
      const error = join(dir, 'error.yaml')
      writeFileSync(error, `components:\n  llm: ${llm('none.gguf')}\n`)
      const warning = join(dir, 'warning.yaml')
      writeFileSync(warning, `components:\n  llm: ${llm('${env:MILLRACE_NOT_SET}')}\n`)
      const { code, stdout, stderr } = await cli(['validate', error, warning, ...allowed])
      expect(code).toBe(3)
      expect(stdout).toContain(`${warning}: ok (1 component, 0 connections)`)
      expect(stdout).not.toContain(error)
      expect(stderr.split('\n')).toEqual([
        `${error}:2:64: components.llm.initParameters.model: There is no file '${join(dir, 'none.gguf')}'.`,
        expect.stringMatching(
          /^.*warning\.yaml:2:64: warning: components\.llm\.initParameters\.model: .*MILLRACE_NOT_SET/,
        ),
        '',
      ])
      const json = await cli(['validate', error, warning, '--json', ...allowed])
      expect(JSON.parse(json.stdout)).toMatchObject([
        {
          valid: false,
          components: 1,
          findings: [{ level: 'error', code: 'MISSING_FILE', component: 'llm', line: 2, column: 64 }],
        },
        { valid: true, findings: [{ level: 'warning', code: 'MISSING_ENVIRONMENT' }] },
      ])
      expect((await cli(['validate', warning, ...allowed])).code).toBe(0)
      expect((await cli(['validate', warning])).stderr).toContain('--allow-env MILLRACE_NOT_SET')
      expect((await cli(['draw', warning])).code).toBe(0)
    })
  })

  test('tells what is wrong in a file that another one includes', async () => {
    await inTemporaryFolder(async (dir) => {
      writeFileSync(join(dir, 'sub.yaml'), 'components: { a: { type: PromptBilder } }\n')
      const input = 'components: { sub: { type: Pipeline, initParameters: { file: sub.yaml } } }'
      const terminal = new FakeTerminal({ stdin: input, cwd: dir })
      const { code, stderr } = await cli(['validate', '-'], terminal)
      expect(code).toBe(3)
      expect(stderr).toMatch(/sub\.yaml:1:26: components\.a\.type: No component type 'PromptBilder'/)
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

describe('--package', () => {
  const toolLoop = join(root, 'pipelines/tool-loop.yaml')
  const tools = ['--package', join(root, 'pipelines/tools.js')]

  test('brings the tools that a file names', async () => {
    const without = await cli(['validate', toolLoop])
    expect(without).toMatchObject({ code: 3, stdout: '' })
    expect(without.stderr).toContain("No tool 'add' is registered. Registered: none.")
    expect(await cli(['validate', toolLoop, ...tools])).toMatchObject({ code: 0, stderr: '' })
    expect((await cli(['draw', toolLoop, ...tools])).stdout).toMatch(/^Pipeline with 4 components/)
    expect((await cli(['explain', toolLoop, ...tools])).stdout).toMatch(/^4 components, 5 connections\./)
  })

  test('is told with what the program knows', async () => {
    expect((await cli(['components', ...tools])).stdout).toMatch(
      /^pipeline-tools\n {2}add +A tool\. Add two numbers\.\n {2}get_weather +A tool\. /m,
    )
    expect(JSON.parse((await cli(['schema', ...tools])).stdout)).toMatchObject({ type: 'object' })
  })

  test('refuses a module that is not there', async () => {
    const { code, stderr } = await cli(['components', '--package', './none.js'])
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /^Error: The module '\.\/none\.js' of --package cannot be loaded: There is no file /,
    )
  })
})

const twoQuestions = join(root, 'pipelines/two-questions.yaml')

describe('millrace draw', () => {
  test('prints a listing', async () => {
    const { code, stdout, stderr } = await cli(['draw', capital])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Pipeline with 2 components and 1 connection\n/)
  })

  test('prints what it is asked for', async () => {
    expect((await cli(['draw', capital, '--format', 'mermaid'])).stdout).toMatch(/^flowchart /)
    expect((await cli(['draw', capital, '--format', 'svg'])).stdout).toMatch(/^<svg /)
  })

  test('writes a file in the format that its name says, or that is asked for', async () => {
    await inTemporaryFolder(async (dir) => {
      for (const [name, start] of [
        ['a.svg', /^<svg /],
        ['a.mmd', /^flowchart /],
        ['a.TXT', /^Pipeline with /],
      ] as const) {
        expect(await cli(['draw', capital, '-o', join(dir, name)])).toEqual({
          code: 0,
          stdout: '',
          stderr: '',
        })
        expect(readFileSync(join(dir, name), 'utf8')).toMatch(start)
      }
      await cli(['draw', capital, '--output', join(dir, 'a.md'), '--format', 'mermaid'])
      expect(readFileSync(join(dir, 'a.md'), 'utf8')).toMatch(/^flowchart /)
    })
  })

  test('tells of a file that cannot be written', async () => {
    await inTemporaryFolder(async (dir) => {
      const file = join(dir, 'none', 'a.svg')
      expect(await cli(['draw', capital, '-o', file])).toEqual({
        code: 3,
        stdout: '',
        stderr: `Error: The file '${file}' cannot be written: ENOENT: no such file or directory.\n`,
      })
    })
  })

  test('tells of a pipeline that is too large for a picture', async () => {
    const entries = Array.from(
      { length: 400 },
      (_, i) => `  p${i}: { type: PromptBuilder, initParameters: { template: x } }`,
    )
    const terminal = new FakeTerminal({ stdin: `components:\n${entries.join('\n')}\n` })
    expect(await cli(['draw', '-', '--format', 'svg'], terminal)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Error: A pipeline with 400 components is too large for an SVG/),
    })
  })
})

describe('millrace explain', () => {
  test('says in words what a pipeline does, and those inside of it', async () => {
    const { code, stdout, stderr } = await cli(['explain', twoQuestions])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^3 components, 2 connections\.\n\n'capital' \(Pipeline\) /)
    expect(stdout).toContain(
      "\n\nInside 'capital': 2 components, 1 connection.\n\n'prompt' (ChatPromptBuilder) ",
    )
  })
})

describe('millrace schema', () => {
  test('prints a JSON Schema that knows the components', async () => {
    const { code, stdout } = await cli(['schema'])
    const schema = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
    const { type } = schema.properties.components.anyOf[0].additionalProperties.properties
    expect(type.anyOf.map((one: { const?: string }) => one.const)).toEqual(
      expect.arrayContaining(['PromptBuilder', 'LlamaCppChatGenerator']),
    )
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

  test('tells what a pipeline in a pipeline takes', async () => {
    const { stdout } = await cli(['components', 'Pipeline'])
    expect(stdout).toMatch(/^Pipeline {2}@millrace\/core\n/)
    for (const name of ['file', 'definition', 'inputs', 'outputs']) expect(stdout).toContain(`\n  ${name}  `)
  })

  test('refuses a type that it does not know', async () => {
    expect(await cli(['components', 'PromptBilder'])).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^Error: There is no component type 'PromptBilder'\. Did you mean 'PromptBuilder'\? .*\n$/,
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

describe('a run that fails', () => {
  /** Says hello, and then fails, or says goodbye. */
  const hello = (second: string) => `components:
  first: { type: PromptBuilder, initParameters: { template: 'Hello {{ name }}.' } }
  second: { type: PromptBuilder, initParameters: { template: '${second}' } }
connections:
  - { sender: first.prompt, receiver: second.text }
`
  const failing = hello('{{ text }}{{ raise_exception("not yet") }}')

  async function inFolderWithSnapshot(
    work: (files: { failed: string; mended: string; snapshot: string; dir: string }) => Promise<void>,
  ) {
    await inTemporaryFolder(async (dir) => {
      const [failed, mended, snapshot] = ['failed.yaml', 'mended.yaml', 's.json'].map((name) =>
        join(dir, name),
      ) as [string, string, string]
      writeFileSync(failed, failing)
      writeFileSync(mended, hello('{{ text }} Goodbye.'))
      await work({ failed, mended, snapshot, dir })
    })
  }

  test('leaves a snapshot, from which a mended file goes on', async () => {
    await inFolderWithSnapshot(async ({ failed, mended, snapshot, dir }) => {
      const drawn = join(dir, 'failed.txt')
      const first = await cli(['run', failed, '--set', 'name=you', '--snapshot', snapshot, '--draw', drawn])
      expect(first).toEqual({
        code: 6,
        stdout: '',
        stderr: `'millrace resume' can go on from '${snapshot}'.\nError: 'second' (PromptBuilder) failed: 'template' failed at line 1, column 14: not yet\n`,
      })
      expect(readFileSync(drawn, 'utf8')).toContain('failed')
      expect(await cli(['resume', failed, snapshot])).toMatchObject({ code: 6 })
      expect(await cli(['resume', mended, snapshot])).toEqual({
        code: 0,
        stdout: 'Hello you. Goodbye.\n',
        stderr: '',
      })
      const json = await cli(['resume', mended, snapshot, '--json', '--draw', drawn])
      expect(JSON.parse(json.stdout).outputs).toEqual({ second: { prompt: 'Hello you. Goodbye.' } })
      expect(readFileSync(drawn, 'utf8')).toMatch(/1 {2}first {2}PromptBuilder {2}did not run/)
    })
  })

  // A device that looks as if it could be written, and is always full.
  const onLinux = existsSync('/dev/full') ? test : test.skip
  onLinux(
    'fails with its own error when snapshot and drawing cannot be written, and tells of those too',
    async () => {
      await inFolderWithSnapshot(async ({ failed, dir }) => {
        for (const name of ['s.json', 'd.svg']) symlinkSync('/dev/full', join(dir, name))
        const options = ['--snapshot', join(dir, 's.json'), '--draw', join(dir, 'd.svg')]
        const { code, stderr } = await millrace(['run', failed, '--set', 'name=you', '-q', ...options], {
          env: { TMPDIR: dir },
        })
        expect(code).toBe(6)
        expect(stderr.split('\n')).toEqual([
          expect.stringMatching(/^'millrace resume' can go on from '.*snapshot\.json'\.$/),
          expect.stringMatching(/^Error: The file '.*s\.json' cannot be written: /),
          expect.stringMatching(/^Error: The file '.*d\.svg' cannot be written: /),
          expect.stringMatching(/^Error: 'second' /),
          '',
        ])
      })
    },
  )

  test('leaves none when its inputs are wrong', async () => {
    await inFolderWithSnapshot(async ({ failed, snapshot }) => {
      expect((await cli(['run', failed, '--snapshot', snapshot])).code).toBe(4)
      expect(existsSync(snapshot)).toBe(false)
    })
  })

  test.each([
    ['not there', undefined, 3, /^Error: The file '.*s\.json' cannot be read: /],
    ['no JSON', 'text', 4, /^Error: The file '.*s\.json' is not a snapshot: it is not JSON\.\n$/],
    ['something else', '{}', 4, /^Error: The snapshot cannot be resumed\./],
  ])('is not resumed from a snapshot that is %s', async (_, content, code, stderr) => {
    await inFolderWithSnapshot(async ({ mended, snapshot }) => {
      if (content !== undefined) writeFileSync(snapshot, content)
      expect(await cli(['resume', mended, snapshot])).toEqual({
        code,
        stdout: '',
        stderr: expect.stringMatching(stderr),
      })
    })
  })
})

test('a run that succeeds can be drawn too, and leaves no snapshot', async () => {
  await inTemporaryFolder(async (dir) => {
    const stdin =
      "components:\n  prompt: { type: PromptBuilder, initParameters: { template: 'Hello {{ name }}!' } }\n"
    const [drawn, snapshot] = [join(dir, 'd.svg'), join(dir, 's.json')]
    const args = ['run', '-', '--set', 'name=you', '--draw', drawn, '--snapshot', snapshot]
    expect(await cli(args, new FakeTerminal({ stdin }))).toEqual({
      code: 0,
      stdout: 'Hello you!\n',
      stderr: '',
    })
    expect(readFileSync(drawn, 'utf8')).toContain('×1')
    expect(existsSync(snapshot)).toBe(false)
  })
})

const twoSteps = `components:
  first: { type: PromptBuilder, initParameters: { template: 'Hello {{ name }}.' } }
  second: { type: PromptBuilder, initParameters: { template: '{{ text }} Goodbye.' } }
connections:
  - { sender: first.prompt, receiver: second.text }
`

describe('--include', () => {
  test.each(['first', 'first.prompt'])('shows what a connection took, of %s', async (name) => {
    const run = (...options: string[]) =>
      cli(
        ['run', '-', '--set', 'name=you', '--include', name, ...options],
        new FakeTerminal({ stdin: twoSteps }),
      )
    expect(await run()).toEqual({
      code: 0,
      stdout: 'first.prompt:\nHello you.\n\nsecond.prompt:\nHello you. Goodbye.\n',
      stderr: '',
    })
    expect(JSON.parse((await run('--json')).stdout).outputs).toEqual({
      first: { prompt: 'Hello you.' },
      second: { prompt: 'Hello you. Goodbye.' },
    })
  })

  test('shows no other output of the component', async () => {
    await inTemporaryFolder(async (dir) => {
      const source = `const t = { type: { kind: 'string' }, receives: 'one', optional: false }
class Two { static type = 'Two'; inputs = {}; outputs = { a: t, b: t }; run() { return { a: 'A', b: 'B' } } }
class Sink { static type = 'Sink'; inputs = { a: t, b: t }; outputs = {}; run() { return {} } }
export const p = { name: 'two', components: [Two, Sink], tools: [], toolsets: [], callbacks: {} }`
      writeFileSync(join(dir, 'two.mjs'), source)
      const stdin = `components: { two: { type: Two }, sink: { type: Sink } }
connections: [{ sender: two.a, receiver: sink.a }, { sender: two.b, receiver: sink.b }]`
      const args = ['run', '-', '--package', join(dir, 'two.mjs'), '--include', 'two.b', '--json']
      const { stdout, stderr } = await cli(args, new FakeTerminal({ stdin }))
      expect({ outputs: stdout === '' ? stderr : JSON.parse(stdout).outputs }).toEqual({
        outputs: { two: { b: 'B' } },
      })
    })
  })
})

test('a run checks what components give', async () => {
  await inTemporaryFolder(async (dir) => {
    const source = `const t = { type: { kind: 'integer' }, receives: 'one', optional: false }
class Wrong { static type = 'Wrong'; inputs = {}; outputs = { count: t }; run() { return { count: 'many' } } }
export const p = { name: 'wrong', components: [Wrong], tools: [], toolsets: [], callbacks: {} }`
    writeFileSync(join(dir, 'wrong.mjs'), source)
    const args = ['run', '-', '--package', join(dir, 'wrong.mjs')]
    const { code, stderr } = await cli(
      args,
      new FakeTerminal({ stdin: 'components: { a: { type: Wrong } }' }),
    )
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringMatching(/'a'.*count/) })
  })
})

test('validate checks the pipeline files in a folder', async () => {
  await inTemporaryFolder(async (dir) => {
    for (const name of ['b.yaml', 'a.yml']) writeFileSync(join(dir, name), twoSteps)
    writeFileSync(join(dir, 'notes.txt'), 'text')
    const { code, stdout } = await cli(['validate', dir, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout).map(({ file }: { file: string }) => file)).toEqual([
      join(dir, 'a.yml'),
      join(dir, 'b.yaml'),
    ])
  })
})

test('the help of a command has no words of commander for an option that may be repeated', async () => {
  expect((await cli(['run', '--help'])).stdout).not.toMatch(/\(default/)
})
