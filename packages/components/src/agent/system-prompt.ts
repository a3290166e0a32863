import { ChatMessage } from '@millrace/core'
import { PromptTemplate, type Values } from '../templates/prompt-template.ts'

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
   * that one of the caller goes on after the text. A conversation that begins with the text has it already.
   *
   * @throws ComponentsError `TEMPLATE_FAILED` or `TEMPLATE_FORBIDDEN`
   */
  before(messages: readonly ChatMessage[], values: Values): readonly ChatMessage[] {
    const text = this.#template?.render(values) ?? ''
    if (text === '') return messages
    const [first, ...others] = messages
    const there = first?.role === 'system' ? (ChatMessage.text(first) ?? '') : undefined
    if (there === undefined) return [ChatMessage.system(text), ...messages]
    if (there === text || there.startsWith(`${text}\n\n`)) return messages
    return [ChatMessage.system(`${text}\n\n${there}`), ...others]
  }
}
