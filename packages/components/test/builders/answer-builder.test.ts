import { describe, expect, test } from '@jest/globals'
import { ChatMessage, Document, ToolCall } from '@millrace/core'
import { testComponent } from '@millrace/core/testing'
import { AnswerBuilder } from '../../src/builders/answer-builder.ts'

const documents = ['a', 'b', 'c'].map((content) => Document.create({ content, meta: { page: 1 } }))
const query = 'why?'

/** What the one answer to a reply is. */
function answered(parameters: object, reply: string | ChatMessage, inputs: object = {}) {
  const replies = [reply] as readonly string[]
  const [answer] = new AnswerBuilder(parameters).run({ query, replies, ...inputs }).answers
  if (answer === undefined) throw new Error('There is no answer.')
  return answer
}

describe('AnswerBuilder', () => {
  testComponent(() => new AnswerBuilder({ referencePattern: '\\[(\\d+)\\]' }), {
    test,
    inputs: [
      { query, replies: ['a [1] [9]'], documents },
      { query, replies: [ChatMessage.assistant('b')] },
    ],
  })

  test('makes an answer of each reply, with its question and metadata', () => {
    const replies = [
      ChatMessage.assistant({ text: 'Yes.', meta: { model: 'm', n: 1 } }),
      ChatMessage.assistant('No.'),
    ]
    expect(new AnswerBuilder().run({ query, replies, meta: [{ n: 2 }, {}] }).answers).toEqual([
      { data: 'Yes.', query, documents: [], meta: { model: 'm', n: 2, allMessages: replies } },
      { data: 'No.', query, documents: [], meta: { allMessages: replies } },
    ])
  })

  test('takes the last reply alone, with its metadata, where it is asked to', () => {
    const builder = new AnswerBuilder({ lastMessageOnly: true })
    const { answers } = builder.run({ query, replies: ['a', 'b'], meta: [{ n: 1 }, { n: 2 }] })
    expect(answers.map(({ data, meta }) => [data, meta['n']])).toEqual([['b', 2]])
    expect(builder.run({ query, replies: [] }).answers).toEqual([])
  })

  test.each([
    ['Answer: (.*)', 'Hm. Answer: 42', '42'],
    ['[^\\n]+$', 'An argument.\nThe answer.', 'The answer.'],
    ['Answer: (\\d+)?', 'Answer: none', 'Answer: '],
    ['Answer: (.*)', 'No idea.', ''],
    ['(?:A|B): (.*)', 'B: yes', 'yes'],
  ])('the pattern %j takes out of %j: %j', (pattern, reply, expected) => {
    expect(answered({ pattern }, reply).data).toBe(expected)
    expect(answered({ pattern: 'x' }, reply, { pattern }).data).toBe(expected)
  })

  test('is empty for a reply without a text', () => {
    const call = ChatMessage.assistant({ toolCalls: [ToolCall.create({ name: 'add', arguments: {} })] })
    expect(answered({}, call).data).toBe('')
  })

  test('gives all documents without references, each with its number', () => {
    expect(answered({}, 'a [2]', { documents }).documents.map(({ meta }) => meta)).toEqual([
      { page: 1, sourceIndex: 1 },
      { page: 1, sourceIndex: 2 },
      { page: 1, sourceIndex: 3 },
    ])
    expect(documents[0]?.meta).toEqual({ page: 1 })
  })

  test('gives the documents that a reply refers to, or all and says which they are', () => {
    const referencePattern = '\\[(\\d+)\\]'
    const referenced = (parameters: object) =>
      answered({ referencePattern, ...parameters }, 'It is so [3], [1].', { documents }).documents.map(
        ({ content, meta }) => [content, meta['sourceIndex'], meta['referenced']],
      )
    expect(referenced({})).toEqual([
      ['a', 1, true],
      ['c', 3, true],
    ])
    expect(referenced({ returnOnlyReferencedDocuments: false })).toEqual([
      ['a', 1, true],
      ['b', 2, false],
      ['c', 3, true],
    ])
  })

  test.each([
    ['\\[(\\d+)\\]', false, '[0] [2] [9]', [2], ['0', '9']],
    ['\\[(\\w+)\\]', false, '[x] [2]', [2], ['x']],
    ['\\d', false, 'As 1 and 3 say', [1, 3], undefined],
    ['\\[(\\d+)\\]', false, '[1-2] [1,3]', [], undefined],
    ['\\[(\\d+)\\]', true, '[1,3] [9]', [1, 3], ['9']],
    ['\\[(\\d+)\\]', true, '[2-10]', [2, 3], undefined],
    ['\\[(\\d+)\\]', true, '[6-10]', [], ['6-10']],
    ['\\[(\\d+)\\]', true, '[3-1] [2]', [2], undefined],
    ['<(.*?)>', true, '<1, 2-3,> <a-b>', [1, 2, 3], ['a-b']],
  ])(
    '%s (ranges: %s) finds in %j the documents %j',
    (referencePattern, expandReferenceRanges, reply, found, unknown) => {
      const { documents: given, meta } = answered({ expandReferenceRanges }, reply, {
        documents,
        referencePattern,
      })
      expect(given.map((document) => document.meta['sourceIndex'])).toEqual(found)
      expect(meta['unknownReferences']).toEqual(unknown)
    },
  )

  test('needs metadata for each reply', () => {
    expect(() => new AnswerBuilder().run({ query, replies: ['a'], meta: [{}, {}] })).toThrow(
      expect.objectContaining({
        code: 'ANSWER_INVALID',
        message: "'meta' has 2 entries, and 'replies' 1. Give one for each reply.",
      }),
    )
  })

  test.each([
    ['(a)(b)', /^'pattern' has 2 groups, and only one can be the answer\. Write the others as/],
    ['(a', /^'pattern' cannot be read: /],
  ])('refuses the pattern %j', (pattern, message) => {
    expect(() => new AnswerBuilder({ pattern })).toThrow(
      expect.objectContaining({
        code: 'PATTERN_INVALID',
        option: 'pattern',
        message: expect.stringMatching(message),
      }),
    )
    expect(() => new AnswerBuilder({ referencePattern: pattern })).toThrow(/'referencePattern'/)
  })
})
