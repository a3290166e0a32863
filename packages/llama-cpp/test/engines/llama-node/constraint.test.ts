import { describe, expect, test } from '@jest/globals'
import { demanding, rootBody, untilRules, withRoot } from '../../../src/engines/llama-node/constraint.ts'
import type { FormattedChat } from '../../../src/engines/llama-node/native.ts'
import { checkGbnf } from '../../../src/gbnf/gbnf-check.ts'
import { failureOf } from '../../failure-of.ts'

const plain: FormattedChat = {
  prompt: 'p',
  grammar: '',
  generation_prompt: '',
  thinking_forced_open: false,
  additional_stops: [],
}
const tools = [{}]
const calls = (root: string) =>
  `root ::= ${root}\ntool-calls ::= "call"\nuntil-1 ::= [a-z]*\nspace ::= " "?\n`
/** Formats as llama.cpp does: lazily for `auto`, and with its cue and text before a call for `required`. */
const format = (root: string) => (choice: 'auto' | 'required') => ({
  ...plain,
  grammar: calls(choice === 'auto' ? 'tool-calls' : root),
  grammar_lazy: choice === 'auto',
})
const schema = { kind: 'json', schema: { const: 1 } } as const

describe('a call that is required', () => {
  test('comes without text before it', () => {
    const { grammar, ...rest } = demanding(format('"cue\\n" space until-1? tool-calls'), {
      tools,
      toolChoice: 'required',
      constraint: undefined,
    })
    expect(grammar).toBe(calls('tool-calls'))
    expect(rest).toMatchObject({ grammar_lazy: false, grammar_triggers: [] })
  })

  test('is left to the model where the grammar is not understood', () => {
    for (const root of ['"cue" tool-calls', '"cue" (until-1? tool-calls)']) {
      const formatted = demanding(format(root), { tools, toolChoice: { name: 'a' }, constraint: undefined })
      expect(formatted).toMatchObject({ grammar: calls('tool-calls'), grammar_lazy: true })
    }
  })

  test('may come behind a thought', () => {
    const thinks = (choice: 'auto' | 'required') => ({
      ...format('"cue" until-1? tool-calls')(choice),
      thinking_start_tag: '<t>',
      thinking_end_tag: '</t>',
    })
    const demand = { tools, toolChoice: 'required', constraint: undefined } as const
    expect(demanding(thinks, demand).grammar).toContain(
      'root ::= ( "<t>" thought-text thought-space )? reply-root\n',
    )
    const opened = (choice: 'auto' | 'required') => ({ ...thinks(choice), thinking_forced_open: true })
    expect(demanding(opened, demand).grammar).toContain('root ::= thought-text thought-space reply-root\n')
  })
})

describe('a schema beside tools', () => {
  test('is one of two ways to reply', () => {
    const { grammar } = demanding(format('"cue" until-1? tool-calls'), {
      tools,
      toolChoice: 'auto',
      constraint: schema,
    })
    expect(grammar).toContain('root ::= tool-calls | answer-root\n')
    expect(grammar).toMatch(/^answer-root ::= answer-/m)
  })

  test('is refused where the grammar of calls is not understood', async () => {
    const error = await failureOf(() =>
      demanding(format('tool-calls'), { tools, toolChoice: 'auto', constraint: schema }),
    )
    expect([error.code, error.message]).toEqual([
      'OPTION_UNSUPPORTED',
      "Engine 'llama.node' cannot honour 'generationKwargs.responseFormat': not with tools in the format of this model. Engine 'node-llama-cpp' can.",
    ])
  })
})

test('the root of a grammar is read and replaced', () => {
  const gbnf = 'a ::= "x"\nroot ::= a b\nb ::= "$&"'
  expect(rootBody(gbnf)).toBe('a b')
  expect(withRoot(gbnf, '"$&"')).toBe('a ::= "x"\nroot ::= "$&"\nb ::= "$&"')
  expect(rootBody('a ::= "x"')).toBeUndefined()
})

test('the rules up to a mark read every text that ends with it, and no other', () => {
  const rules = untilRules('until', 'aab')
  expect(() => checkGbnf(`root ::= until\n${rules}`)).not.toThrow()
  expect(rules).toBe(
    [
      'until ::= "a" until-1 | [^\\U00000061] until',
      'until-1 ::= "a" until-2 | [^\\U00000061] until',
      'until-2 ::= "a" until-2 | "b" | [^\\U00000061\\U00000062] until',
      '',
    ].join('\n'),
  )
})
