// `millrace mcp`, asked by the client of the SDK as its users do, and the permission that servers in a file need.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { cli } from './cli.ts'
import { millrace, root } from './millrace.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

jest.setTimeout(60_000)

interface Served {
  readonly client: Client
  /** What the program has written on its standard error. */
  readonly said: () => string
  readonly errors: readonly Error[]
}

async function serving(args: readonly string[], work: (served: Served) => Promise<void>): Promise<void> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(root, 'packages/cli/dist/main.js'), 'mcp', ...args],
    cwd: root,
    stderr: 'pipe',
  })
  let said = ''
  transport.stderr?.on('data', (text) => {
    said += text
  })
  const errors: Error[] = []
  const client = new Client({ name: 'test', version: '1' })
  client.onerror = (error) => errors.push(error)
  await client.connect(transport)
  try {
    await work({ client, said: () => said, errors })
  } finally {
    await client.close()
  }
}

/** A pipeline that calls a tool which prints to the standard output, as programs do. */
const printing = `import { componentPackage, defineComponent, t } from ${JSON.stringify(`file://${join(root, 'packages/core/dist/index.js')}`)}
console.log('loaded')
const Print = defineComponent({
  type: 'Print', inputs: { text: t.string() }, outputs: { text: t.string() },
  run: ({ text }) => { console.log(text); return { text } },
})
export const printing = componentPackage({ name: 'printing', components: [Print] })
`

describe('millrace mcp', () => {
  test('serves each file as a tool: name, description, arguments, answer, progress', async () => {
    await serving(
      ['pipelines/capital.yaml', 'pipelines/extract-json.yaml'],
      async ({ client, said, errors }) => {
        const { tools } = await client.listTools()
        expect(tools.map(({ name }) => name)).toEqual(['capital', 'extract-json'])
        expect(tools[0]?.description).toBe(
          'Asks a model for the capital of a country: a template makes the messages, the model answers them.',
        )
        expect(tools[0]?.inputSchema).toMatchObject({ properties: { country: {} }, required: ['country'] })
        const steps: (string | undefined)[] = []
        const result = await client.callTool(
          { name: 'capital', arguments: { country: 'France' } },
          undefined,
          {
            onprogress: ({ message }) => steps.push(message),
          },
        )
        expect(result).toEqual({
          content: [{ type: 'text', text: 'The capital of France is Paris.' }],
          structuredContent: { replies: ['The capital of France is Paris.'] },
        })
        expect(steps).toEqual([
          'loading pocket.gguf',
          'prompt (ChatPromptBuilder)',
          'llm (LlamaCppChatGenerator)',
        ])
        expect(said()).toContain("Serving 'capital' and 'extract-json'.\n")
        expect(errors).toEqual([])
      },
    )
  })

  test('serves the others when a file is wrong, and keeps what programs print off the protocol', async () => {
    await inTemporaryFolder(async (dir) => {
      const [module, file, twin] = ['printing.js', 'shout it.yaml', 'shout it.yml'].map((name) =>
        join(dir, name),
      ) as [string, string, string]
      writeFileSync(module, printing)
      const text =
        'metadata: { title: Shouting, description: Prints a text. }\ncomponents: { print: { type: Print } }\n'
      for (const path of [file, twin]) writeFileSync(path, text)
      await serving(
        ['docs/broken.yaml', file, twin, '--package', module],
        async ({ client, said, errors }) => {
          const { tools } = await client.listTools()
          expect(tools).toMatchObject([
            { name: 'shout_it', title: 'Shouting', description: 'Prints a text.' },
          ])
          const result = await client.callTool({ name: 'shout_it', arguments: { text: 'I am here' } })
          expect(result.structuredContent).toEqual({ text: 'I am here' })
          expect(errors).toEqual([])
          expect(said()).toContain("No component type 'ChatPromtBuilder' is registered.")
          expect(said()).toContain("is not served: another file is served as 'shout_it' already.")
          expect(said()).toContain('I am here\n')
        },
      )
    })
  })

  test('ends when its standard input does', async () => {
    const { code, stdout } = await millrace(['mcp', 'pipelines/capital.yaml'])
    expect([code, stdout]).toEqual([0, ''])
  })

  test('ends at SIGTERM, with its models', async () => {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [join(root, 'packages/cli/dist/main.js'), 'mcp', 'pipelines/capital.yaml'],
      cwd: root,
      stderr: 'ignore',
    })
    const client = new Client({ name: 'test', version: '1' })
    await client.connect(transport)
    await client.callTool({ name: 'capital', arguments: { country: 'France' } })
    const ended = new Promise<void>((resolve) => {
      client.onclose = resolve
    })
    process.kill(transport.pid ?? 0, 'SIGTERM')
    await ended
  })

  test('needs at least one file that can be served, and not the standard input', async () => {
    const { code, stderr } = await millrace(['mcp', 'docs/broken.yaml'])
    expect([code, stderr]).toEqual([3, expect.stringContaining('None of the files can be served.')])
    expect((await millrace(['mcp', '-'])).stderr).toContain('The standard input is the client of the server.')
  })
})

describe('a file that starts a server', () => {
  const file = 'pipelines/mcp-tools.yaml'
  const refusal = `The program 'npx', with the arguments "-y" "@modelcontextprotocol/server-everything@2026.8.31" "stdio", is not allowed`

  test.each(['validate', 'run', 'mcp'])('is refused by %s without --allow-command', async (command) => {
    const { code, stderr } = await millrace([command, file])
    expect([code, stderr]).toEqual([3, expect.stringContaining(refusal)])
    expect(stderr).toContain('--allow-command npx')
  })

  test('is drawn, explained and validated without being started', async () => {
    // There is no such program.
    await inTemporaryFolder(async (dir) => {
      const path = join(dir, 'a.yaml')
      writeFileSync(
        path,
        `components: { tools: { type: ToolInvoker, initParameters: { tools: [files] } } }
resources: { files: { type: McpToolset, initParameters: { command: no-such-program } } }\n`,
      )
      expect((await cli(['draw', path])).code).toBe(0)
      expect((await cli(['explain', path])).stdout).toContain("'files'")
      expect((await cli(['validate', path, '--allow-command', 'no-such-program'])).code).toBe(0)
    })
  })
})
