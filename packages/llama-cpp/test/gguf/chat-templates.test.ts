import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { readChatTemplates } from '../../src/gguf/chat-templates.ts'
import { pocketPath } from '../pocket.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { ggufBytes, text, u32 } from './gguf-bytes.ts'

const entry = (key: string, value: string) => Buffer.concat([text(key), u32(8), text(value)])

test('reads the template of a real model', async () => {
  const templates = await readChatTemplates(pocketPath)
  expect(Object.keys(templates)).toEqual(['tokenizer.chat_template'])
  expect(templates['tokenizer.chat_template']).toContain('<|im_start|>')
})

test('reads each template of several, and nothing else', () =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'a.gguf')
    const extra = [
      entry('tokenizer.chat_template', 'one'),
      entry('general.name', 'a model'),
      entry('tokenizer.chat_template.tool_use', 'two'),
    ]
    await writeFile(path, ggufBytes({ extra }))
    expect(await readChatTemplates(path)).toEqual({
      'tokenizer.chat_template': 'one',
      'tokenizer.chat_template.tool_use': 'two',
    })
  }))

test('reads a template that is longer than any name', () =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'a.gguf')
    const long = 'x'.repeat(100_000)
    await writeFile(path, ggufBytes({ extra: [entry('tokenizer.chat_template', long)] }))
    expect(await readChatTemplates(path)).toEqual({ 'tokenizer.chat_template': long })
  }))

test('refuses a template that is longer than any can be', () =>
  inTemporaryFolder(async (folder) => {
    const path = join(folder, 'a.gguf')
    await writeFile(path, ggufBytes({ extra: [entry('tokenizer.chat_template', 'x'.repeat(18_000_000))] }))
    await expect(readChatTemplates(path)).rejects.toMatchObject({
      code: 'MODEL_DAMAGED',
      message: expect.stringContaining('it has a text of more than 16 MB'),
    })
  }))
