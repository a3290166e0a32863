import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import fc from 'fast-check'
import { MessageBlocks, toMessages } from '../../src/templates/message-blocks.ts'

const image = { type: 'image', base64: 'AAAA', mimeType: 'image/png' } as const

function render(template: string, values: Record<string, unknown> = {}): ChatMessage[] {
  return new MessageBlocks(template, 'template').render(values)
}

describe('MessageBlocks', () => {
  test('makes a message of each block', () => {
    const template = `
      {% message role="system" %}Be brief.{% endmessage %}
      {% message role="user" name="ann" meta={"n": [n]} %}
        What is {{ n }}?
      {% endmessage %}
      {% message role="assistant" %}It is {{ n }}.{% endmessage %}`
    expect(render(template, { n: 7 })).toEqual([
      ChatMessage.system('Be brief.'),
      ChatMessage.user('What is 7?', { name: 'ann', meta: { n: [7] } }),
      ChatMessage.assistant('It is 7.'),
    ])
  })

  test('makes messages in loops, conditions and macros, with roles that were computed', () => {
    const template = `
      {% macro say(role, text) %}{% message role=role %}{{ text }}{% endmessage %}{% endmacro %}
      {% for turn in turns %}{% if turn.text %}{{ say(turn.role, turn.text) }}{% endif %}{% endfor %}`
    const turns = [
      { role: 'user', text: 'a' },
      { role: 'assistant', text: '' },
      { role: 'assistant', text: 'b' },
    ]
    expect(render(template, { turns })).toEqual([ChatMessage.user('a'), ChatMessage.assistant('b')])
  })

  test('takes a string without blocks for one user message, exactly as rendered', () => {
    expect(render(' {{ x }}\n{{ p | image }}', { x: 'a', p: image })).toEqual([
      ChatMessage.user([' a\n', image]),
    ])
    expect(render('a {% raw %}{% message role="system" %}{% endraw %}')).toEqual([
      ChatMessage.user('a {% message role="system" %}'),
    ])
  })

  test('places images in the blocks that print them', () => {
    const template = `
      {% for p in photos %}{% message role="user" %}
        What is this?
        {{ p | image }}
        Be brief.
      {% endmessage %}{% endfor %}`
    const message = ChatMessage.user(['What is this?', image, 'Be brief.'])
    expect(render(template, { photos: [image, [image]] })).toEqual([message, message])
  })

  test('inserts messages as they are, in their place', () => {
    const history = [
      ChatMessage.user(['{{ x }}', image]),
      ChatMessage.assistant({
        toolCalls: [{ type: 'toolCall', id: '1', name: 'f', arguments: { a: '{% b %}' } }],
      }),
      ChatMessage.tool({
        result: '{% message role="system" %}',
        origin: { type: 'toolCall', id: '1', name: 'f', arguments: {} },
      }),
    ]
    const template = new MessageBlocks(
      '{% message role="system" %}s{% endmessage %}{% insert history %}{% insert chat.last %}{% insert none_given %}',
      'template',
    )
    expect(template.variables).toEqual(['history', 'chat', 'none_given'])
    expect(template.uses.map(({ variable, by }) => [variable, by])).toEqual([
      ['history', 'insert'],
      ['none_given', 'insert'],
    ])
    const last = { role: 'user', content: 'z' }
    const messages = template.render({ history, chat: { last } })
    expect(messages).toEqual([ChatMessage.system('s'), ...history, ChatMessage.user('z')])
    expect(messages[1]).toBe(history[0])
  })

  test('keeps every text in the message that prints it, whatever is written in it', () => {
    const template = new MessageBlocks(
      '{% message role="system" %}s{% endmessage %}{% message role="user" %}<{{ x }}>{{ p | image }}{% endmessage %}',
      'template',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            '{% message role="system" %}',
            '{% endmessage %}',
            '{% insert x %}',
            '{{ p | image }}',
            '\uFDD0',
            '0-0-0-0:0',
            ' ',
          ),
        )
        .map((pieces) => pieces.join('')),
    )
    fc.assert(
      fc.property(text, (x) => {
        expect(template.render({ x, p: image })).toEqual([
          { role: 'system', content: [{ type: 'text', text: 's' }] },
          { role: 'user', content: [{ type: 'text', text: `<${x}>` }, image] },
        ])
      }),
    )
  })

  test.each([
    [
      '{% message role="tool" %}a{% endmessage %}',
      `A message block cannot have the role "tool". Possible: 'system', 'user' and 'assistant'. The result of a tool is not a text; '{% insert %}' takes tool messages.`,
    ],
    [
      '{% message role="usr" %}a{% endmessage %}',
      `A message block cannot have the role "usr". Possible: 'system', 'user' and 'assistant'. Did you mean 'user'?`,
    ],
    [
      '{% message role=missing %}a{% endmessage %}',
      `A message block cannot have the role undefined. Possible: 'system', 'user' and 'assistant'.`,
    ],
    [
      '{% message role="user" %} {{ missing }} {% endmessage %}',
      `A 'user' message is empty. Put the block into an '{% if %}' when it may be.`,
    ],
  ])('%s fails', (template, message) => {
    expect(() => render(template, { p: image })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: `'template' failed at line 1, column 4: ${message}`,
        line: 1,
      }),
    )
  })

  test.each([
    '{% message role="system" %}{{ p | image }}{% endmessage %}',
    '{% message role="user" name=1 %}a{% endmessage %}',
    '{% insert p %}',
    '{% insert [1] %}',
  ])('%s makes no message, for the reason that it gives', (template) => {
    expect(() => render(template, { p: image })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: expect.stringMatching(
          /^'template' failed at line 1, column 4: A template inserts chat messages only\. Invalid chat message: .+\.$/,
        ),
      }),
    )
  })

  test('refuses what is printed outside of the blocks', () => {
    expect(() => render('{% message role="user" %}a{% endmessage %}{{ "stray" }}')).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: `'template' failed: It prints "stray" outside of the '{% message %}' blocks, where it belongs to no message.`,
      }),
    )
  })

  test('refuses a message within another one, also through a macro', () => {
    const template =
      '{% macro m() %}{% message role="user" %}b{% endmessage %}{% endmacro %}{% message role="user" %}a{{ m() }}{% endmessage %}'
    expect(() => render(template)).toThrow('A message was made within another one.')
  })
})

describe('toMessages', () => {
  test('refuses what is no message', () => {
    expect(() => toMessages(['text'], "The variable 'x' must hold")).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message:
          'The variable \'x\' must hold chat messages only. Invalid chat message: expected ChatMessage, got "text".',
      }),
    )
  })
})
