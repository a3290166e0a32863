import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../../errors.ts'
import { reasonOf } from '../failures.ts'
import { ChatTemplate, type RenderRequest } from './chat-template.ts'
import { ControlText, controlTextsOf } from './control-text.ts'
import { jinjaTemplate } from './jinja-template.ts'
import { type Prompt, promptTokens } from './prompt.ts'
import { WrapperRenderer } from './wrapper-renderer.ts'

/** Turns conversations into prompts. */
export interface ChatRenderer {
  /** @throws LlamaCppError `MODALITY_UNSUPPORTED` for what the model cannot be told */
  render(request: RenderRequest): Prompt
}

/**
 * Renders with the given template, or the model's own. The binding is asked only where the model has none, or one that
 * cannot be read: its way to choose tries all the formats it knows, which blocks the process for most of a second.
 *
 * @throws LlamaCppError `OPTION_INVALID` for a given template that cannot be used
 */
export function chatRenderer(
  model: Binding.LlamaModel,
  binding: typeof Binding,
  given: string | undefined,
): ChatRenderer {
  const own: unknown = model.fileInfo.metadata.tokenizer?.chat_template
  const text = given ?? own
  if (typeof text === 'string' && text.trim() !== '') {
    try {
      return new TemplateRenderer(text, model)
    } catch (cause) {
      if (given !== undefined) {
        const option = 'modelKwargs.chatTemplate'
        const message = `Option '${option}' cannot be used as a chat template: ${reasonOf(cause)}`
        throw new LlamaCppError('OPTION_INVALID', message, { cause, option })
      }
      // The text of a template also tells of its format.
    }
  }
  return new WrapperRenderer(binding.resolveChatWrapper(model, { warningLogs: false, noJinja: true }), model)
}

class TemplateRenderer implements ChatRenderer {
  readonly #template: ChatTemplate
  readonly #control: ControlText
  readonly #model: Binding.LlamaModel
  readonly #ends: Pick<Prompt, 'stopSequences' | 'stopTexts'>

  constructor(text: string, model: Binding.LlamaModel) {
    const { bosString, eosString } = model.tokens
    const names = { bos: bosString ?? '', eos: eosString ?? '' }
    this.#model = model
    this.#template = new ChatTemplate(text, jinjaTemplate(text), names)
    this.#control = new ControlText(controlTextsOf(model))
    this.#ends = turnEnds(this.#template.turnEnd, model)
  }

  render(request: RenderRequest): Prompt {
    const { pieces, format } = this.#template.render(request, (text, cut) => this.#control.guard(text, cut))
    return { tokens: promptTokens(pieces, this.#model), ...this.#ends, format }
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
