import { ChatMessage } from '@millrace/core'
import { PromptTemplate, type Values } from '../templates/prompt-template.ts'

/** The key in the `meta` of a system message under which the text of the agent stands. */
const REMEMBERED = 'agentPrompt'

/** The text that an agent puts at the beginning of each conversation. */
export class SystemPrompt {
  readonly variables: readonly string[]
  readonly #template: PromptTemplate | undefined

  /** @throws ComponentsError `TEMPLATE_INVALID`, `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN` */
  constructor(source: string | undefined) {
    this.#template = source === undefined ? undefined : new PromptTemplate(source, 'systemPrompt')
    this.variables = this.#template?.template.variables ?? []
  }

  /**
   * The conversation with the text in its first message, which is a system message: many templates of models take only one, so
   * that one of the caller goes on after the text. In a conversation that goes on, the text takes the place of the earlier one,
   * which the `meta` of the message remembers.
   *
   * @throws ComponentsError `TEMPLATE_FAILED` or `TEMPLATE_FORBIDDEN`
   */
  before(messages: readonly ChatMessage[], values: Values): readonly ChatMessage[] {
    const text = this.#template?.render(values) ?? ''
    if (text === '') return messages
    const [first, ...others] = messages
    const meta = { [REMEMBERED]: text }
    if (first?.role !== 'system') return [ChatMessage.system(text, { meta }), ...messages]
    const rest = restOf(ChatMessage.text(first) ?? '', [text, first.meta?.[REMEMBERED]])
    const whole = rest === '' ? text : `${text}\n\n${rest}`
    return [
      ChatMessage.system(whole, {
        ...(first.name === undefined ? {} : { name: first.name }),
        meta: { ...first.meta, ...meta },
      }),
      ...others,
    ]
  }
}

/** What follows the prompt that is there, if one of these is. */
function restOf(there: string, prompts: readonly unknown[]): string {
  for (const prompt of prompts) {
    if (there === prompt) return ''
    if (typeof prompt === 'string' && there.startsWith(`${prompt}\n\n`)) return there.slice(prompt.length + 2)
  }
  return there
}
