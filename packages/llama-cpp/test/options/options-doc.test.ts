// docs/llama-cpp-options.md is the option tables in prose. After a change:
// UPDATE_DOCS=1 corepack pnpm test:unit packages/llama-cpp/test/options/options-doc
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Socket } from '@millrace/core'
import { typeName } from '@millrace/core/component'
import { completionOptions } from '../../src/options/completion-options.ts'
import { generationOptions } from '../../src/options/generation-options.ts'
import {
  completionSupport,
  generationSupport,
  loadSupport,
  type OptionSupport,
} from '../../src/options/option-support.ts'
import { loadOptions } from '../../src/options/options.ts'
import { modelParameters } from '../../src/options/parameters.ts'
import { projectorParameters } from '../../src/session/projector.ts'

const file = join(import.meta.dirname, '../../../../docs/llama-cpp-options.md')

const introduction = `# Options of the llama.cpp components

What the components of \`@millrace/llama-cpp\` take, and which engine honours it. The names are those of llama-cpp-python
in camel case: \`n_gpu_layers\` is \`nGpuLayers\`. So are the defaults, which are always passed on, for those of the two
engines are others.

There are two engines, both llama.cpp: \`node-llama-cpp\` for text, in this process, which evaluates its slots in one batch,
and \`llama.node\` (the package \`@fugood/llama.node\`, installed beside this one) for images and sound, in a process of its
own. \`engine: auto\` takes the second for those alone: what else only it has needs \`engine: llama.node\`. \`meta.engine\` of a
reply says which it was. [llama-cpp.md](llama-cpp.md) shows how the options are used.

| mark | meaning |
| --- | --- |
| yes | honoured |
| no | refused with the error \`OPTION_UNSUPPORTED\`, which names the engine that honours it, or what to use in its place |
| none | accepted with a warning: it has no effect, in llama-cpp-python neither |

An option that does not exist is the error \`OPTION_UNKNOWN\`, a wrong value \`OPTION_INVALID\`. Nothing is ignored. Times are in
milliseconds, sizes of contexts and batches in tokens.

The tables in the code are the source of this page; a test keeps them equal.
`

type Fields = Readonly<Record<string, Socket>>

function fieldsOf({ type }: Socket): Fields {
  return type.kind === 'object' ? (type.fields as unknown as Fields) : {}
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function mark(row: OptionSupport, engine: OptionSupport['engines'][number]): string {
  if (row.inert !== undefined) return 'none'
  return row.engines.includes(engine) ? 'yes' : 'no'
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows
  const lines = [head, head.map(() => '---'), ...rows.slice(1)]
  return lines.map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n')
}

function defaultOf(field: Socket): string {
  return field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``
}

function parameters(title: string, text: string, fields: Fields): string {
  const rows = Object.entries(fields).map(([name, field]) => [
    `\`${name}\``,
    `\`${typeName(field.type)}\``,
    defaultOf(field),
    field.description ?? '',
  ])
  return `## ${title}\n\n${text}\n\n${table([['parameter', 'type', 'default', 'what it does'], ...rows])}\n`
}

function options(
  title: string,
  text: string,
  fields: Fields,
  support: Readonly<Record<string, OptionSupport>>,
): string {
  const rows = Object.entries(fields).map(([name, field]) => {
    const row = support[name] as OptionSupport
    const instead = row.instead === undefined ? '' : ` In its place: ${row.instead}.`
    return [
      `\`${name}\``,
      `\`${typeName(field.type)}\``,
      defaultOf(field),
      `${field.description ?? ''}${instead}`,
      mark(row, 'node-llama-cpp'),
      mark(row, 'llama.node'),
    ]
  })
  const head = ['option', 'type', 'default', 'what it does', 'node-llama-cpp', 'llama.node']
  return `## ${title}\n\n${text}\n\n${table([head, ...rows])}\n`
}

const page = [
  introduction,
  parameters(
    'Parameters of every component',
    'Of `LlamaCppChatGenerator`, `LlamaCppGenerator`, `LlamaCppTextEmbedder`, `LlamaCppDocumentEmbedder` and `LlamaCppRanker`. The last three have no `stateFolder`, and some of their own: [embedding.md](embedding.md).',
    modelParameters as unknown as Fields,
  ),
  parameters('Images and sound', 'Of `LlamaCppChatGenerator`.', projectorParameters as unknown as Fields),
  options('modelKwargs', "The options of llama-cpp-python's `Llama`.", fieldsOf(loadOptions), loadSupport),
  options(
    'generationKwargs of LlamaCppChatGenerator',
    'The options of `create_chat_completion`. Those of a run win over those of the component, key by key.',
    fieldsOf(generationOptions),
    generationSupport,
  ),
  options(
    'generationKwargs of LlamaCppGenerator',
    'The options of `create_completion`.',
    fieldsOf(completionOptions),
    completionSupport,
  ),
].join('\n')

test('docs/llama-cpp-options.md says what the option tables say', () => {
  if (process.env['UPDATE_DOCS']) writeFileSync(file, page)
  expect(readFileSync(file, 'utf8')).toBe(page)
})
