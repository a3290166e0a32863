import type * as Binding from 'node-llama-cpp'
import type { RenderRequest } from '../../../chat/chat-template.ts'
import { type ChosenTemplate, chooseTemplate } from '../../../chat/choose-template.ts'
import { ControlText } from '../../../chat/control-text.ts'
import type { TokenizeOptions } from '../tokenizing.ts'
import { type Prompt, promptTokens } from './prompt.ts'

/** The type of control tokens in a GGUF file, and that of tokens which its maker added. */
const CONTROL = 3
const USER_DEFINED = 4

/** Turns conversations into prompts, with the given template or one that {@link chooseTemplate} finds. */
export class ChatRenderer {
  readonly #template: ChosenTemplate
  readonly #control: ControlText
  readonly #model: Binding.LlamaModel

  /** @throws LlamaCppError what {@link chooseTemplate} throws */
  constructor(model: Binding.LlamaModel, given: string | undefined, path: string) {
    const { bosString, eosString } = model.tokens
    const controlTexts = controlTextsOf(model)
    this.#model = model
    this.#template = chooseTemplate({
      given,
      ...ownTemplates(model.fileInfo.metadata.tokenizer),
      controlTexts,
      names: { bos: bosString ?? '', eos: eosString ?? '' },
      path,
    })
    this.#control = new ControlText(controlTexts)
  }

  /** @throws LlamaCppError `MODALITY_UNSUPPORTED` for what the template does not take, `CONTEXT_OVERFLOW` */
  async render(request: RenderRequest, options: TokenizeOptions = {}): Promise<Prompt> {
    const { pieces, format } = this.#template.render(request, (text, cut) => this.#control.guard(text, cut))
    const { turnEnd } = this.#template.for(request)
    return {
      tokens: await promptTokens(pieces, this.#model, options),
      ...turnEnds(turnEnd, this.#model),
      endsThoughts: turnEnd.trim() !== '' && format.answer.thought?.end.startsWith(turnEnd.trim()) === true,
      format,
    }
  }
}

/** The reader of the binding nests keys, unless one of them has a value and others below it. */
function ownTemplates(tokenizer: unknown): { readonly own?: string; readonly toolUse?: string } {
  const found = (tokenizer ?? {}) as Readonly<Record<string, unknown>>
  const template = found['chat_template']
  const toolUse =
    (template as { readonly tool_use?: unknown } | undefined)?.tool_use ?? found['chat_template.tool_use']
  return {
    ...(typeof template === 'string' ? { own: template } : {}),
    ...(typeof toolUse === 'string' ? { toolUse } : {}),
  }
}

/** The texts of all control tokens of a model. */
function controlTextsOf(model: Binding.LlamaModel): string[] {
  const { tokens = [], token_type: types = [] } = model.fileInfo.metadata.tokenizer?.ggml ?? {}
  // llama.cpp takes some of the added tokens for control tokens, by their text.
  return tokens.filter((_, token) => {
    const type = types[token] as number | undefined
    return type === CONTROL || (type === USER_DEFINED && model.isSpecialToken(token as Binding.Token))
  })
}

/**
 * A template often writes a line break after its end mark, or further marks; the first one alone has ended the answer.
 */
function turnEnds(text: string, model: Binding.LlamaModel): Pick<Prompt, 'stopSequences' | 'stopTexts'> {
  const end = text.trimEnd()
  const [token] = end === '' ? [] : model.tokenize(end.trimStart(), true, 'trimLeadingSpace')
  if (token === undefined) return { stopSequences: [], stopTexts: [] }
  // What is not a control token can be written with other tokens, too.
  return model.isSpecialToken(token)
    ? { stopSequences: [[token]], stopTexts: [] }
    : { stopSequences: [], stopTexts: [end] }
}
