import { describe, expect, test } from '@jest/globals'
import { type Tool, ToolCall, type ToolCallEnd, t, tool } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { type AnswerOptions, answerCall } from '../../src/tools/answer-call.ts'

const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: t.object({ a: t.number(), b: t.number() }),
  run: ({ a, b }) => a + b,
})
const fail = tool({
  name: 'fail',
  description: 'Fails.',
  parameters: t.object({}),
  run: () => {
    throw new RangeError('no ink')
  },
})
/** Never ends, whatever its signal says. */
const stuck = tool({
  name: 'stuck',
  description: 'Never ends.',
  parameters: t.object({}),
  run: () => new Promise(() => {}),
})
const cyclic = tool({
  name: 'cyclic',
  description: 'Returns what has no JSON.',
  parameters: t.object({}),
  run: () => {
    const self: Record<string, unknown> = {}
    self['self'] = self
    return self
  },
})
const tools: readonly Tool[] = [add, fail, stuck, cyclic]

async function answer(
  name: string,
  args: Record<string, number> = {},
  options: Partial<AnswerOptions> = {},
  malformed?: string,
) {
  const call = ToolCall.create({ id: '1', name, arguments: args })
  const { result } = await answerCall(malformed === undefined ? { call } : { call, malformed }, {
    tools,
    signal: new AbortController().signal,
    timeoutMs: undefined,
    maxResultCharacters: 1000,
    raiseOnFailure: false,
    run: aloneContext({ type: 'ToolInvoker' }),
    ...options,
  })
  return result
}

test('reports each call when it is over, with what the model reads or what went wrong', async () => {
  const reported: ToolCallEnd[] = []
  const run = {
    ...aloneContext({ type: 'ToolInvoker' }),
    toolCall: (end: ToolCallEnd) => void reported.push(end),
  }
  await answer('add', { a: 123, b: 456 }, { run })
  await answer('fail', {}, { run })
  await answer('unknown', {}, { run, raiseOnFailure: true }).catch(() => {})
  expect(reported).toMatchObject([
    { call: { name: 'add', arguments: { a: 123, b: 456 } }, result: '579', durationMs: expect.any(Number) },
    { call: { name: 'fail' }, error: { code: 'TOOL_FAILED' } },
    { call: { name: 'unknown' }, error: { code: 'TOOL_UNKNOWN' } },
  ])
})

describe('answerCall', () => {
  test('gives what the tool returned, and the call that it answers', async () => {
    expect(await answer('add', { a: 123, b: 456 })).toEqual({
      type: 'toolCallResult',
      result: '579',
      origin: { type: 'toolCall', id: '1', name: 'add', arguments: { a: 123, b: 456 } },
      error: false,
    })
  })

  const unknown = "There is no tool 'ad'. Available: 'add', 'fail', 'stuck' and 'cyclic'. Did you mean 'add'?"
  const malformed =
    'The arguments of this call of \'add\' are not a JSON object: {"a": 1. Call it again with one JSON object.'
  const noJson =
    "The result of tool 'cyclic' cannot be turned into JSON: Converting circular structure to JSON. Return a text, or a value that JSON has."
  const failures: [what: string, code: string, message: string, ...Parameters<typeof answer>][] = [
    ['an unknown tool', 'TOOL_UNKNOWN', unknown, 'ad'],
    ['no tools', 'TOOL_UNKNOWN', "There is no tool 'ad': no tools are available.", 'ad', {}, { tools: [] }],
    ['a malformed call', 'TOOL_CALL_MALFORMED', malformed, 'add', {}, {}, '{"a": 1'],
    ['a malformed call of an unknown tool', 'TOOL_UNKNOWN', unknown, 'ad', {}, {}, '{"a": 1'],
    ['a tool that throws', 'TOOL_FAILED', "Tool 'fail' failed: no ink", 'fail'],
    ['a result without JSON', 'TOOL_RESULT_INVALID', noJson, 'cyclic'],
    [
      'a tool that takes too long',
      'TOOL_TIMEOUT',
      "Tool 'stuck' took longer than 5 ms.",
      'stuck',
      {},
      { timeoutMs: 5 },
    ],
    [
      'arguments that do not fit',
      'TOOL_INVALID_ARGUMENTS',
      "Tool 'add' cannot take these arguments:\n  arguments: 'b' is missing.",
      'add',
      { a: 1 },
    ],
  ]

  test.each(failures)('tells the model of %s', async (_what, _code, message, ...call) => {
    expect(await answer(...call)).toMatchObject({ result: message, error: true })
  })

  test.each(failures)('raises %s where failures are to be raised', async (_what, code, message, ...call) => {
    const [name, args, options, written] = call
    await expect(answer(name, args, { ...options, raiseOnFailure: true }, written)).rejects.toMatchObject({
      code,
      message,
      tool: name,
    })
  })

  test('shortens what a model wrote at length', async () => {
    const { result } = await answer('add', {}, {}, 'x'.repeat(1000))
    expect(result).toBe(
      `The arguments of this call of 'add' are not a JSON object: ${'x'.repeat(200)}…. Call it again with one JSON object.`,
    )
  })

  test('rejects with the reason of the signal at once, whether the tool listens or not', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const running = answer('stuck', {}, { signal: controller.signal })
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
    await expect(answer('add', { a: 1, b: 1 }, { signal: controller.signal })).rejects.toBe(reason)
  })

  test('gives the tool a signal that aborts with the run, and when the time is over', async () => {
    const signals: AbortSignal[] = []
    const listening = tool({
      name: 'listen',
      description: 'Ends with its signal.',
      parameters: t.object({}),
      run: (_, { signal }) =>
        new Promise((_, reject) => {
          signals.push(signal)
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    })
    const controller = new AbortController()
    const reason = new Error('enough')
    const running = answer('listen', {}, { tools: [listening], signal: controller.signal })
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
    expect(await answer('listen', {}, { tools: [listening], timeoutMs: 5 })).toMatchObject({
      result: "Tool 'listen' took longer than 5 ms.",
      error: true,
    })
    expect(signals.map((signal) => signal.aborted)).toEqual([true, true])
  })
})
