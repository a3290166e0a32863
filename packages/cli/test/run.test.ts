// `millrace run` on the pocket model: in this process, and as a process where that adds something.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { cli } from './cli.ts'
import { FakeTerminal } from './fake-terminal.ts'
import { millrace, root } from './millrace.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

jest.setTimeout(60_000)

const [capital, twoQuestions, documents, toolLoop, describeImage] = [
  'capital',
  'two-questions',
  'answer-from-documents',
  'tool-loop',
  'describe-image',
].map((name) => join(root, `pipelines/${name}.yaml`)) as [string, string, string, string, string]
const pocket = join(root, 'packages/pocket-model/pocket.gguf')
const loading = 'Loading pocket.gguf\n'

/** Runs a pipeline that comes from stdin. */
function cliWith(stdin: string, args: readonly string[], cwd = root) {
  return cli(args, new FakeTerminal({ stdin, cwd }))
}

describe('millrace run with a model in the place of the file', () => {
  const greedy = ['--set', 'llm.generationKwargs.temperature=0']

  test('answers the question, or what is piped', async () => {
    const question = 'What is the capital of France?'
    const stdout = 'The capital of France is Paris.\n'
    expect(await cli(['run', pocket, question, ...greedy])).toEqual({ code: 0, stdout, stderr: loading })
    const piped = await cliWith(`${question}\n`, ['run', pocket, '-q', ...greedy])
    expect(piped).toEqual({ code: 0, stdout, stderr: '' })
  })

  test('takes a package, instructions, a context and JSON', async () => {
    const model = 'npm:@millrace/pocket-model/pocket.gguf'
    const options = ['--json', '--system', 'Be brief.', '--n-ctx', '256', '-q', ...greedy]
    const { code, stdout } = await cli(['run', model, 'What is the capital of Japan?', ...options])
    const { outputs } = JSON.parse(stdout)
    expect([code, ChatMessage.text(outputs.llm.replies[0])]).toEqual([0, 'The capital of Japan is Tokyo.'])
    expect(outputs.llm.replies[0].meta.usage.promptTokens).toBe(25)
  })

  test('is checked like a file', async () => {
    const { code, stdout } = await cli(['validate', pocket])
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/: ok \(1 component/) })
  })
})

test('millrace run gives a question to the one open input of a pipeline', async () => {
  expect(await cli(['run', capital, 'Japan', '-q'])).toEqual({
    code: 0,
    stdout: 'The capital of Japan is Tokyo.\n',
    stderr: '',
  })
})

describe('the process of millrace run', () => {
  test('prints the reply piece by piece, and on stderr what it loads', async () => {
    const pieces: string[] = []
    const onOutput = (_: unknown, text: string) => void pieces.push(text)
    const ended = await millrace(['run', capital, '--set', 'prompt.country=France'], { onOutput })
    expect(ended).toEqual({
      code: 0,
      signal: null,
      stdout: 'The capital of France is Paris.\n',
      stderr: loading,
    })
    expect(pieces.length).toBeGreaterThan(1)
  })

  test('reads inputs from stdin and prints JSON', async () => {
    const input = '{"prompt":{"country":"Japan"}}\n'
    const { code, stdout, stderr } = await millrace(['run', capital, '--input', '-', '--json', '--quiet'], {
      input,
    })
    const { outputs, warnings, usage } = JSON.parse(stdout)
    expect({ code, stderr, warnings }).toEqual({ code: 0, stderr: '', warnings: [] })
    expect(ChatMessage.text(outputs.llm.replies[0])).toBe('The capital of Japan is Tokyo.')
    expect(outputs.llm.replies[0].meta.usage).toMatchObject({ promptTokens: 25, completionTokens: 9 })
    expect(usage).toMatchObject({ calls: 1, promptTokens: 25, completionTokens: 9, totalTokens: 34 })
  })

  test('ends with the exit code of what it failed with', async () => {
    expect(await millrace(['run', 'none.yaml'])).toEqual({
      code: 3,
      signal: null,
      stdout: '',
      stderr: 'none.yaml: The file cannot be read: ENOENT: no such file or directory.\n',
    })
  })
})

describe('millrace run', () => {
  test('runs the loop of a model and the tools that --package brings', async () => {
    const tools = ['--package', join(root, 'pipelines/tools.js')]
    const ended = await cli(['run', toolLoop, ...tools, '--set', 'question=What is 123 plus 456?', '-q'])
    expect(ended).toEqual({ code: 0, stdout: 'The result is 579.\n', stderr: '' })
  })

  test('reads an image from a file', async () => {
    const photo = `photo=@${join(root, 'packages/pocket-model/images/red-circle.png')}`
    const ended = await cli(['run', describeImage, '--set', photo, '-q'])
    expect(ended).toMatchObject({ code: 0, stdout: 'I see a red circle on a white background.\n' })
  })

  test('takes inputs by the names of the pipeline, from files of Windows too, and --set wins', async () => {
    await inTemporaryFolder(async (dir) => {
      const texts = ['Alice lives in Paris.', 'Bob likes pizza.', 'Carol is a doctor.']
      const inputs = { documents: texts.map((content) => ({ content })), question: 'Where does Alice live?' }
      const file = join(dir, 'in.json')
      writeFileSync(file, `\uFEFF${JSON.stringify(inputs, undefined, 2).replaceAll('\n', '\r\n')}`)
      const first = await cli(['run', documents, '--input', file, '-q'])
      expect(first).toEqual({ code: 0, stdout: 'Alice lives in Paris.\n', stderr: '' })
      const set = ['question=What does Bob like?', `documents:=${JSON.stringify(texts)}`]
      const args = ['run', documents, '--input', file, ...set.flatMap((each) => ['--set', each])]
      const second = await cli([...args, '--json', '-q'])
      expect(ChatMessage.text(JSON.parse(second.stdout).named.answer[0])).toBe('Bob likes pizza.')
    })
  })

  test('reads the pipeline from stdin, with another model', async () => {
    const pipeline = `components:
  llm: { type: LlamaCppChatGenerator, initParameters: { model: none.gguf, generationKwargs: { temperature: 0 } } }`
    const model = ['--model', 'npm:@millrace/pocket-model/pocket.gguf']
    const question = 'llm.messages=What is the capital of Ghana?'
    expect(await cliWith(pipeline, ['run', '-', '--set', question, '-v', ...model])).toMatchObject({
      code: 0,
      stdout: 'The capital of Ghana is Accra.\n',
      stderr: expect.stringMatching(
        /\d s to load, \d.* s to run: \d+ tokens in, \d+ out, [\d.]+ tokens\/s\n$/,
      ),
    })
  })

  test('a relative --model starts at the working directory, not at the file', async () => {
    const model = `llm=${join('packages', 'pocket-model', 'pocket.gguf')}`
    const args = ['run', capital, '--set', 'country=Peru', '--model', model]
    expect((await cliWith('', args)).stdout).toBe('The capital of Peru is Lima.\n')
  })

  test('keeps the replies of several models apart', async () => {
    const llm = `{ type: LlamaCppChatGenerator, initParameters: { model: ${JSON.stringify(pocket)}, generationKwargs: { temperature: 0 } } }`
    const question = 'messages=What is the capital of Canada?'
    const pipeline = `components:\n  one: ${llm}\n  two: ${llm}\n`
    const { stdout } = await cliWith(pipeline, ['run', '-', '--set', question, '-q'])
    const replies = ['one', 'two'].map((name) => `${name}:\nThe capital of Canada is Ottawa.\n`)
    // The first to speak comes first.
    expect([replies.join('\n'), replies.reverse().join('\n')]).toContain(stdout)
  })

  test('keeps the replies of a pipeline in the pipeline apart, and gives it another model', async () => {
    const args = ['run', twoQuestions, '--set', 'country=Norway', '-q']
    const { stdout } = await cli(args)
    expect(stdout).toBe('capital:\nThe capital of Norway is Oslo.\n\nllm:\nOslo is the capital of Norway.\n')
    const other = await cli([...args, '--model', `capital.llm=${pocket}`])
    expect(other).toMatchObject({ code: 0, stdout })
    expect((await cli([...args, '--model', 'capital.llm=none.gguf'])).stderr).toMatch(
      /^Error: 'llm' \(LlamaCppChatGenerator\) could not be made ready: There is no file '.*none\.gguf'/,
    )
  })

  test('runs a pipeline without a model, and reads a text from a file', async () => {
    await inTemporaryFolder(async (dir) => {
      writeFileSync(join(dir, 'name.txt'), 'you')
      const pipeline = `components:
  prompt: { type: PromptBuilder, initParameters: { template: 'Hello {{ name }}!' } }`
      const ended = await cliWith(pipeline, ['run', '-', '--set', `name=@${join(dir, 'name.txt')}`])
      expect(ended).toEqual({ code: 0, stdout: 'Hello you!\n', stderr: '' })
    })
  })
})

describe('millrace run fails', () => {
  const country = ['--set', 'country=France']

  test.each<[string, readonly string[], number, string | RegExp]>([
    [
      'without an input',
      [capital],
      4,
      "Error: An input is missing:\n  country (any value): The variable 'country' of the template.\nGive it with --set country=…\n",
    ],
    [
      'for an input that nobody reads',
      [capital, ...country, '--set', 'contry=a'],
      4,
      /Did you mean 'country'/,
    ],
    [
      'for a value of the wrong type',
      [capital, ...country, '--set', 'llm.generationKwargs={"topK": "many"}'],
      4,
      `Error: Input 'generationKwargs' (object): topK: expected integer, got "many".\n`,
    ],
    [
      'for an option that only the other engine has, in an input',
      [capital, ...country, '--set', 'llm.generationKwargs={"mirostatMode": 2}'],
      4,
      /Engine 'node-llama-cpp' cannot honour 'generationKwargs\.mirostatMode'/,
    ],
    [
      'for a model that is not there',
      [capital, ...country, '--model', 'none.gguf'],
      5,
      `Error: 'llm' (LlamaCppChatGenerator) could not be made ready: There is no file '${join(root, 'none.gguf')}'.\n`,
    ],
    [
      'for a model in a package that is not there',
      [capital, ...country, '--model', 'npm:@millrace/no-model/a.gguf'],
      5,
      /'llm' \(LlamaCppChatGenerator\) could not be made ready: .*@millrace\/no-model/,
    ],
    [
      'for a prompt that is longer than the context',
      [capital, '--set', `country=${'very '.repeat(2000)}`, '-q'],
      6,
      /^Error: 'llm' \(LlamaCppChatGenerator\) failed: .*1024/,
    ],
    [
      'when it takes too long',
      [capital, ...country, '--timeout', '0.001'],
      6,
      /the 0\.001 seconds of --timeout/,
    ],
    ['for a timeout that is not one', [capital, '--timeout', 'soon'], 2, /^Error: --timeout takes a number/],
    [
      'for stdin twice',
      ['-', '--input', '-'],
      2,
      /^Error: The standard input can be read only once, not by the file and by --input -/,
    ],
  ])('%s', async (_, args, code, stderr) => {
    const ended = await cliWith('', ['run', ...args])
    const text = ended.stderr.replace(loading, '')
    expect({ ...ended, stderr: text }).toMatchObject({ code, stdout: '' })
    if (typeof stderr === 'string') expect(text).toBe(stderr)
    else expect(text).toMatch(stderr)
  })

  test.each([
    ['text.gguf', Buffer.from('just a text\n'), /is not a GGUF file/],
    ['empty.gguf', Buffer.from(''), /is not a GGUF file|is empty/],
    [
      'cut.gguf',
      readFileSync(pocket).subarray(0, 100_000),
      /^Error: 'llm' \(LlamaCppChatGenerator\) could not be made ready: '.*cut\.gguf' is cut off: it has 100000 bytes and needs 1622112\. Copy or download it again\.\n$/,
    ],
  ])('for the model %s', async (name, content, stderr) => {
    await inTemporaryFolder(async (dir) => {
      writeFileSync(join(dir, name), content)
      const ended = await cli(['run', capital, ...country, '--model', join(dir, name)])
      expect(ended).toEqual({ code: 5, stdout: '', stderr: expect.stringMatching(stderr) })
    })
  })

  const llm = (parameters: string) =>
    `components:\n  llm:\n    type: LlamaCppChatGenerator\n    initParameters: { ${parameters} }\n`

  test.each([
    [
      'for a context that is smaller than the prompt',
      llm(`model: ${JSON.stringify(pocket)}, nCtx: 16`),
      6,
      /^Error: 'llm' \(LlamaCppChatGenerator\) failed: .*\b16\b/,
    ],
    [
      'for an option that only the other engine has, in the file',
      llm('model: a.gguf, engine: node-llama-cpp, generationKwargs: { mirostatMode: 2 }'),
      3,
      /^<stdin>:4:\d+: components\.llm\.initParameters\.generationKwargs\.mirostatMode: .*cannot honour/,
    ],
  ])('%s', async (_, pipeline, code, stderr) => {
    const question = 'messages=What is the capital of the country of France?'
    const ended = await cliWith(pipeline, ['run', '-', '--set', question, '-q'])
    expect(ended).toEqual({ code, stdout: '', stderr: expect.stringMatching(stderr) })
  })

  test('shows with --verbose where an error comes from', async () => {
    const { stderr } = await cli(['run', capital, ...country, '--model', 'none.gguf', '--verbose'])
    expect(stderr).toMatch(/^RunError \[RUN_COMPONENT_FAILED\]\n {4}at /m)
    expect(stderr).toMatch(/^Caused by LlamaCppError \[MODEL_NOT_FOUND\]: /m)
  })

  test('shows everything that is wrong with the file', async () => {
    await inTemporaryFolder(async (dir) => {
      mkdirSync(join(dir, 'pipelines'))
      const file = join(dir, 'pipelines', 'bad.yaml')
      writeFileSync(
        file,
        `components:
  prompt:
    type: PromptBilder
  llm:
    type: LlamaCppChatGenerator
    initParameters:
      model: a.gguf
      nCtx: many
      nContext: 5
`,
      )
      const { code, stderr } = await cli(['run', file])
      expect(code).toBe(3)
      expect(stderr).toContain(`${file}:3:11: components.prompt.type: No component type 'PromptBilder'`)
      expect(stderr).toContain(
        `${file}:8:13: components.llm.initParameters.nCtx: expected integer, got "many".`,
      )
      expect(stderr).toContain('      nContext: 5\n    |       ^\n')
      expect(stderr).toMatch(/\n3 problems\n$/)
    })
  })
})
