import { expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import { ChatMessage } from '../../src/data/chat-message.ts'
import { parseReply } from '../../src/data/parse-reply.ts'
import { thrown } from '../component/thrown.ts'

const person = t.object({ name: t.string(), age: t.integer() })

test('a reply becomes the data that it is the JSON of, with its type', () => {
  const reply = ChatMessage.assistant({ reasoning: 'Hm.', text: '{"name": "Nina", "age": 42}\n' })
  const read = parseReply(person, reply)
  expect(read.name.length + read.age).toBe(46)
  expect(parseReply(t.array(t.integer()), ChatMessage.assistant('[1, 2]'))).toEqual([1, 2])
})

test.each<[string, ChatMessage | undefined, RegExp]>([
  ['no reply', undefined, /^The reply cannot be read: there is none\.$/],
  ['thoughts alone', ChatMessage.assistant({ reasoning: 'x' }), /it has no text\.$/],
  [
    'what was cut off',
    ChatMessage.assistant({ text: '{"name": "Ni', meta: { finishReason: 'length' } }),
    /it is not JSON: .*\. It was cut off: give it more tokens, with 'maxTokens'\.$/,
  ],
  [
    'what was stopped',
    ChatMessage.assistant({ text: '{"name"', meta: { finishReason: 'aborted' } }),
    /it is not JSON: .*\. The run was stopped\.$/,
  ],
  [
    'what does not fit',
    ChatMessage.assistant('{"name": "Nina", "age": "old"}'),
    /^The reply cannot be read: 'age': expected integer, got "old"\.$/,
  ],
])('%s is refused', (_, reply, message) => {
  expect(thrown(() => parseReply(person, reply))).toMatch(
    new RegExp(message.source.replace(/^\^?/, (start) => (start ? '^DATA_INVALID_REPLY: ' : ''))),
  )
})
