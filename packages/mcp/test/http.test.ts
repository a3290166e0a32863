// The reference server over streamable HTTP. No limit of a call comes near: what ends a call is that the server has gone.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { McpToolset } from '../src/index.ts'
import { call, everythingOverHttp, failureOf } from './servers.ts'

const started: ChildProcess[] = []
const sets: McpToolset[] = []

async function start(port?: number) {
  const server = await everythingOverHttp(port)
  started.push(server.process)
  return server
}

async function stop(server: ChildProcess): Promise<void> {
  const ended = once(server, 'exit')
  server.kill('SIGKILL')
  await ended
}

function toolsetAt(port: number, given: object = {}): McpToolset {
  const set = new McpToolset({
    url: `http://127.0.0.1:${port}/mcp`,
    prefix: '',
    callTimeoutMs: 600_000,
    ...given,
  })
  sets.push(set)
  return set
}

afterEach(() => Promise.all(sets.splice(0).map((set) => set.close())))
afterAll(() => {
  for (const server of started) server.kill('SIGKILL')
})

describe('a server over HTTP', () => {
  test('lists its tools, answers, and reports progress', async () => {
    const { port } = await start()
    const progress: number[] = []
    const set = toolsetAt(port, { onProgress: (step: { progress: number }) => progress.push(step.progress) })
    await set.warmUp()
    expect(set.tools).toHaveLength(12)
    expect(await call(set, 'get-sum', { a: 1, b: 2 })).toBe('The sum of 1 and 2 is 3.')
    await call(set, 'trigger-long-running-operation', { duration: 0.3, steps: 3 })
    expect(progress[0]).toBe(1)
  })

  test('that dies in a call ends the call, and the next one reaches the server that came in its place', async () => {
    const { port, process: first } = await start()
    const set = toolsetAt(port)
    await set.warmUp()
    const long = failureOf(call(set, 'trigger-long-running-operation', { duration: 600, steps: 600 }))
    setTimeout(() => first.kill('SIGKILL'), 200)
    const lost = await long
    expect(lost.code).toBe('MCP_CONNECTION_LOST')
    expect(lost.message).toContain(`http://127.0.0.1:${port}/mcp`)
    const gone = await failureOf(call(set, 'echo', { message: 'a' }))
    expect(gone).toMatchObject({
      code: 'MCP_CONNECT_FAILED',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    await start(port)
    expect(await call(set, 'echo', { message: 'back' })).toBe('Echo: back')
  })

  test('that was restarted has forgotten the session: the call is made once more in a new one', async () => {
    const { port, process: first } = await start()
    const set = toolsetAt(port)
    await set.warmUp()
    await stop(first)
    await start(port)
    expect(await call(set, 'echo', { message: 'again' })).toBe('Echo: again')
  })
})

describe('a server over HTTP that misbehaves', () => {
  let server: Server | undefined
  afterEach(() => {
    server?.close()
  })

  /** Greets, and answers calls with what `answer` does. */
  async function serve(
    answer: (id: number, response: import('node:http').ServerResponse) => void,
  ): Promise<number> {
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (text) => {
        body += text
      })
      request.on('end', () => {
        if (request.method !== 'POST') return response.writeHead(405).end()
        const { id, method, params } = JSON.parse(body)
        const json = (result: object) =>
          response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(JSON.stringify({ jsonrpc: '2.0', id, result }))
        if (id === undefined) return response.writeHead(202).end()
        if (method === 'tools/list') return json({ tools: [{ name: 'go', inputSchema: { type: 'object' } }] })
        if (method === 'tools/call') return answer(id, response)
        if (method === 'ping') return json({})
        const { protocolVersion } = params
        return json({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } })
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  async function failureWith(answer: Parameters<typeof serve>[0]) {
    const set = toolsetAt(await serve(answer))
    await set.warmUp()
    return failureOf(call(set, 'go'))
  }

  test.each([
    ['ends the stream without an answer', (response: import('node:http').ServerResponse) => response.end()],
    ['breaks the stream', (response: import('node:http').ServerResponse) => response.destroy()],
  ])('and %s', async (_, end) => {
    const failure = await failureWith((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(': hello\n\n')
      setTimeout(() => end(response), 20)
    })
    expect(failure.code).toBe('MCP_CONNECTION_LOST')
    expect(failure.message).toContain("the call of 'go': its answer broke off before it was complete.")
  })

  test.each(['application/json', 'text/event-stream'])('and sends too much as %s', async (type) => {
    const failure = await failureWith((_, response) => {
      response.writeHead(200, { 'content-type': type })
      response.end(`data: ${'x'.repeat(12_000_000)}`)
    })
    expect(failure.code).toBe('MCP_CONNECTION_LOST')
    expect(failure.message).toContain("the call of 'go': it sent a message of more than 10 MiB.")
  })

  test('and wants to know who calls', async () => {
    const failure = await failureWith((_, response) => response.writeHead(401).end())
    expect(failure.message).toContain("it wants authorization (HTTP 401). Give it in 'headers'")
  })

  test('and answers with a page', async () => {
    const failure = await failureWith((_, response) => response.writeHead(500).end('<h1>Oh no</h1>'))
    expect(failure.message).toContain('it answered with HTTP 500: <h1>Oh no</h1>')
  })
})
