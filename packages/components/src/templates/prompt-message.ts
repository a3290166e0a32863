import type { ChatMessage, ContentPart, JsonValue } from '@millrace/core'
import type { Template, VariableUse } from '@millrace/jinja'

/** Stands for the images or files that a variable holds. */
export interface PartVariable {
  readonly type: 'image' | 'file'
  /** The name of a variable that holds an `ImageContent` or `FileContent`, or a list of them. */
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
  readonly content: string | readonly (string | ContentPart | PartVariable)[]
  readonly name?: string
  readonly meta?: { readonly [key: string]: JsonValue }
}

/** One entry of a chat template in the form of a list. */
export type PromptMessage = PromptMessageFields | InsertedMessages

/** What a chat prompt is made from, in either of its forms. */
export interface ChatTemplate {
  /** In the order in which the template has them. */
  readonly variables: readonly string[]
  /** How its texts use their variables, from which the types of these follow. */
  readonly uses: readonly VariableUse[]
  /** The templates of its texts. */
  readonly texts: readonly Template[]
  /** A variable without a value is missing, which is not an error here. */
  render(values: Readonly<Record<string, unknown>>): ChatMessage[]
}
