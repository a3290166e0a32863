import { expect, test } from '@jest/globals'
import { aloneContext } from '../../src/component/run-context.ts'
import { StreamingChunk } from '../../src/data/streaming-chunk.ts'

test('aloneContext is a context that nobody listens to or stops', () => {
  const context = aloneContext({ type: 'Shout' })
  expect(context).toMatchObject({ component: { name: 'Shout', type: 'Shout' }, visit: 1, runId: 'alone' })
  expect(context.signal.aborted).toBe(false)
  expect(context.emit(StreamingChunk.create({ content: 'a' }))).toBeUndefined()
})
