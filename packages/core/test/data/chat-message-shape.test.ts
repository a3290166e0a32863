import { expect, test } from '@jest/globals'
import { ChatMessage } from '../../src/data/chat-message.ts'
import {
  chatMessageInputSchema,
  chatMessageSchema,
  checkChatMessage,
} from '../../src/data/chat-message-shape.ts'
import { testSchemaAgreement } from './schema-agreement.ts'

const text = { type: 'text', text: 'x' }
const image = { type: 'image', base64: 'AAAA', mimeType: 'image/png' }
const file = { type: 'file', base64: 'AAAA', mimeType: 'text/plain' }
const toolCall = { type: 'toolCall', name: 'clock', arguments: {} }
const result = { type: 'toolCallResult', result: 'noon', origin: toolCall, error: false }
const reasoning = { type: 'reasoning', text: 'so' }

const good = [
  { role: 'system', content: [text, text] },
  { role: 'user', content: [text, image, file], name: 'Ann', meta: { a: 1 } },
  { role: 'assistant', content: [] },
  { role: 'assistant', content: [reasoning, text, toolCall, toolCall] },
  { role: 'tool', content: [result] },
]

const bad = [
  { role: 'system', content: [] },
  { role: 'system', content: [image] },
  { role: 'user', content: [] },
  { role: 'user', content: [toolCall] },
  { role: 'user', content: [text, result] },
  { role: 'user', content: [reasoning] },
  { role: 'assistant', content: [image] },
  { role: 'assistant', content: [result] },
  { role: 'tool', content: [] },
  { role: 'tool', content: [text] },
  { role: 'function', content: [text] },
  { role: 'user', content: [{ ...image, base64: 'A' }] },
  { role: 'user', content: [null] },
  { role: 'user', content: null },
  { role: 'user', content: text },
  { role: 'user', content: [text], name: null },
  { role: 'user', content: [text], meta: [] },
  { role: 'user', content: [text], text: 'x' },
  { role: 'user' },
  { content: [text] },
]

const strings = [
  { role: 'user', content: 'x' },
  { role: 'user', content: ['x', image] },
  { role: 'system', content: '' },
  { role: 'assistant', content: 'x', name: 'Bo' },
]

testSchemaAgreement(chatMessageSchema, (value) => checkChatMessage(value, '') === undefined, {
  good,
  bad: [...bad, ...strings],
})

function isReadable(value: unknown): boolean {
  try {
    ChatMessage.fromJSON(value)
    return true
  } catch {
    return false
  }
}

testSchemaAgreement(chatMessageInputSchema, isReadable, {
  good: [...good, ...strings],
  bad: [
    ...bad,
    { role: 'tool', content: 'x' },
    { role: 'tool', content: ['x'] },
    { role: 'user', content: 1 },
  ],
})

test('a message inside of another value is named with its place', () => {
  const broken = { role: 'user', content: [{ ...image, base64: 'A' }] }
  expect(checkChatMessage(broken, 'messages[2]')).toBe(
    "'messages[2].content[0].base64' is not strict base64: its length, 1, is not a multiple of four.",
  )
})
