// What only a process of its own shows: that it ends by itself, and takes its child with it. It runs the built package.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from '@jest/globals'
import { turnsUntil } from '../../../../../test/turns-until.ts'
import { pocketPath } from '../../pocket.ts'
import { inTemporaryFolder } from '../../temporary-folder.ts'

const dist = `file://${join(import.meta.dirname, '../../../dist')}`

/**
 * Runs a script that can ask the model in a child process, whose id it prints first. Engine 'llama.node' starts in a
 * third of the time that the other one takes, and what is tested here is of neither.
 */
async function withScript(
  script: string,
  work: (host: ChildProcess, lines: AsyncIterator<string>) => Promise<void>,
): Promise<void> {
  const source = `
    import { subscribe } from 'node:diagnostics_channel'
    import { LlamaCppChatGenerator } from '${dist}/index.js'
    import { isolatedEngine } from '${dist}/engines/isolated/isolated-engine.js'
    subscribe('child_process', ({ process: child }) => queueMicrotask(() => console.log(child.pid)))
    const generator = new LlamaCppChatGenerator(
      { model: ${JSON.stringify(pocketPath)}, generationKwargs: { temperature: 0 } },
      isolatedEngine('llama.node'),
    )
    async function ask(messages, streamingCallback) {
      const { replies } = await generator.run({ messages, ...(streamingCallback ? { streamingCallback } : {}) })
      return replies[0].content[0].text
    }
    ${script}
  `
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'script.mjs')
    await writeFile(path, source)
    const quiet = '--disable-warning=MILLRACE_SLOW_BINARY'
    const host = spawn(process.execPath, [quiet, path], { stdio: ['ignore', 'pipe', 'pipe'] })
    try {
      await work(host, createInterface({ input: host.stdout })[Symbol.asyncIterator]())
    } finally {
      host.kill('SIGKILL')
    }
  })
}

async function next(lines: AsyncIterator<string>): Promise<string> {
  return String((await lines.next()).value)
}

/** Resolves once there is no such process. */
function gone(pid: number): Promise<void> {
  return turnsUntil(() => {
    try {
      return !process.kill(pid, 0)
    } catch {
      return true
    }
  })
}

describe('a process with an isolated engine', () => {
  test('ends by itself, without a close, and so does its child; stderr is quiet', async () => {
    await withScript("console.log(await ask('Hello'))", async (host, lines) => {
      const stderr = text(host.stderr as NonNullable<typeof host.stderr>)
      const child = Number(await next(lines))
      expect(await next(lines)).toBe('Hello! How can I help you?')
      await once(host, 'exit')
      expect([host.exitCode, await stderr]).toEqual([0, ''])
      await gone(child)
    })
  })

  test('ends by itself after a close', async () => {
    await withScript("console.log(await ask('Hello')); await generator.close()", async (host, lines) => {
      await gone(Number(await next(lines)))
      await once(host, 'exit')
      expect(host.exitCode).toBe(0)
    })
  })

  test('does not end before a close that ends a load', async () => {
    const script = `
      const started = new Promise((resolve) => subscribe('child_process', resolve))
      generator.warmUp().catch(({ code }) => console.log(code))
      await started
      await generator.close()
      console.log('closed')
    `
    await withScript(script, async (host, lines) => {
      await gone(Number(await next(lines)))
      expect([await next(lines), await next(lines)]).toEqual(['CLOSED', 'closed'])
      await once(host, 'exit')
      expect(host.exitCode).toBe(0)
    })
  })

  test('that is killed in the middle of a reply leaves no child', async () => {
    const script =
      "await ask('Tell me a story.', () => new Promise(() => { console.log('begun'); setInterval(() => {}, 1e6) }))"
    await withScript(script, async (host, lines) => {
      const child = Number(await next(lines))
      expect(await next(lines)).toBe('begun')
      process.kill(child, 0)
      host.kill('SIGKILL')
      await gone(child)
    })
  })

  test('that throws while its model is being loaded leaves no child', async () => {
    await withScript("generator.warmUp(); setTimeout(() => { throw 'up' }, 1)", async (host, lines) => {
      const stderr = text(host.stderr as NonNullable<typeof host.stderr>)
      const child = Number(await next(lines))
      await once(host, 'exit')
      expect([host.exitCode, await stderr]).toEqual([1, expect.stringContaining('up')])
      await gone(child)
    })
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'decides itself what %s means, which both get',
    async (signal) => {
      const script = `
      process.on('${signal}', () => {})
      console.log(await ask('Hello'))
      process.once('${signal}', async () => console.log(await ask('Who are you?')))
      setTimeout(() => {}, 1e6).unref()
      const held = setInterval(() => {}, 1e6)
      process.once('${signal}', () => clearInterval(held))
    `
      await withScript(script, async (host, lines) => {
        const child = Number(await next(lines))
        expect(await next(lines)).toMatch(/^Hello!/)
        process.kill(child, signal)
        host.kill(signal)
        expect(await next(lines)).toBe('I am Pocket, a tiny language model made for tests and demos.')
        await gone(child)
      })
    },
  )

  test("has none of the code of engine 'llama.node' in it, whose loads block the process they are in", async () => {
    const script = `
      const other = new LlamaCppChatGenerator({ model: ${JSON.stringify(pocketPath)}, engine: 'llama.node' })
      await other.warmUp()
      console.log(JSON.stringify(process.report.getReport().sharedObjects.filter((file) => file.endsWith('.node'))))
      await other.close()
    `
    await withScript(script, async (host) => {
      const printed = (await text(host.stdout as NonNullable<typeof host.stdout>)).trim().split('\n')
      expect(printed.length).toBeGreaterThan(1)
      expect(printed.at(-1)).toBe('[]')
    })
  })

  test('gets the log of llama.cpp on stderr where it asks for it', async () => {
    const script = `
      const verbose = new LlamaCppChatGenerator(
        { model: ${JSON.stringify(pocketPath)}, modelKwargs: { verbose: true } }, isolatedEngine('node-llama-cpp'))
      await verbose.warmUp()
      await verbose.close()
    `
    await withScript(script, async (host) => {
      const stderr = await text(host.stderr as NonNullable<typeof host.stderr>)
      expect(stderr).toMatch(/llama_model_loader: loaded meta data/)
    })
  })
})
