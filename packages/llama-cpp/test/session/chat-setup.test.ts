import { describe, expect, test } from '@jest/globals'
import type { ToolDescription } from '../../src/engines/request.ts'
import { ChatSetup, checkChat } from '../../src/session/chat-setup.ts'
import { chatTemplates } from '../chat/chat-templates.ts'
import { pickyTemplate, rowTemplates } from '../chat/row-templates.ts'
import { pocketPath } from '../pocket.ts'

const add: ToolDescription = {
  name: 'add',
  description: 'Adds.',
  parameters: { type: 'object', properties: { a: { type: 'integer' } } },
}

async function said(given: string | undefined, engine: 'node-llama-cpp' | 'llama.node' = 'node-llama-cpp') {
  return (await ChatSetup.read(pocketPath, given, engine)).warnings([add])
}

describe('tools in words: the reason is', () => {
  test.each([
    [chatTemplates.gemma, 'The chat template knows nothing of tools:'],
    [
      `{%- if tools -%}{{- raise_exception('No tools today.') -}}{%- endif -%}${chatTemplates.gemma}`,
      'The chat template refuses tools (No tools today.):',
    ],
    [
      '{% for tool in tools %}{{ tool.function.name }}{% endfor %}{% for m in messages %}{{ m.content }}{% endfor %}',
      'The chat template describes tools, but how it writes calls is not known:',
    ],
  ])('%#', async (template, reason) => {
    const [warning] = await said(template)
    expect(warning).toMatchObject({ code: 'TOOLS_IN_WORDS', message: expect.stringContaining(reason) })
  })
})

describe('calls that are not held to their parameters are a warning', () => {
  test.each(['llama-3', 'harmony', 'muse', 'minimax-m3'] as const)('in llama.node: %s', async (name) => {
    const [warning] = await said(rowTemplates[name], 'llama.node')
    expect(warning).toMatchObject({ code: 'CALLS_NOT_HELD', message: expect.stringContaining(`'${name}'`) })
    expect(await said(rowTemplates[name])).toEqual([])
  })

  test('but not where they have a mark', async () => {
    for (const name of ['qwen3-coder', 'an id behind', 'the end of a turn in front'] as const) {
      expect(await said(rowTemplates[name], 'llama.node')).toEqual([])
    }
  })
})

test('a tool that the template cannot print is an error about the tools', async () => {
  const parameters = { type: 'object', properties: { note: { type: 'null' } } } as const
  const tools = [{ ...add, parameters }]
  expect(await checkChat(pocketPath, pickyTemplate, tools, 'node-llama-cpp')).toMatchObject([
    { level: 'error', code: 'OPTION_UNSUPPORTED', option: 'tools' },
  ])
  expect(await checkChat(pocketPath, pickyTemplate, [add], 'node-llama-cpp')).toEqual([])
})
