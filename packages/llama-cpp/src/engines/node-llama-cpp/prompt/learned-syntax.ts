import type { CallIdForm } from './call-ids.ts'
import type { RenderTemplate } from './jinja-template.ts'
import { TemplateBudget, TemplateExcess } from './template-budget.ts'
import type { TemplateMessage } from './template-messages.ts'
import type { ThoughtTags } from './thought-tags.ts'
import type { ToolSyntax } from './tool-syntax.ts'

/** What a template knows of tools. */
export interface TemplateTools {
  readonly syntax: ToolSyntax
  readonly ids: CallIdForm
  /** Whether it wants the arguments of a call as JSON text. */
  readonly argumentsAsText: boolean
}

const FIRST = 'zqfirst'
const SECOND = 'zqsecond'
const WORDS = 'zqwords'
const RESULT = 'zqresult'
const VALUES = { zqkey: 'zqvalue' }
const VALUES_TEXT = /\{\s*"zqkey"\s*:\s*"zqvalue"\s*\}/
/** Marks of a format are short; longer ones mean that something else was read. */
const LONGEST = 1000
const ID: Readonly<Record<CallIdForm, string>> = { any: 'call_zqid_long', nine: 'zqidzqid9' }

/** Renders probes with a template, and reads off how calls are written. Undefined where it does not know all of tools. */
export function learnTools(
  render: RenderTemplate,
  variables: Readonly<Record<string, unknown>>,
  thought: ThoughtTags | undefined,
): TemplateTools | undefined {
  const budget = new TemplateBudget()
  const renderProbe: RenderProbe = (own) => render({ ...variables, ...own }, budget)
  for (const ids of ['any', 'nine'] as const) {
    for (const argumentsAsText of [false, true]) {
      const probe = new Probe(renderProbe, ids, argumentsAsText)
      const syntax = probe.knowsTools() ? probe.syntax(thought) : undefined
      if (syntax) return { syntax, ids, argumentsAsText }
    }
  }
  return undefined
}

type RenderProbe = (own: Readonly<Record<string, unknown>>) => string

class Probe {
  readonly #render: RenderProbe
  readonly #ids: CallIdForm
  readonly #argumentsAsText: boolean

  constructor(render: RenderProbe, ids: CallIdForm, argumentsAsText: boolean) {
    this.#render = render
    this.#ids = ids
    this.#argumentsAsText = argumentsAsText
  }

  knowsTools(): boolean {
    const described = this.#text([], { cue: true, tools: true })
    if (described === undefined || !described.includes(FIRST)) return false
    const answered = this.#text([this.#calls(FIRST), this.#result()], { cue: true, tools: true })
    return answered?.includes(RESULT) === true
  }

  syntax(thought: ThoughtTags | undefined): ToolSyntax | undefined {
    const spoken = this.#text([{ role: 'assistant', content: WORDS }])
    const called = this.#text([this.#calls(FIRST)])
    if (spoken === undefined || called === undefined) return undefined
    const [header = '', turnEnd] = spoken.split(WORDS)
    const name = called.indexOf(FIRST)
    const values = name < 0 ? undefined : span(called, name)
    if (!values || turnEnd === undefined) return undefined
    const cue = this.#text([], { cue: true }) ?? header
    const begin = turnBegin(called.slice(0, name), [cue, header], thought)
    const suffix = withoutEnd(called.slice(values.end), turnEnd)
    if (begin === undefined || suffix === undefined) return undefined
    const between = this.#between()
    const syntax = {
      prefix: withoutThought(called.slice(begin, name), thought).trimStart(),
      middle: called.slice(name + FIRST.length, values.start),
      between: between === undefined ? undefined : this.#withoutId(between),
      suffix: this.#withoutId(suffix).trimEnd(),
      lead: withoutThought(header.slice(commonLength(header, cue)), thought).trimStart(),
    }
    const marks = Object.values(syntax).join('')
    return marks.includes('zq') || marks.length > LONGEST ? undefined : syntax
  }

  #between(): string | undefined {
    const called = this.#text([this.#calls(FIRST, SECOND)])
    if (called === undefined) return undefined
    const first = span(called, called.indexOf(FIRST))
    const second = called.indexOf(SECOND)
    return first && second > first.end ? called.slice(first.end, second) : undefined
  }

  /** Ids are the engine's own: models need not write them. */
  #withoutId(text: string): string {
    const id = this.#id(FIRST)
    return text
      .replace(new RegExp(`,\\s*"[a-z_]*id"\\s*:\\s*"${id}"`), '')
      .replace(new RegExp(`\\[CALL_ID\\]${id}`), '')
  }

  #id(name: string): string {
    return name === FIRST ? ID[this.#ids] : ID[this.#ids].replace('zqid', 'zqdi')
  }

  #calls(...names: readonly string[]): TemplateMessage {
    const calls = names.map((name) => ({
      id: this.#id(name),
      type: 'function' as const,
      function: { name, arguments: this.#argumentsAsText ? JSON.stringify(VALUES) : VALUES },
    }))
    return { role: 'assistant', content: '', tool_calls: calls }
  }

  #result(): TemplateMessage {
    return { role: 'tool', content: RESULT, tool_call_id: this.#id(FIRST), name: FIRST }
  }

  #text(
    messages: readonly TemplateMessage[],
    asked: { cue?: boolean; tools?: boolean } = {},
  ): string | undefined {
    const parameters = { type: 'object', properties: {} }
    const tool = { type: 'function', function: { name: FIRST, description: FIRST, parameters } }
    try {
      return this.#render({
        messages: [{ role: 'user', content: 'zquser' }, ...messages],
        ...(asked.tools ? { tools: [tool] } : {}),
        add_generation_prompt: asked.cue === true,
      })
    } catch (cause) {
      if (cause instanceof TemplateExcess) throw cause
      return undefined
    }
  }
}

/** Where the arguments stand behind the name of a call. */
function span(text: string, from: number): { readonly start: number; readonly end: number } | undefined {
  const match = VALUES_TEXT.exec(text.slice(from))
  return match ? { start: from + match.index, end: from + match.index + match[0].length } : undefined
}

/** Where the turn of the assistant begins: behind one of the texts that lead to it. */
function turnBegin(
  text: string,
  leading: readonly string[],
  thought: ThoughtTags | undefined,
): number | undefined {
  const possible = leading.flatMap((lead) => {
    const plain = withoutThought(lead, thought)
    const opened = thought && plain.trimEnd().endsWith(thought.start)
    return opened ? [lead, plain.trimEnd().slice(0, -thought.start.length)] : [lead, plain]
  })
  return possible.find((lead) => text.startsWith(lead))?.length
}

function withoutEnd(text: string, turnEnd: string): string | undefined {
  if (text.endsWith(turnEnd)) return text.slice(0, text.length - turnEnd.length)
  const mark = turnEnd.trim()
  const place = mark === '' ? -1 : text.lastIndexOf(mark)
  return place < 0 ? undefined : text.slice(0, place)
}

/** Without the empty thought that templates put in front of an answer. */
function withoutThought(text: string, thought: ThoughtTags | undefined): string {
  if (!thought) return text
  const start = text.indexOf(thought.start)
  const end = text.indexOf(thought.end, start)
  if (start < 0 || end < 0 || text.slice(start + thought.start.length, end).trim() !== '') return text
  return text.slice(0, start) + text.slice(end + thought.end.length).trimStart()
}

function commonLength(text: string, other: string): number {
  let length = 0
  while (length < text.length && text[length] === other[length]) length++
  return length
}
