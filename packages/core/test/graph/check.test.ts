import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import type { CheckContext, Finding } from '../../src/component/finding.ts'
import { t } from '../../src/component/t.ts'
import { checkPlan } from '../../src/graph/check.ts'
import { planOf } from '../../src/graph/plan.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, BranchJoiner, Double, Subtract } from '../fixtures/index.ts'
import { agents } from '../pipeline/behaviours/agents.ts'
import { branches } from '../pipeline/behaviours/branches.ts'
import { defaults } from '../pipeline/behaviours/defaults.ts'
import { documents } from '../pipeline/behaviours/documents.ts'
import { failing } from '../pipeline/behaviours/failing.ts'
import { joins } from '../pipeline/behaviours/joins.ts'
import { linear } from '../pipeline/behaviours/linear.ts'
import { loops } from '../pipeline/behaviours/loops.ts'

const Optional = defineComponent({
  type: 'Optional',
  inputs: { value: t.optional(t.integer()) },
  outputs: { value: t.integer() },
  run: ({ value = 0 }) => ({ value }),
})

/** Says what it is made with, and remembers what it was told. */
class Checked implements Component {
  static readonly type = 'Checked'
  readonly inputs = { value: t.integer() }
  readonly outputs = { value: t.integer() }
  told: CheckContext | undefined
  readonly #findings: readonly Finding[] | undefined
  constructor(...findings: readonly Finding[]) {
    this.#findings = findings.length === 0 ? undefined : findings
  }
  check(context: CheckContext): readonly Finding[] {
    this.told = context
    return this.#findings ?? []
  }
  run({ value }: { readonly value: number }) {
    return { value }
  }
}

const missingFile: Finding = { level: 'error', code: 'MISSING_FILE', message: 'Gone.', option: 'model' }

describe('a component that can never run', () => {
  test('is one in a loop that nothing can start', async () => {
    const pipeline: Pipeline = new Pipeline({ first: new Double(), second: new Double() })
    pipeline.connect('first.value', 'second.value').connect('second.value', 'first.value')
    expect(await pipeline.check()).toEqual([
      {
        level: 'error',
        code: 'NEVER_RUNS',
        component: 'first',
        socket: 'value',
        message:
          "'first' (Double) can never run: 'value' waits for 'second.value', which waits for it in turn. A loop starts at an input that is optional, variadic or greedy.",
      },
      {
        level: 'error',
        code: 'NEVER_RUNS',
        component: 'second',
        socket: 'value',
        message:
          "'second' (Double) can never run: 'value' waits for 'first.value', which waits for it in turn. A loop starts at an input that is optional, variadic or greedy.",
      },
    ])
  })

  test('is one that waits for such a loop', async () => {
    const pipeline: Pipeline = new Pipeline({
      a: new Double(),
      b: new Double(),
      needs: new Subtract(),
      listens: new Optional(),
      fine: new Double(),
    })
    pipeline
      .connect('a.value', 'b.value')
      .connect('b.value', 'a.value')
      .connect('a.value', 'needs.firstValue')
      .connect('b.value', 'needs.secondValue')
      .connect('b.value', 'listens.value')
    const [, , ...others] = await pipeline.check()
    expect(others.map(({ component, message }) => [component, message])).toEqual([
      [
        'needs',
        "'needs' (Subtract) can never run: 'firstValue' waits for 'a.value', which can never come; 'secondValue' waits for 'b.value', which can never come.",
      ],
      [
        'listens',
        "'listens' (Optional) can never run: nothing starts it, and 'value' waits for 'b.value', which can never come.",
      ],
    ])
  })
})

test('a loop without an exit is found', async () => {
  const pipeline: Pipeline = new Pipeline({ joiner: new BranchJoiner(), add: new AddFixedValue() })
  pipeline.connect('joiner.value', 'add.value').connect('add.result', 'joiner.value')
  expect(await pipeline.check()).toEqual([
    {
      level: 'error',
      code: 'LOOP_WITHOUT_EXIT',
      component: 'joiner',
      message:
        "The loop of 'joiner' and 'add' has no exit: each of its components sends on every time it runs, until maxRunsPerComponent stops the run. A component leaves a loop by leaving out an output, which it declares with t.optional.",
    },
  ])
})

describe('of the behaviours of the table', () => {
  const wrong = new Map([
    ['an infinite loop', ['LOOP_WITHOUT_EXIT']],
    ['a cycle that nothing can start', ['NEVER_RUNS', 'NEVER_RUNS']],
  ])
  const all = [...linear, ...branches, ...loops, ...defaults, ...joins, ...documents, ...agents, ...failing]

  test.each(all)('$name: what is wrong is found, and nothing else', async ({ name, pipeline }) => {
    const findings = await pipeline().check()
    expect(findings.map(({ code }) => code)).toEqual(wrong.get(name) ?? [])
  })
})

describe('what components find by themselves', () => {
  test('comes after what is wrong with the graph, in the order of declaration, with their names', async () => {
    const pipeline: Pipeline = new Pipeline({
      second: new Checked({ ...missingFile, component: 'a name of its own' }),
      silent: new Checked(),
      first: new Checked({ level: 'warning', code: 'UNSUPPORTED_OPTION', message: 'No.' }),
      a: new Double(),
      b: new Double(),
    })
    pipeline.connect('a.value', 'b.value').connect('b.value', 'a.value')
    expect((await pipeline.check()).map(({ code, component }) => [code, component])).toEqual([
      ['NEVER_RUNS', 'a'],
      ['NEVER_RUNS', 'b'],
      ['MISSING_FILE', 'second'],
      ['UNSUPPORTED_OPTION', 'first'],
    ])
  })

  test('may come later', async () => {
    const checked = new Checked()
    checked.check = (() => Promise.resolve([missingFile])) as never
    expect(await new Pipeline({ checked }).check()).toEqual([{ ...missingFile, component: 'checked' }])
  })

  test('starts from the folder of the pipeline, else from that which the caller names', async () => {
    const checked = new Checked()
    const resolveFrom = ['/srv/parts']
    await new Pipeline({ checked }, { baseDir: '/srv' }).check({ baseDir: '/elsewhere', resolveFrom })
    expect(checked.told).toEqual({ baseDir: '/srv', resolveFrom, pipelineTools: [] })
    const other = new Checked()
    await new Pipeline({ other }).check({ baseDir: '/elsewhere' })
    expect(other.told).toEqual({ baseDir: '/elsewhere', pipelineTools: [] })
  })

  test('is there for all others when the check of one fails', async () => {
    const broken = new Checked()
    broken.check = () => {
      throw new RangeError('no idea')
    }
    expect(await new Pipeline({ broken, good: new Checked(missingFile) }).check()).toEqual([
      {
        level: 'error',
        code: 'CHECK_FAILED',
        component: 'broken',
        message: "The check of 'broken' (Checked) failed: no idea",
      },
      { ...missingFile, component: 'good' },
    ])
  })
})

describe('a pipeline of 10,000 components', () => {
  const SIZE = 10_000
  const chain = (): Pipeline => {
    const pipeline: Pipeline = new Pipeline()
    for (let index = 0; index < SIZE; index++) {
      pipeline.add(`c${index}`, new Double())
      if (index > 0) pipeline.connect(`c${index - 1}.value`, `c${index}.value`)
    }
    return pipeline
  }
  const took = (work: () => void) => {
    const start = performance.now()
    work()
    return performance.now() - start
  }

  test('is checked in no time: all of it runs, none of it, or it is one endless loop', () => {
    const fine = planOf(chain())
    const dead = planOf(chain().connect(`c${SIZE - 1}.value`, 'c0.value'))
    const endless = chain().add('joiner', new BranchJoiner())
    endless.connect('joiner.value', 'c0.value').connect(`c${SIZE - 1}.value`, 'joiner.value')
    const plan = planOf(endless)
    const times = [
      took(() => expect(checkPlan(fine)).toEqual([])),
      took(() => expect(checkPlan(dead)).toHaveLength(SIZE)),
      took(() => expect(checkPlan(plan).map(({ code }) => code)).toEqual(['LOOP_WITHOUT_EXIT'])),
    ]
    expect(Math.max(...times)).toBeLessThan(2_000)
  })

  test('of which one gathers from all others is, too', () => {
    const pipeline: Pipeline = new Pipeline({ all: new Subtract() })
    for (let index = 0; index < SIZE; index++) pipeline.add(`c${index}`, new Optional())
    const gather = defineComponent({
      type: 'Gather',
      inputs: { values: t.variadic(t.integer()) },
      outputs: { value: t.integer() },
      run: ({ values }) => ({ value: values.length }),
    })
    pipeline.add('gather', new gather())
    for (let index = 0; index < SIZE; index++) {
      pipeline.connect(`c${index}.value`, 'gather.values').connect('gather.value', `c${index}.value`)
    }
    const plan = planOf(pipeline)
    expect(took(() => expect(checkPlan(plan)).toHaveLength(1))).toBeLessThan(2_000)
  })
})

test('an input that the pipeline names and that got a sender is found', async () => {
  const Pass = defineComponent({
    type: 'Pass',
    inputs: { text: t.string() },
    outputs: { text: t.string() },
    run: ({ text }) => ({ text }),
  })
  const pipeline: Pipeline = new Pipeline(
    { a: new Pass(), b: new Pass() },
    { inputs: { question: ['a.text', 'b.text'] } },
  )
  expect(await pipeline.check()).toEqual([])
  pipeline.connect('a.text', 'b.text')
  expect(await pipeline.check()).toEqual([
    expect.objectContaining({
      level: 'error',
      code: 'INPUT_TAKEN',
      component: 'b',
      message: expect.stringMatching(/'question' of the pipeline stands for 'b.text', .* from 'a.text'/),
    }),
  ])
})

test('a retry for a code that is nearly one of ours is found, one for a code of others is not', async () => {
  const Fails = defineComponent({ type: 'Fails', inputs: {}, outputs: {}, run: () => ({}) })
  const on = ['RUN_TIMOUT', 'TypError', 'RUN_TIMEOUT', 'TypeError', 'ECONNRESET', 'MY_OWN_CODE']
  const pipeline = new Pipeline(
    { fails: new Fails() },
    { policies: { fails: { retry: { attempts: 2, on } } } },
  )
  const findings = await pipeline.check()
  expect(findings.map(({ level, code, message }) => [level, code, message.split('. ').at(-1)])).toEqual([
    ['warning', 'UNKNOWN_FAILURE', "Did you mean 'RUN_TIMEOUT'?"],
    ['warning', 'UNKNOWN_FAILURE', "Did you mean 'TypeError'?"],
  ])
})
