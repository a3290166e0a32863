import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../../errors.ts'
import { reasonOf } from '../failures.ts'
import type { TokenizeOptions } from '../tokenizing.ts'
import { ChatTemplate, type RenderedChat, type RenderRequest } from './chat-template.ts'
import { ControlText, controlTextsOf } from './control-text.ts'
import { jinjaTemplate } from './jinja-template.ts'
import { type Prompt, promptTokens } from './prompt.ts'
import { TemplateExcess } from './template-budget.ts'
import { WrapperRenderer } from './wrapper-renderer.ts'

/** Turns conversations into prompts. */
export interface ChatRenderer {
  /** @throws LlamaCppError `MODALITY_UNSUPPORTED` for what the model cannot be told, `CONTEXT_OVERFLOW` */
  render(request: RenderRequest, options?: TokenizeOptions): Promise<Prompt>
}

/**
 * Renders with the given template, or the model's own. The binding is asked only where the model has none, or one that
 * cannot be read: its way to choose tries all the formats it knows, which blocks the process for most of a second.
 *
 * @throws LlamaCppError `OPTION_INVALID` for a given template that cannot be used, `MODEL_UNSUPPORTED` for one of the
 * model that takes too much
 */
export function chatRenderer(
  model: Binding.LlamaModel,
  binding: typeof Binding,
  given: string | undefined,
  path: string,
): ChatRenderer {
  const own: unknown = model.fileInfo.metadata.tokenizer?.chat_template
  const text = given ?? own
  if (typeof text !== 'string' || text.trim() === '') return wrapperRenderer(model, binding, '')
  const excess = (cause: TemplateExcess) => (given === undefined ? ownExcess(cause, path) : unusable(cause))
  try {
    return new TemplateRenderer(text, model, excess)
  } catch (cause) {
    if (given !== undefined) throw unusable(cause)
    if (cause instanceof TemplateExcess) throw ownExcess(cause, path)
    return wrapperRenderer(model, binding, text)
  }
}

/**
 * The text of a template also tells of its format. The binding would run it, too, to see whether it is one of those
 * that it knows, without any bound; so it gets the words, and nothing that could run.
 */
function wrapperRenderer(model: Binding.LlamaModel, binding: typeof Binding, template: string): ChatRenderer {
  const { metadata } = model.fileInfo
  const words = template.replace(/[{}\s]+/g, ' ')
  const tokenizer = { ...metadata.tokenizer, chat_template: words === '' ? undefined : words }
  const wrapper = binding.resolveChatWrapper({
    bosString: model.tokens.bosString,
    ...(model.filename === undefined ? {} : { filename: model.filename }),
    fileInfo: { ...model.fileInfo, metadata: { ...metadata, tokenizer } } as Binding.GgufFileInfo,
    tokenizer: model.tokenizer,
    warningLogs: false,
    noJinja: true,
  })
  return new WrapperRenderer(wrapper ?? new binding.GeneralChatWrapper(), model)
}

function unusable(cause: unknown): LlamaCppError {
  const option = 'modelKwargs.chatTemplate'
  const message = `Option '${option}' cannot be used as a chat template: ${reasonOf(cause)}`
  return new LlamaCppError('OPTION_INVALID', message, { cause, option })
}

function ownExcess(cause: TemplateExcess, path: string): LlamaCppError {
  return new LlamaCppError(
    'MODEL_UNSUPPORTED',
    `The chat template of '${path}' was stopped: ${cause.message}. A sound one does not; another one can be given as modelKwargs.chatTemplate.`,
    { cause, path, engine: 'node-llama-cpp' },
  )
}

class TemplateRenderer implements ChatRenderer {
  readonly #template: ChatTemplate
  readonly #control: ControlText
  readonly #model: Binding.LlamaModel
  readonly #ends: Pick<Prompt, 'stopSequences' | 'stopTexts'>
  readonly #excess: (cause: TemplateExcess) => LlamaCppError

  constructor(text: string, model: Binding.LlamaModel, excess: (cause: TemplateExcess) => LlamaCppError) {
    const { bosString, eosString } = model.tokens
    const names = { bos: bosString ?? '', eos: eosString ?? '' }
    this.#model = model
    this.#excess = excess
    this.#template = new ChatTemplate(text, jinjaTemplate(text), names)
    this.#control = new ControlText(controlTextsOf(model))
    this.#ends = turnEnds(this.#template.turnEnd, model)
  }

  async render(request: RenderRequest, options: TokenizeOptions = {}): Promise<Prompt> {
    const { pieces, format } = this.#rendered(request)
    return { tokens: await promptTokens(pieces, this.#model, options), ...this.#ends, format }
  }

  #rendered(request: RenderRequest): RenderedChat {
    try {
      return this.#template.render(request, (text, cut) => this.#control.guard(text, cut))
    } catch (cause) {
      throw cause instanceof TemplateExcess ? this.#excess(cause) : cause
    }
  }
}

/** A template often writes a line break after its end mark; the mark alone has ended the answer. */
function turnEnds(text: string, model: Binding.LlamaModel): Pick<Prompt, 'stopSequences' | 'stopTexts'> {
  const end = text.trimEnd()
  const tokens = end === '' ? [] : model.tokenize(end, true, 'trimLeadingSpace')
  if (tokens.length === 0) return { stopSequences: [], stopTexts: [] }
  // What is no control token can be written with other tokens, too.
  const special = tokens.every((token) => model.isSpecialToken(token))
  return special ? { stopSequences: [tokens], stopTexts: [] } : { stopSequences: [], stopTexts: [end] }
}
