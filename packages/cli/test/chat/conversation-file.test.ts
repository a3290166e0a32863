import { describe, expect, test } from '@jest/globals'
import { ChatMessage, ImageContent, ToolCall } from '@millrace/core'
import { Conversation } from '../../src/chat/conversation.ts'
import { conversationJson, conversationMarkdown, readConversation } from '../../src/chat/conversation-file.ts'
import { failureOf } from '../failure-of.ts'

const call = ToolCall.create({ id: '1', name: 'add', arguments: { a: 1 } })
const image = ImageContent.create({ base64: 'AAAA', mimeType: 'image/png', meta: { filePath: 'cat.png' } })
const messages = [
  ChatMessage.system('Be brief.'),
  ChatMessage.user(['What is this?', image]),
  ChatMessage.assistant({ reasoning: 'a cat\nor a dog', toolCalls: [call] }),
  ChatMessage.tool({ result: 'a ``` b', origin: call }),
  ChatMessage.assistant({ text: 'A c', meta: { finishReason: 'aborted' } }),
]

describe('a conversation as JSON', () => {
  test('is read as it was written, and as a list alone', () => {
    expect(readConversation(conversationJson(messages), 'x.json')).toEqual(messages)
    expect(readConversation(JSON.stringify(messages), 'x.json')).toEqual(messages)
  })

  test.each([
    ['Hello', /'x\.json' is not a conversation: it is not JSON/],
    ['{}', /has no list of 'messages'/],
    ['[{ "role": "user", "content": [] }]', /messages\[0\]: /],
  ])('is refused when it is something else: %s', async (text, message) => {
    const failure = await failureOf(() => readConversation(text, 'x.json'))
    expect(failure).toMatch(/^USAGE_UNREADABLE: /)
    expect(failure).toMatch(message)
  })
})

test('a conversation to read has a heading for each message, and says where one was stopped', () => {
  expect(conversationMarkdown(messages)).toBe(`## Instructions

Be brief.

## You

What is this?

*(image cat.png)*

## Model

> a cat
> or a dog

\`\`\`
→ add({"a":1})
\`\`\`

## Results

\`\`\`\`
← add: a \`\`\` b
\`\`\`\`

## Model

A c

*(stopped here)*
`)
})

describe('a conversation', () => {
  test('keeps its instructions when it begins anew', () => {
    const conversation = new Conversation()
    conversation.replace(messages)
    expect(conversation.messages).toEqual(messages)
    conversation.clear()
    expect(conversation.messages).toEqual([messages[0]])
  })

  test('takes the last message of the user back with all that follows it', () => {
    const conversation = new Conversation()
    conversation.replace(messages)
    expect(conversation.undo()).toEqual(messages[1])
    expect(conversation.messages).toEqual([messages[0]])
    expect(conversation.undo()).toBeUndefined()
  })
})
