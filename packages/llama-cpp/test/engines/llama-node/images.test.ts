import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ChatMessage, FileContent, ImageContent, type ToolCall } from '@millrace/core'
import type { ModelContext } from '../../../src/engines/engine.ts'
import { failureOf } from '../../failure-of.ts'
import { gifBytes } from './gif-bytes.ts'
import { ask, openPocket, projector } from './opened-pocket.ts'
import { losslessWebp, lossyWebp } from './webp-bytes.ts'

const { assistant, system, tool, user } = ChatMessage
const folder = join(import.meta.dirname, '../../../../pocket-model/images')
const image = (name: string) => ImageContent.fromFile(join(folder, name))
const what = "What's in this image?"

let context: ModelContext
let textOnly: ModelContext

beforeAll(async () => {
  context = await openPocket({ projector, slots: 2 })
  textOnly = await openPocket()
})

afterAll(async () => {
  await context.dispose()
  await textOnly.dispose()
})

describe('images', () => {
  test.each([
    ['red-circle.png', what, 'I see a red circle on a white background.'],
    ['red-circle.png', 'What color is the shape?', 'The shape is red.'],
    ['blue-square.png', what, 'I see a blue square on a white background.'],
    ['blue-square.png', 'What color is the shape?', 'The shape is blue.'],
    ['green-triangle.jpg', what, 'I see a green triangle on a white background.'],
    ['green-triangle.jpg', 'What color is the shape?', 'The shape is green.'],
    ['yellow-cross.png', what, 'I see a yellow circle on a black background.'],
    ['yellow-cross.png', 'What color is the shape?', 'The shape is yellow.'],
    ['orange-circle.jpg', what, 'I see an orange square on a blue background.'],
    ['orange-circle.jpg', 'What color is the shape?', 'The shape is orange.'],
    ['purple-square.png', what, 'I see a purple square on a yellow background.'],
    ['purple-square.png', 'What color is the shape?', 'The shape is purple.'],
    ['red-circle-blue-square.png', what, 'I see a red circle on the left and a blue square on the right.'],
    ['red-circle-blue-square.png', 'How many shapes are there?', 'There are two shapes.'],
    [
      'green-triangle-black-cross.png',
      what,
      'I see a green triangle on the left and a black cross on the right.',
    ],
    ['green-triangle-black-cross.png', 'How many shapes are there?', 'There are two shapes.'],
  ])('%s: %s', async (name, question, answer) => {
    const { text, finishReason } = await ask(context, [user([question, await image(name)])])
    expect([text, finishReason]).toEqual([answer, 'stop'])
  })

  test.each([
    ['lossless', losslessWebp],
    ['lossy', lossyWebp],
  ])('%s WebP, which llama.cpp does not decode', async (_, base64) => {
    const picture = ImageContent.create({ base64, mimeType: 'image/webp' })
    const { text } = await ask(context, [user([what, picture])])
    expect(text).toBe('I see a red circle on a white background.')
  })

  test('keep their place among the texts', async () => {
    const circle = await image('red-circle.png')
    const square = await image('blue-square.png')
    const count = async (parts: Parameters<typeof user>[0]) => (await ask(context, [user(parts)])).text
    expect(await count([circle, 'What color is the shape?'])).toBe('The shape is red.')
    // Of two images the pocket model speaks of the last.
    expect(await count([what, circle, square])).toBe('The shape is blue.')
    expect(await count([what, square, circle])).toContain('red')
  })

  test('may stand in several messages', async () => {
    const messages = [
      user([what, await image('red-circle.png')]),
      assistant('I see a red circle on a white background.'),
      user(['What color is the shape?', await image('blue-square.png')]),
    ]
    const { text, promptTokens } = await ask(context, messages)
    expect(text).toMatch(/^The shape is (red|blue)\.$/)
    expect(promptTokens).toBeGreaterThan(2 * 16)
  })

  test('may be GIFs', async () => {
    const inside = (x: number, y: number) => (x - 32) ** 2 + (y - 32) ** 2 < 400
    const palette = [
      [255, 255, 255],
      [220, 30, 30],
    ] as const
    const gif = gifBytes(64, 64, palette, (x, y) => (inside(x, y) ? 1 : 0))
    const part = ImageContent.fromBytes(gif)
    expect(part.mimeType).toBe('image/gif')
    const { text } = await ask(context, [user(['What color is the shape?', part])])
    expect(text).toBe('The shape is red.')
  })

  test('are evaluated for several requests at once', async () => {
    const colors = {
      'red-circle.png': 'red',
      'blue-square.png': 'blue',
      'orange-circle.jpg': 'orange',
      'purple-square.png': 'purple',
    }
    const asked = Object.entries(colors).map(async ([name, color]) => {
      const { text } = await ask(context, [user(['What color is the shape?', await image(name)])])
      expect(text).toBe(`The shape is ${color}.`)
    })
    await Promise.all(asked)
  })

  test('count as tokens of the prompt', async () => {
    const messages = [user([what, await image('red-circle.png')])]
    const { promptTokens } = await ask(context, messages, { maxTokens: 1 })
    expect(promptTokens).toBe(31)
    expect(await context.countTokens({ messages, tools: [], templateKwargs: {} })).toBe(31)
  })
})

describe('what cannot be looked at', () => {
  const png = Buffer.from('\x89PNG\r\n\x1a\n and no more', 'latin1').toString('base64')
  const call: ToolCall = { type: 'toolCall', id: 'c', name: 'look', arguments: {} }
  const refusals: [string, () => ModelContext, ChatMessage, string][] = [
    [
      'an image for a model of text',
      () => textOnly,
      user([what, { type: 'image', base64: png, mimeType: 'image/png' }]),
      "Part 1 of a message of role 'user' is of type 'image' (image/png): this model takes text alone. Give 'modelClipPath' the mmproj that belongs to it, if there is one.",
    ],
    [
      'an image of a type that is not decoded',
      () => context,
      user([what, { type: 'image', base64: 'Qk0=', mimeType: 'image/bmp' }]),
      "Part 1 of a message of role 'user' is of type 'image' (image/bmp): engine 'llama.node' decodes 'image/png', 'image/jpeg', 'image/gif' and 'image/webp'. Convert it to one of them.",
    ],
    [
      'an image that is none',
      () => context,
      user([{ type: 'image', base64: 'SGVsbG8=', mimeType: 'image/png' }]),
      "Part 0 of a message of role 'user' is of type 'image' (image/png): its bytes are of another type.",
    ],
    [
      'a file',
      () => context,
      user([FileContent.fromBytes(Buffer.from('%PDF-1.7'), { mimeType: 'application/pdf' })]),
      "Part 0 of a message of role 'user' is of type 'file' (application/pdf): a model reads images and sound.",
    ],
    [
      'sound for a model without ears',
      () => context,
      user([FileContent.fromBytes(Buffer.from('RIFF1234WAVE'), { mimeType: 'audio/wav' })]),
      "Part 0 of a message of role 'user' is of type 'file' (audio/wav): this model takes no sound. Give 'modelClipPath' the mmproj of a model that does.",
    ],
    [
      'an image in the result of a tool',
      () => context,
      tool({ result: [{ type: 'image', base64: png, mimeType: 'image/png' }], origin: call }),
      "Part 0 of a message of role 'tool' is of type 'image' (image/png): media may only stand in messages of the user.",
    ],
    [
      'a damaged image',
      () => context,
      user([{ type: 'image', base64: png, mimeType: 'image/png' }]),
      'An image or sound of the conversation cannot be decoded: its bytes are damaged, or of a kind that llama.cpp does not read. There is 1 in all.',
    ],
  ]

  test.each(refusals)('%s is an error before anything is evaluated', async (_, model, message, expected) => {
    const error = await failureOf(ask(model(), [user('Hello'), message]))
    expect([error.code, error.message]).toEqual(['MODALITY_UNSUPPORTED', expected])
  })

  test('an image in a message of the assistant or the system', async () => {
    for (const role of ['assistant', 'system'] as const) {
      const message = {
        role,
        content: [{ type: 'image', base64: png, mimeType: 'image/png' }],
      } as unknown as ChatMessage
      const error = await failureOf(ask(context, [system('Hello'), message]))
      expect(error.message).toBe(
        `Part 0 of a message of role '${role}' is of type 'image' (image/png): media may only stand in messages of the user.`,
      )
    }
  })
})
