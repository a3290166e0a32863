import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'

test('the example of the README runs, and its spans say what the README promises', async () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')
  const [, example] = /```ts\n([^`]*)```/.exec(read('../README.md')) ?? []
  expect(read('readme-example.ts')).toBe(example)

  const printed = jest.spyOn(console, 'dir').mockImplementation(() => {})
  await import('./readme-example.ts')
  const spans = printed.mock.calls.map(([span]) => span as Record<string, unknown>)
  printed.mockRestore()
  expect(spans).toMatchObject([
    {
      name: 'chat pocket.gguf',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'llama_cpp',
        'gen_ai.request.model': 'pocket.gguf',
        'gen_ai.request.temperature': 0,
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.output_tokens': 9,
      },
    },
    { name: 'millrace.component.run', attributes: { 'millrace.component.status': 'completed' } },
    { name: 'invoke_workflow capitals', attributes: { 'millrace.run.status': 'completed' } },
  ])
})
