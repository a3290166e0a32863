// What an editor shows where somebody uses our components: the description of each parameter, option and socket, the same
// that pipeline files show. A description is a value, which the compiler does not see, so it also stands as a comment.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import type { Component, ComponentClass, Sockets, SocketType } from '@millrace/core'
import { LlamaCppChatGenerator, llamaCppComponents } from '@millrace/llama-cpp'
import { openAIComponents } from '@millrace/openai'
import { type Editor, startEditor } from './editor.ts'
import { root } from './workspace.ts'

interface Described {
  /** An expression that ends in the name. */
  readonly expression: string
  readonly description: string
}

const generator = new LlamaCppChatGenerator({ model: 'a.gguf' })

/** Parameters with which a component can be made that has mandatory ones. */
const needed: Readonly<Record<string, object>> = {
  JsonSchemaValidator: { jsonSchema: {} },
  OutputAdapter: { template: '{{ 1 }}', outputType: 'integer' },
  ConditionalRouter: {
    routes: [{ condition: '{{ true }}', output: '{{ 1 }}', outputName: 'a', outputType: 'boolean' }],
  },
  FileTypeRouter: { mimeTypes: ['text/plain'] },
  MessagesRouter: { generator, labels: { safe: 'x', unsafe: 'y' } },
  FallbackChatGenerator: { generators: [generator] },
  MetadataRouter: { rules: { a: { field: 'meta.a', operator: '==', value: 1 } } },
  BranchJoiner: { of: 'string' },
  ListJoiner: { of: 'strings' },
  Constant: { value: 1 },
  PromptBuilder: { template: 'a' },
  ChatPromptBuilder: { template: 'a' },
  ToolInvoker: { tools: [] },
  Agent: { chatGenerator: generator },
  ScriptedChatGenerator: { replies: ['a'] },
}

const packages = {
  '@millrace/components': standardComponents,
  '@millrace/llama-cpp': llamaCppComponents,
  '@millrace/openai': openAIComponents,
}
const classes = Object.entries(packages).flatMap(([from, { components }]) =>
  components.map((component) => ({ from, component })),
)

/** The fields of an object, and those of objects in them that may be left out. */
function describedFields(type: SocketType, expression: string): Described[] {
  if (type.kind !== 'object') return []
  return Object.entries(type.fields).flatMap(([name, field]) => [
    ...(field.description === undefined
      ? []
      : [{ expression: `${expression}.${name}`, description: field.description }]),
    ...describedFields(field.type, `${expression}.${name}!`),
  ])
}

function describedSockets(sockets: Sockets, expression: string): Described[] {
  return Object.entries(sockets).flatMap(([name, { description, type }]) => [
    ...(description === undefined ? [] : [{ expression: `${expression}.${name}`, description }]),
    ...describedFields(type, `${expression}.${name}!`),
  ])
}

function made({ from, component }: (typeof classes)[number]): Component {
  const parameters = from === '@millrace/components' ? needed[component.type] : { model: 'a.gguf' }
  return new (component as ComponentClass)(parameters)
}

const cache = join(root, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
const dir = mkdtempSync(join(cache, 'hovers-'))
const file = join(dir, 'app.ts')
let editor: Editor

const places = classes.flatMap((entry, index) => {
  const { component } = entry
  const { inputs, outputs } = made(entry)
  return [
    ...(component.parameters === undefined
      ? []
      : describedFields(component.parameters.type, `parameters${index}`)),
    ...describedSockets(inputs, `inputs${index}`),
    ...describedSockets(outputs, `outputs${index}`),
  ]
})

const head = [
  "import type { InputsOf, OutputsOf } from '@millrace/core'",
  ...classes.flatMap(({ from, component: { type, parameters } }, index) => [
    `import { ${type} as C${index} } from '${from}'`,
    ...(parameters === undefined
      ? []
      : [`declare const parameters${index}: NonNullable<ConstructorParameters<typeof C${index}>[0]>`]),
    `declare const inputs${index}: InputsOf<InstanceType<typeof C${index}>>`,
    `declare const outputs${index}: OutputsOf<InstanceType<typeof C${index}>>`,
  ]),
]
const completed = 'new C0({ template: "a", re'
const program = [...head, ...places.map(({ expression }) => expression), completed, ''].join('\n')

beforeAll(() => {
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
  writeFileSync(file, program)
  const compilerOptions = { module: 'nodenext', strict: true, noEmit: true, types: [] }
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
  editor = startEditor()
  editor.open(file)
})

afterAll(() => {
  editor.close()
  rmSync(dir, { recursive: true })
})

interface Shown {
  readonly documentation?: string
}

const plain = (text = '') => text.replace(/\s+/g, ' ').trim()

test('an editor shows the description of every parameter, option and socket', async () => {
  expect(places.length).toBeGreaterThan(250)
  const wrong: string[] = []
  for (const [index, { expression, description }] of places.entries()) {
    const place = { file, line: head.length + index + 1, offset: expression.length }
    const shown = plain((await editor.ask<Shown>('quickinfo', place))?.documentation)
    const { component } = classes[Number(/\d+/.exec(expression)?.[0])] as (typeof classes)[number]
    // One of many names that its parameters choose, and that are not known here.
    if (component.type === 'MessagesRouter' && expression.endsWith('.label')) continue
    if (shown !== plain(description))
      wrong.push(`${component.type}: ${expression} shows '${shown}', not '${plain(description)}'`)
  }
  expect(wrong).toEqual([])
})

test('so does the completion of a parameter', async () => {
  const line = head.length + places.length + 1
  const place = { file, line, offset: completed.length + 1 }
  const [details] =
    (await editor.ask<{ documentation: { text: string }[] }[]>('completionEntryDetails', {
      ...place,
      entryNames: ['requiredVariables'],
    })) ?? []
  const { description } = places.find(
    ({ expression }) => expression === 'parameters0.requiredVariables',
  ) as Described
  expect(plain(details?.documentation[0]?.text)).toBe(description)
})

test('the definition of an option is where it is declared', async () => {
  const index = places.findIndex(({ expression }) => expression.endsWith('.topP'))
  const { expression } = places[index] as Described
  const place = { file, line: head.length + index + 1, offset: expression.length }
  const [found] = (await editor.ask<{ file: string }[]>('definition', place)) ?? []
  expect(found?.file).toMatch(/generation-options\.(d\.)?ts$/)
})
