import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type CallFormat, GENERAL_CALLS } from '../../src/chat/call-format.ts'
import { CallReader } from '../../src/chat/call-reader.ts'
import type { ReplyPart } from '../../src/chat/reply-part.ts'
import { ReplyParts, type ReplyPartsOptions } from '../../src/chat/reply-parts.ts'

const json = { name: 'json', open: '', close: '', between: undefined, values: { kind: 'json' } } as const
const llama: CallFormat = { ...json, call: '{"name": "⟨name⟩", "parameters": ⟨arguments⟩}' }
const mistral: CallFormat = {
  ...json,
  open: '[TOOL_CALLS] [',
  call: '{"name": "⟨name⟩", "arguments": ⟨arguments⟩}',
  between: ', ',
  close: ']',
}
const functionary: CallFormat = { ...json, call: '⟨name⟩\n⟨arguments⟩', between: '>>>' }
const thought = { start: '<think>', end: '</think>', close: '\n</think>\n\n' }

type Options = Partial<ReplyPartsOptions> & { readonly format?: CallFormat; readonly isCut?: boolean }

/** What a reply is made of when it comes in pieces of a size: joined where the kind is the same, without marks. */
function read(text: string, { format, isCut, ...options }: Options = {}, size = 1) {
  let id = 0
  const tools = ['get', 'get_weather'].map((name) => ({ name }))
  const calls = format && new CallReader(format, tools, () => `id${++id}`)
  const parts = new ReplyParts({
    calls,
    thought: undefined,
    thoughtOpen: false,
    thoughtsAsText: false,
    leads: [],
    breaks: [],
    ...options,
  })
  const pieces: ReplyPart[] = []
  for (let place = 0; place < text.length; place += size) {
    pieces.push(...parts.push(text.slice(place, place + size)))
  }
  pieces.push(...parts.end(isCut))
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
    expect(read(`${paris}\n${red}`, { format: GENERAL_CALLS }, size)).toEqual({
      text: '',
      reasoning: '',
      calls: ['get_weather{"city": "Paris"}', 'get{"a": "}\\"{", "b": [1, {}]}'],
    })
  })

  test('has text around calls', () => {
    expect(read(`I look.\n\n${paris}\nDone. `, { format: GENERAL_CALLS }, size)).toEqual({
      text: 'I look.\nDone. ',
      reasoning: '',
      calls: ['get_weather{"city": "Paris"}'],
    })
  })

  test('has several calls in one list', () => {
    const list =
      '[TOOL_CALLS] [{"name": "get", "arguments": {}}, {"name": "get_weather", "arguments": {"city": "Rome"}}]'
    expect(read(list, { format: mistral }, size).calls).toEqual(['get{}', 'get_weather{"city": "Rome"}'])
  })

  test('ends behind the only call that it may have', () => {
    const other = paris.replace('Paris', 'Rome')
    const options = { format: { ...GENERAL_CALLS, between: undefined }, oneCall: true }
    expect(read(`I look.\n\n${paris}\n${other}\nDone.`, options, size)).toEqual({
      text: 'I look.',
      reasoning: '',
      calls: ['get_weather{"city": "Paris"}'],
    })
    expect(read('I do not look.', options, size).text).toBe('I do not look.')
  })

  test('has a call that begins like any JSON', () => {
    const call = '{"name": "get_weather", "parameters": {"city": "Oslo"}}'
    expect(read(call, { format: llama }, size)).toEqual({
      text: '',
      reasoning: '',
      calls: ['get_weather{"city": "Oslo"}'],
    })
  })

  test.each(['{"name": "Nina", "age": 42}', '{"name": "geted"}', '{"na', 'a { b', '{'])(
    'has text that only looks like a call: %s',
    (text) => {
      expect(read(text, { format: llama }, size)).toEqual({ text, reasoning: '', calls: [] })
    },
  )

  test('says first whom it is for', () => {
    expect(read('all\nHello', { format: functionary, leads: ['all\n'] }, size).text).toBe('Hello')
    expect(read('get\n{"a": 1}>>>get_weather\n{}', { format: functionary }, size).calls).toEqual([
      'get{"a": 1}',
      'get_weather{}',
    ])
  })

  test('keeps a call that was cut off, and is text where it has no name', () => {
    expect(read(paris.slice(0, paris.indexOf('is"}')), { format: GENERAL_CALLS }, size).calls).toEqual([
      'get_weather{"city": "Par',
    ])
    expect(read('<tool_call>\n{"na', { format: GENERAL_CALLS }, size)).toEqual({
      text: '<tool_call>\n{"na',
      reasoning: '',
      calls: [],
    })
  })

  test('is without the mark that it was cut off in, and keeps a call that has no name yet', () => {
    const cut = { format: GENERAL_CALLS, isCut: true, thought }
    expect(read('I look.\n<tool_c', cut, size)).toEqual({ text: 'I look.', reasoning: '', calls: [] })
    expect(read('<think>Hm.</thi', cut, size)).toEqual({ text: '', reasoning: 'Hm.', calls: [] })
    expect(read('1 <', cut, size).text).toBe('1 <')
    expect(read('<tool_call>\n{"na', cut, size)).toEqual({
      text: '',
      reasoning: '',
      calls: ['<tool_call>\n{"na'],
    })
    const named = '<tool_call>\n{"name": "get_weather", "arg'
    expect(read(named, cut, size).calls).toEqual([`get_weather${named}`])
  })

  test('is without whatever a further call began with when it was cut off behind a whole one', () => {
    for (const [format, whole, began] of [
      [GENERAL_CALLS, red, ['<', '\n<', '<tool_c']],
      [llama, '{"name": "get", "parameters": {}}', ['{', ' {"', '\n{"na']],
    ] as const) {
      for (const rest of began) {
        const { text, calls } = read(whole + rest, { format, isCut: true }, size)
        expect([rest, text, calls.length]).toEqual([rest, '', 1])
      }
      const words = read(`${whole} and <`, { format, isCut: true }, size)
      expect([words.text.trim(), words.calls.length]).toEqual(['and <', 1])
    }
  })

  test('has no words where a further call was cut off', () => {
    const begun = '[TOOL_CALLS] [{"name": "get", "arguments": {}}, {"name": '
    for (const cut of [begun, `${begun}"`, `${begun}"get_w`]) {
      expect(read(cut, { format: mistral }, size)).toEqual({ text: '', reasoning: '', calls: ['get{}'] })
    }
    const tags = read(`${red}\n<tool_call>\n{"na`, { format: GENERAL_CALLS }, size)
    expect([tags.text, tags.calls.length]).toEqual(['', 1])
  })

  test('has the longest name where nothing stands between a name and the arguments', () => {
    const bare: CallFormat = { ...json, call: '[CALL]⟨name⟩⟨arguments⟩' }
    expect(read('[CALL]get{"a": 1}', { format: bare }, size).calls).toEqual(['get{"a": 1}'])
    expect(read('[CALL]get_weather{}', { format: bare }, size).calls).toEqual(['get_weather{}'])
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
    expect(read(reply, { thought, format: GENERAL_CALLS }, size)).toEqual({
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
      expect(read(text, { format: GENERAL_CALLS, thought }, size)).toEqual({
        text,
        reasoning: '',
        calls: [],
      })
    }),
  )
})
