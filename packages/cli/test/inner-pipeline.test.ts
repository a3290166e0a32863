import { expect, test } from '@jest/globals'
import { Pipeline, PipelineComponent } from '@millrace/core'
import { innerPipeline } from '../src/inner-pipeline.ts'
import { samplePipeline } from './parts.ts'

test('a pipeline is found in its component, and nothing in others', () => {
  const inner = samplePipeline()
  expect(innerPipeline(inner.asComponent())).toBe(inner)
  expect(innerPipeline(inner.get('maker'))).toBeUndefined()
  const foreign = { options: {}, inputs: () => [], outputs: () => [] }
  expect(innerPipeline(new PipelineComponent(foreign as never))).toBeUndefined()
  expect(innerPipeline(new Pipeline({ sub: inner.asComponent() }).asComponent())?.names()).toEqual(['sub'])
})
