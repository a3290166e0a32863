import { ChatMessage, type ComponentOf, type Socket, t } from '@millrace/core'

/** A component that answers conversations, such as `LlamaCppChatGenerator`. */
export type ChatGenerator = ComponentOf<
  { readonly messages: Socket<readonly ChatMessage[]> },
  { readonly replies: Socket<readonly ChatMessage[]> }
>

/** A parameter that holds one. */
export function chatGenerator(description?: string): Socket<ChatGenerator> {
  return t.component({
    name: 'ChatGenerator',
    inputs: { messages: t.array(t.message()) },
    outputs: { replies: t.array(t.message()) },
    ...(description === undefined ? {} : { description }),
  })
}

/** The conversation: a text is one message of the user. */
export function conversationOf(messages: readonly ChatMessage[] | string): readonly ChatMessage[] {
  return typeof messages === 'string' ? [ChatMessage.user(messages)] : messages
}
