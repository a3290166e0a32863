// docs/components.md is the standard components in prose. After a change:
// UPDATE_DOCS=1 corepack pnpm test:unit packages/components/test/docs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import {
  ChatMessage,
  type ComponentClass,
  componentPackage,
  type JsonObject,
  Pipeline,
  Registry,
  type ResourceClass,
  type Socket,
  type Sockets,
  ToolCall,
  t,
} from '@millrace/core'
import { typeName } from '@millrace/core/component'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
import { standardComponents } from '../../src/standard-components.ts'
import { ToolInvoker } from '../../src/tools/tool-invoker.ts'
import { type ValueTypeName, valueTypes } from '../../src/value-types.ts'
import { ExampleChatGenerator } from '../generators/example-chat-generator.ts'
import { add, type Page, pages, type ToolPage, toolPages } from './pages.ts'

const root = join(import.meta.dirname, '../../../..')
const file = join(root, 'docs/components.md')

const tools = componentPackage({
  name: 'tools-of-the-page',
  components: [ExampleChatGenerator],
  tools: [add],
})
const registry = new Registry([standardComponents, tools])
const { components, resources } = standardComponents

const types = Object.keys(valueTypes) as ValueTypeName[]
const allTypes = typeName(t.literal(...types).type)
const listTypes = typeName(t.literal(...types.filter((name) => valueTypes[name].type.kind === 'array')).type)

const introduction = `# Standard components

The components of \`@millrace/components\`: what stands between models. Each is made in a file by its \`type\`, or in code by the
class of that name. \`millrace components TYPE\` shows the same on the command line.

${table([['component', 'what it does'], ...components.map(({ type, description = '' }) => [`[\`${type}\`](#${type.toLowerCase()})`, description])])}

Two classes make tools, for lists of \`tools\`: under \`resources\` of a file, or in place ([tools](tools.md#in-a-file)).

${table([['tool', 'what it does'], ...resources.map(({ type, description = '' }) => [`[\`${type}\`](#${type.toLowerCase()})`, description])])}

They are Haystack's, with names in camel case, unless a section says otherwise. Its \`LLMMessagesRouter\` is \`MessagesRouter\` here; the same of
single parts, for a model that knows a prompt of its own, is [classify-and-route.yaml](../pipelines/classify-and-route.yaml).

Where a parameter takes a \`ChatGenerator\`, it is a component with the input \`messages\` and the output \`replies\`, such as
\`LlamaCppChatGenerator\`; in a file as \`{ type, initParameters }\`. The \`ExampleChatGenerator\` of the examples stands for one.

## Types

Where a parameter takes a \`TypeName\`, it is one of these; a \`ListTypeName\` is one of those that are lists. \`any\` is sent only to inputs that take
any value, such as the variables of templates.

${table([['name', 'values'], ...types.map((name) => [`\`${name}\``, `\`${typeName(valueTypes[name].type)}\``])])}

The tables in the code are the source of this page, and its examples are run: a test keeps them equal.
`

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...others] = rows
  return [head, head.map(() => '---'), ...others]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`)
    .join('\n')
}

function typeText(type: Socket['type']): string {
  return `\`${typeName(type).replaceAll(allTypes, 'TypeName').replaceAll(listTypes, 'ListTypeName')}\``
}

type Field = Pick<Socket, 'type' | 'optional' | 'default' | 'description'>

/** A parameter, and those inside of the objects that it is a list of. */
function parameterRows(name: string, field: Field): string[][] {
  const fallback = field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``
  const items = field.type.kind === 'array' ? field.type.items : undefined
  const inner = items?.kind === 'object' ? Object.entries(items.fields) : []
  const type = inner.length > 0 ? 'a list of objects' : typeText(field.type)
  const need = field.optional ? fallback : 'required'
  return [
    [`\`${name}\``, type, need, field.description ?? ''],
    ...inner.flatMap(([key, each]) => parameterRows(`${name}[].${key}`, each)),
  ]
}

function socketRows(sockets: Sockets): string[][] {
  return Object.entries(sockets).map(([name, { type, optional, receives, description = '' }]) => [
    `\`${name}\``,
    typeText(type) + (receives === 'one' ? '' : ', many senders') + (optional ? ', optional' : ''),
    description,
  ])
}

/** What the docstring of a class says, without its tags. */
function docstringOf(type: string): string {
  const src = join(import.meta.dirname, '../../src')
  for (const name of readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const text = readFileSync(join(src, name), 'utf8')
    const [before = '', found] = text.split(new RegExp(`^export class ${type}\\b`, 'm'))
    if (found === undefined) continue
    const comment = before.slice(before.lastIndexOf('/**') + 3, before.lastIndexOf('*/'))
    const [prose = ''] = comment.replace(/^ *\* ?/gm, '').split(/^@/m)
    return prose.trim()
  }
  throw new Error(`There is no class ${type}.`)
}

/** The example in a file, and what a run of it gives. */
async function runExample(type: string, { initParameters, make, inputs }: Page) {
  const Component = registry.component(type)
  const parameters = make?.() ?? initParameters
  const pipeline = new Pipeline({ shown: new Component(parameters) })
  const yaml = dumpPipeline(pipeline, { registry })
  const loaded = loadPipeline(yaml, { registry })
  const result = await loaded.run({ shown: inputs }, { validate: 'all' })
  return {
    component: loaded.get('shown'),
    yaml,
    again: dumpPipeline(loaded, { registry }),
    outputs: result.outputs['shown'],
  }
}

const WIDTH = 110

/** As JSON.stringify does, but what fits into a line stands in one. */
function json(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const isList = Array.isArray(value)
  const written = (inner: string): string[] =>
    isList
      ? value.map((item) => json(item, inner))
      : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${json(item, inner)}`)
  const [begin, end] = isList ? '[]' : '{}'
  const line = written('').join(', ')
  if (indent.length + line.length <= WIDTH && !line.includes('\n')) return `${begin}${line}${end}`
  const inner = `${indent}  `
  return `${begin}\n${written(inner)
    .map((each) => inner + each)
    .join(',\n')}\n${indent}${end}`
}

function differencesOf({ haystack, differences }: Page): string[] {
  if (haystack === null) return ['Haystack has no such component.']
  if (differences.length === 0) return []
  return ["How it differs from Haystack's:", differences.map((text) => `- ${text}`).join('\n')]
}

async function sectionOf({ type, parameters }: ComponentClass): Promise<string> {
  const page = pages[type] as Page
  const { component, yaml, outputs } = await runExample(type, page)
  const shown = yaml.replace(/^components:\n {2}shown:\n/, '').replace(/^ {4}/gm, '')
  const fields = parameters?.type.kind === 'object' ? Object.entries(parameters.type.fields) : []
  const rows = fields.flatMap(([name, field]) => parameterRows(name, field))
  const inputs = socketRows(component.inputs)
  return [
    `## ${type}`,
    docstringOf(type),
    rows.length === 0
      ? 'It has no parameters.'
      : table([['parameter', 'type', 'default', 'what it does'], ...rows]),
    `\`\`\`yaml\n${shown.trimEnd()}\n\`\`\``,
    inputs.length === 0 ? 'It has no inputs.' : table([['input', 'type', 'what it is'], ...inputs]),
    table([['output', 'type', 'what it is'], ...socketRows(component.outputs)]),
    inputs.length === 0
      ? 'A run gives'
      : `With the inputs\n\n\`\`\`json\n${json(page.inputs)}\n\`\`\`\n\na run gives`,
    `\`\`\`json\n${json(outputs)}\n\`\`\``,
    ...differencesOf(page),
  ].join('\n\n')
}

/** A class of tools, as a resource of a file. */
async function toolSectionOf({ type, parameters }: ResourceClass): Promise<string> {
  const { make, arguments: args, differences } = toolPages[type] as ToolPage
  const tool = make()
  const invoker = new ToolInvoker({ tools: [tool] })
  const pipeline = new Pipeline({ invoker }, { resources: { shown: tool } })
  const yaml = dumpPipeline(pipeline, { registry })
  expect(dumpPipeline(loadPipeline(yaml, { registry }), { registry })).toBe(yaml)
  const [, shown = ''] = /^resources:\n {2}shown:\n([\s\S]*)^components:/m.exec(yaml) ?? []
  const called = ToolCall.create({ name: tool.name, arguments: args as JsonObject })
  const result = await pipeline.run({
    invoker: { messages: [ChatMessage.assistant({ toolCalls: [called] })] },
  })
  const [answer] = ChatMessage.toolCallResults(result.get('invoker.toolMessages')?.[0])
  const fields = parameters?.type.kind === 'object' ? Object.entries(parameters.type.fields) : []
  return [
    `## ${type}`,
    docstringOf(type),
    table([
      ['parameter', 'type', 'default', 'what it does'],
      ...fields.flatMap(([name, field]) => parameterRows(name, field)),
    ]),
    `\`\`\`yaml\nresources:\n  shown:\n${shown.trimEnd()}\ncomponents:\n  tools: { type: ToolInvoker, initParameters: { tools: [shown] } }\n\`\`\``,
    `Called with the arguments\n\n\`\`\`json\n${json(args)}\n\`\`\`\n\nit gives\n\n\`\`\`text\n${answer?.result}\n\`\`\``,
    ...differencesOf({ inputs: {}, differences }),
  ].join('\n\n')
}

describe('docs/components.md', () => {
  test('has a page for each component, and none for others', () => {
    expect(Object.keys(pages)).toEqual(components.map(({ type }) => type))
    expect(Object.keys(toolPages)).toEqual(resources.map(({ type }) => type))
  })

  test('says what the components declare, and what their examples give', async () => {
    const sections: string[] = []
    for (const component of components) sections.push(await sectionOf(component))
    for (const resource of resources) sections.push(await toolSectionOf(resource))
    const page = `${[introduction.trimEnd(), ...sections].join('\n\n')}\n`
    if (process.env['UPDATE_DOCS']) writeFileSync(file, page)
    expect(readFileSync(file, 'utf8')).toBe(page)
  })

  test.each(Object.entries(pages))('%s dumps to the file that it was loaded from', async (type, page) => {
    const { yaml, again } = await runExample(type, page)
    expect(again).toBe(yaml)
  })
})
