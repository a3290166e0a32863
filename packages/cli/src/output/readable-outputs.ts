import { inspect } from 'node:util'
import { ChatMessage, type ToolCall } from '@millrace/core'

/** One output with the name that the pipeline, or else the path of its socket, gives it. */
export interface NamedOutput {
  readonly name: string
  readonly value: unknown
}

/** Outputs for a person. A single one stands alone; of several, each has its name above it. */
export function readableOutputs(outputs: readonly NamedOutput[], headings = outputs.length > 1): string {
  return outputs
    .map(({ name, value }) => (headings ? `${name}:\n` : '') + endLine(readableValue(value)))
    .join('\n')
}

function endLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}

/** A text as it is, a message as its text, lists of either one below the other, and anything else as JSON. */
export function readableValue(value: unknown): string {
  if (typeof value === 'string') return value
  if (ChatMessage.is(value)) return readableMessage(value)
  if (Array.isArray(value) && value.length > 0) {
    if (value.every((item) => typeof item === 'string')) return value.join('\n')
    if (value.every(ChatMessage.is)) return value.map(readableMessage).join('\n\n')
  }
  try {
    return JSON.stringify(value, undefined, 2) ?? String(value)
  } catch {
    // A value of a custom type need not be JSON.
    return inspect(value)
  }
}

function readableMessage(message: ChatMessage): string {
  const results = ChatMessage.toolCallResults(message).map(({ result }) =>
    typeof result === 'string' ? result : JSON.stringify(result),
  )
  const parts = [
    ChatMessage.texts(message).join(''),
    ...ChatMessage.toolCalls(message).map(readableCall),
    ...results,
  ]
  const shown = parts.filter((part) => part !== '')
  return shown.length === 0 ? '(an empty message)' : shown.join('\n')
}

function readableCall({ name, arguments: given }: ToolCall): string {
  return `${name}(${JSON.stringify(given)})`
}
