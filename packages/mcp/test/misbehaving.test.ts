// A server of our own that does what servers should not. Limits are long: nothing here waits for one to pass.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { ToolInvoker } from '@millrace/components'
import { ChatMessage, ToolCall } from '@millrace/core'
import type { McpToolset } from '../src/index.ts'
import { badServer, call, failureOf, isAlive, warningsOf } from './servers.ts'

const sets: McpToolset[] = []

async function started(...given: Parameters<typeof badServer>): Promise<McpToolset> {
  const set = badServer(...given)
  sets.push(set)
  await set.warmUp()
  return set
}

afterEach(() => Promise.all(sets.splice(0).map((set) => set.close())))

describe('a server that does not start', () => {
  test('is one that ends at once: the error has its exit code and its last words', async () => {
    await expect(badServer('exits').warmUp()).rejects.toMatchObject({
      code: 'MCP_CONNECT_FAILED',
      message: expect.stringContaining(
        "it ended with exit code 3. Its last words: 'first I say this\\nno API key: set KEY'",
      ),
    })
  })

  test('is one that there is not', async () => {
    await expect(
      badServer('x', { command: 'no-such-server-anywhere' } as object).warmUp(),
    ).rejects.toMatchObject({
      code: 'MCP_CONNECT_FAILED',
      message: expect.stringContaining("there is no command 'no-such-server-anywhere'"),
    })
  })

  test('is one that never answers: the error says what it printed instead', async () => {
    await expect(badServer('mute', { connectTimeoutMs: 4000 }).warmUp()).rejects.toMatchObject({
      code: 'MCP_TIMEOUT',
      message: expect.stringMatching(
        /within the 4000 ms of 'connectTimeoutMs'\..*what is not of the protocol: 'Welcome to my server!'\..*Its last words: 'waiting for a licence'/,
      ),
    })
  })

  test('is not waited for when the signal aborts', async () => {
    const stop = new AbortController()
    const set = badServer('mute', { connectTimeoutMs: 600_000 })
    sets.push(set)
    const waiting = set.warmUp({ signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})

describe('a server that runs', () => {
  test('may print a banner first', async () => {
    expect(await call(await started('banner'), 'echo', { text: 'a' })).toBe('a')
  })

  test('may flood both of its outputs', async () => {
    const set = await started('flood')
    expect(await call(set, 'echo', { text: 'a' })).toBe('a')
  })

  test('may list its tools on pages', async () => {
    expect((await started('pages')).tools.map(({ name }) => name)).toEqual(['tool0', 'tool1', 'tool2'])
  })

  test('that dies in a call gives a tool error with its last words, and the next call starts it again', async () => {
    const set = await started('plain')
    const invoker = new ToolInvoker({ tools: [set] })
    const asks = (text: string) =>
      invoker.run({
        messages: [
          ChatMessage.assistant({ toolCalls: [ToolCall.create({ name: 'echo', arguments: { text } })] }),
        ],
      })
    const { toolMessages: [died] = [] } = await asks('die')
    const [result] = ChatMessage.toolCallResults(died)
    expect(result?.error).toBe(true)
    expect(result?.result).toMatch(
      /did not answer the call of 'echo': it ended with exit code 7\. Its last words: 'out of memory'/,
    )
    const { toolMessages: [lives] = [] } = await asks('again')
    expect(ChatMessage.toolCallResults(lives)[0]).toMatchObject({ error: false, result: 'again' })
  })

  test('that dies ends all calls that wait for it', async () => {
    const set = await started('plain')
    const hanging = [call(set, 'echo', { text: 'hang' }), call(set, 'echo', { text: 'hang' })].map(failureOf)
    await failureOf(call(set, 'echo', { text: 'die' }))
    expect((await Promise.all(hanging)).map(({ code }) => code)).toEqual([
      'MCP_CONNECTION_LOST',
      'MCP_CONNECTION_LOST',
    ])
  })

  test('that writes a line without end is ended, and started again', async () => {
    const set = await started('plain')
    const failure = await failureOf(call(set, 'echo', { text: 'long line' }))
    expect(failure.message).toContain('it wrote a line of more than 10 MiB')
    expect(await call(set, 'echo', { text: 'a' })).toBe('a')
  })

  test('that hangs is waited for as long as callTimeoutMs says', async () => {
    const set = await started('plain', { callTimeoutMs: 2000 })
    const failure = await failureOf(call(set, 'echo', { text: 'hang' }))
    expect(failure).toMatchObject({
      code: 'MCP_TIMEOUT',
      message: expect.stringContaining('within the 2000 ms'),
    })
    expect(await call(set, 'echo', { text: 'a' })).toBe('a')
  })

  test('is told when a call is not wanted any more', async () => {
    const set = await started('plain')
    const stop = new AbortController()
    const hanging = call(set, 'echo', { text: 'hang' }, stop.signal)
    setTimeout(() => stop.abort(new Error('enough')), 20)
    await expect(hanging).rejects.toThrow('enough')
    const died = await failureOf(call(set, 'echo', { text: 'die' }))
    expect(died.message).toMatch(/Its last words: 'cancelled \d+\\nout of memory'/)
  })

  test('that asks for the password of the user is refused', async () => {
    const answer = await call(await started('plain'), 'echo', { text: 'ask' })
    expect(JSON.parse(String(answer))).toMatchObject({ code: -32601 })
  })

  test.each([
    ['strange', '{"type":"hologram","depth":3}'],
    ['empty', ''],
  ])('may answer with something %s', async (text, result) => {
    expect(await call(await started('plain'), 'echo', { text })).toBe(result)
  })

  test('that answers with too much text is cut in the middle', async () => {
    const set = await started('plain', { maxResultLength: 1000 })
    const text = String(await call(set, 'echo', { text: 'long text' }))
    expect(text.length).toBeLessThan(1200)
    expect(text).toMatch(/^start x+\n\[… 499\d{3} of \d+ characters are left out here\. .*\]\nx+ end$/)
  })

  test('that answers with an error: the model reads its text', async () => {
    const failure = await failureOf(call(await started('plain'), 'echo', { text: 'error' }))
    expect(failure).toMatchObject({ code: 'MCP_TOOL_FAILED', message: 'There is no such city.' })
  })
})

describe('a server with odd tools', () => {
  let set: McpToolset
  async function odd(): Promise<readonly string[]> {
    return warningsOf(async () => {
      set = await started('odd')
    })
  }

  test('takes none of the others down: each is judged alone, and what is wrong is a warning', async () => {
    const warnings = (await odd()).map((message) => message.replace(/^The MCP server '[^']*': /, ''))
    expect(set.tools.map(({ name }) => name)).toEqual([
      ...['no-type', 'broken-ref', 'broken-output', 'list', 'hidden'],
      expect.stringMatching(/^long_x{50}_[0-9a-f]{8}$/),
      expect.stringMatching(/^a_b_[0-9a-f]{8}$/),
      ...['a_b', 'echo'],
    ])
    expect(warnings).toEqual([
      'It lists a tool without a name, which is left out.',
      "It lists two tools 'echo'. The first one counts.",
      expect.stringMatching(
        /^Its tool 'broken-ref' has parameters that are not a JSON Schema\. 'a' is not checked\. /,
      ),
      "Its tool 'list' has parameters that are not a JSON Schema of an object. What can be read of them is checked.",
      "Its tool 'hidden' has characters in its description that nobody sees. They are removed.",
    ])
  })

  test('keeps of a broken schema what is one', async () => {
    await odd()
    const broken = set.tools.find(({ name }) => name === 'broken-ref')
    expect(broken?.parameters).toEqual({
      type: 'object',
      properties: { a: { description: 'The first.' }, b: { type: 'number' } },
      required: ['a', 'b'],
    })
  })

  test('calls each by the name that the server knows', async () => {
    await odd()
    for (const { name } of set.tools)
      expect(await call(set, name, { text: 'a', a: 'a', b: 1 })).toMatch(/^(a|undefined)$/)
  })
})

describe('a list that changes', () => {
  async function changed(set: McpToolset): Promise<readonly string[]> {
    return warningsOf(async () => {
      const before = set.tools
      await call(set, 'echo', { text: 'changed' })
      while (set.tools === before) await new Promise((resolve) => setTimeout(resolve, 20))
    })
  }

  test('is followed, and a tool with another description than before is a warning', async () => {
    const set = await started('plain')
    const warnings = await changed(set)
    expect(set.tools.map(({ name }) => name)).toEqual(['echo', 'new'])
    expect(warnings).toEqual([
      expect.stringContaining("'echo' has another description or other parameters than before."),
    ])
  })

  test('brings no tool that toolNames does not name', async () => {
    const set = await started('plain', { toolNames: ['echo'] })
    await changed(set)
    expect(set.tools.map(({ name }) => name)).toEqual(['echo'])
  })
})

test('nothing is left of a server that ends neither with its input nor with a signal, nor of what it started', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-'))
  try {
    const set = await started('stays', {}, join(folder, 'pids'))
    expect(await call(set, 'echo', { text: 'a' })).toBe('a')
    const pids = JSON.parse(readFileSync(join(folder, 'pids'), 'utf8')) as number[]
    expect(pids.map(isAlive)).toEqual([true, true])
    await set.close()
    while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20))
  } finally {
    await rm(folder, { recursive: true })
  }
})
