// Every pipeline file loads, survives a round trip, and gives its answer on the pocket model.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import {
  ChatMessage,
  dumpPipeline,
  loadPipeline,
  loadPipelineFile,
  pipelineFile,
  Registry,
} from '@millrace/core'
import { llamaCppComponents } from '@millrace/llama-cpp'
import { root } from './workspace.ts'

const registry = new Registry([standardComponents, llamaCppComponents])

interface Case {
  readonly inputs: Readonly<Record<string, unknown>>
  readonly answer: string
}

const documents = ['Alice lives in Paris.', 'Bob likes pizza.', 'Carol is a doctor.']

const cases: Readonly<Record<string, readonly Case[]>> = {
  'capital.yaml': [
    { inputs: { prompt: { country: 'France' } }, answer: 'The capital of France is Paris.' },
    { inputs: { country: 'Norway' }, answer: 'The capital of Norway is Oslo.' },
  ],
  'answer-from-documents.yaml': [
    { inputs: { documents, question: 'Where does Alice live?' }, answer: 'Alice lives in Paris.' },
    { inputs: { documents, question: 'What does Bob like?' }, answer: 'Bob likes pizza.' },
  ],
  'two-questions.yaml': [
    { inputs: { country: 'Norway' }, answer: 'Oslo is the capital of Norway.' },
    { inputs: { capital: { country: 'Japan' } }, answer: 'Tokyo is the capital of Japan.' },
  ],
}

const files = readdirSync(join(root, 'pipelines')).filter((file) => file.endsWith('.yaml'))

describe('pipelines', () => {
  test('each has a case here, and each case a file', () => {
    expect(Object.keys(cases).sort()).toEqual(files.sort())
  })

  test.each(files)('%s survives a round trip', async (file) => {
    const pipeline = await loadPipelineFile(join(root, 'pipelines', file), { registry })
    const again = loadPipeline(dumpPipeline(pipeline, { registry }), {
      registry,
      baseDir: join(root, 'pipelines'),
      readFile: (path) => readFileSync(path),
    })
    expect(pipelineFile(again, { registry })).toEqual(pipelineFile(pipeline, { registry }))
  })

  test.each(files)('%s answers', async (file) => {
    await using pipeline = await loadPipelineFile(join(root, 'pipelines', file), { registry })
    for (const { inputs, answer } of cases[file] ?? []) {
      const result = await pipeline.run(inputs)
      const [reply] = result.get('llm.replies') as readonly ChatMessage[]
      expect(ChatMessage.text(reply)).toBe(answer)
    }
  })
})
