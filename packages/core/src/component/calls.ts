import type { ChatMessage } from '../data/chat-message.ts'
import type { ToolCall, ToolCallResult } from '../data/content-part.ts'

interface FinishedCall {
  /** From asking to the answer, in milliseconds; what waited for a free place in between included. */
  readonly durationMs: number
  /** What the call failed with. Absent where there is an answer, also one that an abort cut off. */
  readonly error?: unknown
  /** The component inside a sub-pipeline that asked. The event names the component that stands in the pipeline itself. */
  readonly component?: { readonly name: string; readonly type: string }
}

/** A request to a model that is over: what usage, traces and logs are made of. What is not known is left out. */
export interface ModelCall extends FinishedCall {
  readonly operation: 'chat' | 'textCompletion' | 'embeddings' | 'rerank'
  /** Who answers, in the words of OpenTelemetry's `gen_ai.provider.name`, such as `llama_cpp` or `openai`. */
  readonly provider: string
  /** The model that was asked for. Of a file its name: neither its folder nor an address. */
  readonly model: string
  /** The model that answered, where it says another name. */
  readonly responseModel?: string
  readonly responseId?: string
  /** What computes, such as `node-llama-cpp`. */
  readonly engine?: string
  /** Where the model runs, when that is not this computer's own process. */
  readonly server?: { readonly address: string; readonly port?: number }
  readonly usage?: {
    readonly promptTokens: number
    /** Absent for models that give no text. */
    readonly completionTokens?: number
    /** Tokens of the prompt that the model still held and did not evaluate again. */
    readonly cachedTokens?: number
  }
  /** In milliseconds. */
  readonly timings?: {
    readonly promptMs?: number
    readonly predictedMs?: number
    readonly queueMs?: number
    readonly tokensPerSecond?: number
  }
  readonly finishReason?: string
  readonly warnings?: readonly { readonly code: string; readonly message: string }[]
  /** The options of the request, as in `generationKwargs`. */
  readonly options?: Readonly<Record<string, unknown>>
  /** The conversation of a chat, or the text of a completion. */
  readonly input?: readonly ChatMessage[] | string
  readonly replies?: readonly (ChatMessage | string)[]
}

/** A call of a tool that is over. Where it failed, `error` says how, also when the model gets to read that as a result. */
export interface ToolCallEnd extends FinishedCall {
  readonly call: ToolCall
  /** What the tool gave, as the model reads it. */
  readonly result?: ToolCallResult['result']
}
