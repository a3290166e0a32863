import type { ChatMessage, JsonObject } from '@millrace/core'
import { LlamaCppError } from '../../../errors.ts'
import type { ReasoningRequest, ToolDescription } from '../../request.ts'
import { reasonOf } from '../failures.ts'
import type { CallIdForm } from './call-ids.ts'
import { freeMarks, guardAll } from './control-text.ts'
import { withToolsInWords } from './general-tools.ts'
import type { RenderTemplate } from './jinja-template.ts'
import { learnTools, type TemplateTools } from './learned-syntax.ts'
import { TemplateBudget, TemplateExcess } from './template-budget.ts'
import { type TemplateMessage, templateMessages } from './template-messages.ts'
import { arrangements } from './template-order.ts'
import { opensThought, type ThoughtTags, thoughtTagsOf } from './thought-tags.ts'
import { GENERAL_SYNTAX, type ToolSyntax } from './tool-syntax.ts'

export interface RenderRequest {
  readonly messages: readonly ChatMessage[]
  readonly tools: readonly ToolDescription[]
  readonly templateKwargs: JsonObject
  readonly reasoning?: ReasoningRequest
}

/** How the reply to a prompt is written. */
export interface ReplyFormat {
  readonly syntax: ToolSyntax
  readonly ids: CallIdForm
  readonly thought: ThoughtTags | undefined
  /** Whether the prompt ends within a thought. */
  readonly thoughtOpen: boolean
}

export interface RenderedChat {
  /** What is to be tokenized piece by piece, for no control token may reach across two of them. */
  readonly pieces: readonly string[]
  readonly format: ReplyFormat
}

/** Renders conversations with a Jinja template. Knows nothing of tokens. */
export class ChatTemplate {
  /** What the template ends an answer with. */
  readonly turnEnd: string
  readonly #render: RenderTemplate
  readonly #variables: Readonly<Record<string, unknown>>
  readonly #thought: ThoughtTags | undefined
  #tools: TemplateTools | undefined | 'unknown'

  /**
   * @param names - The texts of the tokens that begin and end a text.
   * @throws what the template raises for one message of a user and one of the assistant
   */
  constructor(
    template: string,
    render: RenderTemplate,
    names: { readonly bos: string; readonly eos: string },
  ) {
    this.#render = render
    this.#variables = { bos_token: names.bos, eos_token: names.eos }
    this.#thought = thoughtTagsOf(template)
    this.#tools = /tool|function/i.test(template) ? 'unknown' : undefined
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'zqwords' },
    ]
    const text = render({ ...this.#variables, messages, add_generation_prompt: false }, new TemplateBudget())
    this.turnEnd = text.split('zqwords')[1] ?? ''
  }

  /** What the template knows of tools; read off when it is first needed. */
  get tools(): TemplateTools | undefined {
    if (this.#tools === 'unknown') this.#tools = learnTools(this.#render, this.#variables, this.#thought)
    return this.#tools
  }

  /**
   * @param guard - Puts the mark into whatever must not be read as a control token.
   * @throws LlamaCppError `MODALITY_UNSUPPORTED` for parts that are not text, and where the template raises an error
   * however the conversation is arranged; TemplateExcess where it takes too much
   */
  render(request: RenderRequest, guard: (text: string, cut: string) => string): RenderedChat {
    const known = this.tools
    const written = JSON.stringify([request.messages, request.tools])
    const marks = freeMarks(written)
    const budget = new TemplateBudget(written.length)
    const safe = (text: string) => guard(text, marks.cut)
    const plain = templateMessages(request.messages, known?.ids ?? 'any')
    const messages = (known ? plain : withToolsInWords(plain, request.tools)).map((message) =>
      templateMessage(message, safe, known?.argumentsAsText === true),
    )
    const variables = {
      ...this.#variables,
      ...(known && request.tools.length > 0 ? { tools: templateTools(request.tools, safe) } : {}),
      ...(request.reasoning?.enabled === undefined ? {} : { enable_thinking: request.reasoning.enabled }),
      ...request.templateKwargs,
    }
    const text = renderSomehow(messages, marks.end, (own) => this.#render({ ...variables, ...own }, budget))
    return {
      pieces: text.split(marks.cut),
      format: {
        syntax: known?.syntax ?? GENERAL_SYNTAX,
        ids: known?.ids ?? 'any',
        thought: this.#thought,
        thoughtOpen: opensThought(text, this.#thought),
      },
    }
  }
}

type RenderOwn = (own: { readonly messages: unknown; readonly add_generation_prompt: boolean }) => string

function renderSomehow(messages: readonly TemplateMessage[], end: string, render: RenderOwn): string {
  let reason = 'it leaves a message out'
  for (const arranged of arrangements(messages)) {
    try {
      const text = renderOpen(arranged, end, render)
      if (arranged.every((message) => holds(text, message))) return text
    } catch (cause) {
      if (cause instanceof TemplateExcess) throw cause
      reason = reasonOf(cause)
    }
  }
  throw new LlamaCppError(
    'MODALITY_UNSUPPORTED',
    `The chat template of the model refuses this conversation: ${reason}. Another one can be given as modelKwargs.chatTemplate.`,
    { engine: 'node-llama-cpp' },
  )
}

/** Up to where the reply begins. A conversation that ends with the assistant's words is continued there. */
function renderOpen(messages: readonly TemplateMessage[], end: string, render: RenderOwn): string {
  const last = messages.at(-1)
  if (last?.role !== 'assistant' || last.tool_calls) return render({ messages, add_generation_prompt: true })
  const open = [...messages.slice(0, -1), { ...last, content: last.content + end }]
  const text = render({ messages: open, add_generation_prompt: false })
  const place = text.lastIndexOf(end)
  if (place < 0) throw new RangeError('it leaves out the last words of the assistant')
  return text.slice(0, place)
}

function templateMessage(
  { content, reasoning_content: reasoning, tool_calls: calls, ...message }: TemplateMessage,
  safe: (text: string) => string,
  argumentsAsText: boolean,
): TemplateMessage {
  const guarded = calls?.map(({ function: { name, arguments: values }, ...call }) => ({
    ...call,
    function: {
      name: safe(name),
      arguments: argumentsAsText ? safe(JSON.stringify(values)) : guardAll(values, safe),
    },
  }))
  return {
    ...message,
    content: safe(content),
    ...(reasoning === undefined ? {} : { reasoning_content: safe(reasoning) }),
    ...(guarded ? { tool_calls: guarded } : {}),
  }
}

function templateTools(tools: readonly ToolDescription[], safe: (text: string) => string) {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: {
      name: safe(name),
      description: safe(description),
      parameters: guardAll(parameters, safe),
    },
  }))
}

/** Whether a text holds a message of the user or the system. A template may well leave out what others said. */
function holds(text: string, { role, content }: TemplateMessage): boolean {
  const words = content.trim()
  if ((role !== 'user' && role !== 'system') || text.includes(words)) return true
  return text.includes(JSON.stringify(words).slice(1, -1))
}
