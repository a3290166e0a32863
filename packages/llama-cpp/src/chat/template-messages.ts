import { ChatMessage, type ToolCallResult } from '@millrace/core'
import { LlamaCppError } from '../errors.ts'
import { type CallIdForm, callId } from './call-ids.ts'

/** A message as chat templates know it. */
export interface TemplateMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: string
  readonly reasoning_content?: string
  readonly tool_calls?: readonly TemplateCall[]
  readonly tool_call_id?: string
  readonly name?: string
}

export interface TemplateCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: unknown }
}

/**
 * The conversation as templates know it: a message for each result of a tool, and an id for each call.
 *
 * @throws LlamaCppError `MODALITY_UNSUPPORTED` for images and files
 */
export function templateMessages(messages: readonly ChatMessage[], ids: CallIdForm): TemplateMessage[] {
  const given: string[] = []
  let unanswered: { readonly id: string; readonly name: string }[] = []
  return messages.flatMap((message): TemplateMessage[] => {
    refuseParts(message)
    const content = ChatMessage.texts(message).join('')
    const calls = ChatMessage.toolCalls(message).map(({ id, name, arguments: values }): TemplateCall => {
      given.push(name)
      return {
        id: callId(id ?? `call_${given.length}`, ids),
        type: 'function',
        function: { name, arguments: values },
      }
    })
    if (message.role === 'assistant') {
      unanswered = calls.map(({ id, function: { name } }) => ({ id, name }))
      const reasoning = ChatMessage.reasonings(message).join('\n')
      return [
        {
          role: 'assistant',
          content,
          ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
          ...(calls.length > 0 ? { tool_calls: calls } : {}),
        },
      ]
    }
    if (message.role !== 'tool') return [{ role: message.role, content }]
    return ChatMessage.toolCallResults(message).map(({ origin, result }): TemplateMessage => {
      const id = origin.id === undefined ? undefined : callId(origin.id, ids)
      // A call without an id is answered by the first result for its tool; a tool without a name is known by the id.
      const call = unanswered.find((each) => (id === undefined ? each.name === origin.name : each.id === id))
      unanswered = unanswered.filter((each) => each !== call)
      return {
        role: 'tool',
        content: resultText(result),
        tool_call_id: id ?? call?.id ?? callId(`call_${origin.name}`, ids),
        name: origin.name === '' ? (call?.name ?? '') : origin.name,
      }
    })
  })
}

function resultText(result: ToolCallResult['result']): string {
  if (typeof result === 'string') return result
  return result
    .map((part) => {
      if (part.type === 'text') return part.text
      throw unsupported(`The result of a tool holds a part of type '${part.type}'`, `${part.type} parts`)
    })
    .join('\n')
}

function refuseParts(message: ChatMessage): void {
  for (const { type } of message.content) {
    if (type === 'image' || type === 'file') {
      throw unsupported(`A message of role '${message.role}' holds a part of type '${type}'`, `${type} parts`)
    }
  }
}

function unsupported(where: string, what: string): LlamaCppError {
  return new LlamaCppError(
    'MODALITY_UNSUPPORTED',
    `${where}. Engine 'node-llama-cpp' takes text and tool calls, but no ${what}. Images need engine 'llama.node' and a modelClipPath.`,
    { engine: 'node-llama-cpp' },
  )
}
