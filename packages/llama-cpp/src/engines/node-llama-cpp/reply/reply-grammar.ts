import { messageOf } from '@millrace/core/component'
import type * as Binding from 'node-llama-cpp'
import type { CallFormat } from '../../../chat/call-format.ts'
import { callsOnlyGrammar, restOfCallGrammar } from '../../../chat/call-grammar.ts'
import { LlamaCppError } from '../../../errors.ts'
import type { ChatRequest, Constraint } from '../../request.ts'
import { makeGrammar } from './grammar.ts'

export interface ReplyGrammarRequest {
  readonly constraint: Constraint | undefined
  readonly tools: ChatRequest['tools']
  readonly toolChoice: ChatRequest['toolChoice']
  readonly format: CallFormat | undefined
  /** What an answer in words begins with. */
  readonly lead: string
  /** The mark of a call, where it is a token. */
  readonly mark: { readonly token: Binding.Token; readonly text: string } | undefined
}

interface Natives {
  readonly llama: Binding.Llama
  readonly model: Binding.LlamaModel
  readonly binding: typeof Binding
}

interface AnswerGrammars {
  /** For the answer, whatever it becomes. */
  readonly whole?: Binding.LlamaGrammar
  /** For what follows the mark of a call, and for words. Which of them holds is left to the model. */
  readonly calls?: Binding.LlamaGrammar
  readonly words?: Binding.LlamaGrammar
}

/**
 * The grammar that the next token has to obey, which changes in the middle of a reply: the one of the answer begins
 * when the answer does; where a model is free to call or to speak, there is one from the beginning of a call to its end.
 */
export class ReplyGrammar {
  /** Whether one may ever be needed. */
  readonly any: boolean
  readonly #natives: Natives
  readonly #request: ReplyGrammarRequest
  readonly #answer: AnswerGrammars
  /** Whether the first token of the answer decides between calls and words. */
  #undecided = false
  #state: Binding.LlamaGrammarEvaluationState | undefined

  private constructor(natives: Natives, request: ReplyGrammarRequest, answer: AnswerGrammars) {
    this.#natives = natives
    this.#request = request
    this.#answer = answer
    this.any = this.ofAnswer || callsOf(request) !== undefined
  }

  /**
   * Compiles what the request needs, so that whatever cannot be expressed is known before the first token.
   *
   * @throws LlamaCppError `OPTION_INVALID`, `OPTION_UNSUPPORTED`
   */
  static async make(natives: Natives, request: ReplyGrammarRequest): Promise<ReplyGrammar> {
    return new ReplyGrammar(natives, request, await answerGrammars(natives, request))
  }

  /** Whether there is one for the whole of the answer. */
  get ofAnswer(): boolean {
    return this.#answer.whole !== undefined || this.#answer.words !== undefined
  }

  get state(): Binding.LlamaGrammarEvaluationState | undefined {
    return this.#state
  }

  /** Where the thought of the model is over, or there is none. */
  answerBegins(): void {
    const { whole, words } = this.#answer
    if (whole) this.#state = this.#evaluation(whole)
    this.#undecided = words !== undefined
  }

  /** Whether the next token is free, and decides what the answer becomes. */
  get undecided(): boolean {
    return this.#undecided
  }

  /** Decides it: for calls if the token is their mark. For words the token does not count, for it had no grammar. */
  decide(token: Binding.Token | undefined): 'calls' | 'words' {
    const { calls, words } = this.#answer
    const decision = token === this.#request.mark?.token ? 'calls' : 'words'
    const grammar = decision === 'calls' ? calls : words
    this.#undecided = false
    if (grammar) this.#state = this.#evaluation(grammar)
    return decision
  }

  /** `begun`: as much of the call as the reply has. Where the arguments have begun already, they stay free. */
  async callBegins(begun: string | undefined): Promise<void> {
    const calls = callsOf(this.#request)
    if (this.ofAnswer || begun === undefined || !calls) return
    const text = restOfCallGrammar({ ...calls, begun })
    this.#state = this.#evaluation(await compiled(this.#natives, text, undefined))
  }

  callEnds(): void {
    if (!this.ofAnswer) this.#state = undefined
  }

  #evaluation(grammar: Binding.LlamaGrammar): Binding.LlamaGrammarEvaluationState {
    const { binding, model } = this.#natives
    return new binding.LlamaGrammarEvaluationState({ model, grammar })
  }
}

async function answerGrammars(natives: Natives, request: ReplyGrammarRequest): Promise<AnswerGrammars> {
  const { constraint, toolChoice, mark } = request
  const calls = callsOf(request)
  if (!calls) return constraint ? { whole: await makeGrammar(constraint, natives.llama) } : {}
  const begun = mark?.text ?? ''
  if (toolChoice !== 'auto') {
    return { whole: await compiled(natives, callsOnlyGrammar({ ...calls, begun }), undefined) }
  }
  if (!constraint) {
    await compiled(natives, restOfCallGrammar({ ...calls, begun: '' }), undefined)
    return {}
  }
  if (mark) {
    return {
      calls: await compiled(natives, callsOnlyGrammar({ ...calls, begun }), undefined),
      words: await makeGrammar(constraint, natives.llama),
    }
  }
  const text = callsOnlyGrammar({ ...calls, begun: '' }, request.lead, constraint)
  return { whole: await compiled(natives, text, constraint) }
}

function callsOf({ tools, toolChoice, format }: ReplyGrammarRequest) {
  const engine = 'node-llama-cpp'
  return tools.length > 0 && toolChoice !== 'none' && format ? { tools, format, engine } : undefined
}

async function compiled(
  { llama }: Natives,
  grammar: string,
  constraint: Constraint | undefined,
): Promise<Binding.LlamaGrammar> {
  try {
    return await llama.createGrammar({ grammar })
  } catch (cause) {
    const option = constraint?.kind === 'grammar' ? 'generationKwargs.grammar' : 'tools'
    throw new LlamaCppError(
      constraint?.kind === 'grammar' ? 'OPTION_INVALID' : 'OPTION_UNSUPPORTED',
      `Option '${option}' cannot be used: ${messageOf(cause)}. llama.cpp writes to stderr where it failed.`,
      { cause, option },
    )
  }
}
