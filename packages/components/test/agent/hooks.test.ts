import { describe, expect, test } from '@jest/globals'
import { ChatMessage, t, tool } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { Agent } from '../../src/agent/agent.ts'
import { add, agentOf, calling, linesOf, weatherIn } from './parts.ts'

const ask = { messages: 'Go' }
const paris = [weatherIn('Paris'), 'Done.']

describe('hooks', () => {
  test('before the model may change conversation, tools and options, and sees where the run is', async () => {
    const steps: unknown[] = []
    const agent = agentOf(paris, {
      beforeModel: ({ step, messages, tools, generationKwargs }) => {
        steps.push([step, messages.length, tools.length, generationKwargs])
        if (step === 1)
          return { messages: [ChatMessage.user('Go on')], tools: [add], generationKwargs: { seed: 1 } }
        return undefined
      },
    })
    const { messages } = await agent.run(ask)
    expect(steps).toEqual([
      [1, 1, 2, {}],
      [2, 3, 2, {}],
    ])
    expect(agent.asked[0]).toMatchObject({ tools: [{ name: 'add' }], generationKwargs: { seed: 1 } })
    // What was not offered cannot be called.
    expect(linesOf(messages).slice(0, 3)).toEqual([
      'user: Go on',
      'assistant: call-1-1: get_weather({"city":"Paris"})',
      "tool: call-1-1 ! There is no tool 'get_weather'. Available: 'add'.",
    ])
  })

  test('before and after the model may end the run with a reason of their own', async () => {
    const before = await agentOf(paris, {
      beforeModel: ({ step }) => (step === 2 ? { stop: 'budget' } : undefined),
    }).run(ask)
    expect(before).toMatchObject({ exitReason: 'budget', lastMessage: { role: 'tool' } })
    const after = await agentOf(paris, { afterModel: () => ({ stop: 'seen' }) }).run(ask)
    expect(after.exitReason).toBe('seen')
    expect(linesOf(after.messages).at(-1)).toBe('tool: call-1-1 ! This call was not run: the run was ended.')
  })

  test('after the model may change the reply', async () => {
    const { messages } = await agentOf(paris, {
      afterModel: async ({ step }) => (step === 2 ? { reply: ChatMessage.assistant('DONE.') } : undefined),
    }).run(ask)
    expect(linesOf(messages).at(-1)).toBe('assistant: DONE.')
  })

  test('before a tool may change the arguments, which are checked, or answer in its place', async () => {
    const script = [
      calling(['add', { a: 1, b: 1 }], ['add', { a: 2, b: 2 }], ['add', { a: 3, b: 3 }]),
      'Done.',
    ]
    const { messages } = await agentOf(script, {
      beforeTool: ({ call }) => {
        if (call.arguments['a'] === 1) return { arguments: { a: 10, b: 1 } }
        return call.arguments['a'] === 2 ? { arguments: { a: 'x' } } : { result: 'six' }
      },
    }).run(ask)
    expect(linesOf(messages).slice(2, 5)).toEqual([
      'tool: call-1-1 = 11',
      expect.stringContaining("tool: call-1-2 ! Tool 'add' cannot take these arguments:"),
      'tool: call-1-3 = six',
    ])
  })

  test('after a tool may change the result, which has its limit all the same', async () => {
    const { messages } = await agentOf(paris, {
      maxResultCharacters: 100,
      afterTool: ({ result, call }) => ({ result: `${call.name} ${result.result} ${'x'.repeat(1000)}` }),
    }).run(ask)
    expect(linesOf(messages)[2]).toMatch(
      /^tool: call-1-1 = get_weather \{"city":"Paris","temperature":22\} x+\n\[… /,
    )
  })

  test('around a tool are answers to the model where they throw, around the model they fail the run', async () => {
    const fail = () => {
      throw new Error('not on Sundays')
    }
    for (const hooks of [{ beforeTool: fail }, { afterTool: fail }]) {
      expect(linesOf((await agentOf(paris, hooks).run(ask)).messages)[2]).toBe(
        'tool: call-1-1 ! not on Sundays',
      )
      await expect(agentOf(paris, { ...hooks, raiseOnToolFailure: true }).run(ask)).rejects.toThrow(
        'not on Sundays',
      )
    }
    for (const hooks of [{ beforeModel: fail }, { afterModel: fail }]) {
      await expect(agentOf(paris, hooks).run(ask)).rejects.toThrow('not on Sundays')
    }
  })
})

describe('the state of an agent', () => {
  const find = tool({
    name: 'find',
    description: 'Finds.',
    parameters: t.object({ word: t.string() }),
    outputsToState: { found: { source: 'lines' }, last: { source: 'word' }, count: { source: 'count' } },
    run: ({ word }) => ({ lines: [`${word}!`], word, count: word.length }),
  })
  const cite = tool({
    name: 'cite',
    description: 'Cites.',
    parameters: t.object({ lines: t.array(t.string()) }),
    inputsFromState: { found: 'lines' },
    run: ({ lines }) => lines.join(' '),
  })
  const stateSchema = {
    found: { type: 'strings' },
    last: { type: 'string' },
    count: {
      type: 'integer',
      handler: (before: unknown, value: unknown) => Number(before ?? 0) + Number(value),
    },
  } as const

  test('is written and read by tools, in order, and comes in and goes out', async () => {
    const calls = calling(['cite'], ['find', { word: 'b' }], ['find', { word: 'cc' }])
    const agent = agentOf([calls, 'Done.'], { tools: [find, cite], stateSchema })
    const result = await agent.run({ ...ask, found: ['a!'] } as typeof ask)
    expect(linesOf(result.messages)[2]).toBe('tool: call-1-1 = a! b! cc!')
    expect(result).toMatchObject({ found: ['a!', 'b!', 'cc!'], last: 'cc', count: 3 })
    expect(agent.asked[0]?.tools?.[1]).toMatchObject({ parameters: { properties: {} } })
  })

  test('does not take what is not of its type: the call is an error for the model', async () => {
    const wrong = tool({
      name: 'wrong',
      description: 'Is wrong.',
      outputsToState: { last: {} },
      run: () => 7,
    })
    const { messages } = await agentOf([calling(['wrong']), 'Done.'], { tools: [wrong], stateSchema }).run(
      ask,
    )
    expect(linesOf(messages)[2]).toBe(
      "tool: call-1-1 ! The part 'last' of the state (string) cannot take this value: last: expected string, got the number 7.",
    )
    const raising = agentOf([calling(['wrong'])], { tools: [wrong], stateSchema, raiseOnToolFailure: true })
    await expect(raising.run(ask)).rejects.toMatchObject({ code: 'STATE_INVALID' })
  })

  test('is there for hooks', async () => {
    const result = await agentOf(paris, {
      stateSchema,
      afterModel: ({ state, step }) => state.write('found', `step ${step}`),
    }).run(ask)
    expect(result).toMatchObject({ found: ['step 1', 'step 2'] })
    const misspelt = agentOf(paris, { stateSchema, beforeModel: ({ state }) => state.write('fond', 1) })
    await expect(misspelt.run(ask)).rejects.toThrow(
      "The state has no part 'fond'. Parts: 'found', 'last' and 'count'. Did you mean 'found'?",
    )
  })
})

describe('what a hook gives is checked', () => {
  test.each([
    ['beforeModel', { stpo: 'budget' }, "Did you mean 'stop'?"],
    ['beforeModel', { stop: true }, 'stop: expected string, got'],
    ['beforeModel', 'budget', 'expected '],
    ['afterModel', { stop: '' }, 'stop: must have at least 1 character'],
    ['afterModel', { reply: 'words' }, 'reply: expected ChatMessage'],
    ['afterModel', { reply: ChatMessage.user('Hi') }, "a reply of the role 'user'"],
  ])('%s: %j', async (hook, answer, words) => {
    const run = agentOf(paris, { [hook]: () => answer }).run(ask)
    await expect(run).rejects.toMatchObject({
      code: 'AGENT_HOOK_INVALID',
      message: expect.stringContaining(words),
    })
  })

  test('around a tool it is a result for the model', async () => {
    const { messages } = await agentOf(paris, { beforeTool: () => ({ reslut: 1 }) as never }).run(ask)
    expect(linesOf(messages)[2]).toContain("Did you mean 'result'?")
  })
})

test('the result of a hook is shown as that of a tool is', async () => {
  const { messages } = await agentOf(paris, { beforeTool: () => ({ result: { a: 1 } }) as never }).run(ask)
  expect(linesOf(messages)[2]).toBe('tool: call-1-1 = {"a":1}')
})

test('a hook around a tool has the time limit of a call', async () => {
  const { messages } = await agentOf(paris, {
    toolTimeoutMs: 20,
    beforeTool: () => new Promise<undefined>(() => {}),
  }).run(ask)
  expect(linesOf(messages)[2]).toContain(
    "The hook 'beforeTool' of tool 'get_weather' took longer than 20 ms.",
  )
})

test('an abort ends an agent whose hook never ends', async () => {
  const controller = new AbortController()
  const agent = agentOf(paris, {
    beforeModel: () => {
      setImmediate(() => controller.abort())
      return new Promise<undefined>(() => {})
    },
  })
  const { exitReason } = await agent.run(ask, { ...aloneContext(Agent), signal: controller.signal })
  expect(exitReason).toBe('abort')
})
