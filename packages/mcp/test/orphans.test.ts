// Programs that use a server and end without closing it. They run the built package.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from '@jest/globals'
import { isAlive } from './servers.ts'

const here = import.meta.dirname
const built = pathToFileURL(join(here, '../dist/index.js')).href

/** A program whose server neither ends with its input nor with a signal, and starts a process that does not, either. */
function program(pids: string, then: string): ChildProcess {
  const source = `
    import { McpToolset } from ${JSON.stringify(built)}
    const set = new McpToolset({ command: process.execPath, args: [${JSON.stringify(join(here, 'bad-server.js'))}, 'stays', ${JSON.stringify(pids)}] })
    await set.warmUp()
    process.stdout.write('ready')
    ${then}`
  return spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

test.each<[string, string, (child: ChildProcess) => void]>([
  ['has nothing else to do', '', () => {}],
  ['exits', 'process.exit(0)', () => {}],
  ['throws', "throw new Error('oh')", () => {}],
  ['gets SIGTERM', 'setInterval(() => {}, 1000)', (child) => child.kill('SIGTERM')],
  ['gets SIGINT', 'setInterval(() => {}, 1000)', (child) => child.kill('SIGINT')],
])('nothing is left of the server of a program that %s', async (_, then, end) => {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-'))
  try {
    const file = join(folder, 'pids')
    const child = program(file, then)
    const ended = once(child, 'exit')
    if (child.stdout !== null) await once(child.stdout, 'data')
    end(child)
    await ended
    const pids = JSON.parse(await readFile(file, 'utf8')) as number[]
    while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(pids).toHaveLength(2)
  } finally {
    await rm(folder, { recursive: true })
  }
})
