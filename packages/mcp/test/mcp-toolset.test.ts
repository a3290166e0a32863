import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { standardComponents, ToolInvoker } from '@millrace/components'
import { Pipeline, Registry } from '@millrace/core'
import { dumpPipeline, loadPipeline, pipelineSchema } from '@millrace/core/yaml'
import { McpToolset, mcpComponents } from '../src/index.ts'
import { withSdk } from '../src/sdk.ts'
import { VERSION } from '../src/version.ts'

const registry = new Registry([standardComponents, mcpComponents])

describe('the parameters', () => {
  test.each([
    [{}, "An McpToolset has either a 'command', which it starts, or a 'url'."],
    [
      { command: 'a', url: 'https://a' },
      "An McpToolset has either a 'command', which it starts, or a 'url'.",
    ],
    [{ url: 'https://a', args: ['b'] }, "'args' belongs to a 'command', and this McpToolset has a 'url'."],
    [{ command: 'a', headers: {} }, "'headers' belongs to a 'url', and this McpToolset has a 'command'."],
    [{ url: 'ftp://a' }, "'ftp://a' is not the http: or https: address of a server."],
  ])('%j: %s', (parameters, message) => {
    expect(() => new McpToolset(parameters as never)).toThrow(message)
  })
})

describe('in a file', () => {
  const text = `
components: { tools: { type: ToolInvoker, initParameters: { tools: [files] } } }
resources: { files: { type: McpToolset, initParameters: { command: no-such-program, args: [a], env: { KEY: '\${env:NO_SUCH_KEY}' } } } }
`
  const options = { registry, commands: ['no-such-program'], environment: ['NO_SUCH_KEY'] }

  test('it needs the permission of the caller', () => {
    expect(() => loadPipeline(text, { registry, environment: 'all' })).toThrow(
      /The program 'no-such-program', with the arguments "a" and the variables 'KEY', is not allowed/,
    )
  })

  test('it is loaded, checked, dumped and loaded again without being started', async () => {
    const pipeline = loadPipeline(text, options)
    expect(await pipeline.check()).toMatchObject([
      {
        level: 'warning',
        code: 'MISSING_FILE',
        resource: 'files',
        option: 'command',
        message: expect.stringContaining("There is no command 'no-such-program' on this machine."),
      },
    ])
    const dumped = dumpPipeline(pipeline, { registry })
    expect(dumped).toContain('${env:NO_SUCH_KEY}')
    expect(dumpPipeline(loadPipeline(dumped, options), { registry })).toBe(dumped)
  })

  test('it starts when the pipeline is warmed up, with the variables that the environment has then', async () => {
    const pipeline = loadPipeline(text, options)
    await expect(pipeline.warmUp()).rejects.toThrow("the environment variable 'NO_SUCH_KEY' is not set")
    process.env['NO_SUCH_KEY'] = 'x'
    await expect(pipeline.warmUp()).rejects.toThrow("there is no command 'no-such-program'")
    delete process.env['NO_SUCH_KEY']
  })

  test('it may be a tool in place', () => {
    const inPlace = `components: { tools: { type: ToolInvoker, initParameters: { tools: [{ type: McpToolset, initParameters: { url: 'https://a' } }] } } }`
    expect(loadPipeline(inPlace, { registry }).names()).toEqual(['tools'])
    for (const url of ['http://a', 'http://localhost:2375/containers/a/kill']) {
      expect(() => loadPipeline(inPlace.replace('https://a', url), { registry })).toThrow(
        'without encryption',
      )
    }
  })

  test('it is in the schema, with its description', () => {
    expect(JSON.stringify(pipelineSchema(registry))).toContain(McpToolset.description)
  })
})

test('a program that is there is no finding', () => {
  expect(new McpToolset({ command: 'node' }).check()).toEqual([])
  expect(new McpToolset({ command: process.execPath }).check()).toEqual([])
  expect(new McpToolset({ command: './bad-server.js', cwd: import.meta.dirname }).check()).toHaveLength(1)
})

test('in code nothing is asked', () => {
  const files = new McpToolset({ command: 'no-such-program' })
  expect(new Pipeline({ tools: new ToolInvoker({ tools: [files] }) }).names()).toEqual(['tools'])
})

test('without the SDK the error has the command that installs it', async () => {
  const missing = Object.assign(
    new Error("Cannot find package '@modelcontextprotocol/sdk' imported from a.js"),
    {
      code: 'ERR_MODULE_NOT_FOUND',
    },
  )
  await expect(withSdk(() => Promise.reject(missing))).rejects.toMatchObject({
    code: 'MCP_SDK_MISSING',
    message: expect.stringContaining('npm install @modelcontextprotocol/sdk'),
  })
  const other = new Error('Cannot find module')
  await expect(withSdk(() => Promise.reject(other))).rejects.toBe(other)
})

test('the package loads nothing of the SDK, nor a way to start programs, before it connects', () => {
  const source = join(import.meta.dirname, '../src')
  const seen = new Set<string>()
  const follow = (file: string): string[] => {
    if (seen.has(file)) return []
    seen.add(file)
    const values = readFileSync(file, 'utf8').replace(/\b(?:import|export) type [^']*'[^']*'/g, '')
    return [...values.matchAll(/\bfrom '([^']+)'/g)].flatMap(([, name = '']) =>
      name.startsWith('.') ? follow(resolve(dirname(file), name)) : [name],
    )
  }
  expect([...new Set(follow(join(source, 'index.ts')))].sort()).toEqual([
    '@millrace/core',
    '@millrace/core/component',
    'node:crypto',
    'node:fs',
    'node:module',
    'node:path',
  ])
})

test('what it calls itself to servers is its version', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  expect(VERSION).toBe(version)
})
