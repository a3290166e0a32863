import { describe, expect, test } from '@jest/globals'
import {
  ChatMessage,
  type Component,
  type JsonValue,
  Pipeline,
  type RunResult,
  runHeld,
  type Snapshot,
  t,
  tool,
} from '@millrace/core'
import type { Agent } from '../../src/agent/agent.ts'
import { type ApprovalPolicy, readDecision } from '../../src/agent/approvals.ts'
import { BranchJoiner } from '../../src/joiners/branch-joiner.ts'
import { ConditionalRouter } from '../../src/routers/conditional-router.ts'
import { add, agentOf, calling, getWeather, linesOf, type Script, weatherIn } from './parts.ts'

const done = 'Done.'

/** What was run, in order. */
function recording() {
  const ran: string[] = []
  const tools = [getWeather, add].map((one) =>
    tool({
      ...{ name: one.name, description: one.description, parameters: one.parameters },
      run: (args: object, context) => {
        ran.push(`${one.name} ${JSON.stringify(args)}`)
        return one.run(args as never, context)
      },
    }),
  )
  return { ran, tools }
}

function pausing(script: Script, approve: ApprovalPolicy = 'always', parameters: object = {}) {
  const { ran, tools } = recording()
  const make = (policy = approve, ownTools = tools) =>
    new Pipeline({ agent: agentOf(script, { tools: ownTools, approve: policy, ...parameters }) })
  const start = async () => {
    const paused = await make().run({ agent: { messages: 'Go' } })
    expect(paused.status).toBe('paused')
    return paused
  }
  /** In another pipeline, as in another process. */
  const resume = (
    paused: Pick<RunResult, 'snapshot'>,
    answers: Record<string, JsonValue>,
    pipeline = make(),
  ) => {
    const snapshot = JSON.parse(JSON.stringify(paused.snapshot)) as Snapshot
    return pipeline.resume(snapshot, { answers })
  }
  return { ran, tools, make, start, resume }
}

const conversation = (result: { get(path: 'agent.messages'): unknown }) =>
  linesOf(result.get('agent.messages') as ChatMessage[])

describe('a call that has to be approved', () => {
  test('pauses the run with a question that says all of it', async () => {
    const { start, ran } = pausing([weatherIn('Paris'), done])
    const { questions } = await start()
    expect(questions).toEqual([
      {
        id: 'agent.call-1-1',
        kind: 'approval',
        prompt: 'Run get_weather with {"city":"Paris"}?',
        data: {
          tool: 'get_weather',
          arguments: { city: 'Paris' },
          description: 'Tells the weather.',
          step: 1,
        },
      },
    ])
    expect(ran).toEqual([])
  })

  test('is run when it was approved, and the run goes on in another process', async () => {
    const { start, resume, ran } = pausing([weatherIn('Paris'), done])
    const result = await resume(await start(), { 'agent.call-1-1': 'approve' })
    expect(conversation(result)).toEqual([
      'user: Go',
      'assistant: call-1-1: get_weather({"city":"Paris"})',
      'tool: call-1-1 = {"city":"Paris","temperature":22}',
      'assistant: Done.',
    ])
    expect(result.outputs).toMatchObject({
      agent: { steps: 2, usage: { promptTokens: 5, completionTokens: 3 } },
    })
    expect(ran).toEqual(['get_weather {"city":"Paris"}'])
  })

  test.each<[answer: JsonValue, result: string]>([
    ['reject', 'A person did not approve this call. It was not run.'],
    [{ reject: 'too far' }, 'A person did not approve this call, which was not run. The reason: too far'],
    ...[
      'yes',
      'APPROVE',
      true,
      null,
      {},
      { approve: true },
      { reject: 1 },
      { arguments: 1 },
      { arguments: {}, reject: 'x' },
    ].map((answer): [JsonValue, string] => [
      answer,
      'This call was not run: the answer to the question about it was not one of "approve", "reject", { "reject": "reason" } and { "arguments": { … } }.',
    ]),
  ])('is not run with the answer %j, which the model reads as its result', async (answer, text) => {
    const { start, resume, ran } = pausing([weatherIn('Paris'), done], 'always', { raiseOnToolFailure: true })
    const result = await resume(await start(), { 'agent.call-1-1': answer })
    expect(conversation(result).slice(2)).toEqual([`tool: call-1-1 ! ${text}`, 'assistant: Done.'])
    expect(ran).toEqual([])
  })

  test('is run with other arguments where a person gave them, which the model sees and reads', async () => {
    const { start, resume, ran } = pausing([weatherIn('Paris'), done])
    const result = await resume(await start(), { 'agent.call-1-1': { arguments: { city: 'Rome' } } })
    expect(conversation(result).slice(1)).toEqual([
      'assistant: call-1-1: get_weather({"city":"Rome"})',
      'tool: call-1-1 = {"city":"Rome","temperature":22}\n(A person changed the arguments of this call to {"city":"Rome"}.)',
      'assistant: Done.',
    ])
    expect(ran).toEqual(['get_weather {"city":"Rome"}'])
  })

  test.each<[{ arguments: Record<string, JsonValue> }, string]>([
    [{ arguments: {} }, "'city' is missing"],
    [{ arguments: { city: 1 } }, 'city: expected string'],
  ])('is checked again with the arguments of a person: %j', async (answer, problem) => {
    const { start, resume, ran } = pausing([weatherIn('Paris'), done])
    const result = await resume(await start(), { 'agent.call-1-1': answer })
    expect(conversation(result)[2]).toMatch(
      /^tool: call-1-1 ! .*\(A person changed the arguments of this call to /s,
    )
    expect(conversation(result)[2]).toContain(problem)
    expect(ran).toEqual([])
  })
})

describe('several calls of a step', () => {
  const three = calling(
    ['get_weather', { city: 'Rome' }],
    ['add', { a: 1, b: 2 }],
    ['get_weather', { city: 'Oslo' }],
  )

  test('ask for those alone that have to be approved, and keep the order of results', async () => {
    const { start, resume, ran } = pausing([three, done], { tools: ['get_weather'] })
    const paused = await start()
    expect(paused.questions.map(({ id }) => id)).toEqual(['agent.call-1-1', 'agent.call-1-3'])
    const result = await resume(paused, { 'agent.call-1-1': 'reject', 'agent.call-1-3': 'approve' })
    expect(conversation(result).slice(2, -1)).toEqual([
      'tool: call-1-1 ! A person did not approve this call. It was not run.',
      'tool: call-1-2 = 3',
      'tool: call-1-3 = {"city":"Oslo","temperature":22}',
    ])
    expect(ran).toEqual(['add {"a":1,"b":2}', 'get_weather {"city":"Oslo"}'])
  })

  test('have questions of their own where they share an id, or have none', async () => {
    const twins = [
      { id: 'x', name: 'add', arguments: { a: 1, b: 1 } },
      { id: 'x', name: 'add', arguments: { a: 2, b: 2 } },
    ]
    const { start, resume } = pausing([{ toolCalls: twins }, done])
    const paused = await start()
    expect(paused.questions.map(({ id }) => id)).toEqual(['agent.x', 'agent.x-2'])
    const result = await resume(paused, { 'agent.x': 'reject', 'agent.x-2': 'approve' })
    expect(conversation(result).slice(2, 4)).toEqual([
      'tool: x ! A person did not approve this call. It was not run.',
      'tool: x-2 = 4',
    ])
  })

  test('do not ask about what is never run: unknown tools', async () => {
    const { make } = pausing([calling(['nope']), done])
    const result = await make().run({ agent: { messages: 'Go' } })
    expect(result.status).toBe('completed')
    expect(conversation(result as never)[2]).toContain("There is no tool 'nope'.")
  })

  test('do not end the run where the tool that would end it was not approved', async () => {
    const { start, resume } = pausing([weatherIn('Rome'), done], 'always', {
      exitConditions: ['text', 'get_weather'],
    })
    const paused = await start()
    expect((await resume(paused, { 'agent.call-1-1': 'reject' })).outputs).toMatchObject({
      agent: { exitReason: 'text' },
    })
    expect((await resume(paused, { 'agent.call-1-1': 'approve' })).outputs).toMatchObject({
      agent: { exitReason: 'get_weather', steps: 1 },
    })
  })

  test('ask in one step after the other', async () => {
    const { start, resume } = pausing([weatherIn('Rome'), weatherIn('Oslo'), done])
    const second = await resume(await start(), { 'agent.call-1-1': 'approve' })
    expect(second.questions.map(({ data }) => data)).toMatchObject([{ arguments: { city: 'Oslo' }, step: 2 }])
    const result = await resume(second, { 'agent.call-2-1': 'approve' })
    expect(result.outputs).toMatchObject({ agent: { exitReason: 'text', steps: 3 } })
  })
})

describe('an answer belongs to the call that it was asked about', () => {
  test('a call that was changed in the snapshot is not run', async () => {
    const { start, resume, ran } = pausing([weatherIn('Paris'), done])
    const { snapshot } = await start()
    const forged = JSON.parse(JSON.stringify(snapshot).replaceAll('{"city":"Paris"}', '{"city":"Moscow"}'))
    const result = await resume({ snapshot: forged }, { 'agent.call-1-1': 'approve' })
    expect(conversation(result)[2]).toBe(
      'tool: call-1-1 ! This call was not run: it, or the tool, is not the one that a person was asked about.',
    )
    expect(ran).toEqual([])
  })

  test('a tool that is another one since is not run, and one that is gone, neither', async () => {
    const { start, resume, make, ran } = pausing([weatherIn('Paris'), done])
    const paused = await start()
    const other = tool({ ...add, name: 'get_weather', description: 'Deletes all files.' } as never)
    for (const tools of [[other], [add]]) {
      const result = await resume(paused, { 'agent.call-1-1': 'approve' }, make('always', tools))
      expect(conversation(result)[2]).toContain('is not the one that a person was asked about.')
    }
    expect(ran).toEqual([])
  })

  test('a policy that is stricter since asks again, about all of the step', async () => {
    const both = calling(['get_weather', { city: 'Rome' }], ['add', { a: 1, b: 2 }])
    const { start, resume, make, ran } = pausing([both, done], { tools: ['get_weather'] })
    const again = await resume(await start(), { 'agent.call-1-1': 'approve' }, make('always'))
    expect(again.questions.map(({ id }) => id)).toEqual(['agent.call-1-1', 'agent.call-1-2'])
    expect(ran).toEqual([])
    const result = await resume(
      again,
      { 'agent.call-1-1': 'approve', 'agent.call-1-2': 'reject' },
      make('always'),
    )
    expect(result.status).toBe('completed')
    expect(ran).toEqual(['get_weather {"city":"Rome"}'])
  })

  test('a snapshot with another state is refused', async () => {
    const { start, resume } = pausing([weatherIn('Paris'), done])
    const { snapshot } = await start()
    const wrong = JSON.parse(JSON.stringify(snapshot).replace('"step":1', '"step":"one"'))
    await expect(resume({ snapshot: wrong }, { 'agent.call-1-1': 'approve' })).rejects.toThrow(
      'What the snapshot has is not the state of an agent: state.step',
    )
  })
})

describe('where an agent may ask', () => {
  test('in a pipeline in a pipeline, in a loop, with its state', async () => {
    const notes = tool({
      name: 'note',
      description: 'Notes.',
      parameters: t.object({ text: t.string() }),
      outputsToState: { notes: { source: 'text' } },
      run: (args) => args,
    })
    const make = () => {
      const agent = agentOf(
        [calling(['note', { text: 'a' }]), 'again', calling(['note', { text: 'b' }]), 'enough'],
        {
          tools: [notes],
          approve: 'always',
          stateSchema: { notes: { type: 'strings' } },
        },
      )
      const inner = new Pipeline({ agent })
      const loop: Pipeline = new Pipeline({
        start: new BranchJoiner({ of: 'messages' }),
        inner: inner.asComponent() as Component,
        router: new ConditionalRouter({
          routes: [
            {
              condition: '{{ last.text == "again" }}',
              output: 'messages',
              outputName: 'again',
              outputType: 'messages',
            },
            { output: 'messages', outputName: 'done', outputType: 'messages' },
          ],
          inputTypes: { last: 'message', messages: 'messages' },
        }) as Component,
      })
      return loop
        .connect('start.value', 'inner.messages')
        .connect('inner.messages', 'router.messages')
        .connect('inner.lastMessage', 'router.last')
        .connect('router.again', 'start.value')
    }
    let result = await make().run({ start: { value: [ChatMessage.user('Go')] } })
    const asked: string[] = []
    while (result.status === 'paused') {
      const id = result.questions[0]?.id ?? ''
      asked.push(id)
      const snapshot = JSON.parse(JSON.stringify(result.snapshot)) as Snapshot
      result = await make().resume(snapshot, { answers: { [id]: 'approve' } })
    }
    expect(asked).toEqual(['inner.agent.call-1-1', 'inner.agent.call-3-1'])
    expect(linesOf(result.outputs['router']?.['done'] as ChatMessage[]).slice(1)).toEqual([
      'assistant: call-1-1: note({"text":"a"})',
      'tool: call-1-1 = {"text":"a"}',
      'assistant: again',
      'assistant: call-3-1: note({"text":"b"})',
      'tool: call-3-1 = {"text":"b"}',
      'assistant: enough',
    ])
  })

  test('neither alone nor as a part of another component', async () => {
    const agent = agentOf([weatherIn('Paris'), done], { approve: 'always' })
    await expect(agent.run({ messages: 'Go' })).rejects.toThrow(
      'Agent cannot pause: it is used alone, and only a run of a pipeline can pause.',
    )
    class Owner {
      static readonly type = 'Owner'
      readonly inputs = {}
      readonly outputs = { messages: t.array(t.message()) }
      run(_: object, context?: Parameters<Agent['run']>[1]) {
        return runHeld(agent as never, { messages: 'Go' }, context as never)
      }
    }
    await expect(new Pipeline({ owner: new Owner() }).run()).rejects.toThrow(
      "Agent cannot pause: it runs as a part of 'owner' (Owner).",
    )
  })
})

test('anything but a clear yes is a no', () => {
  expect(readDecision('approve')).toEqual({ kind: 'approved' })
  expect(readDecision({ arguments: { a: 1 } })).toEqual({ kind: 'edited', arguments: { a: 1 } })
  expect(readDecision(undefined).kind).toBe('refused')
})
