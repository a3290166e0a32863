// Thoughts, with the pocket weights: they were not made to think, so templates open the thought for them.
import { afterAll, describe, expect, test } from '@jest/globals'
import type { ReasoningRequest } from '../../../src/engines/request.ts'
import { chatTemplates as templates } from '../../chat/chat-templates.ts'
import { add, OpenedChats } from './opened-chats.ts'

const chats = new OpenedChats()
afterAll(() => chats.close())

const reasoning = (fields: Partial<ReasoningRequest> = {}): ReasoningRequest => ({
  enabled: undefined,
  budget: undefined,
  format: 'separate',
  ...fields,
})
const story = 'Tell me a story.'
const open = { template: templates.openThought }

describe('a thought that the template opens', () => {
  test('is reasoning, not text', async () => {
    const { generation, deltas } = await chats.ask(story, { maxTokens: 12 }, open)
    expect(generation.text).toBe('')
    expect(generation.reasoning).not.toBe('')
    expect(deltas.map((delta) => (delta.kind === 'reasoning' ? delta.text : '!')).join('')).toBe(
      generation.reasoning,
    )
  })

  test('is text where that is asked for', async () => {
    const { generation } = await chats.ask(
      story,
      { maxTokens: 12, reasoning: reasoning({ format: 'text' }) },
      open,
    )
    expect(generation.reasoning).toBe('')
    expect(generation.text).not.toBe('')
  })

  test('ends when its budget is used up, and the answer follows', async () => {
    const { generation } = await chats.ask(
      story,
      { maxTokens: 60, reasoning: reasoning({ budget: 5 }) },
      open,
    )
    const thought = await (await chats.context(templates.openThought)).tokenize(generation.reasoning)
    expect(thought.length).toBeLessThanOrEqual(5)
    expect(generation.reasoning).not.toBe('')
    expect(generation.text).not.toContain('think')
    expect(generation.text).not.toBe('')
  })

  test('is closed at once where it has no budget', async () => {
    const { generation } = await chats.ask(
      'Hello',
      { maxTokens: 30, reasoning: reasoning({ budget: 0 }) },
      open,
    )
    expect(generation.reasoning).toBe('')
    expect(generation.text).not.toBe('')
  })

  test('that is closed at once counts as nothing of the prompt that the slot still holds', async () => {
    const ask = () => chats.ask('Who are you?', { maxTokens: 12, reasoning: reasoning({ budget: 0 }) }, open)
    const { promptTokens } = (await ask()).generation
    expect((await ask()).generation).toMatchObject({ promptTokens, cachedTokens: promptTokens })
  })

  test('comes before a call that is required', async () => {
    const { generation, calls } = await chats.ask(
      'What is 123 plus 456?',
      { tools: [add], toolChoice: 'required', reasoning: reasoning({ budget: 6 }), maxTokens: 120 },
      open,
    )
    expect(generation.reasoning).not.toBe('')
    expect(generation.text).toBe('')
    expect(calls.length).toBeGreaterThan(0)
  })

  test('comes before an answer that obeys a schema', async () => {
    const schema = {
      type: 'object',
      properties: { mood: { enum: ['glad', 'sad'] } },
      required: ['mood'],
      additionalProperties: false,
    }
    const { generation } = await chats.ask(
      'Hello',
      { constraint: { kind: 'json', schema }, reasoning: reasoning({ budget: 6 }) },
      open,
    )
    expect(JSON.parse(generation.text)).toEqual({ mood: expect.stringMatching(/^(glad|sad)$/) })
  })
})

describe('a template that can switch thoughts off', () => {
  test('is told of it', async () => {
    const context = await chats.context(templates.qwen3)
    const promptTokens = async (enabled: boolean | undefined) =>
      (
        await chats.ask(
          'Hello',
          { maxTokens: 1, reasoning: reasoning({ enabled }) },
          { template: templates.qwen3 },
        )
      ).generation.promptTokens
    const plain = await promptTokens(undefined)
    expect(await promptTokens(true)).toBe(plain)
    expect(await promptTokens(false)).toBeGreaterThan(plain + 4)
    expect(context.contextSize).toBeGreaterThan(0)
  })
})
