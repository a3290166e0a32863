import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { componentPackage } from '../../src/component/component-package.ts'
import { Registry } from '../../src/component/registry.ts'
import { minimalFile } from '../../src/yaml/file-shape.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { acme, Echo, registry, validator } from './parts.ts'
import { loadErrorOf, problemsOf, wordsOf } from './refusal.ts'

const accepts = validator(registry)

test.each([
  ['components: []', 'components'],
  ['components: { a: Echo }', 'components.a'],
  ['components: { a: {} }', 'components.a'],
  ['components: { a: { type: 1 } }', 'components.a.type'],
  ['components: { a: { type: Echo, initParameters: [] } }', 'components.a.initParameters'],
  ['components: { a: { type: Echo, retry: 3 } }', 'components.a.retry'],
  ['components: { a: { type: Echo, retry: {} } }', 'components.a.retry'],
  ['components: { a: { type: Echo, retry: { attempts: 0 } } }', 'components.a.retry.attempts'],
  ['components: { a: { type: Echo, retry: { attempts: 1.5 } } }', 'components.a.retry.attempts'],
  [
    'components: { a: { type: Echo, retry: { attempts: 1, backoffMs: -1 } } }',
    'components.a.retry.backoffMs',
  ],
  ['components: { a: { type: Echo, retry: { attempts: 1, on: X } } }', 'components.a.retry.on'],
  ['components: { a: { type: Echo, retry: { attempts: 1, tries: 2 } } }', 'components.a.retry.tries'],
  ['components: { a: { type: Echo, timeoutMs: 0 } }', 'components.a.timeoutMs'],
  ['components: { a: { type: Echo, timeoutMs: 2147483648 } }', 'components.a.timeoutMs'],
  ['connections: {}', 'connections'],
  ['connections: [a.b]', 'connections[0]'],
  ['connections: [{ sender: a.b }]', 'connections[0]'],
  [
    'components: { a: { type: Echo } }\nconnections: [{ sender: 1, receiver: a.text }]',
    'connections[0].sender',
  ],
  ['maxRunsPerComponent: 0', 'maxRunsPerComponent'],
  ['maxRunsPerComponent: "3"', 'maxRunsPerComponent'],
  ['metadata: []', 'metadata'],
  ['inputs: { a: 1 }', 'inputs.a'],
  ['inputs: { a: [1] }', 'inputs.a[0]'],
  ['outputs: { a: [b.c] }', 'outputs.a'],
  ['outputs: 1', 'outputs'],
  ['unknown: 1', 'unknown'],
  ['"a key": 1', '["a key"]'],
])('%s is refused by the loader at %s, and by the schema', (text, path) => {
  expect(accepts(parse(text))).toBe(false)
  const [first] = problemsOf(text).filter((problem) => problem.startsWith('LOAD_SHAPE'))
  expect(first).toBe(`LOAD_SHAPE ${path}`)
})

const haystack = 'haystack.core.super_component.super_component.SuperComponent'
const registered = "Registered: 'Echo', 'Add', 'Join', 'Keep' and 'Model'."

test.each([
  ['components:\n  echo:\n    timeoutMs: 5', "2:3 'type' is missing."],
  [
    'components:\n  echo: { type: Echo, timeoutMS: 5 }',
    "2:23 'timeoutMS' is unknown. Possible: 'type', 'initParameters', 'retry' and 'timeoutMs'. Did you mean 'timeoutMs'?",
  ],
  [
    'components: { m: { type: Model, init_parameters: { model: m, n_ctx: 512 } } }',
    "1:33 'init_parameters' is Haystack's name of this key. Here it is 'initParameters'. Keys are in camelCase, and 'n_ctx' is 'nCtx'.",
  ],
  [
    'max_runs_per_component: 5',
    "1:1 'max_runs_per_component' is Haystack's name of this key. Here it is 'maxRunsPerComponent'.",
  ],
  [
    'max_loops_allowed: 5',
    "1:1 'max_loops_allowed' was Haystack's name of this key. Here it is 'maxRunsPerComponent'.",
  ],
  [
    'connection_type_validation: true',
    "1:1 'connection_type_validation' is a key of Haystack. Here the types of connections are always checked: remove it.",
  ],
  [
    'constructor: true',
    "1:1 'constructor' is unknown. Possible: 'metadata', 'maxRunsPerComponent', 'resources', 'components', 'connections', 'inputs' and 'outputs'.",
  ],
  [
    'components:\n  a:\n    type: Ecco',
    `3:11 No component type 'Ecco' is registered. ${registered} Did you mean 'Echo'?`,
  ],
  [
    'components: { a: { type: haystack.components.builders.echo.Echo } }',
    `1:26 No component type 'haystack.components.builders.echo.Echo' is registered. ${registered}\n'haystack.components.builders.echo.Echo' is a Python class, as in files of Haystack; here the type is called 'Echo'.`,
  ],
  [
    'components: { a: { type: haystack.components.Nothing } }',
    `1:26 No component type 'haystack.components.Nothing' is registered. ${registered}`,
  ],
  [
    'components: { a: { type: pipline } }',
    `1:26 No component type 'pipline' is registered. ${registered} Did you mean 'Pipeline'?`,
  ],
  [
    `components: { a: { type: ${haystack} } }`,
    `1:26 No component type '${haystack}' is registered. ${registered}\n'SuperComponent' is a component of Haystack. A pipeline in a pipeline is of the type 'Pipeline'.`,
  ],
])('%j is refused in words', (text, words) => {
  expect(wordsOf(text)).toEqual([words])
})

test('the example in messages has the right shape', () => {
  expect(new Set(problemsOf(minimalFile).map((problem) => problem.split(' ')[0]))).toEqual(
    new Set(['LOAD_UNKNOWN_TYPE']),
  )
})

describe('a type', () => {
  test('that two packages have needs its package', () => {
    const other = componentPackage({ name: '@other/parts', components: [Echo] })
    const both = new Registry([acme, other])
    const load = (type: string) => loadPipeline(`components: { a: { type: "${type}" } }`, { registry: both })
    expect(loadErrorOf(() => load('Echo')).problems[0]?.message).toBe(
      "Several packages have a component type 'Echo'. Write '@acme/components/Echo' and '@other/parts/Echo'.",
    )
    expect(load('@other/parts/Echo').names()).toEqual(['a'])
  })

  test('needs a registry', () => {
    const load = () => loadPipeline('components: { a: { type: Echo } }', { registry: new Registry([]) })
    expect(loadErrorOf(load).problems[0]?.message).toBe(
      "No component type 'Echo' is registered. Registered: none. Give loadPipeline a registry with the packages that the file needs.",
    )
  })
})
