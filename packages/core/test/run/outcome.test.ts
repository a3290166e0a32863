import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import { t } from '../../src/component/t.ts'
import type { PlannedComponent } from '../../src/graph/plan.ts'
import { planOf } from '../../src/graph/plan.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { PipelineOptions } from '../../src/pipeline/pipeline-options.ts'
import { Outcome } from '../../src/run/result.ts'
import type { Sockets } from '../../src/schema/socket.ts'
import { Double } from '../fixtures/index.ts'

class Three implements Component {
  readonly inputs: Sockets = { in: t.optional(t.integer()) }
  readonly outputs: Sockets = { x: t.integer(), y: t.integer(), sent: t.integer() }
  run(): object {
    return {}
  }
}

function outcomeOf(included: readonly string[] = [], options: PipelineOptions = {}) {
  const pipeline: Pipeline = new Pipeline({ b: new Three(), a: new Three(), end: new Double() }, options)
  const plan = planOf(pipeline.connect('a.sent', 'end.value'))
  const outcome = new Outcome(plan, new Set(included))
  const keep = (name: string, outputs: Record<string, unknown>) =>
    outcome.keep(plan.byName.get(name) as PlannedComponent, outputs)
  return { outcome, keep }
}

describe('the outputs of a run', () => {
  test('are those that no connection consumed', () => {
    const { outcome, keep } = outcomeOf()
    keep('a', { x: 1, sent: 2 })
    expect(outcome.outputs).toEqual({ a: { x: 1 } })
  })

  test('are all of those of the included components, and an empty object when there were none', () => {
    const { outcome, keep } = outcomeOf(['a', 'end'])
    keep('a', { x: 1, sent: 2 })
    keep('end', {})
    expect(outcome.outputs).toEqual({ a: { x: 1, sent: 2 }, end: {} })
  })

  test('are the last ones, as a whole, unless there are none', () => {
    const { outcome, keep } = outcomeOf()
    keep('a', { x: 1, y: 1 })
    keep('a', { y: 2 })
    expect(outcome.outputs).toEqual({ a: { y: 2 } })
    keep('a', { sent: 3 })
    expect(outcome.outputs).toEqual({ a: { y: 2 } })
  })

  test('are without undefined, and with null', () => {
    const { outcome, keep } = outcomeOf()
    keep('a', { x: undefined, y: null })
    expect(outcome.outputs).toEqual({ a: { y: null } })
    expect(Object.keys(outcome.outputs['a'] ?? {})).toEqual(['y'])
  })

  test('stand in the order in which the components were declared', () => {
    const { outcome, keep } = outcomeOf()
    keep('end', { value: 1 })
    keep('a', { x: 1 })
    keep('b', { x: 1 })
    expect(Object.keys(outcome.outputs)).toEqual(['b', 'a', 'end'])
  })

  test('are empty at first', () => {
    const { outcome, keep } = outcomeOf()
    expect([outcome.outputs, outcome.named, outcome.isEmpty]).toEqual([{}, {}, true])
    keep('a', { sent: 1 })
    expect(outcome.isEmpty).toBe(true)
    keep('a', { x: 1 })
    expect(outcome.isEmpty).toBe(false)
  })
})

describe('named outputs', () => {
  const named = () => outcomeOf([], { outputs: { sum: 'a.sent', first: 'a.x', other: 'b.x' } })

  test('are there whether or not a connection consumed them', () => {
    const { outcome, keep } = named()
    keep('a', { sent: 2, y: 3 })
    expect(outcome.named).toEqual({ sum: 2 })
    expect(outcome.isEmpty).toBe(false)
  })

  test('are of the last visit, like all outputs', () => {
    const { outcome, keep } = named()
    keep('a', { sent: 1, x: 1 })
    keep('a', { x: 2 })
    expect(outcome.named).toEqual({ first: 2 })
    keep('a', { y: 1 })
    expect(outcome.named).toEqual({ first: 2 })
  })

  test('stand in the order in which the components were declared', () => {
    const { outcome, keep } = named()
    keep('a', { x: 1, sent: 2 })
    keep('b', { x: 3 })
    expect(Object.entries(outcome.named)).toEqual([
      ['other', 3],
      ['sum', 2],
      ['first', 1],
    ])
  })
})

test('an output that is not declared is dropped with a warning, once', () => {
  const { outcome, keep } = outcomeOf(['a'])
  keep('a', { x: 1, extra: 2 })
  keep('a', { x: 1, extra: 3 })
  keep('a', { other: undefined })
  expect(outcome.outputs).toEqual({ a: { x: 1 } })
  expect(outcome.warnings).toEqual([
    {
      code: 'UNDECLARED_OUTPUT',
      component: 'a',
      message:
        "'a' (Three) returned 'extra', which it does not declare; it was dropped. Declared: 'x', 'y' and 'sent'.",
    },
  ])
})
