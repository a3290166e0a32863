import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { makeRegistry } from '../../src/commands/registry.ts'
import { FakeTerminal } from '../fake-terminal.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

describe('makeRegistry', () => {
  test('has the standard components and the generators', async () => {
    const registry = await makeRegistry({}, new FakeTerminal())
    expect(registry.types()).toEqual(expect.arrayContaining(['ChatPromptBuilder', 'LlamaCppChatGenerator']))
  })

  test('adds the packages of --package, from the working directory', async () => {
    await inTemporaryFolder(async (dir) => {
      const source =
        "export const acme = { name: 'acme', components: [], tools: [], toolsets: [], callbacks: { log() {} } }\n"
      writeFileSync(join(dir, 'acme.mjs'), source)
      const registry = await makeRegistry({ package: ['acme.mjs'] }, new FakeTerminal({ cwd: dir }))
      expect(registry.packages.map(({ name }) => name)).toEqual([
        '@millrace/components',
        '@millrace/llama-cpp',
        'acme',
      ])
      expect(registry.callback('log')).toBeInstanceOf(Function)
    })
  })

  test('records or replays with MILLRACE_RECORD, and refuses another value of it', async () => {
    const withRecord = (value: string) =>
      makeRegistry({}, new FakeTerminal({ env: { MILLRACE_RECORD: value } }))
    const usual = await withRecord('')
    expect(usual.component('LlamaCppChatGenerator')).toBe(LlamaCppChatGenerator)
    const replaying = await withRecord('replay:no/such/folder')
    expect(replaying.types()).toEqual(usual.types())
    const generator = new (replaying.component('LlamaCppChatGenerator'))({ model: 'pocket.gguf' })
    await expect(generator.warmUp?.({})).rejects.toMatchObject({ code: 'RECORDING_MISSING' })
    for (const value of ['record', 'record:', 'reply:folder', 'folder']) {
      await expect(withRecord(value)).rejects.toMatchObject({
        code: 'USAGE_INVALID',
        message: `The environment variable 'MILLRACE_RECORD' is '${value}'. Set it to 'record:FOLDER' to write down what models answer, to 'replay:FOLDER' to answer from there, or to nothing.`,
      })
    }
  })

  test('refuses a second package of one name', async () => {
    await inTemporaryFolder(async (dir) => {
      const source =
        "export const twin = { name: '@millrace/components', components: [], tools: [], toolsets: [], callbacks: {} }\n"
      writeFileSync(join(dir, 'twin.mjs'), source)
      const made = makeRegistry({ package: ['./twin.mjs'] }, new FakeTerminal({ cwd: dir }))
      await expect(made).rejects.toMatchObject({
        code: 'USAGE_INVALID',
        message: "--package: Package '@millrace/components' is in the registry twice.",
      })
    })
  })
})
