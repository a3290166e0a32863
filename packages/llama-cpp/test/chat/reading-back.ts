import { expect } from '@jest/globals'
import { ChatMessage, type JsonObject, ToolCall } from '@millrace/core'
import { callStarts } from '../../src/chat/call-format.ts'
import { callsOnlyGrammar } from '../../src/chat/call-grammar.ts'
import type { ToolDescription } from '../../src/chat/chat-request.ts'
import type { ChatTemplate } from '../../src/chat/chat-template.ts'
import { type ReplyFormat, replyParts } from '../../src/chat/reply-format.ts'
import { opensThought, sharedLength, wholeMarks } from '../../src/chat/thoughts.ts'
import { acceptedEnds } from '../gbnf/gbnf-acceptor.ts'

/** Some templates cannot do without a description. */
const described = (schema: JsonObject): JsonObject => ({ ...schema, description: 'Any.' })

const plan: ToolDescription = {
  name: 'plan_trip',
  description: 'Plans a trip.',
  parameters: {
    type: 'object',
    properties: {
      city: described({ type: 'string' }),
      days: described({ type: 'integer' }),
      price: described({ type: 'number' }),
      exact: described({ type: 'boolean' }),
      tags: described({ type: 'array', items: { type: 'string' } }),
      part: described({
        type: 'object',
        properties: { k: { type: 'number' } },
        additionalProperties: { type: 'number' },
      }),
    },
    required: ['city'],
  },
}
const ask: ToolDescription = {
  name: 'ask',
  description: 'Asks.',
  parameters: {
    type: 'object',
    properties: { note: described({ type: 'null' }), question: described({ type: 'string' }) },
  },
}
/** Some templates call themselves without end for a type that they do not know. */
const askWithoutNull: ToolDescription = {
  ...ask,
  parameters: { type: 'object', properties: { question: described({ type: 'string' }) } },
}
export const probedTools = [plan, ask]

const first: JsonObject = {
  city: 'São Paulo <1> & "two"\nlines',
  days: 3,
  price: 2.5,
  exact: true,
  tags: ['a', 'b c'],
  part: { k: 1.5 },
}
const second: JsonObject = { note: null, question: '42' }

export interface ReadReply {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly (readonly [name: string, values: unknown])[]
}

/** What a reply is made of when it comes in pieces of a size. */
export function readReply(reply: string, format: ReplyFormat, size: number, tools = probedTools): ReadReply {
  const { calls, ...read } = readParts(reply, format, { size, tools, isCut: false })
  return { ...read, calls: calls.map(({ name, json }) => [name, JSON.parse(json) as unknown]) }
}

function readParts(
  reply: string,
  format: ReplyFormat,
  {
    size,
    tools,
    isCut,
  }: { readonly size: number; readonly tools: readonly ToolDescription[]; readonly isCut: boolean },
) {
  const { parts } = replyParts(format, { tools, toolChoice: 'auto' })
  const result = { text: '', reasoning: '' }
  const calls: { name: string; json: string }[] = []
  const pieces = Array.from({ length: Math.ceil(reply.length / size) }, (_, index) =>
    reply.slice(index * size, (index + 1) * size),
  )
  for (const piece of [...pieces, undefined]) {
    for (const part of (piece === undefined ? parts?.end(isCut) : parts?.push(piece)) ?? []) {
      if (part.kind === 'text' || part.kind === 'reasoning') result[part.kind] += part.text
      if (part.kind !== 'toolCall') continue
      const call = calls[part.index] ?? { name: part.name ?? '', json: '' }
      calls[part.index] = { ...call, json: call.json + part.arguments }
    }
  }
  if (!parts) result.text = reply
  return { ...result, calls }
}

function withoutNull(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as JsonObject
}

/**
 * What a template renders of one and of two calls, with text and with a thought in front: the reply that a model would
 * write. The grammar has to allow it, and reading it has to give what was rendered.
 */
export function expectCallsReadBack(template: ChatTemplate, hasNull = true): void {
  const tools = hasNull ? probedTools : [plan, askWithoutNull]
  const { calls } = template.facts
  if (calls === undefined) throw new RangeError('the format of calls is not known')
  const call = (name: string, given: JsonObject, index: number): ToolCall => ({
    type: 'toolCall',
    id: `c0000000${index}`,
    name,
    arguments: given,
  })
  const made = [call('plan_trip', first, 1), call('ask', hasNull ? second : withoutNull(second), 2)]
  const counts = calls.format.between === undefined ? [1] : [1, 2]
  for (const count of counts) {
    for (const beside of [{}, { text: 'I look.' }, { reasoning: 'Hm.' }]) {
      const toolCalls = made.slice(0, count)
      const { reply, format } = rendered(template, ChatMessage.assistant({ ...beside, toolCalls }), tools)
      // Text that is a turn of its own belongs to another reply.
      const end = template.facts.turnEnd.trim()
      const isTurn =
        calls.format.turnEnd === undefined &&
        end !== '' &&
        reply.slice(0, reply.indexOf('plan_trip')).includes(end)
      if (isTurn && !('reasoning' in beside)) continue
      const expected = toolCalls.map(({ name, arguments: given }) => [name, given])
      for (const size of [1, 7, 100_000]) {
        const read = readReply(reply, format, size)
        const lossy = expected.map(([name, given]) => [name, withoutNull(given as JsonObject)])
        try {
          expect(read.calls).toEqual(expected)
        } catch (error) {
          if (calls.format.values.kind !== 'nested') throw error
          expect(read.calls).toEqual(lossy)
        }
        expect(`${read.text}${read.reasoning}`).not.toMatch(/plan_trip|São/)
        if ('text' in beside && reply.includes('I look.'))
          expect(`${read.text}${read.reasoning}`).toContain('I look.')
        if ('reasoning' in beside && reply.includes('Hm.')) expect(read.reasoning).toContain('Hm.')
      }
      if (Object.keys(beside).length === 0) expectLed(reply, format)
    }
  }
}

/**
 * Wherever a reply is cut off in a call, the call is whole or cannot be read: never with a part of its arguments. What
 * it begins with is not text.
 */
export function expectCutCallsUnreadable(template: ChatTemplate): void {
  const given = { city: 'Rome', days: 3 }
  const toolCalls: ToolCall[] = [{ type: 'toolCall', id: 'c00000001', name: 'plan_trip', arguments: given }]
  const { reply, format } = rendered(template, ChatMessage.assistant({ toolCalls }), probedTools)
  for (let end = 1; end <= reply.length; end++) {
    const { calls, text } = readParts(reply.slice(0, end), format, {
      size: 5,
      tools: probedTools,
      isCut: true,
    })
    if (calls.length === 0 && /^\s*[<[\]]/.test(reply)) expect(text.trim().length).toBeLessThan(2)
    const [call] = calls
    const read = call === undefined ? undefined : ToolCall.readArguments(call.json)
    if (read !== undefined)
      expect({ end: reply.slice(0, end), read }).toEqual({ end: reply.slice(0, end), read: given })
  }
}

/** The grammar allows all calls of a reply, from the beginning of the first to the end of the last one. */
function expectLed(reply: string, format: ReplyFormat): void {
  const grammar = callsOnlyGrammar({ format: format.calls, tools: probedTools, begun: '', engine: 'test' })
  const starts = callStarts(format.calls)
  const named = starts.map((start) => reply.indexOf(`${start}plan_trip`))
  const marked = starts.filter((start) => start !== '').map((start) => reply.indexOf(start))
  const found = [named, marked].find((places) => places.some((at) => at >= 0)) ?? []
  const place = Math.min(...found.filter((at) => at >= 0))
  const rest = acceptedEnds(grammar, reply, place).map((end) => reply.slice(end))
  if (rest.some((text) => !/plan_trip|ask|42|1\.5/.test(text))) return
  throw new RangeError(`the grammar does not allow ${JSON.stringify(reply)}\n${grammar}`)
}

/** What the template writes behind the cue for a message of the assistant, and how the reply to that cue is read. */
function rendered(
  template: ChatTemplate,
  message: ChatMessage,
  tools: readonly ToolDescription[],
): { readonly reply: string; readonly format: ReplyFormat } {
  const user = ChatMessage.user('Where to?')
  const shared = { tools, templateKwargs: {} }
  const over = { ...shared, messages: [user, message], reply: false }
  const whole = template.render(over, (text) => text).pieces.join('')
  const asked = template.render({ ...shared, messages: [user] }, (text) => text)
  const cue = asked.pieces.join('')
  const begin = wholeMarks(cue, sharedLength(cue, whole))
  return {
    reply: whole.slice(begin.length),
    format: { ...asked.format, thoughtOpen: opensThought(begin, asked.format.answer.thought) },
  }
}

/** An answer with a thought, and one without. */
export function expectThoughtsApart(template: ChatTemplate): void {
  const { answer } = template.facts
  const asked = template.render(
    { messages: [ChatMessage.user('Where to?')], tools: [], templateKwargs: {} },
    (text) => text,
  )
  const lead = answer.leads[0] ?? ''
  const plain = readReply(`${lead}Rome is fine.`, { ...asked.format, thoughtOpen: false }, 1)
  expect(plain).toEqual({ text: 'Rome is fine.', reasoning: '', calls: [] })
  if (!answer.thought) return
  const { start, close } = answer.thought
  for (const thoughtOpen of [false, true]) {
    const reply = `${thoughtOpen ? '' : start}\nIs it Rome?${close}${lead}Rome is fine.`
    for (const size of [1, 5, 1000]) {
      expect(readReply(reply, { ...asked.format, thoughtOpen }, size)).toEqual({
        text: 'Rome is fine.',
        reasoning: 'Is it Rome?',
        calls: [],
      })
    }
  }
}
