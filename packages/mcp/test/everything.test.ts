// The reference server, started as a process: every tool that it lists, called once.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { invokeTool } from '@millrace/core/component'
import { type McpProgress, McpToolset } from '../src/index.ts'
import { call, everything, failureOf } from './servers.ts'

const progress: McpProgress[] = []
const set = new McpToolset({ ...everything, onProgress: (step) => progress.push(step) })

beforeAll(() => set.warmUp())
afterAll(() => set.close())

test('all tools are listed that need nothing of the client, with the prefix', () => {
  expect(set.tools.map(({ name }) => name)).toEqual(
    [
      ...['echo', 'get-annotated-message', 'get-env', 'get-resource-links', 'get-resource-reference'],
      ...['get-structured-content', 'get-sum', 'get-tiny-image', 'gzip-file-as-resource'],
      ...['toggle-simulated-logging', 'toggle-subscriber-updates', 'trigger-long-running-operation'],
    ].map((name) => `everything_${name}`),
  )
})

test('a tool has the description and the parameters of its server', () => {
  const echo = set.tools.find(({ name }) => name === 'everything_echo')
  expect(echo?.description).toBe('Echoes back the input string')
  expect(echo?.parameters).toMatchObject({ type: 'object', required: ['message'] })
})

describe('each tool answers', () => {
  const answered = (name: string, args = {}) => call(set, `everything_${name}`, args)

  test.each([
    ['echo', { message: 'hi' }, 'Echo: hi'],
    ['get-sum', { a: 123, b: 456 }, 'The sum of 123 and 456 is 579.'],
    ['trigger-long-running-operation', { duration: 0.2, steps: 2 }, expect.stringContaining('completed')],
    ['toggle-simulated-logging', {}, expect.stringContaining('Started simulated')],
    ['toggle-subscriber-updates', {}, expect.stringContaining('Started simulated')],
  ])('%s: a text', async (name, args, text) => {
    expect(await answered(name, args)).toEqual(text)
  })

  test('get-structured-content: the data once, as text', async () => {
    const data = JSON.parse(String(await answered('get-structured-content', { location: 'Chicago' })))
    expect(data).toEqual({ temperature: 36, conditions: 'Light rain / drizzle', humidity: 82 })
  })

  test('get-annotated-message: what is for the model, without the image that is for the user', async () => {
    const message = await answered('get-annotated-message', { messageType: 'error', includeImage: true })
    expect(message).toBe('Error: Operation failed')
  })

  test('get-tiny-image: texts and an image', async () => {
    expect(await answered('get-tiny-image')).toEqual([
      { type: 'text', text: expect.any(String) },
      { type: 'image', mimeType: 'image/png', base64: expect.stringMatching(/^iVBOR/) },
      { type: 'text', text: expect.any(String) },
    ])
  })

  test('get-resource-links: the links in words', async () => {
    const links = await answered('get-resource-links', { count: 2 })
    expect(links).toHaveLength(3)
    expect(links).toContainEqual({
      type: 'text',
      text: "[a link to the resource 'Blob Resource 1' (demo://resource/dynamic/blob/1, text/plain): Resource 1: plaintext resource]",
    })
  })

  test.each(['Text', 'Blob'])(
    'get-resource-reference: the text of the resource (%s)',
    async (resourceType) => {
      const parts = await answered('get-resource-reference', { resourceType, resourceId: 1 })
      expect(parts).toContainEqual({
        type: 'text',
        text: expect.stringMatching(/^\[the resource demo:\/\/resource\/dynamic\/\w+\/1\]\nResource 1: /),
      })
    },
  )

  test('gzip-file-as-resource: what a model cannot read in words', async () => {
    const args = { name: 'x.gz', data: 'data:text/plain,hello', outputType: 'resource' }
    expect(await answered('gzip-file-as-resource', args)).toMatch(
      /^\[the resource demo:\/\/resource\/session\/x\.gz, application\/gzip, \d+ bytes, which is not shown here\]$/,
    )
  })

  test('get-env: the server sees only the few variables that every server gets', async () => {
    process.env['MILLRACE_SECRET'] = 'hidden'
    const names = Object.keys(JSON.parse(String(await answered('get-env'))))
    expect(names).toContain('PATH')
    expect(['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER']).toEqual(expect.arrayContaining(names))
  })
})

test('progress is reported', async () => {
  progress.length = 0
  await call(set, 'everything_trigger-long-running-operation', { duration: 0.3, steps: 3 })
  expect(progress[0]).toEqual({ tool: 'trigger-long-running-operation', progress: 1, total: 3 })
  expect(progress.length).toBeGreaterThan(1)
})

test('arguments are checked before the server gets them', async () => {
  const error = await failureOf(call(set, 'everything_get-sum', { a: 'x' }))
  expect(error.code).toBe('TOOL_INVALID_ARGUMENTS')
})

test('a call that is aborted ends with the reason, and the next one is answered', async () => {
  const stop = new AbortController()
  const long = call(
    set,
    'everything_trigger-long-running-operation',
    { duration: 60, steps: 60 },
    stop.signal,
  )
  const reason = new Error('enough')
  setTimeout(() => stop.abort(reason), 50)
  await expect(long).rejects.toBe(reason)
  expect(await call(set, 'everything_echo', { message: 'still there' })).toBe('Echo: still there')
})

test('only the tools of toolNames are taken, and one that there is not is named', async () => {
  const few = new McpToolset({ ...everything, prefix: '', toolNames: ['get-sum', 'echo'] })
  await few.warmUp()
  expect(few.tools.map(({ name }) => name)).toEqual(['echo', 'get-sum'])
  await few.close()
  const none = new McpToolset({ ...everything, toolNames: ['get-summ'] })
  await expect(none.warmUp()).rejects.toMatchObject({
    code: 'MCP_TOOL_UNKNOWN',
    message: expect.stringMatching(/has no tool 'get-summ', which 'toolNames' names\. It has: 'echo'/),
  })
})

test('without a prefix the tools are named by the pipeline, or by the server', async () => {
  const { prefix: _, ...parameters } = { ...everything, toolNames: ['echo'] }
  const own = new McpToolset(parameters)
  await own.warmUp()
  expect(own.tools.map(({ name }) => name)).toEqual(['mcp-servers_everything_echo'])
  await own.close()
  own.useName('demo')
  await own.warmUp()
  expect(own.tools.map(({ name }) => name)).toEqual(['demo_echo'])
  await own.close()
})

test('a closed toolset says so, and works again when it is warmed up', async () => {
  const one = new McpToolset({ ...everything, toolNames: ['echo'] })
  await one.warmUp()
  const [echo] = one.tools
  await one.close()
  if (echo === undefined) throw new Error('no tool')
  const closed = await failureOf(invokeTool(echo, { message: 'a' }))
  expect(closed).toMatchObject({
    code: 'MCP_CLOSED',
    message: "The toolset 'everything' is closed. Warm it up, or its pipeline.",
  })
  await one.warmUp()
  expect(await invokeTool(echo, { message: 'a' })).toBe('Echo: a')
  await one.close()
})
