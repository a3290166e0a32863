import { expect, test } from '@jest/globals'
import { failureText, resultParts } from '../src/result-parts.ts'

const options = { images: 'keep', maxLength: 1000 } as const
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

test.each<[string, object, unknown]>([
  ['one text is a text', { content: [{ type: 'text', text: 'a' }] }, 'a'],
  [
    'several texts are parts',
    {
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    },
    [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ],
  ],
  [
    'data come once: as the text, where there is one',
    { content: [{ type: 'text', text: '{"a":1}' }], structuredContent: { a: 1 } },
    '{"a":1}',
  ],
  ['data without a text are JSON', { content: [], structuredContent: { a: 1 } }, '{"a":1}'],
  ['a result of the oldest servers', { toolResult: { a: 1 } }, '{"a":1}'],
  ['nothing is an empty text', {}, ''],
  [
    'an image is an image',
    { content: [{ type: 'image', data: png, mimeType: 'image/png' }] },
    [{ type: 'image', base64: png, mimeType: 'image/png' }],
  ],
  [
    'an image in a resource is one, too',
    { content: [{ type: 'resource', resource: { uri: 'a://b', blob: png, mimeType: 'image/png' } }] },
    [{ type: 'image', base64: png, mimeType: 'image/png' }],
  ],
  [
    'an image that is none is said to be',
    { content: [{ type: 'image', data: '%%%', mimeType: 'image/png' }] },
    expect.stringMatching(/^\[an image that cannot be read: /),
  ],
  [
    'a sound is described',
    { content: [{ type: 'audio', data: 'AAAA', mimeType: 'audio/wav' }] },
    '[a sound, audio/wav, 3 bytes, which is not shown here]',
  ],
  [
    'a text in a blob is a text',
    { content: [{ type: 'resource', resource: { uri: 'a://b', blob: 'aGk=', mimeType: 'text/plain' } }] },
    '[the resource a://b]\nhi',
  ],
  ['what is no part at all', { content: ['a'] }, 'a'],
  [
    'what is for the user alone is left out',
    {
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b', annotations: { audience: ['user'] } },
      ],
    },
    'a',
  ],
  [
    'unless there is nothing else',
    { content: [{ type: 'text', text: 'b', annotations: { audience: ['user'] } }] },
    'b',
  ],
])('%s', (_, answer, result) => {
  expect(resultParts(answer as Record<string, unknown>, options)).toEqual(result)
})

test('images are words for a model that cannot see', () => {
  const content = [{ type: 'image', data: png, mimeType: 'image/png' }]
  expect(resultParts({ content }, { ...options, images: 'describe' })).toBe(
    '[an image, image/png, 70 bytes, which is not shown here]',
  )
})

test('texts have a limit together, and what goes is said', () => {
  const content = ['a', 'b', 'c'].map((letter) => ({ type: 'text', text: letter.repeat(800) }))
  const parts = resultParts({ content }, options) as readonly { text: string }[]
  expect(parts.map(({ text }) => text.length)).toEqual([800, expect.any(Number), expect.any(Number)])
  expect(parts[1]?.text).toMatch(/^b{150}\n\[… 600 of 800 characters are left out here\..*\nb{50}$/)
  expect(parts[2]?.text).toBe('[… 1 more texts are left out. Ask for less. …]')
})

test('a cut never leaves half of a character', () => {
  const text = '🙂'.repeat(2000)
  const result = String(resultParts({ content: [{ type: 'text', text }] }, { ...options, maxLength: 333 }))
  expect(result).not.toMatch(/\p{Surrogate}/u)
})

test('a failure is its texts, a line each', () => {
  const content = [
    { type: 'text', text: 'a' },
    { type: 'image', data: png, mimeType: 'image/png' },
  ]
  expect(failureText({ content }, 1000)).toBe('a\n[an image, image/png, 70 bytes, which is not shown here]')
})
