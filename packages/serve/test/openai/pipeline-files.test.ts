// The pipeline files of the repository as models.
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import { type ComponentPackage, Registry } from '@millrace/core'
import { loadPipelineFile } from '@millrace/core/yaml'
import { llamaCppComponents } from '@millrace/llama-cpp'
import OpenAI from 'openai'
import { listen } from '../../src/index.ts'

const folder = fileURLToPath(new URL('../../../../pipelines', import.meta.url))
const { pipelineTools }: { pipelineTools: ComponentPackage } = await import(`${folder}/tools.js`)
const registry = new Registry([standardComponents, llamaCppComponents, pipelineTools])

test('those that take a conversation or a question are models; one that cannot be loaded stops none of them', async () => {
  const server = await listen({
    port: 0,
    files: [folder],
    load: (path) => loadPipelineFile(path, { registry }),
  })
  const client = new OpenAI({ baseURL: server.url, apiKey: 'any' })
  try {
    const { data } = await client.models.list()
    expect(data.map(({ id }) => id)).toEqual([
      'agent-with-approval',
      'agent',
      'chat',
      'extract-and-use',
      'tool-loop',
      'tools-in-place',
    ])
    expect(server.catalog.find('mcp-tools').state).toBe('broken')
    for (const model of ['agent', 'agent-with-approval', 'tool-loop', 'tools-in-place']) {
      const messages = [{ role: 'user', content: 'What is 123 plus 456?' }] as const
      const { choices } = await client.chat.completions.create({ model, messages: [...messages] })
      expect(choices[0]?.message.content).toBe('The result is 579.')
    }
    const conversation = client.chat.completions.stream({
      model: 'chat',
      messages: [
        { role: 'user', content: 'My name is Omar.' },
        { role: 'assistant', content: 'Nice to meet you, Omar!' },
        { role: 'user', content: 'What is my name?' },
      ],
    })
    expect(await conversation.finalContent()).toBe('Your name is Omar.')
  } finally {
    await server.close()
  }
})
