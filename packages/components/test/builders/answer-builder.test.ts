import { describe, expect, test } from '@jest/globals'
import { ChatMessage, Document, Pipeline, ToolCall } from '@millrace/core'
import { testComponent } from '@millrace/core/testing'
import { AnswerBuilder } from '../../src/builders/answer-builder.ts'

const documents = ['a', 'b', 'c'].map((content) => Document.create({ content, meta: { page: 1 } }))
const query = 'why?'

/** What the one answer to a reply is. */
async function answered(parameters: object, reply: string | ChatMessage, inputs: object = {}) {
  const replies = [reply] as readonly string[]
  const [answer] = (await new AnswerBuilder(parameters).run({ query, replies, ...inputs })).answers
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

  test('makes an answer of each reply, with its question and metadata', async () => {
    const replies = [
      ChatMessage.assistant({ text: 'Yes.', meta: { model: 'm', n: 1 } }),
      ChatMessage.assistant('No.'),
    ]
    expect((await new AnswerBuilder().run({ query, replies, meta: [{ n: 2 }, {}] })).answers).toEqual([
      { data: 'Yes.', query, documents: [], meta: { model: 'm', n: 2, allMessages: replies } },
      { data: 'No.', query, documents: [], meta: { allMessages: replies } },
    ])
  })

  test('takes the last reply alone, with its metadata, where it is asked to', async () => {
    const builder = new AnswerBuilder({ lastMessageOnly: true })
    const { answers } = await builder.run({ query, replies: ['a', 'b'], meta: [{ n: 1 }, { n: 2 }] })
    expect(answers.map(({ data, meta }) => [data, meta['n']])).toEqual([['b', 2]])
    expect((await builder.run({ query, replies: [] })).answers).toEqual([])
  })

  test.each([
    ['Answer: (.*)', 'Hm. Answer: 42', '42'],
    ['[^\\n]+$', 'An argument.\nThe answer.', 'The answer.'],
    ['Answer: (\\d+)?', 'Answer: none', 'Answer: '],
    ['Answer: (.*)', 'No idea.', ''],
    ['(?:A|B): (.*)', 'B: yes', 'yes'],
  ])('the pattern %j takes out of %j: %j', async (pattern, reply, expected) => {
    expect((await answered({ pattern }, reply)).data).toBe(expected)
    expect((await answered({ pattern: 'x' }, reply, { pattern })).data).toBe(expected)
  })

  test('is empty for a reply without a text', async () => {
    const call = ChatMessage.assistant({ toolCalls: [ToolCall.create({ name: 'add', arguments: {} })] })
    expect((await answered({}, call)).data).toBe('')
  })

  test('gives all documents without references, each with its number', async () => {
    expect((await answered({}, 'a [2]', { documents })).documents.map(({ meta }) => meta)).toEqual([
      { page: 1, sourceIndex: 1 },
      { page: 1, sourceIndex: 2 },
      { page: 1, sourceIndex: 3 },
    ])
    expect(documents[0]?.meta).toEqual({ page: 1 })
  })

  test('gives the documents that a reply refers to, or all and says which they are', async () => {
    const referencePattern = '\\[(\\d+)\\]'
    const referenced = async (parameters: object) =>
      (
        await answered({ referencePattern, ...parameters }, 'It is so [3], [1].', { documents })
      ).documents.map(({ content, meta }) => [content, meta['sourceIndex'], meta['referenced']])
    expect(await referenced({})).toEqual([
      ['a', 1, true],
      ['c', 3, true],
    ])
    expect(await referenced({ returnOnlyReferencedDocuments: false })).toEqual([
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
    async (referencePattern, expandReferenceRanges, reply, found, unknown) => {
      const { documents: given, meta } = await answered({ expandReferenceRanges }, reply, {
        documents,
        referencePattern,
      })
      expect(given.map((document) => document.meta['sourceIndex'])).toEqual(found)
      expect(meta['unknownReferences']).toEqual(unknown)
    },
  )

  test('needs metadata for each reply', async () => {
    await expect(new AnswerBuilder().run({ query, replies: ['a'], meta: [{}, {}] })).rejects.toThrow(
      expect.objectContaining({
        code: 'ANSWER_INVALID',
        message: "'meta' has 2 entries, and 'replies' 1. Give one for each reply.",
      }),
    )
  })

  test.each([
    ['(a)(b)', /^'pattern' has 2 groups, and only one can be the answer\. Write the others as/],
    ['(a', /^'pattern' cannot be read: /],
    [
      '(a)\\1',
      /^'pattern' cannot be read: The pattern '\(a\)\\1' cannot be matched without backtracking: it has the back-reference/,
    ],
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

  test('ends with a pattern that a matcher with backtracking would not end with', async () => {
    const reply = `${'a'.repeat(50_000)}!`
    expect((await answered({ pattern: '^(?:a+)+$', referencePattern: '(?:a|aa)+b' }, reply)).data).toBe('')
  })

  test('an abort ends a search for references', async () => {
    const pipeline = new Pipeline({ answers: new AnswerBuilder({ referencePattern: 'a(?:.*z)?' }) })
    const run = pipeline.run(
      { answers: { query, replies: ['a'.repeat(200_000)] } },
      { signal: AbortSignal.timeout(20) },
    )
    await expect(run).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }))
  })
})
