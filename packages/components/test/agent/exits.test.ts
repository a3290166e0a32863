import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { add, agentOf, calling, inPipeline, linesOf, weatherIn } from './parts.ts'

const ask = { messages: 'Go' }
const sum = (a: number, b = 0) => calling(['add', { a, b }])

describe('an agent ends', () => {
  test('with a tool that ends it, whose result is the last message', async () => {
    const { exitReason, lastMessage, steps } = await agentOf([sum(1), weatherIn('Paris'), 'Never said.'], {
      exitConditions: ['text', 'get_weather'],
    }).run(ask)
    expect({ exitReason, steps }).toEqual({ exitReason: 'get_weather', steps: 2 })
    expect(linesOf([lastMessage as ChatMessage])).toEqual([
      'tool: call-2-1 = {"city":"Paris","temperature":22}',
    ])
  })

  test('not with one that failed, nor with another beside it', async () => {
    const exitConditions = ['text', 'get_weather', 'add']
    const failed = calling(['get_weather', { city: 'Atlantis' }], ['add', { a: 1, b: 1 }])
    const { exitReason, steps } = await agentOf([failed, 'It failed.'], { exitConditions }).run(ask)
    expect({ exitReason, steps }).toEqual({ exitReason: 'text', steps: 2 })
  })

  test('not with words, where these do not end it: the model is reminded', async () => {
    const { messages, exitReason } = await agentOf(['I think it is 3.', sum(1, 2)], {
      exitConditions: ['add'],
    }).run(ask)
    expect(exitReason).toBe('add')
    expect(linesOf(messages).slice(1, 4)).toEqual([
      'assistant: I think it is 3.',
      'user: You are not done. Call add to finish.',
      'assistant: call-2-1: add({"a":1,"b":2})',
    ])
  })

  test('not with an empty reply: the model is asked again', async () => {
    const { messages, exitReason } = await agentOf([{}, 'Here I am.']).run(ask)
    expect(exitReason).toBe('text')
    expect(linesOf(messages).slice(1)).toEqual([
      'assistant:',
      'user: Your last reply was empty. Answer in words, or call a tool.',
      'assistant: Here I am.',
    ])
  })

  test('in words at the limit of steps: the last request offers no tools and says so, to the model alone', async () => {
    const agent = agentOf([sum(1), sum(2), 'About 3.'], { maxSteps: 3 })
    const { messages, exitReason, steps } = await agent.run({
      ...ask,
      generationKwargs: { toolChoice: 'auto' },
    })
    expect({ exitReason, steps }).toEqual({ exitReason: 'steps', steps: 3 })
    expect(agent.asked.map(({ tools = [] }) => tools.length)).toEqual([2, 2, 0])
    expect(agent.asked.at(-1)?.generationKwargs).toBeUndefined()
    expect(linesOf(agent.asked.at(-1)?.messages as ChatMessage[]).at(-1)).toBe(
      'user: You cannot call tools any more. Answer now, in words, with what you know.',
    )
    expect(linesOf(messages).slice(-2)).toEqual(['tool: call-2-1 = 2', 'assistant: About 3.'])
  })

  test('at the limit of steps also where the model calls all the same: nothing is run, no call stays open', async () => {
    const { messages, exitReason } = await agentOf([sum(1), sum(2)], { maxSteps: 2 }).run(ask)
    expect(exitReason).toBe('steps')
    expect(linesOf(messages).at(-1)).toBe(
      'tool: call-2-1 ! This call was not run: no more calls are possible.',
    )
  })

  test('at the limit of steps with a tool that ends it, which is all that the last request offers where words do not', async () => {
    const agent = agentOf([weatherIn('Paris'), sum(1)], { exitConditions: ['add'], maxSteps: 2 })
    expect((await agent.run(ask)).exitReason).toBe('add')
    expect(agent.asked.at(-1)?.tools).toEqual([add])
  })

  test('with `text` in its only step, where it has no tools', async () => {
    expect((await agentOf(['Hi.'], { tools: [], maxSteps: 1 }).run(ask)).exitReason).toBe('text')
  })

  test.each([
    ['length', 'This call was not run: the reply was cut off at its limit of tokens.'],
    ['contentFilter', 'This call was not run: the run was ended.'],
  ] as const)(
    'with a reply that ends for the reason %s, whose calls are not run',
    async (finishReason, result) => {
      const cut = { ...sum(1), text: 'Let me', finishReason }
      const { exitReason, messages } = await agentOf([cut, 'Never said.']).run(ask)
      expect(exitReason).toBe(finishReason)
      expect(linesOf(messages).slice(1)).toEqual([
        'assistant: Let me call-1-1: add({"a":1,"b":0})',
        `tool: call-1-1 ! ${result}`,
      ])
    },
  )

  test.each(['CONTEXT_OVERFLOW', 'OPENAI_CONTEXT_OVERFLOW', 'context_length_exceeded'])(
    'with a conversation that is too long (%s), which it keeps',
    async (errorCode) => {
      const { result } = await inPipeline(
        agentOf([sum(1), { error: '9999 tokens are too many.', errorCode }]),
      )
      expect(result.outputs).toMatchObject({ agent: { exitReason: 'contextOverflow', steps: 2 } })
      expect(linesOf(result.get('agent.messages') as ChatMessage[]).at(-1)).toBe('tool: call-1-1 = 1')
      expect(result.warnings).toMatchObject([
        { code: 'CONTEXT_OVERFLOW', message: expect.stringContaining('9999 tokens are too many.') },
      ])
    },
  )

  test('with any other failure of the generator by failing', async () => {
    await expect(agentOf([sum(1), { error: 'no server' }]).run(ask)).rejects.toThrow('no server')
  })

  test('when the model makes the same call a fifth time; it was told from the third time on', async () => {
    const { messages, exitReason, steps } = await agentOf([sum(1)]).run(ask)
    expect({ exitReason, steps }).toEqual({ exitReason: 'repeated', steps: 5 })
    const told = (times: number) =>
      `! This call was not run: it, or the calls that it belongs to, came ${times} times with the same arguments. The result is above. Answer with what you know, or call something else.`
    expect(
      messages
        .flatMap(ChatMessage.toolCallResults)
        .map(({ error, result }) => `${error ? '!' : '='} ${result}`),
    ).toEqual(['= 1', '= 1', told(3), told(4), told(5)])
  })

  test('but equal calls of one step are one, and are all run', async () => {
    const dice = calling(...Array.from({ length: 6 }, () => ['add', { a: 1, b: 0 }] as const))
    const { messages, exitReason } = await agentOf([dice, 'Done.']).run(ask)
    expect(exitReason).toBe('text')
    expect(messages.flatMap(ChatMessage.toolCallResults).map(({ result }) => result)).toEqual(
      Array(6).fill('1'),
    )
  })

  test('when a block of calls comes back a fifth time, over steps and in them', async () => {
    const block = [
      calling(['add', { a: 1, b: 0 }], ['get_weather', { city: 'Rome' }]),
      calling(['add', { b: 0, a: 2 }]),
    ]
    const { exitReason, steps } = await agentOf(block).run(ask)
    // The tenth step completes the fifth block; the ninth had the fifth of what begins in the middle.
    expect(exitReason).toBe('repeated')
    expect(steps).toBeLessThanOrEqual(10)
    const changing = Array.from({ length: 12 }, (_, index) => sum(index))
    expect((await agentOf([...changing, 'Done.']).run(ask)).exitReason).toBe('text')
  })
})
