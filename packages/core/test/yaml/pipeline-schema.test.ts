import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { componentPackage } from '../../src/component/component-package.ts'
import { Registry } from '../../src/component/registry.ts'
import { toolset } from '../../src/component/toolset.ts'
import { LoadError } from '../../src/errors.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { pipelineSchema } from '../../src/yaml/pipeline-schema.ts'
import { acme, Echo, registry, search, validator } from './parts.ts'

const accepts = validator(registry)

/** Whether the loader takes a text. */
function loads(text: string, from = registry): boolean {
  try {
    loadPipeline(text, { registry: from, environment: 'all', readFile: () => '{}' })
    return true
  } catch (error) {
    if (LoadError.isInstance(error)) return false
    throw error
  }
}

describe('good files are good for the schema and for the loader', () => {
  test.each([
    '{}',
    'components: {}\nconnections: []',
    'connections:\ncomponents:\nmetadata: null',
    'components: { a: { type: Echo, retry: null, timeoutMs: } }\ninputs: { x: a.text }',
    'components: { a: { type: Model, initParameters: { model: m, nCtx: null, tools: null, system: null } } }',
    'components: { a: { type: Echo } }',
    'components: { a: { type: "@acme/components/Echo" } }',
    'components: { a: { type: Echo, initParameters: {} } }',
    'components: { a: { type: Echo, initParameters: } }',
    'components: { a: { type: Add, initParameters: null } }',
    'components: { a: { type: Add, initParameters: { amount: 3 } } }',
    'components: { a: { type: Model, initParameters: { model: "${env:M}" } } }',
    'components: { a: { type: Model, initParameters: { model: m, onToken: printToken, tools: [search] } } }',
    'components: { a: { type: Model, initParameters: { model: m, onToken: null, tools: ["@acme/components/search"] } } }',
    'components: { a: { type: Keep, initParameters: { value: [{ a: null }], listeners: ["@acme/components/printToken"] } } }',
    'components: { a: { type: Model, initParameters: { model: m, system: [{ role: system, content: [{ type: text, text: x }] }] } } }',
    'components: { a: { type: Echo, retry: { attempts: 2, backoffMs: 0, on: [X] }, timeoutMs: 0.5 } }',
    'components: { a: { type: Echo }, b: { type: Echo } }\nconnections: [{ sender: a.text, receiver: b.text }]',
    'components: { a: { type: Echo } }\ninputs: { x: [a.text], y: [] }\noutputs: { z: a.text }',
    'metadata: { anything: [1, { b: null }] }\nmaxRunsPerComponent: 1',
    'components: { a: { type: Pipeline, initParameters: { definition: {} } } }',
    'components: { a: { type: Pipeline, initParameters: { definition: { components: { b: { type: Echo } } }, inputs: { x: [b.text] }, outputs: { b.text: y } }, timeoutMs: 5 } }',
    'components: { a: { type: Pipeline, initParameters: { file: sub/empty.yaml, inputs: {}, outputs: {} } } }',
    'components: { a: { type: Pipeline, initParameters: { definition: { components: { b: { type: Pipeline, initParameters: { file: empty.yml } } } } } } }',
  ])('%s', (text) => {
    expect([accepts(parse(text)), loads(text)]).toEqual([true, true])
  })
})

describe('bad files are bad for the schema and for the loader', () => {
  test.each([
    '',
    '[]',
    'component: {}',
    'components: { a: { type: Ekko } }',
    'components: { 1a: { type: Echo } }',
    'components: { "a b": { type: Echo } }',
    'components: { a: { type: Echo, initParameters: { x: 1 } } }',
    'components: { a: { type: Echo, extra: 1 } }',
    'components: { a: { type: Add, initParameters: { amount: 0 } } }',
    'components: { a: { type: Add, initParameters: { amount: 1.5 } } }',
    'components: { a: { type: Add, initParameters: { amuont: 1 } } }',
    'components: { a: { type: Model } }',
    'components: { a: { type: Model, initParameters: null } }',
    'components: { a: { type: Model, initParameters: { nCtx: 5 } } }',
    'components: { a: { type: Model, initParameters: { model: m, mode: slow } } }',
    'components: { a: { type: Model, initParameters: { model: m, onToken: nothing } } }',
    'components: { a: { type: Model, initParameters: { model: m, onToken: 1 } } }',
    'components: { a: { type: Model, initParameters: { model: m, tools: [nothing] } } }',
    'components: { a: { type: Model, initParameters: { model: m, tools: search } } }',
    'components: { a: { type: Model, initParameters: { model: m, system: [{ role: system, content: [] }] } } }',
    'components: { a: { type: Echo, timeoutMs: 1e10 } }',
    'components: { a: { type: Echo } }\nconnections: [{ sender: a.text }]',
    'components: { a: { type: Echo } }\nconnections: [{ sender: a, receiver: a.text }]',
    'components: { a: { type: Echo } }\nconnections: [{ sender: .text, receiver: a.text }]',
    'components: { a: { type: Echo } }\nconnections: [{ sender: a., receiver: a.text }]',
    'components: { a: { type: Echo } }\ninputs: { x: [a] }',
    'components: { a: { type: Echo } }\noutputs: { x: [a.text] }',
    'maxRunsPerComponent: 1.5',
    'components: { a: { type: Pipeline } }',
    'components: { a: { type: Pipeline, initParameters: {} } }',
    'components: { a: { type: Pipeline, initParameters: { file: empty.yaml, definition: {} } } }',
    'components: { a: { type: Pipeline, initParameters: { file: empty.json } } }',
    'components: { a: { type: Pipeline, initParameters: { file: "https://a.b/empty.yaml" } } }',
    'components: { a: { type: Pipeline, initParameters: { definition: { extra: 1 } } } }',
    'components: { a: { type: Pipeline, initParameters: { definition: { components: { b: { type: Ekko } } } } } }',
    'components: { a: { type: Pipeline, initParameters: { definition: { components: { b: { type: Pipeline, initParameters: { definition: [] } } } } } } }',
    'components: { a: { type: Pipeline, initParameters: { definition: {}, inputs: { x: 5 } } } }',
    'components: { a: { type: Pipeline, initParameters: { definition: { components: { b: { type: Echo } } }, outputs: { text: x } } } }',
    'components: { a: { type: Pipeline, initParameters: { components: {} } } }',
  ])('%s', (text) => {
    expect([accepts(parse(text)), loads(text)]).toEqual([false, false])
  })
})

test('tools may be those of toolsets, by every name that the loader takes', () => {
  const web = toolset({ name: 'web', tools: [search] })
  const twin = componentPackage({ name: 'twin', components: [], toolsets: [web], tools: [search] })
  const own = new Registry([acme, twin])
  const takes = validator(own)
  const names = ['web', 'twin/web', 'search', '@acme/components/search', 'twin/search', 'acme/web']
  const files = names.map((name) => ({
    components: { a: { type: 'Model', initParameters: { model: 'm', tools: [name] } } },
  }))
  const possible = [true, true, false, true, true, false]
  expect(files.map((file) => takes(file))).toEqual(possible)
  expect(files.map((file) => loads(JSON.stringify(file), own))).toEqual(possible)
})

test('the key __proto__ is no name of a component', () => {
  expect(accepts(JSON.parse('{"components": {"__proto__": {"type": "Echo"}}}'))).toBe(false)
})

test('types, parameters and what they are for are there for an editor', () => {
  const schema = pipelineSchema(new Registry([componentPackage({ name: 'p', components: [Echo] })]))
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    additionalProperties: false,
    properties: {
      components: {
        anyOf: [
          {
            additionalProperties: {
              properties: {
                type: {
                  anyOf: [
                    { const: 'Echo', description: 'Says what it hears.' },
                    { const: 'Pipeline', description: expect.any(String) },
                    { enum: ['p/Echo'], description: expect.any(String) },
                  ],
                },
              },
              allOf: [{ if: { required: ['type'] } }, { if: { required: ['type'] } }],
            },
          },
          { type: 'null' },
        ],
      },
    },
  })
  expect(JSON.stringify(schema)).toContain('"then":{"$ref":"#/$defs/p.Echo"}')
  expect(schema).toMatchObject({
    $defs: { 'p.Echo': { type: 'object', description: 'Says what it hears.' } },
  })
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
  expect(schema).not.toHaveProperty('title')
})

test('a message is defined once', () => {
  const schema = pipelineSchema(registry)
  expect(Object.keys(schema['$defs'] as object)).toContain('ChatMessage')
  expect(JSON.stringify(schema).split('"title":"ChatMessage"')).toHaveLength(2)
})

test('a type that two packages have is possible with its package only', () => {
  const both = validator(new Registry([acme, componentPackage({ name: '@other/parts', components: [Echo] })]))
  const using = (type: string) => both({ components: { a: { type } } })
  expect([using('Echo'), using('@other/parts/Echo'), using('@acme/components/Echo')]).toEqual([
    false,
    true,
    true,
  ])
})

test('without types there can be no components but pipelines', () => {
  const none = validator(new Registry([]))
  const sub = { type: 'Pipeline', initParameters: { file: 'a.yaml' } }
  const files = [{ components: {} }, { components: { sub } }, { components: { a: { type: 'Echo' } } }]
  expect(files.map((file) => none(file))).toEqual([true, true, false])
})

test('a pipeline of a package needs the name of that, because the short one is taken', () => {
  class Other extends Echo {
    static override readonly type = 'Pipeline'
  }
  const both = validator(new Registry([componentPackage({ name: '@other/parts', components: [Other] })]))
  const using = (type: string) => both({ components: { a: { type } } })
  expect([using('Pipeline'), using('@other/parts/Pipeline')]).toEqual([false, true])
})
