import type { ChatMessage, Socket } from '@millrace/core'

/** What a chat prompt is made from, in either of its forms. */
export interface ChatTemplate {
  /** In the order in which the template has them. */
  readonly variables: readonly string[]
  /** Types of the variables that hold messages or images; all others take any value. */
  readonly types: ReadonlyMap<string, Socket>
  /** A variable without a value is missing, which is not an error here. */
  render(values: Readonly<Record<string, unknown>>): ChatMessage[]
}
