import { describe, expect, test } from '@jest/globals'
import { problemsOf, refusal } from './refusal.ts'

test.each([
  ['components: []', 'components'],
  ['components:', 'components'],
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
  ['inputs: { a: b.c }', 'inputs.a'],
  ['inputs: { a: [1] }', 'inputs.a[0]'],
  ['outputs: { a: [b.c] }', 'outputs.a'],
  ['outputs: 1', 'outputs'],
  ['unknown: 1', 'unknown'],
  ['"a key": 1', '["a key"]'],
])('%s is refused at %s', (text, path) => {
  const [first] = problemsOf(text).filter((problem) => problem.startsWith('LOAD_SHAPE'))
  expect(first).toBe(`LOAD_SHAPE ${path}`)
})

describe('messages', () => {
  test('name what is missing, at the key of what lacks it', () => {
    expect(refusal('components:\n  echo:\n    timeoutMs: 5').message).toMatchInlineSnapshot(`
"p.yaml:2:3: components.echo: 'type' is missing.
  2 |   echo:
    |   ^"
`)
  })

  test('suggest the key that was meant', () => {
    expect(refusal('components:\n  echo: { type: Echo, timeoutMS: 5 }').message).toMatchInlineSnapshot(`
"p.yaml:2:23: components.echo.timeoutMS: 'timeoutMS' is unknown. Possible: 'type', 'initParameters', 'retry' and 'timeoutMs'. Did you mean 'timeoutMs'?
  2 |   echo: { type: Echo, timeoutMS: 5 }
    |                       ^"
`)
  })

  test('tell what the keys of Haystack are called here', () => {
    const text = `components:
  model:
    type: Model
    init_parameters: { n_ctx: 512 }
max_runs_per_component: 5
max_loops_allowed: 5
connection_type_validation: true
`
    expect(refusal(text).message).toMatchInlineSnapshot(`
"p.yaml:4:5: components.model.init_parameters: 'init_parameters' is Haystack's name of this key. Here it is 'initParameters'.
  4 |     init_parameters: { n_ctx: 512 }
    |     ^

p.yaml:5:1: max_runs_per_component: 'max_runs_per_component' is Haystack's name of this key. Here it is 'maxRunsPerComponent'.
  5 | max_runs_per_component: 5
    | ^

p.yaml:6:1: max_loops_allowed: 'max_loops_allowed' was Haystack's name of this key. Here it is 'maxRunsPerComponent'.
  6 | max_loops_allowed: 5
    | ^

p.yaml:7:1: connection_type_validation: 'connection_type_validation' is a key of Haystack. Here the types of connections are always checked: remove it.
  7 | connection_type_validation: true
    | ^

4 problems"
`)
  })
})
