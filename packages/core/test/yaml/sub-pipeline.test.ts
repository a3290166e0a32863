import { describe, expect, test } from '@jest/globals'
import { componentPackage } from '../../src/component/component-package.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import { Registry } from '../../src/component/registry.ts'
import { t } from '../../src/component/t.ts'
import { PipelineComponent } from '../../src/pipeline/as-component.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { Add, acme, registry } from './parts.ts'
import { problemsOf, refusal, wordsOf } from './refusal.ts'

/** Adds two, and one more. */
const twice = `components: { first: { type: Add, initParameters: { amount: 2 } }, second: { type: Add } }
connections: [{ sender: first.sum, receiver: second.value }]`

/** A file of one sub-pipeline `sub`, with the YAML of its definition and of what stands beside it. */
function subWith(definition: string, beside = '', around = ''): string {
  const indent = (text: string, by: number) => text.replace(/^(?=.)/gm, ' '.repeat(by))
  return `components:
  sub:
    type: Pipeline
    initParameters:
      definition:
${indent(definition, 8)}
${indent(beside, 6)}
${around}`
}

describe('a pipeline in a pipeline', () => {
  test('runs as a component of it', async () => {
    const text = subWith(twice, '', 'connections: [{ sender: sub.sum, receiver: last.value }]').replace(
      'components:\n',
      'components:\n  last: { type: Add, initParameters: { amount: 10 } }\n',
    )
    const pipeline = loadPipeline(text, { registry })
    const sub = pipeline.get('sub') as PipelineComponent
    expect([Object.keys(sub.inputs), Object.keys(sub.outputs)]).toEqual([['value'], ['sum']])
    const result = await pipeline.run({ sub: { value: 1 } })
    expect(result.outputs).toEqual({ last: { sum: 14 } })
  })

  test('shows the sockets of its mapping, connected outputs too', async () => {
    const beside = 'inputs: { start: [first.value] }\noutputs: { first.sum: half, second.sum: end }'
    const result = await loadPipeline(subWith(twice, beside), { registry }).run({ start: 1 })
    expect(result.outputs).toEqual({ sub: { half: 3, end: 4 } })
  })

  test('shows without a mapping the names that it gives itself', () => {
    const definition = `${twice}\ninputs: { start: [first.value] }\noutputs: { half: first.sum }`
    const sub = loadPipeline(subWith(definition), { registry }).get('sub')
    expect([Object.keys(sub.inputs), Object.keys(sub.outputs)]).toEqual([['start'], ['half']])
  })

  test('may be in one that is in another', async () => {
    const nested = (inside: string) => `{ type: Pipeline, initParameters: { definition: { ${inside} } } }`
    const two = nested(`components: { three: ${nested('components: { add: { type: Add } }')} }`)
    const one = nested(
      `components: { two: ${two}, more: { type: Add } }, connections: [{ sender: two.sum, receiver: more.value }]`,
    )
    const result = await loadPipeline(`components: { one: ${one} }`, { registry }).run({ value: 1 })
    expect(result.outputs).toEqual({ one: { sum: 3 } })
  })

  test('has the folder, the options and the policies that the file gives it', () => {
    const definition =
      'components: { add: { type: Add, timeoutMs: 5 } }\nmaxRunsPerComponent: 3\nmetadata: { a: 1 }'
    const text = subWith(definition).replace('    type: Pipeline\n', '    type: Pipeline\n    timeoutMs: 7\n')
    const pipeline = loadPipeline(text, { registry, baseDir: '/srv' })
    const inner = (pipeline.get('sub') as PipelineComponent).pipeline
    expect(inner.options).toEqual({ maxRunsPerComponent: 3, metadata: { a: 1 }, baseDir: '/srv' })
    expect(pipeline.policy('sub')).toEqual({ timeoutMs: 7 })
  })

  test('may be written once and used twice, by an alias', async () => {
    const text = `components:
  one: { type: Pipeline, initParameters: { definition: &add { components: { a: { type: Add } } } } }
  two: { type: Pipeline, initParameters: { definition: *add } }
connections: [{ sender: one.sum, receiver: two.value }]`
    expect((await loadPipeline(text, { registry }).run({ value: 1 })).outputs).toEqual({ two: { sum: 3 } })
  })

  test('is what the type means even where a package has one of that name', () => {
    class Other extends Add {
      static override readonly type = 'Pipeline'
    }
    const both = new Registry([acme, componentPackage({ name: '@other/parts', components: [Other] })])
    const text = `components:
  a: { type: Pipeline, initParameters: { definition: {} } }
  b: { type: '@other/parts/Pipeline' }`
    const pipeline = loadPipeline(text, { registry: both })
    expect(pipeline.get('a')).toBeInstanceOf(PipelineComponent)
    expect(pipeline.get('b')).toBeInstanceOf(Other)
  })
})

test('is run again as a whole by the retry of its entry', async () => {
  let calls = 0
  const Flaky = defineComponent({
    type: 'Flaky',
    inputs: { value: t.integer() },
    outputs: { calls: t.integer() },
    run: () => {
      calls += 1
      if (calls < 3) throw new RangeError('not yet')
      return { calls }
    },
  })
  const own = new Registry([componentPackage({ name: 'flaky', components: [Flaky] })])
  const text = subWith('components: { flaky: { type: Flaky } }')
  const entry = text.replace('type: Pipeline\n', 'type: Pipeline\n    retry: { attempts: 3 }\n')
  const result = await loadPipeline(entry, { registry: own }).run({ value: 1 })
  expect(result.outputs).toEqual({ sub: { calls: 3 } })
})

describe('what is wrong inside', () => {
  test('is told at its line, with the whole path, with everything else', () => {
    const text = subWith(
      `components:
  a: { type: Ekko }
  b: { type: Add, initParameters: { amount: 0 } }
  c:
    type: Pipeline
    initParameters:
      definition:
        components: { keep: { type: Keep, initParameters: { value: "\${env:A}" } } }
        conections: []
connections: [{ sender: c.text, receiver: d.text }]
metadata: []`,
      '',
      'maxRunsPerComponent: 0',
    )
    const inside = 'components.sub.initParameters.definition'
    expect(refusal(text).problems.map(({ line, column, path }) => `${line}:${column} ${path}`)).toEqual([
      `7:22 ${inside}.components.a.type`,
      `8:53 ${inside}.components.b.initParameters.amount`,
      `13:76 ${inside}.components.c.initParameters.definition.components.keep.initParameters.value`,
      `14:17 ${inside}.components.c.initParameters.definition.conections`,
      `15:51 ${inside}.connections[0].receiver`,
      `16:19 ${inside}.metadata`,
      '18:22 maxRunsPerComponent',
    ])
    const [, , environment, , connection] = wordsOf(text)
    expect(environment).toContain('No component of this pipeline replaces it in its parameters.')
    expect(connection).toContain("'d.text' names no component of this pipeline.")
  })

  test('keeps what is connected to it from being judged', () => {
    const text = subWith(
      'components: { a: { type: Ekko } }',
      'inputs: { x: [a.nothing] }',
      'connections: [{ sender: sub.nothing, receiver: sub.x }]\ninputs: { y: [sub.x] }',
    )
    expect(problemsOf(text)).toEqual([
      'LOAD_UNKNOWN_TYPE components.sub.initParameters.definition.components.a.type',
    ])
  })

  test('does not hide the names that a good pipeline beside it has', () => {
    const text = `maxRunsPerComponent: 0
${subWith('components: { a: { type: Echo } }\ninputs: { say: [a.text] }\noutputs: { said: a.text }')}
  end: { type: Join }
connections: [{ sender: sub.said, receiver: end.texts }]`
    expect(problemsOf(text)).toEqual(['LOAD_SHAPE maxRunsPerComponent'])
  })

  test('is two open outputs of one name without a mapping', () => {
    expect(wordsOf(subWith('components: { a: { type: Echo }, b: { type: Echo } }'))).toEqual([
      "4:5 Two open outputs are called 'text': 'a.text' and 'b.text'. Say with outputs which name each has outside.",
    ])
  })

  test('is one input for sockets that no one value fits', () => {
    const text = subWith(
      'components: { a: { type: Echo }, b: { type: Add } }',
      'inputs: { x: [a.text, b.value] }',
    )
    expect(problemsOf(text)).toEqual(['LOAD_COMPONENT components.sub.initParameters.inputs'])
  })
})

describe('the parameters', () => {
  test.each([
    ['{}', 'initParameters'],
    ['', 'initParameters'],
    ['[]', 'initParameters'],
    ['{ definition: [] }', 'initParameters.definition'],
    ['{ definition: }', 'initParameters'],
    ['{ definition: {}, extra: 1 }', 'initParameters.extra'],
    ['{ definition: {}, inputs: { a: 1 } }', 'initParameters.inputs.a'],
    ['{ definition: {}, outputs: [] }', 'initParameters.outputs'],
    ['{ definition: {}, file: a.yaml }', 'initParameters.definition'],
    ['{ file: 1 }', 'initParameters.file'],
    ['{ components: {} }', 'initParameters.components'],
  ])('%s are refused once, at %s', (parameters, path) => {
    const problems = problemsOf(`components: { sub: { type: Pipeline, initParameters: ${parameters} } }`)
    expect(problems.filter((problem) => !problem.startsWith('LOAD_NOT_FOUND'))).toEqual([
      expect.stringMatching(
        new RegExp(`^LOAD_(PARAMETERS|SHAPE) components\\.sub\\.${path.replaceAll('.', '\\.')}$`),
      ),
    ])
  })

  test.each([
    ['\n      components: {}', "5:7 'components' belongs to the pipeline inside: put it under 'definition'."],
    ['', "4:5 'sub' (Pipeline) lacks its pipeline: give a 'file' or a 'definition'."],
    [
      ' { file: a.yaml, definition: {} }',
      "4:37 'sub' has both a 'file' and a 'definition'. Remove one of the two.",
    ],
  ])('%j are refused in words', (parameters, words) => {
    const text = `components:\n  sub:\n    type: Pipeline\n    initParameters:${parameters}`
    expect(wordsOf(text)).toContain(words)
  })

  test('may not be under the key of Haystack', () => {
    expect(problemsOf('components: { sub: { type: Pipeline, init_parameters: { pipeline: 1 } } }')).toEqual([
      'LOAD_PARAMETERS components.sub.initParameters',
      'LOAD_SHAPE components.sub.init_parameters',
      'LOAD_PARAMETERS components.sub.initParameters.pipeline',
    ])
  })
})

describe('pipelines in pipelines', () => {
  function nested(levels: number): string {
    let text = '{}'
    for (let level = 0; level < levels; level += 1) {
      text = `{ components: { p: { type: Pipeline, initParameters: { definition: ${text} } } } }`
    }
    return text
  }

  test('are possible to a depth of sixteen', () => {
    const limits = { maxDepth: 100 }
    expect(loadPipeline(nested(16), { registry, limits }).names()).toEqual(['p'])
    const error = refusal(nested(17), limits)
    expect(error.code).toBe('LOAD_LIMIT')
    expect(error.problems[0]?.message).toBe("'p' would be the 17th pipeline inside another. 16 are possible.")
  })

  test('count their components together', () => {
    const text = subWith(twice)
    expect(loadPipeline(text, { registry, limits: { maxComponents: 3 } }).names()).toEqual(['sub'])
    expect(wordsOf(text, { maxComponents: 2 })).toEqual([
      "6:9 With these there are 3 components, more than the 2 of 'maxComponents'.",
    ])
  })
})
