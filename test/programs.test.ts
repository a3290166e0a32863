// Every program that a reader meets (the examples, and those of the guides and READMEs) compiles as strictly as the
// packages, runs on the pocket model, and prints what its reader is promised. They run one after the other in one process,
// which loads the native code once.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { filesBelow, read, root } from './workspace.ts'

const run = promisify(execFile)

const answers: Readonly<Record<string, readonly string[]>> = {
  '01-generator.ts': ['The capital of Germany is Berlin.'],
  '02-pipeline.ts': [
    'France: The capital of France is Paris.',
    'Japan: The capital of Japan is Tokyo.',
    'Peru: The capital of Peru is Lima.',
  ],
  '03-streaming.ts': [
    'I am Pocket, a tiny language model made for tests and demos.',
    "'llm' sent 14 pieces.",
    'completionTokens: 14',
  ],
  '04-own-component.ts': ['short (5 words)', "{ verdict: 'long (10 words)' }"],
  '05-tools.ts': [
    'add {"a": 123, "b": 456} = 579',
    'The reply: The result is 579.',
    'get_weather({"city":"Rome"}) = {"temperature":22}',
    'get_weather({"city":"Oslo"}) = {"temperature":7}',
    'assistant, tool, tool',
  ],
  '06-structured-output.ts': ['Nina (42), Oslo', 'Leo (31), Rome'],
  '07-image.ts': ['I see a red circle on a white background.', 'The shape is red.'],
  '08-many-requests.ts': [
    'The capital of France is Paris.',
    'The capital of Norway is Oslo.',
    'The capital of Germany is Berlin.',
  ],
  '09-chat.ts': [
    'My name is Omar. Nice to meet you, Omar! (0 of',
    'What is the capital of Spain? The capital of Spain is Madrid. (',
    'What is my name? Your name is Omar. (',
  ],
  '10-recorded.ts': [
    'Recorded 2 answers.\nJapan: The capital of Japan is Tokyo.\nFrance: The capital of France is Paris.',
    `asked "What is the capital of Peru?"`,
  ],
  '11-ask-a-person.ts': [
    'approve.send: Send "The capital of France is Paris."?',
    'completed The capital of France is Paris.',
  ],
  '12-agent.ts': [
    "It is 19 degrees in Paris.\nIt ended with 'text' after 2 steps and 32 tokens.",
    'Run get_weather with {"city":"Paris"}?',
    'get_weather = {"temperature":19}\nIt is 19 degrees in Paris.\ncompleted: text',
  ],
  '13-server.ts': [
    '200 The capital of France is Paris.',
    'run, runStart, componentStart, componentEnd, componentStart, chunk',
    "400 - 'contry' is neither a component nor an open input.",
    'Welcome.',
  ],
}

const examples = readdirSync(join(root, 'examples')).filter((file) => /^\d\d-.*\.ts$/.test(file))

/** The TypeScript of a page, block by block. */
function blocksOf(page: string): string[] {
  return [...read(page).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
}

/** All TypeScript of a guide is one program; each block of README.md is one, and the first of another README. */
const shown: Readonly<Record<string, string>> = {
  ...Object.fromEntries(blocksOf('README.md').map((code, index) => [`README.md, ${index + 1}`, code])),
  ...Object.fromEntries(
    ['core', 'drawing', 'components', 'llama-cpp', 'mcp', 'serve']
      .map((name) => `packages/${name}/README.md`)
      .map((page) => [page, blocksOf(page)[0] ?? '']),
  ),
  ...Object.fromEntries(
    [
      'getting-started',
      'concepts',
      'llama-cpp',
      'pipeline-file',
      'running',
      'own-components',
      'drawing',
      'tools',
      'mcp',
      'agents',
      'serving',
      'recordings',
    ]
      .map((name) => `docs/${name}.md`)
      .map((page) => [page, blocksOf(page).join('\n')]),
  ),
}

/** The examples in the docstrings of `@millrace/llama-cpp`, as one program that only has to compile. */
const docstrings = filesBelow('packages/llama-cpp/src')
  .map((file) => read(`packages/llama-cpp/src/${file}`))
  .flatMap((text) => [...text.matchAll(/^ *\* @example\n((?: *\* .*\n)*?) *\*\//gm)])
  .map(([, lines = '']) => `{\n${lines.replace(/^ *\* ?/gm, '')}}`)

const docstringProgram = `
  import { ChatMessage, Document, t, tool } from '@millrace/core'
  import * as llamaCpp from '@millrace/llama-cpp'
  import { recordedEngine } from '@millrace/llama-cpp/testing'
  const { LlamaCppChatGenerator, LlamaCppDocumentEmbedder, LlamaCppGenerator } = llamaCpp
  const { LlamaCppRanker, LlamaCppTextEmbedder, parseModelUri, resolveModelFile } = llamaCpp
  declare const found: Document[]
  ${docstrings.join('\n')}`

/** Imports one program after the other, and prints what each of them printed. */
const host = `
  const outputs = []
  const { write } = process.stdout
  for (const file of process.argv.slice(2)) {
    let output = ''
    process.stdout.write = (text) => Boolean((output += text))
    await import('file://' + file).catch((error) => (output += error.stack))
    outputs.push(output)
  }
  process.stdout.write = write
  process.stdout.write(JSON.stringify(outputs))`

// Beside the packages, which the programs find there.
const cache = join(root, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
const dir = mkdtempSync(join(cache, 'programs-'))
const fileOf = (name: string) => `${name.replace(/\W+/g, '-')}.ts`

/** What the compiler says, line by line. */
let problems: readonly string[] = []
let outputs: readonly string[] = []

beforeAll(async () => {
  const programs = { ...shown, docstrings: docstringProgram }
  for (const [name, program] of Object.entries(programs)) writeFileSync(join(dir, fileOf(name)), program)
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(dir, 'host.js'), host)
  const compilerOptions = {
    composite: false,
    declarationMap: false,
    declaration: false,
    noUnusedLocals: true,
  }
  const files = Object.keys(programs).map(fileOf)
  const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, files }
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(config))
  const compiled = await run(join(root, 'node_modules/.bin/tsc'), ['-p', dir]).catch((error) => error)
  problems = compiled.stdout.split('\n')
  // The test command has built the examples.
  const built = [
    ...examples.map((file) => join(root, 'examples/dist', file)),
    ...Object.keys(shown).map((name) => join(dir, fileOf(name))),
  ].map((file) => file.replace(/\.ts$/, '.js'))
  const { stdout } = await run(process.execPath, [join(dir, 'host.js'), ...built], { cwd: root })
  outputs = JSON.parse(stdout)
})

afterAll(() => rmSync(dir, { recursive: true }))

const problemsOf = (name: string) => problems.filter((line) => line.includes(`${fileOf(name)}(`))

describe('examples', () => {
  test('each has an answer here, and each answer an example', () => {
    expect(Object.keys(answers).sort()).toEqual(examples.sort())
  })

  test.each(examples)('%s', (file) => {
    const output = outputs[examples.indexOf(file)]
    for (const answer of answers[file] ?? []) expect(output).toContain(answer)
  })
})

test.each(Object.entries(shown))(
  'the program of %s compiles and prints what its comments say',
  (name, program) => {
    expect(problemsOf(name)).toEqual([])
    const promised = [...program.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, line]) => line)
    expect(promised.length).toBeGreaterThan(0)
    expect(promised).toHaveLength(program.split('console.log(').length - 1)
    const output = outputs[examples.length + Object.keys(shown).indexOf(name)] ?? ''
    expect(output.trimEnd().split('\n')).toEqual(promised)
  },
)

test('the examples in the docstrings of @millrace/llama-cpp compile', () => {
  expect(docstrings.length).toBeGreaterThanOrEqual(6)
  // An example need not use all that it declares, or all that is imported for the others.
  expect(problemsOf('docstrings').filter((line) => !/TS61(33|92|96|98)/.test(line))).toEqual([])
})
