import { expect, test } from '@jest/globals'
import { defineComponent, Pipeline, type PipelineOptions, type Sockets, t } from '@millrace/core'
import { chatSockets } from '../../src/chat/chat-sockets.ts'
import { failureOf } from '../failure-of.ts'

const messages = t.array(t.message())

function pipelineOf(inputs: Sockets, outputs: Sockets, options: PipelineOptions = {}): Pipeline {
  const Part = defineComponent({ type: 'Part', inputs, outputs, run: () => ({}) })
  return new Pipeline({ part: new Part() }, options)
}

test.each<[string, Sockets, Sockets, object]>([
  [
    'the messages and replies of a generator',
    { messages: t.union(messages, t.string()), tools: t.optional(t.tools()) },
    { replies: messages },
    { input: 'messages', remembers: true, output: 'replies', isConversation: false },
  ],
  [
    'the messages of an agent',
    { messages, systemPrompt: t.optional(t.string()) },
    { messages, lastMessage: t.message(), exitReason: t.string(), steps: t.integer() },
    { input: 'messages', remembers: true, output: 'messages', isConversation: true },
  ],
  [
    'the only ones there are',
    { question: t.string(), limit: t.integer({ default: 1 }) },
    { text: t.string(), count: t.integer() },
    { input: 'question', remembers: false, output: 'text', isConversation: false },
  ],
  [
    'a variable of a template, which would print a conversation',
    { question: t.unknown() },
    { answer: t.string(), other: t.string() },
    { input: 'question', remembers: false, output: 'answer', isConversation: false },
  ],
])('a chat goes through %s', (_, inputs, outputs, expected) => {
  const { input, output, ...rest } = chatSockets(pipelineOf(inputs, outputs), new Set())
  expect({ input: input.name, output: output.name, ...rest }).toEqual(expected)
})

test.each<[string, Sockets, Sockets, RegExp]>([
  [
    'input',
    { count: t.integer() },
    { replies: messages },
    /Nothing can be said to this pipeline: .* inputs: \{ messages: \[llm\.messages\] \}/,
  ],
  [
    'clear input',
    { one: t.string(), two: t.string() },
    { replies: messages },
    /could be for 'one' and 'two'\. Give the others with --set/,
  ],
  [
    'output',
    { messages },
    { count: t.integer() },
    /none of its outputs is messages or a text\. Its outputs: 'count'\. Name one under 'outputs'/,
  ],
  ['clear output', { messages }, { one: t.string(), two: t.string() }, /it could be 'one' and 'two'/],
])('a pipeline without a %s is refused with what to do', async (_, inputs, outputs, message) => {
  const failure = await failureOf(() => chatSockets(pipelineOf(inputs, outputs), new Set()))
  expect(failure).toMatch(/^USAGE_INVALID: /)
  expect(failure).toMatch(message)
})

test('an input that has a value is not the one for what is said', () => {
  const pipeline = pipelineOf({ one: t.string(), two: t.string() }, { replies: messages })
  expect(chatSockets(pipeline, new Set(['part.one'])).input.name).toBe('two')
})
