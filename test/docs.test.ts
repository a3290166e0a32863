// The guides in docs are true: their files load, their links lead somewhere, and their tables are whole.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import { type ComponentPackage, componentPackage, LoadError, Registry } from '@millrace/core'
import { loadPipeline } from '@millrace/core/yaml'
import { llamaCppComponents } from '@millrace/llama-cpp'
import { mcpComponents } from '@millrace/mcp'
import { openAIComponents } from '@millrace/openai'
import { ExampleChatGenerator } from '../packages/components/test/generators/example-chat-generator.ts'
import { completeLimits } from '../packages/core/src/yaml/bounds/limits.ts'
import { filesBelow, packages, read, root } from './workspace.ts'

// As users of the command line bring it in, with --package.
const examples = componentPackage({ name: 'examples', components: [ExampleChatGenerator] })
const { pipelineTools }: { pipelineTools: ComponentPackage } = await import(join(root, 'pipelines/tools.js'))

interface Block {
  readonly language: string
  /** What stands behind the language. */
  readonly note: string
  readonly text: string
}

function blocksOf(page: string): Block[] {
  const found = read(page).matchAll(/^```(\w+)(?: (.*))?\n([\s\S]*?)^```$/gm)
  return [...found].map(([, language = '', note = '', text = '']) => ({ language, note, text }))
}

describe('docs/pipeline-file.md', () => {
  const registry = new Registry([standardComponents, llamaCppComponents])
  const blocks = blocksOf('docs/pipeline-file.md')
  const files = blocks.filter(({ language, note }) => language === 'yaml' && note !== 'refused')
  const readFile = (path: string) =>
    files.find(({ note }) => note !== '' && path.endsWith(`/${note}`))?.text ?? ''

  test.each(files.map(({ text }) => ({ text, start: text.split('\n', 3).join(' ') })))(
    'the file that begins with $start loads',
    ({ text }) => {
      expect(() => loadPipeline(text, { registry, readFile, environment: 'all' })).not.toThrow()
    },
  )

  test('the bad file is refused with the text that is shown', () => {
    const index = blocks.findIndex(({ note }) => note === 'refused')
    let message = ''
    try {
      loadPipeline(blocks[index]?.text ?? '', { registry, file: 'bad.yaml' })
    } catch (error) {
      if (LoadError.isInstance(error)) message = error.message
    }
    expect(`${message}\n`).toBe(blocks[index + 1]?.text)
  })

  test('the limits are those of the loader', () => {
    const { maxBytes, ...others } = completeLimits()
    const defaults = [`${maxBytes / 1024 ** 2} MiB`, ...Object.values(others).map(String)]
    const shown = [...read('docs/pipeline-file.md').matchAll(/^\| `max\w+`[^|]*\| ([\d ]+(?:MiB)?) \|$/gm)]
    expect(shown.map(([, value]) => value)).toEqual(defaults)
  })
})

test('the file in docs/tools.md loads with a package that has its tools', () => {
  const registry = new Registry([standardComponents, llamaCppComponents, pipelineTools])
  const [file] = blocksOf('docs/tools.md').filter(({ language }) => language === 'yaml')
  expect(loadPipeline(file?.text ?? '', { registry }).names()).toEqual(['conversation', 'llm', 'tools'])
})

const guides = filesBelow('docs').filter((name) => name.endsWith('.md'))
const pages = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'],
  ...guides.map((name) => `docs/${name}`),
  ...packages.map((name) => `packages/${name}/README.md`),
]

/** A piece of a pipeline file as a whole one: pages may show a component, or parameters of a generator, alone. */
function wholeFile(yaml: string): string {
  const indented = (depth: number) => yaml.replace(/^(?=.)/gm, ' '.repeat(depth))
  if (/^type:/m.test(yaml)) return `components:\n  shown:\n${indented(4)}`
  if (!/^modelKwargs:/m.test(yaml)) return yaml
  return `components:\n  llm:\n    type: LlamaCppChatGenerator\n    initParameters:\n      model: model.gguf\n${indented(6)}`
}

/** In the place of those that the pages name. */
const otherFile =
  'components: { prompt: { type: PromptBuilder, initParameters: { template: "{{ question }}" } } }'

describe('every YAML that a page shows loads', () => {
  const registry = new Registry([
    ...[standardComponents, llamaCppComponents, openAIComponents, mcpComponents, pipelineTools, examples],
  ])
  // Those have tests of their own above.
  const others = pages.filter((page) => page !== 'docs/pipeline-file.md')

  test.each(others.filter((page) => blocksOf(page).some(({ language }) => language === 'yaml')))(
    '%s',
    (page) => {
      for (const { language, text } of blocksOf(page)) {
        if (language !== 'yaml' || text.startsWith('# yaml-language-server')) continue
        const pipeline = loadPipeline(wholeFile(text), {
          registry,
          environment: 'all',
          commands: ['npx'],
          readFile: () => otherFile,
        })
        expect(pipeline.names()).not.toEqual([])
      }
    },
  )
})

test.each(pages)('the links of %s lead somewhere', (page) => {
  const text = read(page).replace(/^```[\s\S]*?^```$/gm, '')
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  const broken = targets.filter((target) => {
    if (/^https?:/.test(target)) return false
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? page : join(dirname(page), path)
    if (!existsSync(join(root, file))) return true
    return anchor !== undefined && !anchorsOf(file).includes(anchor)
  })
  expect(broken).toEqual([])
})

/** What GitHub calls the headings of a page. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

test('docs/llama-cpp.md has every warning', () => {
  const sources = ['components', 'llama-cpp'].flatMap((name) =>
    filesBelow(`packages/${name}/src`).map((file) => read(`packages/${name}/src/${file}`)),
  )
  const named = sources.flatMap((text) => text.match(/(?<=')MILLRACE_\w+(?=')/g) ?? [])
  const [, codes = ''] =
    /EngineWarningCode = ([^\n]+)/.exec(read('packages/llama-cpp/src/engines/engine.ts')) ?? []
  const ofEngines = (codes.match(/\w+/g) ?? []).map((code) => `MILLRACE_${code}`)
  const ofRuns = filesBelow('packages/llama-cpp/src').flatMap((file) =>
    [...read(`packages/llama-cpp/src/${file}`).matchAll(/context\.warn\(\s*'(\w+)'/g)].map(
      ([, code]) => `MILLRACE_${code}`,
    ),
  )
  const warnings = new Set([...named, ...ofEngines, ...ofRuns])
  const rows = [...read('docs/llama-cpp.md').matchAll(/^\| `(MILLRACE_\w+)` \|/gm)].map(([, code]) => code)
  expect(rows.sort()).toEqual([...warnings].sort())
})
