import type { ChatMessage, JsonObject, JsonSchema } from '@millrace/core'
import { isJsonObject } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import { GENERAL_CALLS } from './call-format.ts'
import type { ReasoningRequest, ToolChoice, ToolDescription } from './chat-request.ts'
import { freeMarks, guardAll } from './control-text.ts'
import { type TemplateFacts, templateFacts } from './find-calls.ts'
import { isExcess, type RenderTemplate, templateReason } from './jinja-template.ts'
import { printableTool } from './printable-tools.ts'
import type { ReplyFormat } from './reply-format.ts'
import { type TemplateMessage, templateMessages } from './template-messages.ts'
import { arrangements } from './template-order.ts'
import { opensThought } from './thoughts.ts'
import { withToolsInWords } from './tools-in-words.ts'

export interface RenderRequest {
  readonly messages: readonly ChatMessage[]
  readonly tools: readonly ToolDescription[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean | undefined
  readonly templateKwargs: JsonObject
  readonly reasoning?: ReasoningRequest
  /** False for a conversation that is over: its last message is rendered to its end, and no reply is asked for. */
  readonly reply?: boolean
}

export interface RenderedChat {
  /** What is to be tokenized piece by piece, for no control token may reach across two of them. */
  readonly pieces: readonly string[]
  readonly format: ReplyFormat
}

/** What one of some dozen probes may take: they are short, and whoever loads a model waits for them. */
const PROBE_STEPS = 100_000

/** Renders conversations with a Jinja template. Knows nothing of tokens. */
export class ChatTemplate {
  readonly #template: string
  readonly #render: RenderTemplate
  readonly #variables: Readonly<Record<string, unknown>>
  #facts: TemplateFacts | undefined
  /** By the parameters as they are, which stay the same from one request to the next. */
  readonly #printable = new WeakMap<object, JsonSchema>()

  /** @param names - The texts of the tokens that begin and end a text. */
  constructor(
    template: string,
    render: RenderTemplate,
    names: { readonly bos: string; readonly eos: string },
  ) {
    this.#template = template
    this.#render = render
    this.#variables = { bos_token: names.bos, eos_token: names.eos }
  }

  /**
   * What the template ends an answer with.
   *
   * @throws what the template raises for one message of a user and one of the assistant
   */
  get turnEnd(): string {
    return this.facts.turnEnd
  }

  /** What the template knows of tools and thoughts; read off when it is first needed. */
  get facts(): TemplateFacts {
    this.#facts ??= templateFacts(this.#template, (own) =>
      this.#render({ ...this.#variables, ...own }, 0, PROBE_STEPS),
    )
    return this.#facts
  }

  /** Tools as this template can print them. @throws LlamaCppError what {@link printableTool} throws */
  printable(tools: readonly ToolDescription[]): readonly ToolDescription[] {
    if (!this.facts.calls?.described) return tools
    return tools.map((tool) => {
      const { parameters } = tool
      if (!isJsonObject(parameters)) return tool
      const made = () => printableTool(tool, (some) => this.#failure(some)).parameters
      const known = this.#printable.get(parameters) ?? made()
      this.#printable.set(parameters, known)
      return known === parameters ? tool : { ...tool, parameters: known }
    })
  }

  #failure(tools: readonly ToolDescription[]): string | undefined {
    const given = tools.length > 0 ? { tools: templateTools(tools) } : {}
    const messages = [{ role: 'user', content: 'Hi' }]
    try {
      const variables = { ...this.#variables, messages, add_generation_prompt: true, ...given }
      this.#render(variables, JSON.stringify(tools).length)
      return undefined
    } catch (cause) {
      if (isExcess(cause)) throw cause
      return templateReason(cause)
    }
  }

  /**
   * @param guard - Puts the mark into whatever must not be read as a control token.
   * @throws LlamaCppError `MODALITY_UNSUPPORTED` for parts that are not text, and where the template raises an error
   * however the conversation is arranged; what `printableTool` throws; what `isExcess` knows where it takes too much
   */
  render(request: RenderRequest, guard: (text: string, cut: string) => string): RenderedChat {
    try {
      return this.#rendered(request, guard)
    } catch (cause) {
      const tools = LlamaCppError.isInstance(cause) ? this.printable(request.tools) : request.tools
      if (tools.every((tool, index) => tool === request.tools[index])) throw cause
      return this.#rendered({ ...request, tools }, guard)
    }
  }

  #rendered(request: RenderRequest, guard: (text: string, cut: string) => string): RenderedChat {
    const { calls, answer, thoughtField } = this.facts
    const written = JSON.stringify([request.messages, request.tools])
    const marks = freeMarks(written)
    const safe = (text: string) => guard(text, marks.cut)
    const style = {
      thoughtField,
      argumentsAsText: calls?.argumentsAsText === true,
      noContent: calls?.noContent === null ? null : '',
    } as const
    const plain = templateMessages(request.messages, calls?.ids ?? 'any')
    const guarded = plain.map((message) => guardedMessage(message, safe))
    const tools = request.tools.map((tool) => guardAll(tool, safe))
    const messages = withToolsInWords(guarded, tools, {
      format: calls?.format ?? GENERAL_CALLS,
      descriptions: calls?.described !== true,
      calls: calls === undefined || calls.inWords,
      results: calls?.results !== true,
    }).map((message) => styled(message, style))
    const variables = {
      ...this.#variables,
      ...(calls && tools.length > 0 ? { tools: templateTools(tools) } : {}),
      ...(request.reasoning?.enabled === undefined ? {} : { enable_thinking: request.reasoning.enabled }),
      ...request.templateKwargs,
    }
    const end = request.reply === false ? undefined : marks.end
    const text = renderSomehow(messages, end, (own) => this.#render({ ...variables, ...own }, written.length))
    const format = calls?.format ?? GENERAL_CALLS
    // A model that has learned no calls may write the one that it must make again and again.
    const { toolChoice = 'auto', parallelToolCalls = calls !== undefined || toolChoice === 'auto' } = request
    return {
      pieces: text.split(marks.cut),
      format: {
        calls: parallelToolCalls ? format : { ...format, between: undefined },
        oneCall: !parallelToolCalls,
        ids: calls?.ids ?? 'any',
        answer,
        thoughtOpen: opensThought(text.replaceAll(marks.cut, ''), answer.thought),
      },
    }
  }
}

type RenderOwn = (own: { readonly messages: unknown; readonly add_generation_prompt: boolean }) => string

function renderSomehow(
  messages: readonly TemplateMessage[],
  end: string | undefined,
  render: RenderOwn,
): string {
  let reason = 'it leaves a message out'
  for (const arranged of arrangements(messages)) {
    try {
      const text =
        end === undefined
          ? render({ messages: arranged, add_generation_prompt: false })
          : renderOpen(arranged, end, render)
      if (arranged.every((message) => holds(text, message))) return text
    } catch (cause) {
      if (isExcess(cause)) throw cause
      reason = templateReason(cause)
    }
  }
  throw new LlamaCppError(
    'MODALITY_UNSUPPORTED',
    `The chat template of the model refuses this conversation: ${reason}. Another one can be given as modelKwargs.chatTemplate.`,
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

function guardedMessage(message: TemplateMessage, safe: (text: string) => string): TemplateMessage {
  const { content, reasoning_content: reasoning, tool_calls: calls } = message
  return {
    ...message,
    content: safe(content),
    ...(reasoning === undefined ? {} : { reasoning_content: safe(reasoning) }),
    ...(calls
      ? { tool_calls: calls.map((call) => ({ ...call, function: guardAll(call.function, safe) })) }
      : {}),
  }
}

/** A message in the way in which the template wants it. */
function styled(
  { reasoning_content: reasoning, tool_calls: calls, ...message }: TemplateMessage,
  style: { thoughtField: string; argumentsAsText: boolean; noContent: '' | null },
): TemplateMessage {
  const written = calls?.map((call) => {
    const { name, arguments: values } = call.function
    return {
      ...call,
      function: { name, arguments: style.argumentsAsText ? JSON.stringify(values) : values },
    }
  })
  return {
    ...message,
    ...(written && message.content === '' ? { content: style.noContent as string } : {}),
    ...(reasoning === undefined ? {} : { [style.thoughtField]: reasoning }),
    ...(written ? { tool_calls: written } : {}),
  }
}

function templateTools(tools: readonly ToolDescription[]) {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: { name, description, parameters },
  }))
}

/** Whether a text holds a message of the user or the system. A template may well leave out what others said. */
function holds(text: string, { role, content }: TemplateMessage): boolean {
  if (role !== 'user' && role !== 'system') return true
  const words = content.trim()
  return text.includes(words) || text.includes(JSON.stringify(words).slice(1, -1))
}
