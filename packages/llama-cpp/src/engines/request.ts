import type { ChatMessage, JsonObject } from '@millrace/core'
import type { Constraint, ReasoningRequest, ToolChoice, ToolDescription } from '../chat/chat-request.ts'

export type { Constraint, ReasoningRequest, ToolChoice, ToolDescription } from '../chat/chat-request.ts'

/** What a chat and a completion ask for alike. All of it is data, so that it can travel to another process. */
export interface GenerationRequest {
  readonly sampling: Sampling
  /** Undefined: as many as fit. */
  readonly maxTokens: number | undefined
  readonly stop: readonly string[]
  readonly constraint: Constraint | undefined
  readonly contextShift: boolean
  /** How many alternatives to give with the log probability of each token; 0 for none, undefined for no log probabilities. */
  readonly logprobs: number | undefined
}

export interface ChatRequest extends GenerationRequest {
  readonly messages: readonly ChatMessage[]
  /** Those the model may call. None where the choice is `none`; the one where it is named. */
  readonly tools: readonly ToolDescription[]
  readonly toolChoice: ToolChoice
  /** Whether the reply may have several calls. Undefined: as the template says. */
  readonly parallelToolCalls?: boolean | undefined
  readonly reasoning: ReasoningRequest
  /** Further variables for the template of the model. */
  readonly templateKwargs: JsonObject
}

export interface CompletionRequest extends GenerationRequest {
  /** A text, in which control tokens mean nothing, or token ids. */
  readonly prompt: string | readonly number[]
  /** The text that the completion goes in front of. Undefined: none; then the prompt is continued. */
  readonly suffix: string | undefined
  /** Whether the suffix comes before the prompt in what the model reads. */
  readonly suffixFirst?: boolean | undefined
  /** Asks for the log probabilities of the prompt too, for `echo`. */
  readonly promptLogprobs: boolean
}

/** Every field always has a value: the defaults of the bindings differ from ours and from each other. */
export interface Sampling {
  /** 0: greedy. Below 0: the plain distribution, without any truncation. */
  readonly temperature: number
  readonly topK: number
  readonly topP: number
  readonly minP: number
  /** 1: off. */
  readonly typicalP: number
  /** 0: off. */
  readonly mirostatMode: number
  readonly mirostatTau: number
  readonly mirostatEta: number
  readonly seed: number
  /** Whether the seed was drawn for this request, and not chosen by anybody. */
  readonly seedDrawn?: boolean
  readonly repeatPenalty: number
  readonly frequencyPenalty: number
  readonly presencePenalty: number
  /** How many of the last tokens the penalties look at. */
  readonly penaltyWindow: number
  readonly logitBias: Readonly<Record<string, number>>
}

/** A piece of a reply, as soon as it is certain. */
export type ReplyDelta =
  | { readonly kind: 'text'; readonly text: string; readonly logprobs?: readonly TokenLogprob[] }
  | { readonly kind: 'reasoning'; readonly text: string }
  /** Pieces with one `index`, from 0, belong to one call. The first has `id` and `name`, and no other. */
  | {
      readonly kind: 'toolCall'
      readonly index: number
      readonly id?: string
      readonly name?: string
      /** A piece of JSON text; may be empty. */
      readonly arguments: string
    }

/** A token and how likely it was, by the logits of the model before any sampling option: natural logarithms. */
export interface LikelyToken {
  readonly token: string
  /** The UTF-8 of the token, which need not be whole characters. */
  readonly bytes: readonly number[]
  readonly logprob: number
}

export interface TokenLogprob extends LikelyToken {
  /** The likeliest tokens at this place, likeliest first, as many as were asked for. */
  readonly topLogprobs: readonly LikelyToken[]
}

export interface RequestOptions {
  readonly signal: AbortSignal | undefined
  /** Called with each piece, never an empty text. The next token waits for its promise. */
  readonly onDelta?: ((delta: ReplyDelta) => void | Promise<void>) | undefined
  /** Called between the slices of a prompt that takes several, which wait for its promise. */
  readonly onPromptProgress?: ((doneTokens: number, totalTokens: number) => void | Promise<void>) | undefined
}

export interface Generation {
  /** What is neither reasoning nor a call. */
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly GeneratedToolCall[]
  /** Those of the text; undefined where none were asked for. */
  readonly logprobs: readonly TokenLogprob[] | undefined
  /** Those of the prompt: the first token has none, and is left out. */
  readonly promptLogprobs?: readonly TokenLogprob[] | undefined
  readonly finishReason: 'stop' | 'length' | 'toolCalls' | 'aborted'
  readonly promptTokens: number
  /** Tokens of the prompt that a slot still held from an earlier request. */
  readonly cachedTokens: number
  readonly completionTokens: number
  /** Milliseconds in the queue, with the prompt, and with the reply. */
  readonly queueMs: number
  readonly promptMs: number
  readonly predictedMs: number
}

export interface GeneratedToolCall {
  readonly id: string
  /** Empty where a call was cut off in front of it. */
  readonly name: string
  /** JSON text as the model wrote it; of a call that was cut off, what there is: with its marks, if that is all. */
  readonly arguments: string
}
