import type * as Binding from 'node-llama-cpp'
import { type CallFormat, callMark } from '../../../chat/call-format.ts'
import { replyParts } from '../../../chat/reply-format.ts'
import type { ChatRequest, GenerationRequest } from '../../request.ts'
import type { Prompt } from '../prompt/prompt.ts'
import type { ReplyGrammar } from './reply-grammar.ts'
import { ReplySteering } from './reply-steering.ts'
import { ReplyText, type ReplyTextOptions } from './reply-text.ts'
import { type TokenTexts, tokenText } from './token-text.ts'

/** A request of a chat, or of a completion, which has neither tools nor thoughts. */
export type ReplyRequest = GenerationRequest &
  Partial<Pick<ChatRequest, 'tools' | 'toolChoice' | 'reasoning'>>

export interface ReplyReading {
  readonly reply: ReplyText
  readonly steering: ReplySteering
}

/** What reads and what leads the reply to a request. */
export function readReply(
  model: Binding.LlamaModel,
  texts: TokenTexts,
  grammar: ReplyGrammar,
  prompt: Prompt,
  request: ReplyRequest,
): ReplyReading {
  const { format } = prompt
  const { toolChoice = 'none', reasoning } = request
  const { parts, calls, marks = '' } = format ? replyParts(format, request) : {}
  const words = tokenText(model, texts, prompt.tokens, parts ? controlTokens(marks, model) : undefined)
  return {
    reply: new ReplyText({
      prompt: calls && format?.calls.turnEnd !== undefined ? untilNoCall(prompt, model) : prompt,
      words,
      stop: request.stop,
      parts,
      withLogprobs: request.logprobs !== undefined,
    }),
    steering: new ReplySteering({
      model,
      grammar,
      parts,
      calls,
      thought: format?.answer.thought,
      budget: reasoning?.budget,
      texts,
      forced: forcedText(format, calls !== undefined, toolChoice, request.constraint, model),
    }),
  }
}

/**
 * The ends of a reply in which what ends a turn may begin a call: whatever else ends a text for llama.cpp. When no call
 * can follow any more is what the reader of the reply finds.
 */
function untilNoCall({ stopSequences }: Prompt, model: Binding.LlamaModel): ReplyTextOptions['prompt'] {
  const isOther = (token: Binding.Token) => !stopSequences.some((sequence) => sequence.includes(token))
  return {
    stopSequences: [],
    stopTexts: [],
    isEnd: (token) => model.isEogToken(token) && isOther(token),
  }
}

/** What the answer begins with whatever the model would say: the mark of a call, or what is in front of an answer. */
function forcedText(
  format: Prompt['format'],
  mayCall: boolean,
  toolChoice: ChatRequest['toolChoice'],
  constraint: ReplyRequest['constraint'],
  model: Binding.LlamaModel,
): string {
  if (mayCall) return toolChoice === 'auto' ? '' : (callMarkToken(format?.calls, model)?.text ?? '')
  return constraint ? (format?.answer.leads[0] ?? '') : ''
}

/** The mark of a call, where it is a token of its own. Others are written with the tokens that a model is used to. */
export function callMarkToken(
  format: CallFormat | undefined,
  model: Binding.LlamaModel,
): { readonly token: Binding.Token; readonly text: string } | undefined {
  const text = format && callMark(format)
  if (text === undefined) return undefined
  const [token, ...others] = model.tokenize(text, true, 'trimLeadingSpace')
  return token === undefined || others.length > 0 ? undefined : { token, text }
}

function controlTokens(text: string, model: Binding.LlamaModel): ReadonlySet<Binding.Token> {
  return new Set(model.tokenize(text, true).filter((token) => model.isSpecialToken(token)))
}
