import type { JsonSchema } from '@millrace/core'

/** A tool as a model reads of it. */
export interface ToolDescription {
  readonly name: string
  readonly description: string
  readonly parameters: JsonSchema
  /** What of the parameters a grammar can hold a call to; undefined for all. */
  readonly held?: JsonSchema
}

/** `required`: at least one call; a name: at least one call, and only of this tool. */
export type ToolChoice = 'auto' | 'required' | 'none' | { readonly name: string }

export interface ReasoningRequest {
  /** What the template gets as `enable_thinking`. Undefined: nothing. */
  readonly enabled: boolean | undefined
  /** The most tokens of a thought; then it is closed. Undefined: no limit. */
  readonly budget: number | undefined
  /** `text` leaves thoughts in the text, with the model's own marks. */
  readonly format: 'separate' | 'text'
}

/** What the reply must obey. */
export type Constraint =
  | { readonly kind: 'grammar'; readonly gbnf: string }
  | { readonly kind: 'json'; readonly schema: Readonly<Record<string, unknown>> | undefined }
