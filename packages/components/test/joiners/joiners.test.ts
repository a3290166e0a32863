// The joiners that wait for all of their senders.
import { describe, expect, test } from '@jest/globals'
import { Document, Pipeline, type ValueOf } from '@millrace/core'
import { testComponent } from '@millrace/core/testing'
import { Constant } from '../../src/adapters/constant.ts'
import type { Answer } from '../../src/answer.ts'
import { PromptBuilder } from '../../src/builders/prompt-builder.ts'
import { AnswerJoiner } from '../../src/joiners/answer-joiner.ts'
import { ListJoiner } from '../../src/joiners/list-joiner.ts'
import { StringJoiner } from '../../src/joiners/string-joiner.ts'

describe('ListJoiner', () => {
  testComponent(() => new ListJoiner({ of: 'documents' }), { test })

  test('joins lists in the order of the connections', async () => {
    const pipeline = new Pipeline({
      second: new Constant({ value: ['c'], of: 'strings' }),
      first: new Constant({ value: ['a', 'b'], of: 'strings' }),
      join: new ListJoiner({ of: 'strings' }),
    })
      .connect('first.value', 'join.values')
      .connect('second.value', 'join.values')
    const result = await pipeline.run({})
    const values: readonly string[] = result.get('join.values')
    expect(values).toEqual(['a', 'b', 'c'])
  })

  test('leaves nothing out, and takes lists of its type alone', () => {
    const joiner = new ListJoiner({ of: 'documents' })
    const document = Document.create({ content: 'a' })
    expect(joiner.run({ values: [[document], [], [document]] })).toEqual({ values: [document, document] })
    expect(joiner.inputs.values.type).toBe(joiner.outputs.values.type)
    // @ts-expect-error a text is not a type of lists
    expect(() => new ListJoiner({ of: 'string' })).toThrow(
      expect.objectContaining({
        code: 'VALUE_INVALID',
        option: 'of',
        message: expect.stringMatching(
          /^'of' is 'string', which is not the name of a type that is possible here\. Possible: 'list', 'strings',.*Did you mean 'strings'\?$/,
        ),
      }),
    )
    // @ts-expect-error the type is not optional
    expect(() => new ListJoiner({})).toThrow(/^ListJoiner was made without 'of'.*\n {2}of: 'list' \| /)
  })
})

describe('StringJoiner', () => {
  testComponent(() => new StringJoiner(), { test })

  test('collects texts in the order of the connections', async () => {
    const pipeline = new Pipeline({
      b: new PromptBuilder({ template: 'b' }),
      a: new PromptBuilder({ template: 'a' }),
      join: new StringJoiner(),
    })
      .connect('a.prompt', 'join.strings')
      .connect('b.prompt', 'join.strings')
    expect((await pipeline.run({})).get('join.strings')).toEqual(['a', 'b'])
  })
})

describe('AnswerJoiner', () => {
  testComponent(() => new AnswerJoiner({ topK: 2, sortByScore: true }), { test })

  const answer = (data: string, score?: number): Answer => ({
    ...{ data, query: 'q', documents: [], meta: {} },
    ...(score === undefined ? {} : { score }),
  })
  const answers = [
    [answer('bare'), answer('low', 0.1)],
    [answer('high', 0.9), answer('none')],
  ]
  const joined = (parameters: object, topK?: number) =>
    new AnswerJoiner(parameters)
      .run({ answers, ...(topK === undefined ? {} : { topK }) })
      .answers.map(({ data }) => data)

  test('joins answers, in their order or by their score', () => {
    expect(joined({})).toEqual(['bare', 'low', 'high', 'none'])
    expect(joined({ sortByScore: true })).toEqual(['high', 'low', 'bare', 'none'])
  })

  test('keeps as many as the run, or else the component, says', () => {
    expect(joined({ topK: 2 })).toEqual(['bare', 'low'])
    expect(joined({ topK: 2 }, 3)).toEqual(['bare', 'low', 'high'])
    expect(joined({ topK: 2 }, 0)).toEqual([])
    expect(() => new Pipeline({ join: new AnswerJoiner({ topK: 0 }) })).toThrow(/topK: must be >= 1/)
  })

  test('takes what an answer is', () => {
    const { answers } = new AnswerJoiner().outputs
    const value: ValueOf<typeof answers> = [answer('a', 1)]
    // @ts-expect-error an answer has its question
    const wrong: ValueOf<typeof answers> = [{ data: 'a', documents: [], meta: {} }]
    expect([value, wrong]).toHaveLength(2)
  })
})
