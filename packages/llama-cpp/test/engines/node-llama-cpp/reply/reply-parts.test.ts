import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { GENERAL_SYNTAX, type ToolSyntax } from '../../../../src/engines/node-llama-cpp/prompt/tool-syntax.ts'
import { CallParser } from '../../../../src/engines/node-llama-cpp/reply/call-parser.ts'
import type { ReplyPart } from '../../../../src/engines/node-llama-cpp/reply/reply-part.ts'
import {
  ReplyParts,
  type ReplyPartsOptions,
} from '../../../../src/engines/node-llama-cpp/reply/reply-parts.ts'

const llama: ToolSyntax = {
  prefix: '{"name": "',
  middle: '", "parameters": ',
  between: undefined,
  suffix: '}',
  lead: '',
}
const mistral: ToolSyntax = {
  prefix: '[TOOL_CALLS] [{"name": "',
  middle: '", "arguments": ',
  between: '}, {"name": "',
  suffix: '}]',
  lead: '',
}
const functionary: ToolSyntax = { prefix: '', middle: '\n', between: '>>>', suffix: '', lead: 'all\n' }
const thought = { start: '<think>', end: '</think>', close: '\n</think>\n\n' }

type Options = Partial<ReplyPartsOptions> & { readonly syntax?: ToolSyntax }

/** What a reply is made of when it comes in pieces of a size: joined where the kind is the same, without marks. */
function read(text: string, { syntax, ...options }: Options = {}, size = 1) {
  let id = 0
  const calls = syntax && new CallParser(syntax, ['get', 'get_weather'], () => `id${++id}`)
  const parts = new ReplyParts({
    calls,
    thought: undefined,
    thoughtOpen: false,
    thoughtsAsText: false,
    lead: syntax?.lead ?? '',
    ...options,
  })
  const pieces: ReplyPart[] = []
  for (let place = 0; place < text.length; place += size) {
    pieces.push(...parts.push(text.slice(place, place + size)))
  }
  pieces.push(...parts.end())
  const result = { text: '', reasoning: '', calls: [] as string[] }
  for (const piece of pieces) {
    if (piece.kind === 'text' || piece.kind === 'reasoning') result[piece.kind] += piece.text
    if (piece.kind === 'toolCall') {
      result.calls[piece.index] = (result.calls[piece.index] ?? '') + (piece.name ?? '') + piece.arguments
    }
  }
  return result
}

const paris = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>'
const red = '<tool_call>\n{"name": "get", "arguments": {"a": "}\\"{", "b": [1, {}]}}\n</tool_call>'

describe.each([1, 2, 3, 7, 1000])('a reply in pieces of %d characters', (size) => {
  test('has calls', () => {
    expect(read(`${paris}\n${red}`, { syntax: GENERAL_SYNTAX }, size)).toEqual({
      text: '',
      reasoning: '',
      calls: ['get_weather{"city": "Paris"}', 'get{"a": "}\\"{", "b": [1, {}]}'],
    })
  })

  test('has text around calls', () => {
    expect(read(`I look.\n\n${paris}\nDone. `, { syntax: GENERAL_SYNTAX }, size)).toEqual({
      text: 'I look.\nDone. ',
      reasoning: '',
      calls: ['get_weather{"city": "Paris"}'],
    })
  })

  test('has several calls in one list', () => {
    const list =
      '[TOOL_CALLS] [{"name": "get", "arguments": {}}, {"name": "get_weather", "arguments": {"city": "Rome"}}]'
    expect(read(list, { syntax: mistral }, size).calls).toEqual(['get{}', 'get_weather{"city": "Rome"}'])
  })

  test('has a call that begins like any JSON', () => {
    const call = '{"name": "get_weather", "parameters": {"city": "Oslo"}}'
    expect(read(call, { syntax: llama }, size)).toEqual({
      text: '',
      reasoning: '',
      calls: ['get_weather{"city": "Oslo"}'],
    })
  })

  test.each(['{"name": "Nina", "age": 42}', '{"name": "geted"}', '{"na', 'a { b', '{'])(
    'has text that only looks like a call: %s',
    (text) => {
      expect(read(text, { syntax: llama }, size)).toEqual({ text, reasoning: '', calls: [] })
    },
  )

  test('says first whom it is for', () => {
    expect(read('all\nHello', { syntax: functionary }, size).text).toBe('Hello')
    expect(read('get\n{"a": 1}>>>get_weather\n{}', { syntax: functionary }, size).calls).toEqual([
      'get{"a": 1}',
      'get_weather{}',
    ])
  })

  test('keeps a call that was cut off, and is text where it has no name', () => {
    expect(read(paris.slice(0, paris.indexOf('is"}')), { syntax: GENERAL_SYNTAX }, size).calls).toEqual([
      'get_weather{"city": "Par',
    ])
    expect(read('<tool_call>\n{"na', { syntax: GENERAL_SYNTAX }, size)).toEqual({
      text: '<tool_call>\n{"na',
      reasoning: '',
      calls: [],
    })
  })

  test('has no words where a further call was cut off', () => {
    const second = mistral.between?.slice(0, -1) ?? ''
    const begun = `[TOOL_CALLS] [{"name": "get", "arguments": {}${second}`
    for (const cut of [begun, `${begun}"`, `${begun}"get_w`]) {
      expect(read(cut, { syntax: mistral }, size)).toEqual({ text: '', reasoning: '', calls: ['get{}'] })
    }
    const tags = read(`${red}\n<tool_call>\n{"na`, { syntax: GENERAL_SYNTAX }, size)
    expect([tags.text, tags.calls.length]).toEqual(['', 1])
  })

  test('has the longest name where nothing stands between a name and the arguments', () => {
    const bare: ToolSyntax = { prefix: '[CALL]', middle: '', between: undefined, suffix: '', lead: '' }
    expect(read('[CALL]get{"a": 1}', { syntax: bare }, size).calls).toEqual(['get{"a": 1}'])
    expect(read('[CALL]get_weather{}', { syntax: bare }, size).calls).toEqual(['get_weather{}'])
  })

  test('has a thought in front', () => {
    const reply = '<think>\nHm, <b>.\n</think>\n\nYes.'
    expect(read(reply, { thought }, size)).toEqual({ text: 'Yes.', reasoning: 'Hm, <b>.', calls: [] })
    expect(read(reply.slice(8), { thought, thoughtOpen: true }, size)).toEqual({
      text: 'Yes.',
      reasoning: 'Hm, <b>.',
      calls: [],
    })
    expect(read(reply, { thought, thoughtsAsText: true }, size).text.replaceAll('\n', '')).toBe(
      reply.replaceAll('\n', ''),
    )
  })

  test('has no call in a thought', () => {
    const reply = `<think>${paris}</think>${red}`
    expect(read(reply, { thought, syntax: GENERAL_SYNTAX }, size)).toEqual({
      text: '',
      reasoning: paris,
      calls: ['get{"a": "}\\"{", "b": [1, {}]}'],
    })
  })

  test('has a thought that does not end', () => {
    expect(read('<think>and so on </thi', { thought }, size).reasoning).toBe('and so on </thi')
  })
})

test('a reply without calls and thoughts is its text, in whatever pieces', () => {
  const letters = fc.constantFrom('<', 't', 'ool_call>', '{"name": "', ' ', '\n', 'a', '<think>', '}')
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 12 }), fc.integer({ min: 1, max: 9 }), (words, size) => {
      const text = `x${words.join('').replaceAll('<tool_call>', '')}`
      expect(read(text, { syntax: GENERAL_SYNTAX, thought }, size)).toEqual({
        text,
        reasoning: '',
        calls: [],
      })
    }),
  )
})
