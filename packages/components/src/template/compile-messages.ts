import { ChatMessage, didYouMean, listNames, MillraceError } from '@millrace/core'
import { checkIsText } from './compile-template.ts'
import { ImageMarks } from './image-marks.ts'
import { INSERT_FUNCTION, MESSAGE_FUNCTION } from './message-tags.ts'
import { childrenOf, type TemplateNode } from './node.ts'
import { parseTemplate } from './parse-template.ts'
import { renderTemplate, type TemplateCall } from './render-template.ts'
import { TemplateFailure } from './template-failure.ts'
import { TemplateSource } from './template-source.ts'

/** A template that makes the messages of a conversation. */
export interface MessagesTemplate {
  readonly variables: readonly string[]
  /** The variables that hold messages: those in `{% insert x %}`. */
  readonly messageVariables: readonly string[]
  /**
   * A variable without a value is missing, which is not an error here.
   *
   * @throws ComponentsError `TEMPLATE_FAILED` or `TEMPLATE_FORBIDDEN`
   */
  render(values: Readonly<Record<string, unknown>>): ChatMessage[]
}

/** The roles that a block can have. The content of a tool message is no text. */
const roles = ['system', 'user', 'assistant']

/**
 * Reads a template with `{% message role="user" %}…{% endmessage %}` blocks. A text without any is one user message.
 *
 * @throws ComponentsError `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN`
 */
export function compileMessages(text: string, option: string | undefined): MessagesTemplate {
  checkIsText(text, option)
  const source = new TemplateSource(text, option)
  const parsed = parseTemplate(source, 'messages')
  return {
    variables: parsed.variables,
    messageVariables: insertedNames(parsed.program).filter((name) => parsed.variables.includes(name)),
    render(values) {
      const collector = new MessageCollector()
      const output = renderTemplate(parsed, values, collector.extension)
      try {
        return parsed.hasMessageBlocks ? collector.collected(output) : [collector.single(output)]
      } catch (error) {
        throw source.locate(error, undefined)
      }
    },
  }
}

function insertedNames(node: TemplateNode): string[] {
  const names = childrenOf(node).flatMap(insertedNames)
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') return names
  const [argument] = node.args
  return node.callee.value === INSERT_FUNCTION && argument?.type === 'Identifier'
    ? [...names, argument.value]
    : names
}

/** Makes the messages of one rendering. */
class MessageCollector {
  readonly #marks = new ImageMarks()
  readonly #messages: ChatMessage[] = []
  #isOpen = false

  readonly extension = {
    filters: { image: this.#marks.mark },
    functions: {
      [MESSAGE_FUNCTION]: (call: TemplateCall) => this.#addBlock(call),
      [INSERT_FUNCTION]: ({ positional }: TemplateCall) => this.#addAll(positional[0]),
    },
  }

  /** What is printed outside of the blocks belongs to no message. */
  collected(output: string): ChatMessage[] {
    const stray = output.trim()
    if (stray === '') return this.#messages
    const shown = stray.length > 40 ? `${stray.slice(0, 40)}…` : stray
    throw new TemplateFailure(
      'TEMPLATE_FAILED',
      `It prints ${JSON.stringify(shown)} outside of the '{% message %}' blocks, where it belongs to no message.`,
    )
  }

  single(output: string): ChatMessage {
    return { role: 'user', content: this.#marks.split(output) }
  }

  #addBlock({ named, body }: TemplateCall): string {
    const { role, name, meta } = named
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
      throw new TemplateFailure(
        'TEMPLATE_FAILED',
        `A '${role}' message is empty. Put the block into an '{% if %}' when it may be.`,
      )
    }
    return this.#addAll({
      role,
      content,
      ...(name === undefined ? {} : { name }),
      ...(meta === undefined ? {} : { meta }),
    })
  }

  #addAll(value: unknown): string {
    this.#refuseWithin()
    this.#messages.push(...toMessages(value, 'A template inserts'))
    return ''
  }

  /** Through a macro a block can stand in another one, which cannot be seen before. */
  #refuseWithin(): void {
    if (!this.#isOpen) return
    throw new TemplateFailure('TEMPLATE_FAILED', 'A message was made within another one.')
  }
}

function checkRole(role: unknown): void {
  if (typeof role === 'string' && roles.includes(role)) return
  const hint =
    role === 'tool'
      ? " The result of a tool is no text; '{% insert %}' takes tool messages."
      : didYouMean(String(role), roles)
  throw new TemplateFailure(
    'TEMPLATE_FAILED',
    `A message block cannot have the role ${JSON.stringify(role) ?? 'undefined'}. Possible: ${listNames(roles)}.${hint}`,
  )
}

/**
 * The messages in the value of a variable: one, several, or none where it is missing.
 *
 * @throws TemplateFailure `TEMPLATE_FAILED`
 */
export function toMessages(value: unknown, subject: string): ChatMessage[] {
  if (value === undefined) return []
  return (Array.isArray(value) ? value : [value]).map((item) => {
    try {
      return ChatMessage.fromJSON(item)
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error
      throw new TemplateFailure('TEMPLATE_FAILED', `${subject} chat messages only. ${error.message}`)
    }
  })
}
