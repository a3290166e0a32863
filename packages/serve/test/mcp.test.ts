import { afterEach, expect, test } from '@jest/globals'
import { type Listening, listen } from '@millrace/serve'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { turnsUntil } from '../../../test/turns-until.ts'
import { asking, gated, greeting } from './pipelines.ts'

let server: Listening
let client: Client

async function connect(pipelines: Parameters<typeof listen>[0] = {}): Promise<void> {
  server = await listen({ port: 0, ...pipelines })
  client = new Client({ name: 'test', version: '1' })
  const transport = new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`))
  await client.connect(transport as Parameters<typeof client.connect>[0])
}

afterEach(async () => {
  await client.close()
  await server.close()
})

test('pipelines are tools, whose runs are those of the server', async () => {
  await connect({ pipelines: { 'say.hello': { pipeline: greeting(), description: 'Says hello.' } } })
  const { tools } = await client.listTools()
  expect(tools).toMatchObject([{ name: 'say_hello', description: 'Says hello.' }])
  const result = await client.callTool({ name: 'say_hello', arguments: { name: 'Ada' } })
  expect(result).toMatchObject({ structuredContent: { text: 'Hello, Ada!' } })
  expect(server.runs.list()).toMatchObject([{ pipeline: 'say.hello', via: 'mcp', state: 'completed' }])
  expect(await client.callTool({ name: 'say_hello', arguments: { name: 1 } })).toMatchObject({
    isError: true,
  })
})

test('a call that is cancelled ends its run', async () => {
  const gate = gated()
  await connect({ pipelines: { gate: gate.pipeline } })
  const controller = new AbortController()
  const called = client.callTool({ name: 'gate', arguments: { value: 1 } }, undefined, {
    signal: controller.signal,
  })
  const left = expect(called).rejects.toThrow()
  await turnsUntil(() => gate.running === 1)
  controller.abort()
  await left
  await turnsUntil(() => gate.running === 0)
})

test('a client that leaves ends the run of its call', async () => {
  const gate = gated()
  await connect({ pipelines: { gate: gate.pipeline } })
  const left = expect(client.callTool({ name: 'gate', arguments: { value: 1 } })).rejects.toThrow()
  await turnsUntil(() => gate.running === 1)
  await client.close()
  await left
  await turnsUntil(() => gate.running === 0)
  expect(server.runs.list()).toMatchObject([{ state: 'aborted' }])
})

test('a paused run says where it can be answered', async () => {
  await connect({ pipelines: { asking: asking() } })
  const { content, isError } = await client.callTool({ name: 'asking', arguments: { text: 'Hi' } })
  expect(isError).toBe(true)
  const [, path] = /POST to (\S+),/.exec(JSON.stringify(content)) ?? []
  const answered = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ answers: { 'asker.say': 'approve' } }),
  })
  expect(await answered.json()).toMatchObject({ outputs: { asker: { text: 'Hi' } } })
})

test('a server with a connected client ends', async () => {
  await connect({ pipelines: { greeting: greeting() } })
  await client.callTool({ name: 'greeting', arguments: { name: 'Ada' } })
  await server.end()
})

test('what MCP does not know is answered as the protocol wants', async () => {
  await connect({ pipelines: { greeting: greeting() } })
  const ask = (headers: Record<string, string>, body: string) =>
    fetch(`${server.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })
  const accept = 'application/json, text/event-stream'
  expect((await ask({ accept, 'mcp-session-id': 'none' }, '{}')).status).toBe(404)
  expect((await ask({ accept }, '{')).status).toBe(400)
  expect((await ask({}, '{}')).status).toBe(406)
})
