// Haystack's checklist for LlamaCppChatGenerator, 8.6: a message with an image. There the model is a mock, and here too;
// the same on the pocket model, from a PNG and a JPEG, is in pipelines.test.ts.
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ChatMessage, ImageContent } from '@millrace/core'
import { markedMedia } from '../../src/engines/llama-node/marked-media.ts'
import { ScriptedEngine } from '../scripted-engine.ts'
import { generatorOn } from '../scripted-generator.ts'

const file = join(import.meta.dirname, '../../../pocket-model/images/red-circle.png')

describe('8.6 multimodal', () => {
  test('a message of a text and a PNG reaches the model as one message with two parts; its reply comes back', async () => {
    const engine = new ScriptedEngine('A red circle.')
    const generator = generatorOn(engine)
    const image = await ImageContent.fromFile(file)
    const { replies } = await generator.run({
      messages: [ChatMessage.user(["What's in this image?", image])],
    })
    await generator.close()
    expect(replies.map((reply) => ChatMessage.text(reply))).toEqual(['A red circle.'])
    const [request, ...others] = engine.requests
    expect(others).toEqual([])
    expect(request?.messages).toMatchObject([
      { role: 'user', content: [{ type: 'text' }, { type: 'image', mimeType: 'image/png' }] },
    ])
    const { messages, media } = markedMedia(request?.messages ?? [], {
      vision: true,
      audio: false,
    })
    expect(messages).toMatchObject([
      { role: 'user', content: [{ text: "What's in this image?\n" }, { type: 'text' }] },
    ])
    expect(media).toEqual([`data:image/png;base64,${image.base64}`])
  })
})
