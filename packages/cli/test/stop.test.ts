// Stopping `millrace run`: signals, a reader that leaves, a download that is interrupted.
import type { ChildProcess } from 'node:child_process'
import { createReadStream, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { cli } from './cli.ts'
import { FakeTerminal } from './fake-terminal.ts'
import { millrace, root } from './millrace.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

jest.setTimeout(60_000)

const pocket = join(root, 'packages/pocket-model/pocket.gguf')

// A grammar whose end the model never wants, and a context that never fills: it would talk for ever.
const endless = `components:
  llm:
    type: LlamaCppChatGenerator
    initParameters:
      model: npm:@millrace/pocket-model/pocket.gguf
      generationKwargs: { temperature: 0, contextShift: true, grammar: 'root ::= [a-z ]* "Ω"' }
`

// Native code that no signal reaches, and a library that listens to signals itself.
const busy = `import { pbkdf2 } from 'node:crypto'
import { componentPackage, defineComponent, t } from ${JSON.stringify(`file://${join(root, 'packages/core/dist/index.js')}`)}
process.on('SIGINT', () => process.stdout.write('stop\\n'))
const Busy = defineComponent({
  type: 'Busy',
  inputs: {},
  outputs: { done: t.boolean() },
  run: () => {
    process.stdout.write('busy\\n')
    return new Promise(() => pbkdf2('', '', 2 ** 31 - 1, 64, 'sha512', () => {}))
  },
})
export const tools = componentPackage({ name: 'busy', components: [Busy] })
`

/** Runs the endless pipeline, and does something once its reply has begun. */
function endlessRun(act: (child: ChildProcess) => void, ...options: readonly string[]) {
  return inTemporaryFolder(async (dir) => {
    const file = join(dir, 'endless.yaml')
    writeFileSync(file, endless)
    let acted = false
    const onOutput = (child: ChildProcess) => {
      if (!acted) act(child)
      acted = true
    }
    return millrace(['run', file, '--set', 'messages=Tell me a story.', ...options], { onOutput })
  })
}

describe('a run', () => {
  test('stops at Ctrl-C, keeps what it said and ends the line', async () => {
    const { code, stdout, stderr } = await endlessRun((child) => child.kill('SIGINT'), '-q')
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'Aborted.\n' })
    expect(stdout).toMatch(/^[a-z][a-z ]*\n$/)
  })

  test('stops at SIGTERM', async () => {
    const { code, stderr } = await endlessRun((child) => child.kill('SIGTERM'), '-q')
    expect({ code, stderr }).toEqual({ code: 143, stderr: 'Terminated.\n' })
  })

  test('ends at once at a second Ctrl-C, also where native code is busy', async () => {
    await inTemporaryFolder(async (dir) => {
      writeFileSync(join(dir, 'busy.mjs'), busy)
      writeFileSync(join(dir, 'busy.yaml'), 'components:\n  busy: { type: Busy }\n')
      const onOutput = (child: ChildProcess) => void child.kill('SIGINT')
      const ended = await millrace(
        ['run', join(dir, 'busy.yaml'), '--package', join(dir, 'busy.mjs'), '-q'],
        { onOutput },
      )
      // What a shell calls 130.
      expect(ended).toMatchObject({ code: null, signal: 'SIGINT', stdout: 'busy\nstop\n' })
    })
  })

  test('stops at the end of its time, also in the middle of a reply', async () => {
    const terminal = new FakeTerminal({ stdin: endless })
    const args = ['run', '-', '--set', 'messages=Tell me a story.', '-q', '--timeout', '2']
    const { code, stdout, stderr } = await cli(args, terminal)
    expect({ code, stderr }).toEqual({
      code: 6,
      stderr: 'Error: The run took longer than the 2 seconds of --timeout.\n',
    })
    // A busy machine may need all of it to load.
    expect(stdout).toMatch(/^([a-z][a-z ]*\n)?$/)
    expect(terminal.eventNames()).toEqual([])
  })

  test('stops quietly when its reader leaves', async () => {
    const { code, stderr } = await endlessRun((child) => child.stdout?.destroy(), '-q')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})

describe('a download', () => {
  const capital = ['run', join(root, 'pipelines/capital.yaml'), '--set', 'country=France']

  /** Serves the pocket model; `stalls` sends half of it and then waits. */
  async function withServer<T>(stalls: boolean, work: (url: string) => Promise<T>) {
    const { size } = statSync(pocket)
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': size })
      const half = createReadStream(pocket, stalls ? { end: size / 2 } : {})
      half.pipe(response, { end: !stalls })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/pocket.gguf`)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }

  /** Runs a command line whose downloads go to a new folder. */
  async function cliWithCache(args: readonly string[]) {
    const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
    return inTemporaryFolder(async (dir) => {
      Object.assign(process.env, { XDG_CACHE_HOME: dir, LOCALAPPDATA: dir })
      try {
        return await cli(args)
      } finally {
        for (const [name, value] of Object.entries({ XDG_CACHE_HOME, LOCALAPPDATA })) {
          if (value === undefined) delete process.env[name]
          else process.env[name] = value
        }
      }
    })
  }

  test('is announced on stderr, once', async () => {
    await withServer(false, async (url) => {
      const ended = await cliWithCache([...capital, '--model', url, '--allow-http'])
      expect(ended).toMatchObject({ code: 0, stdout: 'The capital of France is Paris.\n' })
      expect(ended.stderr.split('\n')[0]).toBe(`Downloading ${url}`)
      expect(ended.stderr.match(/Downloading/g)).toHaveLength(1)
    })
  })

  test('stops when it takes too long', async () => {
    await withServer(true, async (url) => {
      expect(await cliWithCache([...capital, '--model', url, '--allow-http', '--timeout', '2'])).toEqual({
        code: 6,
        stdout: '',
        stderr: `Downloading ${url}\nError: The run took longer than the 2 seconds of --timeout.\n`,
      })
    })
  })
})
