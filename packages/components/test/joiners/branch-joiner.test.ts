import { describe, expect, test } from '@jest/globals'
import { ChatMessage, DefinitionError, Pipeline, Registry } from '@millrace/core'
import { testComponent } from '@millrace/core/testing'
import { loadPipeline } from '@millrace/core/yaml'
import { ChatPromptBuilder } from '../../src/builders/chat-prompt-builder.ts'
import { BranchJoiner } from '../../src/joiners/branch-joiner.ts'
import { standardComponents } from '../../src/standard-components.ts'

describe('BranchJoiner', () => {
  testComponent(() => new BranchJoiner({ of: 'messages' }), { test })

  test('passes on the value of the branch that has one', async () => {
    const pipeline = new Pipeline({ join: new BranchJoiner({ of: 'integer' }) })
    const result = await pipeline.run({ join: { value: 3 } })
    // The type is known to the compiler, too.
    const value: number = result.get('join.value')
    expect(value).toBe(3)
  })

  test('has the types that its name says', () => {
    const types = (['string', 'strings', 'json', 'messages', 'documents', 'images'] as const).map((of) => {
      const { inputs, outputs } = new BranchJoiner({ of })
      expect(inputs.value.type).toBe(outputs.value.type)
      return outputs.value.type.kind
    })
    expect(types).toEqual(['string', 'array', 'json', 'array', 'array', 'array'])
  })

  test('takes messages where a chat prompt sends them', async () => {
    const pipeline = new Pipeline({
      prompt: new ChatPromptBuilder({ template: 'Hello {{ name }}' }),
      join: new BranchJoiner({ of: 'messages' }),
    }).connect('prompt.prompt', 'join.value')
    const result = await pipeline.run({ name: 'Ada' })
    expect(result.get('join.value')).toEqual([ChatMessage.user('Hello Ada')])
  })

  test('refuses values that there are not', () => {
    const made = () =>
      new Pipeline({ join: new BranchJoiner({ of: 'messages', to: 1 } as { of: 'messages' }) })
    expect(made).toThrow(DefinitionError)
  })

  test('is made by a file, which may not invent a kind of values', () => {
    const registry = new Registry([standardComponents])
    const file = (of: string) =>
      `components:\n  join: { type: BranchJoiner, initParameters: { of: ${of} } }\n`
    expect(loadPipeline(file('documents'), { registry }).names()).toEqual(['join'])
    expect(() => loadPipeline(file('mesages'), { registry })).toThrow(
      /components\.join\.initParameters\.of: .*'messages'/,
    )
  })
})
