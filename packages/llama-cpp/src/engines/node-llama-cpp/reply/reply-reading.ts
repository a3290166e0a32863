import type * as Binding from 'node-llama-cpp'
import type { ChatRequest, GenerationRequest } from '../../request.ts'
import { newCallId } from '../prompt/call-ids.ts'
import type { Prompt } from '../prompt/prompt.ts'
import { callMark, type ToolSyntax } from '../prompt/tool-syntax.ts'
import { CallParser } from './call-parser.ts'
import type { ReplyGrammar } from './reply-grammar.ts'
import { ReplyParts } from './reply-parts.ts'
import { ReplySteering } from './reply-steering.ts'
import { ReplyText } from './reply-text.ts'
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
  const { tools = [], toolChoice = 'none', reasoning } = request
  const names = toolChoice === 'none' ? [] : tools.map(({ name }) => name)
  const calls =
    format && names.length > 0 ? new CallParser(format.syntax, names, () => newCallId(format.ids)) : undefined
  const lead = format?.syntax.lead ?? ''
  const parts =
    format && (calls || format.thought || lead !== '')
      ? new ReplyParts({
          calls,
          thought: format.thought,
          thoughtOpen: format.thoughtOpen,
          thoughtsAsText: reasoning?.format === 'text',
          lead,
        })
      : undefined
  const marks = [
    ...(format?.thought ? [format.thought.start, format.thought.end] : []),
    ...(format && calls ? Object.values(format.syntax) : [lead]),
  ].join('')
  const words = tokenText(model, texts, prompt.tokens, parts ? controlTokens(marks, model) : undefined)
  return {
    reply: new ReplyText({
      prompt,
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
      thought: format?.thought,
      budget: reasoning?.budget,
      texts,
      forced: calls && toolChoice !== 'auto' ? (callMarkToken(format?.syntax, model)?.text ?? '') : '',
    }),
  }
}

/** The mark of a call, where it is a token of its own. Others are written with the tokens that a model is used to. */
export function callMarkToken(
  syntax: ToolSyntax | undefined,
  model: Binding.LlamaModel,
): { readonly token: Binding.Token; readonly text: string } | undefined {
  const text = syntax && callMark(syntax)
  if (text === undefined) return undefined
  const [token, ...others] = model.tokenize(text, true, 'trimLeadingSpace')
  return token === undefined || others.length > 0 ? undefined : { token, text }
}

function controlTokens(text: string, model: Binding.LlamaModel): ReadonlySet<Binding.Token> {
  return new Set(model.tokenize(text, true).filter((token) => model.isSpecialToken(token)))
}
