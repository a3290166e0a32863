import type * as Binding from 'node-llama-cpp'
import type { RenderRequest } from './chat-template.ts'
import { withToolsInWords } from './general-tools.ts'
import { type Prompt, withBos } from './prompt.ts'
import { type TemplateMessage, templateMessages } from './template-messages.ts'
import { GENERAL_SYNTAX } from './tool-syntax.ts'

/** Renders with a format that the binding knows by heart, for models without a template. */
export class WrapperRenderer {
  readonly #wrapper: Binding.ChatWrapper
  readonly #model: Binding.LlamaModel

  constructor(wrapper: Binding.ChatWrapper, model: Binding.LlamaModel) {
    this.#wrapper = wrapper
    this.#model = model
  }

  async render({ messages, tools }: RenderRequest): Promise<Prompt> {
    const model = this.#model
    const history = withToolsInWords(templateMessages(messages, 'any'), tools).map(historyItem)
    const { contextText, stopGenerationTriggers } = this.#wrapper.generateContextState({
      chatHistory: history.at(-1)?.type === 'model' ? history : [...history, { type: 'model', response: [] }],
    })
    const triggers = stopGenerationTriggers.map((trigger) => ({
      plain: trigger.values.every((value) => typeof value === 'string'),
      text: trigger.toString(),
      // A format often writes a line break after its end mark; the mark alone has ended the answer.
      tokens: trigger.trimEnd().tokenize(model.tokenizer),
    }))
    return {
      tokens: withBos(contextText.tokenize(model.tokenizer), model),
      stopSequences: triggers
        .filter(({ plain, tokens }) => !plain && tokens.length > 0)
        .map(({ tokens }) => tokens),
      stopTexts: triggers.filter(({ plain }) => plain).map(({ text }) => text),
      format: { syntax: GENERAL_SYNTAX, ids: 'any', thought: undefined, thoughtOpen: false },
    }
  }
}

function historyItem({ role, content }: TemplateMessage): Binding.ChatHistoryItem {
  if (role === 'assistant') return { type: 'model', response: [content] }
  return role === 'system' ? { type: 'system', text: content } : { type: 'user', text: content }
}
