import { LlamaCppError } from '../../errors.ts'
import type { ChatRequest, CompletionRequest } from '../request.ts'
import { answerGrammar, demanding } from './constraint.ts'
import { type Conversation, conversationOf, toolsOf } from './conversation.ts'
import { onlyTheOther } from './failures.ts'
import type { Modalities } from './media.ts'
import type { FormattedChat, NativeContext } from './native.ts'
import type { PlainText } from './plain-text.ts'

/** A request as the binding takes it, but for its sampling. */
export interface Prepared {
  readonly options: object
  readonly parsed: boolean
  readonly prompt: string
  readonly media: readonly string[]
  readonly stop: readonly string[]
}

type Asked = Pick<
  ChatRequest,
  'messages' | 'tools' | 'toolChoice' | 'constraint' | 'reasoning' | 'templateKwargs'
>

/** Writes prompts: of a conversation with llama.cpp's own reader of templates, of a completion as it is. */
export class PromptWriter {
  readonly #native: NativeContext
  readonly #plain: PlainText
  readonly #modalities: Modalities

  constructor(native: NativeContext, plain: PlainText, modalities: Modalities) {
    this.#native = native
    this.#plain = plain
    this.#modalities = modalities
  }

  /** @throws LlamaCppError `MODALITY_UNSUPPORTED`, `OPTION_…`; what the template throws */
  chat(request: Asked): Prepared {
    const conversation = conversationOf(request.messages, this.#plain, this.#modalities)
    const formatted = demanding((choice) => this.#format(conversation, request, choice), request)
    const { thinking_budget, reasoning_format } = reasoningOptions(request.reasoning)
    return {
      options: { ...formatted, ...thinking_budget, reasoning_format },
      parsed: true,
      prompt: formatted.prompt + conversation.begun,
      media: conversation.media,
      stop: formatted.additional_stops,
    }
  }

  #format(
    { messages }: Conversation,
    { tools, reasoning, templateKwargs }: Pick<ChatRequest, 'tools' | 'reasoning' | 'templateKwargs'>,
    toolChoice: string,
  ): FormattedChat {
    const described = toolsOf(tools, this.#plain)
    return this.#native.getFormattedChat(messages, '', {
      jinja: true,
      tool_choice: toolChoice,
      parallel_tool_calls: true,
      add_generation_prompt: true,
      enable_thinking: reasoning.enabled ?? true,
      reasoning_format: reasoningOptions(reasoning).reasoning_format,
      // The binding hands each value to a reader of JSON.
      chat_template_kwargs: Object.fromEntries(
        Object.entries(templateKwargs).map(([name, value]) => [name, JSON.stringify(value)]),
      ),
      ...(described.length === 0 ? {} : { tools: described }),
    })
  }

  async completion({ prompt, constraint }: CompletionRequest): Promise<Prepared> {
    const grammar = constraint ? { grammar: answerGrammar(constraint) } : {}
    const text = typeof prompt === 'string' ? this.#plain.of(prompt) : await this.#textOf(prompt)
    return { options: grammar, parsed: false, prompt: text, media: [], stop: [] }
  }

  /** The binding takes prompts as text alone. */
  async #textOf(ids: readonly number[]): Promise<string> {
    const text = await this.#native.detokenize([...ids])
    const { tokens } = await this.#native.tokenize(text)
    if (tokens.length === ids.length && tokens.every((token, index) => token === ids[index])) return text
    throw onlyTheOther('prompt', 'as token ids that no text gives')
  }

  /** The tokens of a prompt; a piece of media takes several of the id -1. */
  async tokens({ prompt, media }: Pick<Prepared, 'prompt' | 'media'>): Promise<Int32Array> {
    try {
      return (await this.#native.tokenize(prompt, media)).tokens
    } catch (cause) {
      if (media.length === 0) throw cause
      throw new LlamaCppError(
        'MODALITY_UNSUPPORTED',
        `An image or sound of the conversation cannot be decoded: its bytes are damaged, or of a kind that llama.cpp does not read. There ${media.length === 1 ? 'is 1' : `are ${media.length}`} in all.`,
        { cause, engine: 'llama.node' },
      )
    }
  }
}

function reasoningOptions({ budget, format }: ChatRequest['reasoning']): {
  readonly reasoning_format: string
  readonly thinking_budget: object
} {
  return {
    reasoning_format: format === 'separate' ? 'deepseek' : 'none',
    thinking_budget: budget === undefined ? {} : { thinking_budget_tokens: budget },
  }
}
