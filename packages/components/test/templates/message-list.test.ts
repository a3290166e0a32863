import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { typeName } from '@millrace/core/component'
import fc from 'fast-check'
import { variableTypes } from '../../src/templates/chat-template.ts'
import { compileMessageList } from '../../src/templates/message-list.ts'

const image = { type: 'image', base64: 'AAAA', mimeType: 'image/png' } as const
const photo = { type: 'image', base64: 'BBBB', mimeType: 'image/jpeg' } as const
const call = { type: 'toolCall', id: '1', name: 'f', arguments: { q: '{{ x }}' } } as const

describe('compileMessageList', () => {
  test('renders the texts of system and user messages, and nothing else', () => {
    const template = compileMessageList(
      [
        { role: 'system', content: 'Be {{ tone }}.' },
        ChatMessage.user('{{ question }}', { name: '{{ a }}', meta: { b: '{{ c }}' } }),
        ChatMessage.assistant({ text: '{{ d }}', toolCalls: [call] }),
        ChatMessage.tool({ result: '{{ e }}', origin: call }),
      ],
      'template',
    )
    expect(template.variables).toEqual(['tone', 'question'])
    expect(template.render({ tone: 'brief', question: 'why?' })).toEqual([
      ChatMessage.system('Be brief.'),
      ChatMessage.user('why?', { name: '{{ a }}', meta: { b: '{{ c }}' } }),
      ChatMessage.assistant({ text: '{{ d }}', toolCalls: [call] }),
      ChatMessage.tool({ result: '{{ e }}', origin: call }),
    ])
  })

  test('puts images where they stand: constants, variables and the filter', () => {
    const template = compileMessageList(
      [
        {
          role: 'user',
          content: [
            'a {{ x }}',
            image,
            { type: 'image', variable: 'photos' },
            { type: 'text', text: 'b{{ p | image }}c' },
          ],
        },
      ],
      'template',
    )
    expect(template.variables).toEqual(['x', 'photos', 'p'])
    expect(
      [...variableTypes(template.uses, 'template')].map(([name, socket]) => [name, typeName(socket.type)]),
    ).toEqual([
      ['photos', 'ImageContent | ImageContent[]'],
      ['p', 'ImageContent | ImageContent[]'],
    ])
    expect(template.render({ x: 1, photos: [photo, photo], p: image })).toEqual([
      ChatMessage.user(['a 1', image, photo, photo, 'b', image, 'c']),
    ])
    expect(template.render({ x: 1, photos: photo })).toEqual([ChatMessage.user(['a 1', image, photo, 'bc'])])
  })

  test('inserts the messages of a variable as they are', () => {
    const template = compileMessageList(
      [{ role: 'system', content: 's' }, { insert: 'history' }, { role: 'user', content: '{{ q }}' }],
      'template',
    )
    const history = [ChatMessage.user('{{ q }}'), ChatMessage.assistant('b')]
    const messages = template.render({ history, q: 1 })
    expect(messages).toEqual([ChatMessage.system('s'), ...history, ChatMessage.user('1')])
    expect(messages[1]).toBe(history[0])
    expect(template.render({ history: ChatMessage.user('a') })).toHaveLength(3)
    expect(template.render({})).toHaveLength(2)
  })

  test('keeps every text in its message, whatever is written in it', () => {
    const template = compileMessageList(
      [{ role: 'user', content: ['{{ x }}', { type: 'image', variable: 'p' }] }],
      'template',
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (x) => {
        expect(template.render({ x, p: image })).toEqual([
          { role: 'user', content: [{ type: 'text', text: x }, image] },
        ])
      }),
    )
  })

  test.each([
    [
      [{ role: 'user', content: 'a {{ b c }}' }],
      'TEMPLATE_SYNTAX',
      'template[0].content',
      "Error in 'template[0].content' at line 1, column 8: Expected an operator or '}}', not 'c'.",
    ],
    [
      [ChatMessage.system('a'), { role: 'user', content: ['a', '{{ b'] }],
      'TEMPLATE_SYNTAX',
      'template[1].content[1]',
      "Error in 'template[1].content[1]' at line 1, column 1: '{{' is not closed: '}}' is missing.",
    ],
    [
      [ChatMessage.user('{% if %}')],
      'TEMPLATE_SYNTAX',
      'template[0].content[0].text',
      "Error in 'template[0].content[0].text' at line 1, column 7: Expected an expression, not '%}'.",
    ],
    [
      [{ role: 'system', content: '{{ p | image }}' }],
      'TEMPLATE_SYNTAX',
      'template[0].content',
      "Error in 'template[0].content' at line 1, column 8: There is no filter 'image' here. It works in the user messages of a ChatPromptBuilder only.",
    ],
    [
      [{ role: 'user', content: '{% insert history %}' }],
      'TEMPLATE_SYNTAX',
      'template[0].content',
      "Error in 'template[0].content' at line 1, column 4: There is no statement 'insert' here. It makes messages: it stands in a template of a ChatPromptBuilder that is one string.",
    ],
    [
      ['a'],
      'TEMPLATE_INVALID',
      'template[0]',
      "'template[0]' must be a message with 'role' and 'content', or { insert: variable }.",
    ],
    [
      [{ insert: 'history', role: 'user' }],
      'TEMPLATE_INVALID',
      'template[0]',
      "'template[0]' has the unknown key 'role'; its keys are 'insert'.",
    ],
    [
      [{ insert: 'a.b' }],
      'TEMPLATE_INVALID',
      'template[0].insert',
      "'a.b' in 'template[0].insert' cannot be the name of a variable: it starts with a letter or '_', goes on with letters, digits and '_', and is not a word of the template language.",
    ],
    [
      [{ role: 'user', content: [{ type: 'image', variable: 'p', detial: 'low' }] }],
      'TEMPLATE_INVALID',
      'template[0].content[0]',
      "'template[0].content[0]' has the unknown key 'detial'; its keys are 'type' and 'variable'.",
    ],
    [
      [{ insert: 'p' }, { role: 'user', content: [{ type: 'image', variable: 'p' }] }],
      'TEMPLATE_INVALID',
      'template',
      "The variable 'p' cannot hold both messages and images.",
    ],
  ])('refuses %j', (template, code, option, message) => {
    expect(() => {
      const { uses } = compileMessageList(template as never, 'template')
      variableTypes(uses, 'template')
    }).toThrow(expect.objectContaining({ code, option, message }))
  })

  test.each([
    [{ role: 'usr', content: 'a' }],
    [{ role: 'user' }],
    [{ role: 'user', content: [] }],
    [{ role: 'user', content: 1 }],
    [{ role: 'user', content: 'a', nmae: 'b' }],
    [{ role: 'system', content: [{ type: 'image', variable: 'p' }] }],
    [{ role: 'user', content: [{ type: 'image', base64: '?' }] }],
  ])('refuses %j for the reason that messages have', (entry) => {
    expect(() => compileMessageList([ChatMessage.user('a'), entry as never], 'template')).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_INVALID',
        option: 'template[1]',
        message: expect.stringMatching(/^'template\[1\]' is not a message\. Invalid chat message: .+[.?]$/),
        cause: expect.objectContaining({ name: 'DataError' }),
      }),
    )
  })

  test.each([
    [
      [{ insert: 'x' }],
      'template[0].insert',
      /^'template\[0\]\.insert' failed: The variable 'x' must hold chat messages only\. Invalid chat message: .+\.$/,
    ],
    [
      [{ role: 'user', content: ['a', { type: 'image', variable: 'x' }] }],
      'template[0].content[1].variable',
      /^'template\[0\]\.content\[1\]\.variable' failed: The variable 'x' must hold an ImageContent or a list of them, not a list with a string\.$/,
    ],
  ])('fails for %j and a variable of another kind', (template, option, message) => {
    expect(() => compileMessageList(template as never, 'template').render({ x: ['text'] })).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_FAILED', option, message: expect.stringMatching(message) }),
    )
  })

  test('fails when nothing is left of a message', () => {
    const template = compileMessageList(
      [{ role: 'user', content: [{ type: 'image', variable: 'p' }] }],
      'template',
    )
    expect(() => template.render({ p: [] })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        option: 'template[0]',
        message:
          "'template[0]' failed: It makes an empty 'user' message: its images and files are all missing.",
      }),
    )
  })
})
