import { expect, test } from '@jest/globals'
import { Pipeline, t } from '@millrace/core'
import { canStream } from '../../../src/output/transcript/can-stream.ts'
import { samplePipeline } from '../../parts.ts'

test('a component streams that takes a callback, and a pipeline that has such a one, however deep', () => {
  const streaming = samplePipeline({ streamingCallback: t.optional(t.callback()) })
  expect([canStream(streaming.get('user')), canStream(streaming.get('maker'))]).toEqual([true, false])
  const hidden = streaming.asComponent({ inputs: { country: ['maker.country'] } })
  expect(canStream(new Pipeline({ hidden }).asComponent())).toBe(true)
  expect(canStream(samplePipeline().asComponent())).toBe(false)
})
