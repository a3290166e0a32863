import { ChatMessage } from '@millrace/core'

/** What was said so far, and what the model is to keep to. */
export class Conversation {
  /** The instructions that stand before everything else. */
  system: string | undefined
  #messages: readonly ChatMessage[] = []

  /** All of it, as a model gets it. */
  get messages(): readonly ChatMessage[] {
    const { system } = this
    return system === undefined ? this.#messages : [ChatMessage.system(system), ...this.#messages]
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0
  }

  add(messages: readonly ChatMessage[]): void {
    this.#messages = [...this.#messages, ...messages]
  }

  /** Begins anew. The instructions stay. */
  clear(): void {
    this.#messages = []
  }

  /** Goes on with another one. A system message at its beginning is the instructions. */
  replace(messages: readonly ChatMessage[]): void {
    const [first, ...rest] = messages
    const isSystem = first?.role === 'system'
    this.system = isSystem ? ChatMessage.text(first) : undefined
    this.#messages = isSystem ? rest : messages
  }

  /** Takes the last message of the user back, and all that followed it. Undefined: there is none. */
  undo(): ChatMessage | undefined {
    const index = this.#messages.findLastIndex(({ role }) => role === 'user')
    const message = this.#messages[index]
    if (message !== undefined) this.#messages = this.#messages.slice(0, index)
    return message
  }
}
