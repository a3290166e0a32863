import { describe, expect, jest, test } from '@jest/globals'
import { type StreamingChunk, ToolCall, ToolCallResult } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { ResultStream } from '../../src/tools/result-stream.ts'

const result = ToolCallResult.create({ result: '1', origin: ToolCall.create({ name: 'add' }) })
const component = { name: 'tools', type: 'ToolInvoker' }

function listening() {
  const emitted: StreamingChunk[] = []
  const context = {
    ...aloneContext(component),
    component,
    emit: (chunk: StreamingChunk) => void emitted.push(chunk),
  }
  return { context, emitted }
}

describe('ResultStream', () => {
  test('sends each result as a block of its own, then one empty chunk with the reason', async () => {
    const { context, emitted } = listening()
    const heard: StreamingChunk[] = []
    const stream = new ResultStream(context, (chunk) => void heard.push(chunk))
    stream.result(result, 0)
    stream.result(result, 1)
    await stream.end(2)
    expect(emitted).toEqual([
      { content: '', toolCallResult: result, index: 0, start: true, component },
      { content: '', toolCallResult: result, index: 1, start: true, component },
      { content: '', index: 1, start: false, finishReason: 'toolCallResults', component },
    ])
    expect(heard).toEqual(emitted)
  })

  test('waits for a callback before it calls it again', async () => {
    const { context } = listening()
    const log: string[] = []
    const stream = new ResultStream(context, async ({ index }) => {
      log.push(`begin ${index}`)
      await Promise.resolve()
      log.push(`end ${index}`)
    })
    stream.result(result, 0)
    await stream.end(1)
    expect(log).toEqual(['begin 0', 'end 0', 'begin 0', 'end 0'])
  })

  test('goes on when a callback throws, and reports it once', async () => {
    const { context, emitted } = listening()
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    try {
      const stream = new ResultStream(context, () => {
        throw new RangeError('full')
      })
      stream.result(result, 0)
      await stream.end(1)
      expect(emitted).toHaveLength(2)
      expect(warn.mock.calls).toEqual([
        ["The streamingCallback of 'tools' threw: full", { code: 'MILLRACE_CALLBACK_FAILED' }],
      ])
    } finally {
      warn.mockRestore()
    }
  })
})
