import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { jest } from '@jest/globals'
import { invokeTool } from '@millrace/core/component'
import { McpToolset } from '../src/index.ts'

const here = import.meta.dirname
const everythingFile = fileURLToPath(
  new URL('../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url),
)

/** The parameters that start the reference server. */
export const everything = { command: process.execPath, args: [everythingFile, 'stdio'], prefix: 'everything' }

type Given = Omit<ConstructorParameters<typeof McpToolset>[0], 'command' | 'args'>

/** A toolset of our server that misbehaves. */
export function badServer(mode: string, given: Given = {}, ...more: readonly string[]): McpToolset {
  return new McpToolset({
    command: process.execPath,
    args: [`${here}/bad-server.js`, mode, ...more],
    prefix: '',
    ...given,
  })
}

/** Calls a tool as the invoker does. */
export function call(
  set: McpToolset,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<unknown> {
  const tool = set.tools.find((one) => one.name === name)
  if (tool === undefined) throw new RangeError(`no tool '${name}'`)
  return invokeTool(tool, args, { signal })
}

/** What the call of a tool fails with, below the ToolError around it. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await promise
  } catch (error) {
    const { cause = error } = error as Error
    return cause as { readonly code: string; readonly message: string }
  }
  throw new Error('it did not fail')
}

/** The reference server over HTTP, at a port of its own or at that of one before. */
export async function everythingOverHttp(
  port?: number,
): Promise<{ readonly port: number; readonly process: ChildProcess }> {
  const at = port ?? (await freePort())
  const child = spawn(process.execPath, [everythingFile, 'streamableHttp'], {
    env: { ...process.env, PORT: String(at) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the server ended')))
    let said = ''
    child.stderr.on('data', (text) => {
      said += text
      if (said.includes('listening')) resolve()
    })
  })
  return { port: at, process: child }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/** The warnings that the process gets while something is done. */
export async function warningsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const spy = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
  try {
    await work()
    return spy.mock.calls.map(([message]) => String(message))
  } finally {
    spy.mockRestore()
  }
}

/** Whether a process runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // One that nobody has waited for is dead all the same.
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
