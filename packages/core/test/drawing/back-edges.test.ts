import { expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import { findBackEdges, layersOf } from '../../src/drawing/back-edges.ts'
import { planOf } from '../../src/graph/plan.ts'
import type { Pipeline } from '../../src/pipeline/pipeline.ts'
import { agent, chain, part, pipelineOf } from './parts.ts'

function backOf(pipeline: Pipeline): string[] {
  const back = findBackEdges(planOf(pipeline))
  return pipeline
    .connections()
    .filter((_, index) => back.has(index))
    .map(({ sender, receiver }) => `${sender.component} -> ${receiver.component}`)
}

test('a graph without a loop has none', () => {
  const step = () => part('Step', { value: t.string() }, { value: t.string() })
  expect(backOf(pipelineOf({ a: step(), b: step() }, ['b.value -> a.value']))).toEqual([])
})

test('the connection that closes a loop leads back to where values enter it', () => {
  expect(backOf(agent())).toEqual(['tools -> joiner'])
})

test('a loop starts where nothing has to come from the loop, whatever was declared first', () => {
  const pipeline = pipelineOf(
    {
      check: part('Check', { text: t.string() }, { again: t.string() }),
      write: part('Write', { topic: t.string(), hint: t.optional(t.string()) }, { text: t.string() }),
    },
    ['check.again -> write.hint', 'write.text -> check.text'],
  )
  expect(backOf(pipeline)).toEqual(['check -> write'])
})

test('each layer is one further than the furthest sender', () => {
  const plan = planOf(agent())
  const layers = layersOf(plan, findBackEdges(plan))
  expect(plan.components.map(({ name, index }) => `${name} ${layers[index]}`)).toEqual([
    'prompt 0',
    'joiner 1',
    'llm 2',
    'router 3',
    'tools 4',
    'log 4',
  ])
})

test('without the connections that lead back, every connection leads to a later layer', () => {
  const plan = planOf(chain(200))
  const back = findBackEdges(plan)
  const layers = layersOf(plan, back)
  expect(back.size).toBeGreaterThan(0)
  const wrong = plan.edges.filter(
    ({ index, source, target }) =>
      !back.has(index) && (layers[source.index] as number) >= (layers[target.index] as number),
  )
  expect(wrong).toEqual([])
})
