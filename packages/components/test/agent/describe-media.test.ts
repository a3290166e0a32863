import { describe, expect, test } from '@jest/globals'
import { ChatMessage, FileContent, ImageContent, TextContent, ToolCall, tool } from '@millrace/core'
import { describeMedia, withUserText } from '../../src/agent/describe-media.ts'
import { agentOf, calling, linesOf } from './parts.ts'

const image = ImageContent.fromBytes(new Uint8Array([1, 2, 3, 4]), { mimeType: 'image/png' })
const file = FileContent.fromBytes(new Uint8Array([1]), { mimeType: 'application/pdf', filename: 'a.pdf' })
const result = (id: string, given: Parameters<typeof ChatMessage.tool>[0]['result']) =>
  ChatMessage.tool({ result: given, origin: ToolCall.create({ id, name: 'look' }) })
const conversation = [
  ChatMessage.user([image, 'Look.']),
  result('1', [TextContent.create('A map.'), image]),
  result('2', [file]),
  ChatMessage.assistant('I see.'),
]

describe('describeMedia', () => {
  test('puts words in the place of images and files in results, and touches nothing else', () => {
    const described = describeMedia(conversation, false)
    expect(described[0]).toBe(conversation[0])
    expect(linesOf(described).slice(1)).toEqual([
      'tool: 1 = A map.\n(image/png, 4 bytes, not shown)',
      'tool: 2 = (a.pdf, application/pdf, 1 byte, not shown)',
      'assistant: I see.',
    ])
    expect(described.every(ChatMessage.is)).toBe(true)
    const plain = [ChatMessage.user('Go'), result('1', 'text'), result('2', [TextContent.create('text')])]
    expect(describeMedia(plain, true)).toBe(plain)
  })

  test('shows images behind the results of their step, where the model sees them', () => {
    const described = describeMedia(conversation, true)
    expect(described.map(({ role }) => role)).toEqual(['user', 'tool', 'tool', 'user', 'assistant'])
    expect(linesOf(described)[1]).toBe('tool: 1 = A map.\n(image/png, 4 bytes, shown below)')
    expect(ChatMessage.images(described[3])).toEqual([image])
  })

  test('a text of the user goes into a message of the user that is there', () => {
    const shown = describeMedia(conversation.slice(0, -1), true)
    expect(withUserText(shown, 'Answer now.').length).toBe(shown.length)
    expect(ChatMessage.text(withUserText(shown, 'Answer now.').at(-1))).toContain('Answer now.')
  })
})

test('the conversation of an agent keeps the images, and its model gets words', async () => {
  const look = tool({ name: 'look', description: 'Looks.', run: () => image })
  const agent = agentOf([calling(['look']), 'A map.'], { tools: [look] })
  const { messages } = await agent.run({ messages: 'Go' })
  expect(ChatMessage.toolCallResults(messages[2])[0]?.result).toEqual([image])
  expect(linesOf(agent.asked[1]?.messages as ChatMessage[])[2]).toBe(
    'tool: call-1-1 = (image/png, 4 bytes, not shown)',
  )
})
