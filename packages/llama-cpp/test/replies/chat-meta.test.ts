import { afterAll, describe, expect, test } from '@jest/globals'
import { ChatMessage, type JsonObject, type Tool, t, tool } from '@millrace/core'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import type { ChatRequest, Generation } from '../../src/engines/request.ts'
import { cutWarnings } from '../../src/replies/chat-meta.ts'
import { pocketPath } from '../pocket.ts'
import { collectWarnings } from '../warnings.ts'

const json: ChatRequest['constraint'] = { kind: 'json', schema: {} } as never
const grammar: ChatRequest['constraint'] = { kind: 'grammar', gbnf: 'root ::= "a"' } as never
const whole = { id: '1', name: 'add', arguments: '{"a": 1}' }
const cut = { id: '2', name: 'add', arguments: '{"a": ' }

/** What is said of a reply that ended at a limit. */
function said(
  { text = '', toolCalls = [] }: Partial<Pick<Generation, 'text' | 'toolCalls'>>,
  request: Partial<Pick<ChatRequest, 'constraint' | 'toolChoice'>> = {},
  finishReason: Generation['finishReason'] = 'length',
): string | undefined {
  const generation = { text, toolCalls, finishReason }
  const [warning] = cutWarnings(generation, { constraint: undefined, toolChoice: 'auto', ...request })
  if (warning !== undefined) expect(warning.code).toBe('REPLY_CUT')
  return warning?.message.split(/[.:] /)[0]
}

describe('a reply that ends at its limit of tokens', () => {
  test.each(['{"a": 1}', '[]', ' "text" ', 'true', 'null'])('is complete where it is the JSON %s', (text) => {
    expect(said({ text }, { constraint: json })).toBeUndefined()
  })

  test.each(['{"a": 1', '[1,', '"te', 'tru', '', '12'])(
    'may lack something where it is the JSON %j',
    (text) => {
      expect(said({ text }, { constraint: json })).toBe(
        'The reply was cut off in the middle of the JSON of generationKwargs.responseFormat',
      )
    },
  )

  test('may lack something of a grammar', () => {
    expect(said({ text: 'a' }, { constraint: grammar })).toBe(
      'The reply was cut off within the grammar of generationKwargs.grammar',
    )
  })

  test.each(['auto', 'required', { name: 'add' }] as const)(
    'is cut in a call, with the choice %j',
    (toolChoice) => {
      const middle = "The reply was cut off in the middle of a call of the tool 'add'"
      expect(said({ toolCalls: [cut] }, { toolChoice })).toBe(middle)
      expect(said({ toolCalls: [whole, cut] }, { toolChoice, constraint: json })).toBe(middle)
      expect(said({ toolCalls: [{ ...cut, name: '' }] }, { toolChoice })).toBe(
        'The reply was cut off in the middle of a call of a tool',
      )
      expect(said({ toolCalls: [whole] }, { toolChoice, constraint: json })).toBeUndefined()
    },
  )

  test.each(['required', { name: 'add' }] as const)(
    'lacks the call that had to come, with the choice %j',
    (toolChoice) => {
      expect(said({ text: 'Hm' }, { toolChoice })).toBe(
        'The reply was cut off in front of the call that generationKwargs.toolChoice asks for',
      )
    },
  )

  test('is as good as any where nothing was asked of it', () => {
    expect(said({ text: 'and so' })).toBeUndefined()
    expect(said({ text: '{' }, { constraint: json }, 'aborted')).toBeUndefined()
  })
})

describe('live, a reply of the pocket model', () => {
  const generator = new LlamaCppChatGenerator({
    model: pocketPath,
    nCtx: 512,
    generationKwargs: { temperature: 0 },
  })
  afterAll(() => generator.close())

  /** The text, the number of calls, the reason of the end, and the codes of the warnings. */
  async function asked(generationKwargs: object, tools: Tool[] = []) {
    const { replies } = await generator.run({ messages: 'What is 1 plus 2?', generationKwargs, tools })
    const [reply = ChatMessage.assistant('')] = replies
    const warnings = (reply.meta?.['warnings'] ?? []) as JsonObject[]
    return {
      text: ChatMessage.texts(reply).join(''),
      calls: ChatMessage.toolCalls(reply).length,
      finishReason: reply.meta?.['finishReason'],
      codes: warnings.map(({ code }) => code).filter((code) => code === 'REPLY_CUT'),
    }
  }

  test('is cut where the JSON lacks something, and nowhere else', async () => {
    const schema = {
      type: 'object',
      properties: { a: { enum: [1] } },
      required: ['a'],
      additionalProperties: false,
    }
    const seen = new Set<string>()
    await collectWarnings(async () => {
      for (let maxTokens = 1; maxTokens < 30; maxTokens++) {
        const { text, finishReason, codes } = await asked({
          responseFormat: { type: 'jsonObject', schema },
          maxTokens,
        })
        const isWhole = text.endsWith('}')
        seen.add(`${finishReason} ${isWhole}`)
        expect([maxTokens, codes]).toEqual([maxTokens, isWhole ? [] : ['REPLY_CUT']])
        if (finishReason === 'stop') break
      }
    })
    expect([...seen].sort()).toEqual(['length false', 'length true', 'stop true'])
  })

  test('is cut where a call that had to come lacks something', async () => {
    const add = tool({
      name: 'add',
      description: 'Adds.',
      parameters: t.object({ a: t.integer(), b: t.integer() }),
      run: () => 3,
    })
    await collectWarnings(async () => {
      for (const toolChoice of ['required', { name: 'add' }]) {
        for (const maxTokens of [1, 2, 3, 5, 8]) {
          const cut = await asked({ toolChoice, maxTokens }, [add])
          expect([maxTokens, cut]).toMatchObject([maxTokens, { text: '', calls: 0, codes: ['REPLY_CUT'] }])
        }
        expect(await asked({ toolChoice }, [add])).toMatchObject({ calls: 1, codes: [] })
      }
    })
  })
})
