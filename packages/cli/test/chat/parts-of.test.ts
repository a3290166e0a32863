import { expect, test } from '@jest/globals'
import { Agent } from '@millrace/components'
import { Pipeline, PipelineComponent, tool } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { maySee, modelsOf, toolsOf } from '../../src/chat/parts-of.ts'
import { chatting, parrot } from './chatting.ts'

const look = tool({ name: 'look', description: 'Looks.', run: () => 'a cat' })
const blind = () => new LlamaCppChatGenerator({ model: 'a.gguf', tools: [look] })
const seeing = () => new LlamaCppChatGenerator({ model: 'a.gguf', modelClipPath: 'b.gguf' })

test('the tools of a pipeline are those of all its parts', () => {
  const inner = new Pipeline({ agent: new Agent({ chatGenerator: blind(), tools: [] }) })
  expect([...toolsOf(new Pipeline({ inner: new PipelineComponent(inner) })).keys()]).toEqual(['look'])
})

test('the models of a pipeline are named as --model names them', () => {
  const inner = new Pipeline({ agent: new Agent({ chatGenerator: blind() }) })
  const pipeline = new Pipeline({ llm: blind(), inner: new PipelineComponent(inner) })
  expect(modelsOf(pipeline)).toEqual(['llm: a.gguf', 'inner.agent.chatGenerator: a.gguf'])
})

test('a model without its second file does not see; of others it is not known', () => {
  expect(maySee(new Pipeline({ llm: blind() }))).toBe(false)
  expect(maySee(new Pipeline({ agent: new Agent({ chatGenerator: blind() }) }))).toBe(false)
  expect(maySee(new Pipeline({ llm: seeing() }))).toBe(true)
  expect(maySee(parrot())).toBe(true)
})

test('an image for a model that does not see is refused at once', async () => {
  const { say, leave } = await chatting(new Pipeline({ llm: blind() }))
  expect(await say('/image a.png')).toContain(
    "The model does not see. It needs its second file: --mmproj for a model, 'modelClipPath' in a file.",
  )
  await leave()
})
