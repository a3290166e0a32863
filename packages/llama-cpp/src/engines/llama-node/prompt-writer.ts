import { answerGrammar } from '../../chat/call-grammar.ts'
import type { ChosenTemplate } from '../../chat/choose-template.ts'
import { type ReplyFormat, replyParts } from '../../chat/reply-format.ts'
import type { ReplyParts } from '../../chat/reply-parts.ts'
import { LlamaCppError } from '../../errors.ts'
import type { ChatRequest, CompletionRequest } from '../request.ts'
import { onlyTheOther } from './failures.ts'
import { markedMedia, withMediaMarkers } from './marked-media.ts'
import type { Modalities } from './media.ts'
import type { NativeContext } from './native.ts'
import type { PlainText } from './plain-text.ts'
import { replyGrammar } from './reply-grammar.ts'
import type { ThoughtLimit } from './run-request.ts'

/** A request as the binding takes it, but for its sampling. */
export interface Prepared {
  readonly options: object
  /** What reads the reply; undefined where it is nothing but text. */
  readonly parts: ReplyParts | undefined
  readonly prompt: string
  readonly media: readonly string[]
  /** What the template ends an answer with. */
  readonly turnStops: readonly string[]
  /** Whether it ends thoughts, too: the binding cannot tell these apart. */
  readonly endsThoughts: boolean
  readonly thought: ThoughtLimit | undefined
}

type Asked = Pick<
  ChatRequest,
  'messages' | 'tools' | 'toolChoice' | 'parallelToolCalls' | 'constraint' | 'reasoning' | 'templateKwargs'
>

const MARKS = /<[^<>\s]+>|\[[A-Za-z_/]+\]/g

/** Writes prompts: of a conversation with its template, of a completion as it is. */
export class PromptWriter {
  readonly #native: NativeContext
  readonly #plain: PlainText
  readonly #modalities: Modalities
  readonly #template: ChosenTemplate
  /** What the binding puts in front of each prompt, and the template may have written, too. */
  readonly #bos: string

  constructor(
    native: NativeContext,
    plain: PlainText,
    modalities: Modalities,
    template: ChosenTemplate,
    bos: string,
  ) {
    this.#native = native
    this.#plain = plain
    this.#modalities = modalities
    this.#template = template
    this.#bos = bos
  }

  /** @throws LlamaCppError `MODALITY_UNSUPPORTED`, `OPTION_…` */
  chat(request: Asked): Prepared {
    const { messages, media } = markedMedia(request.messages, this.#modalities)
    const { pieces, format } = this.#template.render({ ...request, messages }, (text) => this.#plain.of(text))
    const rendered = pieces.join('')
    const written =
      this.#bos !== '' && rendered.startsWith(this.#bos) ? rendered.slice(this.#bos.length) : rendered
    const { parts, calls, marks = '' } = replyParts(format, request)
    const end = this.#template.for(request).turnEnd.trim()
    const turnStops = end === '' || (calls && format.calls.turnEnd !== undefined) ? [] : [end]
    const limit = thoughtLimit(request, format)
    return {
      options: {
        ...replyGrammar(request, format),
        ...(limit === undefined ? {} : thoughtOptions(limit.tokens, format)),
        // Control tokens write nothing, but for these.
        preserved_tokens: [...new Set(marks.match(MARKS) ?? [])],
      },
      parts,
      prompt: withMediaMarkers(written),
      media,
      turnStops,
      endsThoughts: format.answer.thought?.end.startsWith(end) === true,
      thought: limit,
    }
  }

  async completion({ prompt, constraint }: CompletionRequest): Promise<Prepared> {
    const grammar = constraint ? { grammar: answerGrammar(constraint, 'llama.node') } : {}
    const text = typeof prompt === 'string' ? this.#plain.of(prompt) : await this.#textOf(prompt)
    const nothing = { parts: undefined, turnStops: [], endsThoughts: false, thought: undefined }
    return { ...nothing, options: grammar, prompt: text, media: [] }
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

function thoughtLimit(request: Asked, format: ReplyFormat): ThoughtLimit | undefined {
  const { budget } = request.reasoning
  const { thought, ...answer } = format.answer
  if (budget === undefined || !thought) return undefined
  const behind = { ...format, answer: { ...answer, thought: undefined }, thoughtOpen: false }
  const options = { ...replyGrammar(request, behind), thinking_forced_open: false }
  return { ...thought, tokens: budget, options }
}

/** The binding ends a thought that is too long by itself, where it knows the marks. */
function thoughtOptions(budget: number, { answer: { thought }, thoughtOpen }: ReplyFormat): object {
  return {
    thinking_budget_tokens: budget,
    thinking_start_tag: thought?.start,
    thinking_end_tag: thought?.end,
    thinking_forced_open: thoughtOpen,
  }
}
