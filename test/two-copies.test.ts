// A package of components that brings a copy of @millrace/core of its own, in another version: its components, tools and
// pipelines are as good as others, to the compiler and in a run.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { read, root } from './workspace.ts'

const run = promisify(execFile)

const acme = `
import { componentPackage, defineComponent, Pipeline, t, tool, toolset } from '@millrace/core'

export const add = tool({
  name: 'add',
  description: 'Adds.',
  parameters: t.object({ a: t.number(), b: t.number({ default: 1 }) }),
  run: ({ a, b }) => a + (b ?? 0),
})
export const group = toolset({ name: 'group', tools: [tool({ ...add, name: 'add2' })] })
export const Shout = defineComponent({
  type: 'Shout',
  parameters: t.object({ mark: t.string({ default: '!' }) }),
  inputs: { text: t.string(), others: t.variadic(t.string(), { default: [] }) },
  outputs: { text: t.string(), length: t.integer() },
  run: ({ text }, _context, { mark }) => ({ text: text.toUpperCase() + mark, length: text.length }),
})
export const Broken = defineComponent({
  type: 'Broken',
  inputs: { text: t.string() },
  outputs: {},
  run: ({ text }) => {
    throw new Error('Broken by ' + text)
  },
})
export const makeInner = () =>
  new Pipeline({ one: new Shout(), two: new Shout({ mark: '?' }) })
    .connect('one.text', 'two.text')
    .asComponent({ inputs: { text: ['one.text'] }, outputs: { 'two.text': 'loud' } })
export const makeBroken = () => new Pipeline({ broken: new Broken() }).asComponent()
export const pack = componentPackage({ name: '@acme/x', components: [Shout, Broken], tools: [add], toolsets: [group] })
`

const app = `
import { add, group, makeBroken, makeInner, pack, Shout } from '@acme/x'
import { standardComponents, ToolInvoker } from '@millrace/components'
import { ChatMessage, defineComponent, Pipeline, Registry, RunError, t, ToolCall } from '@millrace/core'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
import { drawPipeline } from '@millrace/drawing'

const Say = defineComponent({
  type: 'Say',
  inputs: { text: t.string() },
  outputs: { text: t.string(), count: t.integer() },
  run: ({ text }) => ({ text, count: 1 }),
})
const said: unknown[] = []

const mixed = new Pipeline({ say: new Say(), shout: new Shout({ mark: '!' }), inner: makeInner(), end: new Say() })
  .connect('say.text', 'shout.text')
  .connect('say.text', 'shout.others')
  .connect('shout.text', 'inner.text')
  .connect('inner.loud', 'end.text')
export function refused() {
  // @ts-expect-error a number is no text, in another copy either
  mixed.connect('say.count', 'shout.text')
  // @ts-expect-error nor the other way round
  mixed.connect('shout.length', 'end.text')
}
const result = await mixed.run({ say: { text: 'hi' } })
const text: string = result.get('end.text')
const length: number = result.get('shout.length')
said.push(text, length)
try {
  mixed.connect('say.count' as never, 'shout.text' as never)
} catch (error) {
  said.push((error as RunError).code)
}

const invoker = new ToolInvoker({ tools: [add, group] })
const calls = [ToolCall.create({ name: 'add', arguments: { a: 1, b: 5 } }), ToolCall.create({ name: 'add2', arguments: { a: 2, b: 5 } })]
const { toolMessages } = await invoker.run({ messages: [ChatMessage.assistant({ toolCalls: calls })] })
said.push(...(toolMessages ?? []).map((message) => ChatMessage.toolCallResults(message)[0]?.result))

const registry = new Registry([standardComponents, pack])
const file = dumpPipeline(new Pipeline({ shout: new Shout({ mark: '.' }), inner: makeInner() }).connect('shout.text', 'inner.text'), { registry })
const loaded = loadPipeline(file, { registry })
said.push(dumpPipeline(loaded, { registry }) === file, file.includes('definition:'))
said.push((await loaded.run({ shout: { text: 'a' } })).outputs['inner'])
said.push(drawPipeline(mixed, { format: 'text' }).includes('inner'))

const failure = await new Pipeline({ a: makeBroken() }).run({ a: { text: 'x' } }).catch((error: unknown) => error)
said.push(RunError.isInstance(failure) && [failure.code, failure.component])

const shared = new Shout()
new Pipeline({ shared })
try {
  makeInner().pipeline.add('taken', shared as never)
} catch (error) {
  said.push((error as RunError).code)
}
console.log(JSON.stringify(said))
`

// Beside the packages, which the program finds there.
const cache = join(root, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
const dir = mkdtempSync(join(cache, 'two-copies-'))
const acmeDir = join(dir, 'node_modules/@acme/x')
const copy = join(acmeDir, 'node_modules/@millrace/core')

function write(path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), text)
}

function compile(folder: string, files: readonly string[], declaration: boolean) {
  const { compilerOptions } = JSON.parse(read('tsconfig.base.json'))
  const { customConditions: _source, ...strict } = compilerOptions
  const options = {
    ...strict,
    composite: false,
    declaration,
    declarationMap: false,
    typeRoots: [join(root, 'node_modules/@types')],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }))
  return run(join(root, 'node_modules/.bin/tsc'), ['-p', folder, '--pretty', 'false']).catch((error) => error)
}

beforeAll(() => {
  mkdirSync(copy, { recursive: true })
  cpSync(join(root, 'packages/core/dist'), join(copy, 'dist'), { recursive: true })
  const manifest = { ...JSON.parse(read('packages/core/package.json')), version: '0.1.7' }
  writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest))
  symlinkSync(join(root, 'packages/core/node_modules'), join(copy, 'node_modules'))
  write('package.json', '{ "type": "module" }')
  write('app.ts', app)
  write(
    'node_modules/@acme/x/package.json',
    '{ "name": "@acme/x", "type": "module", "exports": "./index.js" }',
  )
  write('node_modules/@acme/x/index.ts', acme)
})

afterAll(() => rmSync(dir, { recursive: true }))

test('the components of another copy of core compile and run with ours', async () => {
  expect((await compile(acmeDir, ['index.ts'], true)).stdout).toBe('')
  // An importer reads the declarations, as it would of an installed package.
  rmSync(join(acmeDir, 'index.ts'))
  expect((await compile(dir, ['app.ts'], false)).stdout).toBe('')
  const { stdout } = await run(process.execPath, [join(dir, 'app.js')])
  expect(JSON.parse(stdout)).toEqual([
    'HI!!?',
    2,
    'CONNECT_TYPE_MISMATCH',
    '6',
    '7',
    true,
    true,
    { loud: 'A.!?' },
    true,
    ['RUN_COMPONENT_FAILED', 'broken'],
    'CONNECT_ALREADY_OWNED',
  ])
}, 60_000)
