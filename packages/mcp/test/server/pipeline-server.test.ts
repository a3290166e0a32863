// Pipelines as tools, asked by the client of the SDK.
import { afterEach, describe, expect, test } from '@jest/globals'
import { ChatMessage, defineComponent, Pipeline, ToolCall, t } from '@millrace/core'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { pipelineServer, type ServedPipeline } from '../../src/server/index.ts'

const Greet = defineComponent({
  type: 'Greet',
  inputs: {
    name: t.string({ description: 'Who is greeted.' }),
    times: t.integer({ default: 1, minimum: 1 }),
  },
  outputs: { greeting: t.string(), letters: t.integer() },
  run: ({ name, times = 1 }) => ({ greeting: `Hello ${name}! `.repeat(times).trim(), letters: name.length }),
})

const Answer = defineComponent({
  type: 'Answer',
  inputs: { messages: t.union(t.array(t.message()), t.string()) },
  outputs: { replies: t.array(t.message()) },
  run: ({ messages }) => {
    const call = ToolCall.create({ name: 'add', arguments: { a: 1 } })
    const asked = typeof messages === 'string' ? messages : ChatMessage.text(messages[0])
    return {
      replies: [
        ChatMessage.assistant(asked ?? ''),
        ChatMessage.assistant({ toolCalls: [call] }),
        ChatMessage.tool({ result: 'one', origin: call }),
      ],
    }
  },
})

const Wait = defineComponent({
  type: 'Wait',
  inputs: { seconds: t.number() },
  outputs: { done: t.boolean() },
  run: async (_, { signal }) => {
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    return { done: true }
  },
})

const Fail = defineComponent({
  type: 'Fail',
  inputs: { value: t.string() },
  outputs: { value: t.string() },
  run: ({ value }) => {
    throw new Error(`${value} is not possible`)
  },
})

const Approve = defineComponent({
  type: 'Approve',
  inputs: { value: t.string() },
  outputs: { said: t.json() },
  run: ({ value }, { pause, resumed }) => {
    if (resumed) return { said: resumed.answers }
    return pause({
      questions: [
        { id: 'send', kind: 'approval', prompt: `May '${value}' be sent?`, data: { value } },
        { id: 'name', kind: 'text', prompt: 'What is your name?' },
      ],
    })
  },
})

const greet = new Pipeline(
  { greet: new Greet() },
  { inputs: { who: ['greet.name'], times: ['greet.times'] }, outputs: { text: 'greet.greeting' } },
)
const all: readonly ServedPipeline[] = [
  { name: 'greet', title: 'Greetings', description: 'Greets people.', pipeline: greet },
  { name: 'two-outputs', description: 'Greets and counts.', pipeline: new Pipeline({ greet: new Greet() }) },
  { name: 'answer', description: 'Answers.', pipeline: new Pipeline({ answer: new Answer() }) },
  { name: 'wait', description: 'Waits.', pipeline: new Pipeline({ wait: new Wait() }) },
  { name: 'fail', description: 'Fails.', pipeline: new Pipeline({ fail: new Fail() }) },
  { name: 'approve', description: 'Asks.', pipeline: new Pipeline({ approve: new Approve() }) },
]

const open: Client[] = []
afterEach(() => Promise.all(open.splice(0).map((client) => client.close())))

/** @param person what is answered to each question of a person, by the client that offers to ask */
async function connected(
  person?: (message: string) => object,
  log?: (message: string) => void,
): Promise<Client> {
  const server = pipelineServer(all, log === undefined ? {} : { log })
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: person === undefined ? {} : { elicitation: { form: {} } } },
  )
  if (person !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params.message) as never)
  }
  const [one, other] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(one), client.connect(other)])
  open.push(client)
  return client
}

function textOf(result: object): string {
  const [part] = (result as { content: { text: string }[] }).content
  return part?.text ?? ''
}

describe('the list', () => {
  test('has each pipeline with its inputs as arguments and its outputs as structured content', async () => {
    const { tools } = await (await connected()).listTools()
    expect(tools.map(({ name }) => name)).toEqual(all.map(({ name }) => name))
    expect(tools[0]).toEqual({
      name: 'greet',
      title: 'Greetings',
      description: 'Greets people.',
      inputSchema: {
        type: 'object',
        properties: {
          who: { type: 'string', description: 'Who is greeted.' },
          times: { type: 'integer', minimum: 1, default: 1 },
        },
        required: ['who'],
        additionalProperties: false,
      },
      outputSchema: { type: 'object', properties: { text: { type: 'string' } } },
    })
  })

  test('has of a pipeline without names the inputs that it needs, and all outputs', async () => {
    const { tools } = await (await connected()).listTools()
    expect(Object.keys(tools[1]?.inputSchema.properties ?? {})).toEqual(['name'])
    expect(Object.keys(tools[1]?.outputSchema?.properties ?? {})).toEqual(['greeting', 'letters'])
  })

  test('offers texts for messages', async () => {
    const { tools } = await (await connected()).listTools()
    expect(tools[2]?.inputSchema.properties?.['messages']).toMatchObject({ anyOf: [{ type: 'string' }, {}] })
    expect(tools[2]?.outputSchema?.properties).toEqual({
      replies: { type: 'array', items: { type: 'string' } },
    })
  })

  test.each([
    [[all[0], { ...all[1], name: 'greet' }], "Two pipelines would be served as 'greet'"],
    [[{ ...all[0], name: 'a b' }], "cannot be served as 'a b'"],
  ])('refuses names that clients could not call', (pipelines, message) => {
    expect(() => pipelineServer(pipelines as ServedPipeline[])).toThrow(message)
  })
})

describe('a call', () => {
  test('runs the pipeline and gives its output as text and as data', async () => {
    const client = await connected()
    expect(await client.callTool({ name: 'greet', arguments: { who: 'Ann', times: 2 } })).toEqual({
      content: [{ type: 'text', text: 'Hello Ann! Hello Ann!' }],
      structuredContent: { text: 'Hello Ann! Hello Ann!' },
    })
    const both = await client.callTool({ name: 'two-outputs', arguments: { name: 'Ann' } })
    expect(both.structuredContent).toEqual({ greeting: 'Hello Ann!', letters: 3 })
    expect(JSON.parse(textOf(both))).toEqual(both.structuredContent)
  })

  test.each([
    ['a text', 'Hi'],
    ['messages', [{ role: 'user', content: 'Hi' }]],
  ])('takes %s for messages, and gives the texts of messages', async (_, messages) => {
    const result = await (await connected()).callTool({ name: 'answer', arguments: { messages } })
    expect(result).toEqual({
      content: [{ type: 'text', text: 'Hi\n\nadd({"a":1})\n\none' }],
      structuredContent: { replies: ['Hi', 'add({"a":1})', 'one'] },
    })
  })

  test.each([
    ['greet', { who: 1 }, /who|name/],
    ['greet', {}, "It needs 'who'."],
    [
      'greet',
      { whom: 'Ann', who: 'Ann' },
      "There is no argument 'whom'. Arguments: 'who' and 'times'. Did you mean 'who'?",
    ],
    ['fail', { value: 'this' }, 'this is not possible'],
  ])('that goes wrong (%s %j) is an answer that the model can read', async (name, args, message) => {
    const said: string[] = []
    const client = await connected(undefined, (line) => said.push(line))
    const result = await client.callTool({ name, arguments: args })
    expect(result.isError).toBe(true)
    expect(textOf(result)).toMatch(message)
    expect(said).toEqual([`${name}: ${textOf(result)}`])
  })

  test('of a tool that there is not is an error of the protocol', async () => {
    const client = await connected()
    await expect(client.callTool({ name: 'gret' })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining("There is no tool 'gret'."),
    })
  })

  test('reports each visit to a client that wants to know', async () => {
    const steps: object[] = []
    const client = await connected()
    await client.callTool({ name: 'greet', arguments: { who: 'Ann' } }, undefined, {
      onprogress: (step) => steps.push(step),
    })
    expect(steps).toEqual([{ progress: 1, message: 'greet (Greet)' }])
  })

  test('that the client cancels stops its run', async () => {
    const client = await connected()
    const stop = new AbortController()
    const waiting = client.callTool({ name: 'wait', arguments: { seconds: 1 } }, undefined, {
      signal: stop.signal,
      onprogress: () => stop.abort('enough'),
    })
    await expect(waiting).rejects.toThrow('enough')
    // Closing a pipeline waits for its runs.
    await all[3]?.pipeline.close()
  })
})

describe('a run that pauses', () => {
  const approve = { name: 'approve', arguments: { value: 'the letter' } }

  test('is an answer that says what it asks, where the client cannot ask a person', async () => {
    const result = await (await connected()).callTool(approve)
    expect(result.isError).toBe(true)
    expect(textOf(result)).toContain(
      "this client cannot ask one:\n- May 'the letter' be sent?\n- What is your name?",
    )
  })

  test('asks the person at the client, and goes on with the answers', async () => {
    const asked: string[] = []
    const client = await connected((message) => {
      asked.push(message)
      const content = message.startsWith('May') ? { decision: 'approve' } : { answer: 'Ann' }
      return { action: 'accept', content }
    })
    const result = await client.callTool(approve)
    expect(asked[0]).toBe('May \'the letter\' be sent?\n{\n  "value": "the letter"\n}')
    expect(result.structuredContent).toEqual({ said: { send: 'approve', name: 'Ann' } })
  })

  test('takes what is not approved for rejected', async () => {
    const client = await connected((message) =>
      message.startsWith('May') ? { action: 'decline' } : { action: 'accept', content: { answer: 'Ann' } },
    )
    expect((await client.callTool(approve)).structuredContent).toEqual({
      said: { send: { reject: 'It was not approved.' }, name: 'Ann' },
    })
  })

  test('stays paused where a question is not answered', async () => {
    const client = await connected(() => ({ action: 'cancel' }))
    expect(textOf(await client.callTool(approve))).toContain('Nobody answered:')
  })
})
