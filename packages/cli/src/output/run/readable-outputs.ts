import { inspect } from 'node:util'
import { ChatMessage, type ToolCall } from '@millrace/core'
import type { MalformedToolCall } from '@millrace/core/component'
import { plainJson } from '../plain-json.ts'

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
  if (value instanceof Error) return String(value)
  const { json, changes } = plainJson(value)
  // What JSON lacks is shown as Node.js shows it, all of it.
  return changes.length === 0
    ? JSON.stringify(json, undefined, 2)
    : inspect(value, { depth: Infinity, maxArrayLength: null, maxStringLength: null })
}

/**
 * What of a value was not in the text of its messages: tool calls that nobody answered, or with `malformedOnly` only the
 * malformed ones, and a result that stands alone, as that of the tool that ended an agent.
 */
export function unspokenPart(value: unknown, malformedOnly: boolean): readonly ChatMessage[] {
  if (!Array.isArray(value) && ChatMessage.is(value) && value.role === 'tool') return [value]
  const messages: readonly ChatMessage[] = (Array.isArray(value) ? value : [value]).filter(ChatMessage.is)
  const answered = messages.flatMap((message) =>
    ChatMessage.toolCallResults(message).map(({ origin }) => origin.id),
  )
  return messages.flatMap((message) => {
    const called = malformedOnly ? [] : ChatMessage.toolCalls(message)
    const calls = called.filter(({ id }) => id === undefined || !answered.includes(id))
    const unspoken: ChatMessage = { role: 'assistant', content: calls, meta: message.meta ?? {} }
    return calls.length > 0 || malformedCalls(unspoken).length > 0 ? [unspoken] : []
  })
}

function readableMessage(message: ChatMessage): string {
  const results = ChatMessage.toolCallResults(message).map(({ result }) =>
    typeof result === 'string' ? result : JSON.stringify(result),
  )
  const parts = [
    ChatMessage.texts(message).join(''),
    ...ChatMessage.toolCalls(message).map(readableCall),
    ...malformedCalls(message),
    ...results,
  ]
  const shown = parts.filter((part) => part !== '')
  return shown.length === 0 ? '(an empty message)' : shown.join('\n')
}

function readableCall({ name, arguments: given }: ToolCall): string {
  return `${name}(${JSON.stringify(given)})`
}

/** Calls whose arguments are not a JSON object, as when the model had to stop in the middle: they are in the meta. */
function malformedCalls({ meta }: ChatMessage): string[] {
  const listed = meta?.['malformedToolCalls']
  if (!Array.isArray(listed)) return []
  return listed.map((call) => {
    const { name, arguments: written } = Object(call) as Partial<MalformedToolCall>
    return `${name}(${written} … is not a call: the arguments are not a JSON object.`
  })
}
