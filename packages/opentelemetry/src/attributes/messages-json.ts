import type { ChatMessage, ContentPart } from '@millrace/core'
import { shortened, TextBudget } from './shortened.ts'
import { asValues } from './values.ts'

type Part = Readonly<Record<string, unknown>>

/**
 * Messages in the form that the GenAI conventions prescribe for `gen_ai.input.messages` and `gen_ai.output.messages`.
 * When they are too long, the last ones are kept: they are what the reply is about. Images and files are without
 * their data.
 *
 * @param messages what a socket got: messages, or texts, or one text; anything else in a list is left out
 * @param role who a plain text is from
 * @param finishReason of messages that a model gave
 */
export function messagesJson(
  messages: unknown,
  role: 'user' | 'assistant',
  characters: number,
  finishReason?: string,
): string {
  const list = Array.isArray(messages) ? messages : [messages]
  const budget = new TextBudget(characters)
  const end = finishReason === undefined ? {} : { finish_reason: finishReason }
  const kept: Part[] = []
  for (const message of [...list].reverse()) {
    if (budget.exhausted) break
    if (typeof message === 'string') {
      kept.unshift({ role, parts: [{ type: 'text', content: budget.take(message) }], ...end })
    } else if (isMessage(message)) kept.unshift({ ...messageOf(message, budget), ...end })
  }
  return JSON.stringify(kept)
}

function isMessage(value: unknown): value is ChatMessage {
  const { role, content } = asValues(value)
  return typeof role === 'string' && Array.isArray(content)
}

function messageOf({ role, content, name }: ChatMessage, budget: TextBudget): Part {
  budget.spend(20)
  const parts = content.map((part) => partOf(part, budget))
  return { role, parts, ...(name === undefined ? {} : { name }) }
}

function partOf(part: ContentPart, budget: TextBudget): Part {
  budget.spend(20)
  switch (part.type) {
    case 'text':
      return { type: 'text', content: budget.take(part.text) }
    case 'reasoning':
      return { type: 'reasoning', content: budget.take(part.text) }
    case 'image':
      return blobOf('image', part)
    case 'file':
      return blobOf(modalityOf(part.mimeType), part)
    case 'toolCall':
      return {
        type: 'tool_call',
        ...(part.id === undefined ? {} : { id: part.id }),
        name: part.name,
        arguments: shortened(part.arguments, budget),
      }
    case 'toolCallResult':
      return {
        type: 'tool_call_response',
        ...(part.origin.id === undefined ? {} : { id: part.origin.id }),
        response:
          typeof part.result === 'string'
            ? budget.take(part.result)
            : part.result.map((item) => partOf(item, budget)),
      }
  }
}

/** Without its content: a placeholder in its place would be taken for the data. */
function blobOf(modality: string, part: Extract<ContentPart, { type: 'image' | 'file' }>): Part {
  const padding = part.base64.endsWith('==') ? 2 : part.base64.endsWith('=') ? 1 : 0
  return {
    type: 'blob',
    modality,
    mime_type: part.mimeType,
    byte_size: (part.base64.length / 4) * 3 - padding,
    ...(part.type === 'file' && part.filename !== undefined ? { filename: part.filename } : {}),
  }
}

function modalityOf(mimeType: string): string {
  const [kind = ''] = mimeType.split('/')
  return ['image', 'audio', 'video'].includes(kind) ? kind : 'document'
}
