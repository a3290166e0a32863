import { describe, expect, test } from '@jest/globals'
import { CALL_ROWS } from '../../src/chat/call-rows.ts'
import { ChatTemplate } from '../../src/chat/chat-template.ts'
import { jinjaTemplate } from '../../src/chat/jinja-template.ts'
import type { ReplyFormat } from '../../src/chat/reply-format.ts'
import {
  expectCallsReadBack,
  expectCutCallsUnreadable,
  expectThoughtsApart,
  readReply,
} from './reading-back.ts'
import { rowTemplates } from './row-templates.ts'

function template(name: keyof typeof rowTemplates): ChatTemplate {
  const text = rowTemplates[name]
  return new ChatTemplate(text, jinjaTemplate(text), { bos: '<s>', eos: '</s>' })
}

function format(name: keyof typeof rowTemplates): ReplyFormat {
  const { calls, answer } = template(name).facts
  if (!calls) throw new RangeError(`'${name}' has no calls`)
  return { calls: calls.format, oneCall: false, ids: calls.ids, answer, thoughtOpen: false }
}

const names = Object.keys(rowTemplates) as (keyof typeof rowTemplates)[]

test('every row has a template', () => {
  expect(CALL_ROWS.map((row) => row.name).filter((name) => !names.some((known) => known === name))).toEqual(
    [],
  )
})

describe.each(names)('%s', (name) => {
  test('is found', () => {
    const isRow = CALL_ROWS.some((row) => row.name === name)
    expect(format(name).calls.name).toBe(isRow ? name : 'json')
  })

  test('calls are rendered, led and read back', () => {
    expectCallsReadBack(template(name))
  })

  test('thoughts and answers are apart', () => {
    expectThoughtsApart(template(name))
  })

  test('a call that was cut off is not taken for a whole one', () => {
    expectCutCallsUnreadable(template(name))
  })
})

describe.each([1, 6, 1000])(
  'what models write otherwise than templates, in pieces of %d characters',
  (size) => {
    const read = (name: keyof typeof rowTemplates, reply: string) => readReply(reply, format(name), size)
    const called = [['ask', { question: '42' }]]

    test.each([
      [
        'harmony',
        '<|channel|>commentary to=functions.ask <|constrain|>json<|message|>{"question": "42"}<|call|>',
      ],
      ['harmony', '<|channel|>analysis to=functions.ask json<|message|>{"question": "42"}<|call|>'],
      ['qwen3-coder', '<function=ask>\n<parameter=question>\n42\n</parameter>\n</function>\n</tool_call>'],
      ['qwen3-coder', '<tool_call><function=ask><parameter=question>42</parameter></function></tool_call>'],
      ['glm', '<tool_call>ask<arg_key>question</arg_key><arg_value>42</arg_value></tool_call>'],
      [
        'kimi-k2',
        '<|tool_call_begin|>functions.ask:7<|tool_call_argument_begin|>{"question": "42"}<|tool_call_end|>',
      ],
      ['llama-3', '<|python_tag|>{"type": "function", "name": "ask", "arguments": {"question": "42"}}'],
      ['an id behind', '[TOOL_CALLS] [{"name":"ask","arguments":{"question":"42"},"id":"abcdefghi"}]'],
      ['lfm2', '<|tool_call_start|>[ask(question="42")]<|tool_call_end|>'],
    ] as const)('%s: %s', (name, reply) => {
      expect(read(name, reply)).toEqual({ text: '', reasoning: '', calls: called })
    })

    test('a closing tag within a value does not end it, where nothing follows that could', () => {
      const value = 'a </parameter> b'
      const reply = `<tool_call>\n<function=ask>\n<parameter=question>\n${value}\n</parameter>\n</function>\n</tool_call>`
      expect(read('qwen3-coder', reply).calls).toEqual([['ask', { question: value }]])
    })

    test('a call from within a thought ends the thought, where models do so', () => {
      const reply =
        '<think>Hm.\n<tool_call>\n<function=ask>\n<parameter=question>\n42\n</parameter>\n</function>\n</tool_call>'
      expect(read('qwen3-coder', reply)).toEqual({ text: '', reasoning: 'Hm.', calls: called })
    })

    test('the channels of Harmony are thought, text and call', () => {
      const reply =
        '<|channel|>analysis<|message|>The user greets.<|end|><|start|>assistant<|channel|>commentary<|message|>I look.<|end|><|start|>assistant<|channel|>analysis<|message|>Now.<|end|><|start|>assistant<|channel|>final<|message|>Hello there!'
      expect(read('harmony', reply)).toEqual({
        text: 'I look.\n\nHello there!',
        reasoning: 'The user greets.Now.',
        calls: [],
      })
    })

    test('what ends a turn ends it where no call follows', () => {
      const name = 'the end of a turn in front'
      const call = (city: string) =>
        `<|im_end|>\n<|im_start|>function call\n{"name": "ask", "arguments": {"question": "${city}"}}`
      expect(read(name, 'Hello! <|im_end|>\n<|im_start|>user\nHi')).toMatchObject({
        text: 'Hello! ',
        calls: [],
      })
      expect(read(name, `I look.${call('42')}`)).toMatchObject({ text: 'I look.', calls: called })
      expect(read(name, `${call('42')}<|im_end|>\n<|im_start|>user\nHi`)).toMatchObject({
        text: '',
        calls: called,
      })
    })

    test('a second call has an index of its own, and both keep the ids that the model wrote', () => {
      const call = (index: number) =>
        `<|tool_call_begin|>functions.ask:${index}<|tool_call_argument_begin|>{"question": "42"}<|tool_call_end|>`
      const reply = `<|tool_calls_section_begin|>${call(0)}${call(1)}<|tool_calls_section_end|>`
      expect(read('kimi-k2', reply).calls).toEqual([...called, ...called])
    })
  },
)
