import { expect, test } from '@jest/globals'
import { componentPackage } from '../../src/component/component-package.ts'
import { Registry } from '../../src/component/registry.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { loadPipeline } from '../../src/yaml/load.ts'

/** Finds something in a parameter, and something in itself. */
class Finder {
  static readonly type: string = 'Finder'
  static readonly parameters = t.object({ deep: t.optional(t.object({ list: t.array(t.string()) })) })
  readonly inputs = {}
  readonly outputs = { text: t.string() }

  check() {
    const found = { level: 'warning', code: 'FOUND', message: 'x' } as const
    return [{ ...found, option: 'deep.list[1]' }, found]
  }

  run() {
    return { text: '' }
  }
}

const registry = new Registry([componentPackage({ name: 'own', components: [Finder] })])
const file = `components:
  a:
    type: Finder
    initParameters:
      deep: { list: [x, y] }
`

async function placesOf(pipeline: { check: Pipeline['check'] }) {
  return (await pipeline.check()).map(({ file: name, line, column }) => [name, line, column])
}

test('what components find has its place in the file', async () => {
  expect(await placesOf(loadPipeline(file, { registry, file: 'p.yaml' }))).toEqual([
    [undefined, 5, 25],
    [undefined, 2, 3],
  ])
})

test('what is found in a pipeline that a file includes has its place there, with its name', async () => {
  const text = 'components: { sub: { type: Pipeline, initParameters: { file: sub.yaml } } }'
  const pipeline = loadPipeline(text, { registry, file: 'p.yaml', readFile: () => file })
  expect(await placesOf(pipeline)).toEqual([
    [expect.stringContaining('sub.yaml'), 5, 25],
    [expect.stringContaining('sub.yaml'), 2, 3],
  ])
})

test('what an override put there has none', async () => {
  const overrides = { 'a.deep.list': ['x', 'z'] }
  expect((await placesOf(loadPipeline(file, { registry, overrides })))[0]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('a pipeline that is made in code has no places', async () => {
  const findings = await new Pipeline({ a: new Finder() }).check()
  expect(findings.map(({ line }) => line)).toEqual([undefined, undefined])
})
