import { ChatMessage, type ContentPart, MillraceError, type UserMessage } from '@millrace/core'
import { didYouMean, listNames, shorten } from '@millrace/core/component'
import type { Template, VariableUse } from '@millrace/jinja'
import { withoutView } from './message-view.ts'
import { PartMarks, partFilters, withoutMarks } from './part-marks.ts'
import type { ChatTemplate } from './prompt-message.ts'
import { failure, named, PromptTemplate, type Values } from './prompt-template.ts'

/** The roles that a block can have. The content of a tool message is not a text. */
const roles = ['system', 'user', 'assistant']

/**
 * A template with `{% message role="user" %}…{% endmessage %}` blocks and `{% insert messages %}`. A text without any
 * is one user message.
 */
export class MessageBlocks implements ChatTemplate {
  readonly variables: readonly string[]
  readonly uses: readonly VariableUse[]
  readonly texts: readonly Template[]
  readonly #template: PromptTemplate
  readonly #option: string
  // Rendering is synchronous: these belong to the one that runs.
  #marks = new PartMarks()
  #messages: ChatMessage[] = []
  #isOpen = false

  constructor(text: string, option: string) {
    this.#option = option
    this.#template = new PromptTemplate(text, option, {
      looseText: "This text stands outside of the '{% message %}' blocks, so it belongs to no message.",
      filters: partFilters(() => this.#marks),
      tags: {
        message: {
          parameters: '*, role, name=none, meta=none',
          block: true,
          apply: (body: () => string, role: unknown, name: unknown, meta: unknown) =>
            this.#addBlock(body, role, name, meta),
        },
        insert: {
          parameters: 'messages, /',
          block: false,
          apply: (_: unknown, messages: unknown) => this.#addAll(messages),
        },
      },
    })
    const { template } = this.#template
    this.texts = [template]
    this.variables = template.variables
    this.uses = template.uses
  }

  /** @throws ComponentsError `TEMPLATE_FAILED` or `TEMPLATE_FORBIDDEN` */
  render(values: Values): ChatMessage[] {
    this.#marks = new PartMarks()
    this.#messages = []
    this.#isOpen = false
    const output = this.#template.render(values)
    return named(this.#option, () => {
      if (this.#template.template.tags.size === 0)
        return [{ role: 'user', content: this.#marks.split(output) } as UserMessage]
      const stray = withoutMarks(output.trim())
      if (stray === '') return this.#messages
      throw failure(
        `It prints ${JSON.stringify(shorten(stray))} outside of the '{% message %}' blocks, where it belongs to no message.`,
      )
    })
  }

  #addBlock(body: () => string, role: unknown, name: unknown, meta: unknown): string {
    checkRole(role)
    this.#refuseWithin()
    this.#isOpen = true
    const output = body()
    this.#isOpen = false
    // As in Haystack: blocks are written over several lines, and the line breaks at their edges mean nothing.
    const content = this.#marks
      .split(output)
      .map((part) => (part.type === 'text' ? { ...part, text: part.text.trim() } : part))
      .filter((part) => part.type !== 'text' || part.text !== '')
    if (content.length === 0) {
      throw failure(`A '${role}' message is empty. Put the block into an '{% if %}' when it may be.`)
    }
    const ordered = role === 'assistant' ? reasoningFirst(content) : content
    return this.#addAll({ role, content: ordered, ...(name ? { name } : {}), ...(meta ? { meta } : {}) })
  }

  #addAll(value: unknown): string {
    this.#refuseWithin()
    this.#messages.push(...toMessages(value, 'A template inserts'))
    return ''
  }

  /** Through a macro a block can stand in another one, which cannot be seen before. */
  #refuseWithin(): void {
    if (this.#isOpen) throw failure('A message was made within another one.')
  }
}

function reasoningFirst(content: readonly ContentPart[]): ContentPart[] {
  return [
    ...content.filter(({ type }) => type === 'reasoning'),
    ...content.filter(({ type }) => type !== 'reasoning'),
  ]
}

function checkRole(role: unknown): asserts role is string {
  if (typeof role === 'string' && roles.includes(role)) return
  const hint =
    role === 'tool'
      ? " The result of a tool is not a text; '{% insert %}' takes tool messages."
      : didYouMean(String(role), roles)
  throw failure(
    `A message block cannot have the role ${JSON.stringify(role) ?? 'undefined'}. Possible: ${listNames(roles)}.${hint}`,
  )
}

/**
 * The messages in the value of a variable: one, several, or none where it is missing.
 *
 * @throws ComponentsError `TEMPLATE_FAILED`
 */
export function toMessages(value: unknown, subject: string): ChatMessage[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).map((item) => {
    try {
      return ChatMessage.fromJSON(withoutView(item))
    } catch (error) {
      if (!MillraceError.isInstance(error)) throw error
      throw failure(`${subject} chat messages only. ${error.message}`)
    }
  })
}
