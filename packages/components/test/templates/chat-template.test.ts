import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { typeName } from '@millrace/core/component'
import { compileChatTemplate, variableTypes } from '../../src/templates/chat-template.ts'

describe('compileChatTemplate', () => {
  test('takes both forms', () => {
    const list = compileChatTemplate([{ role: 'user', content: '{{ x }}' }], 'template')
    const blocks = compileChatTemplate('{% message role="user" %}{{ x }}{% endmessage %}', 'template')
    for (const template of [list, blocks]) {
      expect(template.variables).toEqual(['x'])
      expect(template.render({ x: 'a' })).toEqual([ChatMessage.user('a')])
    }
  })

  test('knows which variables hold messages', () => {
    for (const template of ['{% insert history %}{{ x }}', [{ insert: 'history' }]]) {
      const { uses } = compileChatTemplate(template, 'template')
      expect(
        [...variableTypes(uses, 'template')].map(([name, socket]) => [name, typeName(socket.type)]),
      ).toEqual([['history', 'ChatMessage[]']])
    }
  })

  test.each([
    ['', "'template' is empty: it makes no message."],
    [[], "'template' is empty: it makes no message."],
    [null, "'template' must be a string or a list of messages, not null."],
    [1, "'template' must be a string or a list of messages, not number."],
  ])('refuses %j', (template, message) => {
    expect(() => compileChatTemplate(template as never, 'template')).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_INVALID', option: 'template', message }),
    )
  })
})
