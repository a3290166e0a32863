// What the server sends, as JSON.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type Values = Readonly<Record<string, Json>>

export interface JsonSchema {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly enum?: readonly Json[]
  readonly const?: Json
  readonly default?: Json
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly minimum?: number
  readonly maximum?: number
  readonly contentEncoding?: string
}

export interface Finding {
  readonly level: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly line?: number
  readonly column?: number
  readonly file?: string
}

export interface Summary {
  readonly name: string
  readonly title?: string
  readonly description: string
  readonly file?: string
  readonly state: 'ready' | 'broken'
  readonly findings: readonly Finding[]
}

export interface Port {
  readonly name: string
  readonly path: string
  readonly component: string
  readonly schema: JsonSchema
  readonly description?: string
}

export interface InputPort extends Port {
  readonly mandatory: boolean
  readonly default?: Json
}

export interface Details extends Summary {
  readonly inputs: readonly InputPort[]
  readonly outputs: readonly Port[]
}

export interface Question {
  readonly id: string
  readonly kind: string
  readonly prompt: string
  readonly data?: Json
}

export interface Failure {
  readonly code?: string
  readonly message: string
}

export interface TextPart {
  readonly type: 'text' | 'reasoning'
  readonly text: string
}
export interface ImagePart {
  readonly type: 'image'
  readonly base64: string
  readonly mimeType: string
}
export interface FilePart {
  readonly type: 'file'
  readonly base64: string
  readonly mimeType: string
  readonly filename?: string
}
export interface CallPart {
  readonly type: 'toolCall'
  readonly id?: string
  readonly name: string
  readonly arguments: Json
}
export interface ResultPart {
  readonly type: 'toolCallResult'
  readonly result: string | readonly Part[]
  readonly origin: CallPart
  readonly error: boolean
}
export type Part = TextPart | ImagePart | FilePart | CallPart | ResultPart

export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: readonly Part[]
}

export interface Chunk {
  readonly content: string
  readonly reasoning?: string
  readonly toolCalls?: readonly { index: number; id?: string; name?: string; arguments?: string }[]
  readonly toolCallResult?: ResultPart
  readonly index: number
  readonly start: boolean
}

export interface ModelCall {
  readonly model: string
  readonly durationMs: number
  readonly usage?: { promptTokens: number; completionTokens?: number; cachedTokens?: number }
  readonly timings?: { tokensPerSecond?: number; queueMs?: number; promptMs?: number; predictedMs?: number }
  readonly finishReason?: string
  readonly error?: Failure
}

interface Visit {
  readonly component: string
  readonly componentType: string
  readonly visit: number
}

export type RunEvent = { readonly time: number } & (
  | { readonly type: 'runStart' }
  | (Visit & { readonly type: 'componentStart'; readonly inputs: Values })
  | (Visit & { readonly type: 'chunk'; readonly chunk: Chunk })
  | (Visit & { readonly type: 'modelCall'; readonly call: ModelCall })
  | (Visit & { readonly type: 'toolCall'; readonly call: { readonly durationMs: number } })
  | { readonly type: 'warning'; readonly warning: Failure }
  | (Visit & { readonly type: 'componentEnd'; readonly outputs: Values; readonly durationMs: number })
  | (Visit & {
      readonly type: 'componentPause'
      readonly questions: readonly Question[]
      readonly durationMs: number
    })
  | (Visit & { readonly type: 'componentError'; readonly error: Failure; readonly durationMs: number })
  | {
      readonly type: 'runEnd'
      readonly status: string
      readonly error?: Failure
      readonly durationMs: number
    }
)

export interface Progress {
  readonly stage: string
  readonly subject: string
  readonly fraction?: number
}

export interface Result {
  readonly id: string
  readonly status: 'completed' | 'paused'
  readonly outputs: Values
  readonly warnings?: readonly Failure[]
  readonly questions?: readonly Question[]
}

export type RunState = 'waiting' | 'running' | 'completed' | 'failed' | 'aborted' | 'paused'

/** A run in the list of those that the server remembers. */
export interface RunSummary {
  readonly id: string
  readonly pipeline: string
  readonly via: string
  readonly state: RunState
  readonly createdAt: number
  readonly startedAt?: number
  readonly endedAt?: number
  readonly questions?: readonly Question[]
}

export interface RunRecord extends RunSummary {
  readonly inputs: Values
  readonly outputs?: Values
  readonly error?: Failure
  readonly events: readonly RunEvent[]
}

export interface FileText {
  readonly text: string
  readonly version: string
  readonly path: string
  readonly editable: boolean
}
