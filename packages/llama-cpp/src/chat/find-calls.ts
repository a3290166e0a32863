import { isDeepStrictEqual } from 'node:util'
import { jsonValue } from './argument-schema.ts'
import { type CallFormat, withTurnEnd, writeTagged } from './call-format.ts'
import type { CallIdForm } from './call-ids.ts'
import { CallReader } from './call-reader.ts'
import { CALL_ROWS, type CallRow } from './call-rows.ts'
import { isExcess, templateReason } from './jinja-template.ts'
import { learnedCalls, type ProbedCall } from './learned-calls.ts'
import { ReplyParts } from './reply-parts.ts'
import type { TemplateMessage } from './template-messages.ts'
import { type AnswerMarks, answerMarks, type RenderedCall, sharedLength, wholeMarks } from './thoughts.ts'

/** What a template makes of tools. */
export interface TemplateCalls {
  readonly format: CallFormat
  readonly ids: CallIdForm
  /** Whether it wants the arguments of a call as JSON text. */
  readonly argumentsAsText: boolean
  /** What it wants as the content of a message with nothing but calls. */
  readonly noContent: '' | null
  /** Whether it describes the tools. */
  readonly described: boolean
  /** Whether calls have to stand in the words of the assistant, for it renders none. */
  readonly inWords: boolean
  /** Whether it renders the results of tools. */
  readonly results: boolean
}

/** What was found out about a template by rendering probes. */
export interface TemplateFacts {
  readonly calls: TemplateCalls | undefined
  /** Whether it describes tools, be it in a format that is not known. */
  readonly describesTools: boolean
  /** What it raises where there are tools. */
  readonly toolRefusal: string | undefined
  readonly answer: AnswerMarks
  /** The field in which it takes the thoughts of the assistant. */
  readonly thoughtField: ThoughtField
  /** What it ends an answer with. */
  readonly turnEnd: string
  /** What it raises for the simplest conversations; undefined where it renders one. */
  readonly refusal: string | undefined
}

export type ThoughtField = 'reasoning_content' | 'thinking' | 'reasoning'
const THOUGHT_FIELDS: readonly ThoughtField[] = ['reasoning_content', 'thinking', 'reasoning']

/** Throws what the template raises. */
export type RenderProbe = (variables: Readonly<Record<string, unknown>>) => string

const USER = { role: 'user', content: 'zquser' }
const VALUES = { city: 'zqRome', days: 3, exact: true, note: null, tags: ['a', 'b'], part: { k: 1.5 } }
const PARAMETERS = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    days: { type: 'integer' },
    exact: { type: 'boolean' },
    note: { type: 'null' },
    tags: { type: 'array', items: { type: 'string' } },
    part: { type: 'object', properties: { k: { type: 'number' } } },
  },
}
const TOOLS = ['zqfirst', 'zqsecond'].map((name) => ({ name, description: name, parameters: PARAMETERS }))
/** The same with texts alone, which formats with tags write as they are. */
const PLAIN_VALUES = { city: 'zqRome', other: 'zqother' }
const RESULT = 'zqresult'
/** What templates understand as the wish for an answer without a thought. */
const QUIET = { enable_thinking: false, thinking: false, reasoning_effort: 'none' }

/** How calls may be given to a template; what most of them take comes first. */
const WAYS = (['', null] as const).flatMap((noContent) =>
  (['any', 'nine'] as const).flatMap((ids) =>
    [false, true].map((argumentsAsText) => ({ noContent, ids, argumentsAsText })),
  ),
)
type Way = (typeof WAYS)[number]

/** Renders probes with a template, and finds out how calls, thoughts and answers are written. */
export function templateFacts(template: string, render: RenderProbe): TemplateFacts {
  return new Probes(template, render).facts()
}

class Probes {
  readonly #template: string
  readonly #render: RenderProbe
  #raised = ''

  constructor(template: string, render: RenderProbe) {
    this.#template = template
    this.#render = render
  }

  facts(): TemplateFacts {
    const cue = this.#behindUser([], { add_generation_prompt: true })
    const spoken = this.#behindUser([{ role: 'assistant', content: 'zqwords' }])
    const refusal = cue === undefined && spoken === undefined ? this.#raised : undefined
    const answered = spoken ?? 'zqwords'
    const withTools = this.#text([], { tools: toolValues })
    const toolRefusal = withTools === undefined && refusal === undefined ? this.#raised : undefined
    const described = withTools?.includes('zqsecond') === true
    const speaksOfTools = /tool|function/i.test(this.#template)
    const turnEnd = answered.split('zqwords')[1] ?? ''
    const found = speaksOfTools
      ? (this.#rendered(answered, described) ?? this.#inWords(described))
      : undefined
    const calls = found && { ...found, format: withTurnEnd(found.format, turnEnd.trim()) }
    const { field, ...thoughts } = this.#thoughts(calls)
    return {
      calls,
      describesTools: described,
      toolRefusal,
      answer: answerMarks(this.#template, {
        cue: cue ?? '',
        quietCue: this.#behindUser([], { add_generation_prompt: true, ...QUIET }) ?? cue ?? '',
        spoken: answered,
        beside: calls && !calls.inWords ? this.#calling(calls, { content: 'zqwords' }) : undefined,
        ...thoughts,
      }),
      thoughtField: field,
      turnEnd,
      refusal,
    }
  }

  /** A format counts only if what it reads back is what was rendered. */
  #rendered(spoken: string, described: boolean): TemplateCalls | undefined {
    let single: TemplateCalls | undefined
    for (const way of WAYS) {
      const [call, result] = [probedCalls(way).slice(0, 1), resultsOf(way).slice(0, 1)]
      const results = this.#text([assistant(way, call), ...result], { tools: toolValues })
      const found = (format: CallFormat): TemplateCalls => ({
        format,
        ...way,
        described,
        inWords: false,
        results: results?.includes(RESULT) === true,
      })
      const two = this.#format(way, probedCalls(way), spoken)
      // Without content some templates write an empty turn more, which null keeps away.
      if (two && way.noContent === '' && this.#isShorter({ ...way, noContent: null }, way)) continue
      if (two) return found(two)
      const one = single ? undefined : this.#format(way, probedCalls(way).slice(0, 1), spoken)
      if (one) single = found({ ...one, between: undefined })
    }
    return single
  }

  #isShorter(way: Way, other: Way): boolean {
    const [short, long] = [way, other].map((each) =>
      this.#behindUser([assistant(each, probedCalls(each))], { tools: toolValues }),
    )
    return (
      short !== undefined && long !== undefined && short.includes('zqsecond') && short.length < long.length
    )
  }

  #format(way: Way, calls: readonly ProbedCall[], spoken: string): CallFormat | undefined {
    const texts = [[], resultsOf(way).slice(0, calls.length)].map(
      (results) =>
        this.#behindUser([assistant(way, calls), ...results], { tools: toolValues })?.split(RESULT)[0],
    )
    for (const text of texts) {
      if (text === undefined || !text.includes('zqfirst')) continue
      const plain = this.#behindUser([assistant(way, calls, PLAIN_VALUES)], { tools: toolValues }) ?? ''
      const possible = CALL_ROWS.filter((row) => !isBare(row) && readsBack(row, text, calls))
      const row =
        possible.find((each) => plain.includes(writeTagged(each, 'zqfirst', PLAIN_VALUES))) ?? possible[0]
      if (row) return row
      const begin = wholeMarks(text, sharedLength(text, spoken)).length
      const learned = learnedCalls(text.slice(begin), spoken, calls)
      // What is learned is one form to write; a row knows how else models write it.
      const known = CALL_ROWS.find(({ open, call }) => open === learned?.open && call === learned.call)
      if (learned && readsBack(learned, text.slice(begin), calls)) return known ?? learned
    }
    return undefined
  }

  /** Templates that describe tools, and leave calls to the words of the assistant. */
  #inWords(described: boolean): TemplateCalls | undefined {
    const format = CALL_ROWS.find((row: CallRow) => row.inWords?.test(this.#template))
    if (!format || !described) return undefined
    return { format, ...(WAYS[0] as Way), described, inWords: true, results: true }
  }

  #thoughts(calls: TemplateCalls | undefined) {
    for (const field of THOUGHT_FIELDS) {
      if (!this.#template.includes(field)) continue
      const thought = { [field]: 'zqthought' }
      const thinking = this.#behindUser([{ role: 'assistant', content: 'zqwords', ...thought }])
      const calling = calls && !calls.inWords ? this.#calling(calls, thought) : undefined
      const seen = (text: string | undefined) => text?.includes('zqthought') === true
      if (!seen(thinking) && !seen(calling?.text)) continue
      return {
        field,
        thinking: seen(thinking) && thinking?.includes('zqwords') ? thinking : undefined,
        calling: seen(calling?.text) ? calling : undefined,
      }
    }
    return { field: 'reasoning_content' as const, thinking: undefined, calling: undefined }
  }

  /** One call, with something else in the message. */
  #calling(calls: TemplateCalls, others: object): RenderedCall | undefined {
    const message = { ...assistant(calls, probedCalls(calls).slice(0, 1)), ...others }
    const text = this.#behindUser([message], { tools: toolValues })
    const behind = text === undefined ? -1 : text.search(/(?<=zqthought|zqwords)/)
    if (text === undefined || behind < 0) return undefined
    const found = new CallReader(calls.format, TOOLS, () => '').find(text.slice(behind), false)
    return found && { text, call: behind + found.place }
  }

  #behindUser(messages: readonly object[], variables: object = {}): string | undefined {
    const text = this.#text(messages, variables)
    return text?.slice(text.lastIndexOf('zquser') + 'zquser'.length)
  }

  #text(messages: readonly object[], variables: object = {}): string | undefined {
    try {
      return this.#render({ messages: [USER, ...messages], add_generation_prompt: false, ...variables })
    } catch (cause) {
      if (isExcess(cause)) throw cause
      this.#raised = templateReason(cause)
      return undefined
    }
  }
}

/** As templates describe them: with a schema that none stumbles over. */
const toolValues = TOOLS.map((tool) => ({
  type: 'function',
  function: {
    ...tool,
    parameters: { type: 'object', properties: { city: { type: 'string', description: 'city' } } },
  },
}))

function probedCalls({ ids }: Pick<Way, 'ids'>): ProbedCall[] {
  const [one, other] = ids === 'nine' ? ['zqidzqid1', 'zqidzqid2'] : ['call_zqid_long1', 'call_zqid_long2']
  return [
    { id: one as string, name: 'zqfirst', arguments: VALUES },
    { id: other as string, name: 'zqsecond', arguments: { ...VALUES, city: 'zqOslo' } },
  ]
}

function assistant(
  { noContent, argumentsAsText }: Way,
  calls: readonly ProbedCall[],
  values?: object,
): TemplateMessage {
  return {
    role: 'assistant',
    content: noContent as string,
    tool_calls: calls.map(({ id, name, arguments: own }) => ({
      id,
      type: 'function',
      function: { name, arguments: argumentsAsText ? JSON.stringify(values ?? own) : (values ?? own) },
    })),
  }
}

function resultsOf(way: Pick<Way, 'ids'>): TemplateMessage[] {
  return probedCalls(way).map(({ id, name }) => ({ role: 'tool', content: RESULT, tool_call_id: id, name }))
}

/** Whether a format finds the calls in what a template made of them, and nothing of them beside. */
function readsBack(format: CallFormat, text: string, calls: readonly ProbedCall[]): boolean {
  const plain = { thought: undefined, thoughtOpen: false, thoughtsAsText: false, leads: [], breaks: [] }
  const parts = new ReplyParts({ calls: new CallReader(format, TOOLS, () => ''), ...plain })
  const read: [name: string, json: string][] = []
  let rest = ''
  for (const part of [...parts.push(text), ...parts.end()]) {
    if (part.kind === 'text') rest += part.text
    if (part.kind !== 'toolCall') continue
    const [name, json] = read[part.index] ?? [part.name ?? '', '']
    read[part.index] = [name, json + part.arguments]
  }
  if (rest.includes('zq') || read.length !== calls.length) return false
  return calls.every((call, index) => {
    const [name, json = ''] = read[index] ?? []
    return name === call.name && sameValues(json, call.arguments)
  })
}

/** A format may lose what is null. */
function sameValues(json: string, given: Readonly<Record<string, unknown>>): boolean {
  const values = jsonValue(json) ?? {}
  const kept = Object.entries(given).filter(
    ([key, value]) => value !== null || Object.hasOwn(values as object, key),
  )
  return isDeepStrictEqual(values, Object.fromEntries(kept))
}

/** A format that begins like any JSON is found in others, too. */
function isBare({ open, call }: CallFormat): boolean {
  return (open + call).startsWith('{')
}
