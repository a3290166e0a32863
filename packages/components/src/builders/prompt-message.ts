import type { ChatMessage, ContentPart, JsonValue } from '@millrace/core'

/** Stands for the image, or the images, that a variable holds. */
export interface ImageVariable {
  readonly type: 'image'
  /** The name of a variable that holds an `ImageContent` or a list of them. */
  readonly variable: string
}

/** Stands for all the messages that a variable holds, such as the conversation so far. */
export interface InsertedMessages {
  /** The name of a variable that holds a `ChatMessage` or a list of them. */
  readonly insert: string
}

/** A message as a template has it: a `ChatMessage`, or the way one writes it in a file. */
export interface PromptMessageFields {
  readonly role: ChatMessage['role']
  /** A text, or texts, images and other parts in their order. The texts of system and user messages are templates. */
  readonly content: string | readonly (string | ContentPart | ImageVariable)[]
  readonly name?: string
  readonly meta?: { readonly [key: string]: JsonValue }
}

/** One entry of a chat template in the form of a list. */
export type PromptMessage = PromptMessageFields | InsertedMessages
