import { ChatMessage } from '@millrace/core'
import type {
  ContextSpec,
  Engine,
  LoadingOptions,
  ModelContext,
  Weights,
  WeightsSpec,
} from '../src/engines/engine.ts'
import type {
  ChatRequest,
  CompletionRequest,
  GeneratedToolCall,
  Generation,
  GenerationRequest,
  RequestOptions,
} from '../src/engines/request.ts'
import { RequestsUnderway } from '../src/engines/requests-underway.ts'
import { StopText } from '../src/engines/stop-text.ts'
import { LlamaCppError } from '../src/errors.ts'
import { unlessAborted } from '../src/waiting/shared-task.ts'
import { SlotPool } from '../src/waiting/slots.ts'

export interface ScriptedReply {
  readonly text?: string
  /** A thought in front of the text, as one piece. */
  readonly reasoning?: string
  /** Calls behind the text. Their arguments come in pieces of ten characters. */
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: string }[]
  /** Called before each token with its number; a promise holds the reply there. */
  readonly before?: (token: number) => void | Promise<void>
}

/**
 * An engine whose replies are written down, one for each request in turn. Its tokens are words with the space in front
 * of them. It honours signals, stop texts and the limit of tokens, and remembers what it was asked for.
 */
export class ScriptedEngine implements Engine {
  readonly name = 'node-llama-cpp'
  readonly loads: WeightsSpec[] = []
  readonly opened: ContextSpec[] = []
  readonly requests: ChatRequest[] = []
  readonly completions: CompletionRequest[] = []
  /** What was saved and loaded, and where. */
  readonly states: string[] = []
  /** Each weights and context that was freed, in order. */
  readonly disposed: ('context' | 'weights')[] = []
  /** Called at each load; a promise holds it, an error fails it. */
  onLoad: ((options: LoadingOptions) => void | Promise<void>) | undefined
  /** The same for each context. */
  onOpen: ((options: LoadingOptions) => void | Promise<void>) | undefined
  readonly #replies: ScriptedReply[]

  constructor(...replies: (string | ScriptedReply)[]) {
    this.#replies = replies.map((reply) => (typeof reply === 'string' ? { text: reply } : reply))
  }

  async load(spec: WeightsSpec, options: LoadingOptions): Promise<Weights> {
    options.signal?.throwIfAborted()
    this.loads.push(spec)
    await this.onLoad?.(options)
    return {
      bytes: 1_600_000,
      trainedContext: 1024,
      open: async (context, opening) => {
        this.opened.push(context)
        await this.onOpen?.(opening)
        return new ScriptedContext(this, context.nCtx || 1024, context.slots)
      },
      openEmbedding: () => Promise.reject(new RangeError('the script has no embeddings')),
      openRanking: () => Promise.reject(new RangeError('the script has no ranking')),
      dispose: async () => {
        this.disposed.push('weights')
      },
    }
  }

  next(): ScriptedReply {
    const reply = this.#replies.shift()
    if (!reply) throw new RangeError('the script has no more replies')
    return reply
  }
}

class ScriptedContext implements ModelContext {
  readonly contextSize: number
  readonly #engine: ScriptedEngine
  readonly #slots: SlotPool<number>
  readonly #underway = new RequestsUnderway((cause) => cause)

  constructor(engine: ScriptedEngine, contextSize: number, slots: number) {
    this.#engine = engine
    this.contextSize = contextSize
    this.#slots = new SlotPool(Array.from({ length: slots }, (_, index) => index))
  }

  async chat(request: ChatRequest, options: RequestOptions): Promise<Generation> {
    options.signal?.throwIfAborted()
    this.#engine.requests.push(request)
    const promptTokens = await this.countTokens(request)
    return this.#underway.run(options, (linked) => this.#inSlot(request, linked, promptTokens))
  }

  async complete(request: CompletionRequest, options: RequestOptions): Promise<Generation> {
    options.signal?.throwIfAborted()
    this.#engine.completions.push(request)
    const { prompt } = request
    const promptTokens = typeof prompt === 'string' ? wordsOf(prompt).length : prompt.length
    return this.#underway.run(options, (linked) => this.#inSlot(request, linked, promptTokens))
  }

  async #inSlot(
    request: GenerationRequest,
    options: RequestOptions,
    promptTokens: number,
  ): Promise<Generation> {
    const slot = await this.#slots.acquire(options.signal)
    try {
      const generation = await new ScriptedGeneration(
        this.#engine.next(),
        request,
        options,
        promptTokens,
      ).run()
      if (generation.finishReason === 'aborted') this.#underway.throwIfClosed()
      return generation
    } finally {
      this.#slots.release(slot)
    }
  }

  async countTokens({ messages }: Pick<ChatRequest, 'messages'>): Promise<number> {
    return messages
      .flatMap((message) => ChatMessage.texts(message))
      .join(' ')
      .split(/\s+/).length
  }

  /** The lengths of the words. */
  async tokenize(text: string): Promise<readonly number[]> {
    return wordsOf(text).map((word) => word.length)
  }

  async saveState(folder: string): Promise<number> {
    this.#engine.states.push(`save ${folder}`)
    return 1
  }

  async loadState(folder: string): Promise<number> {
    this.#engine.states.push(`load ${folder}`)
    return 1
  }

  async dispose(): Promise<void> {
    const closed = new LlamaCppError('CLOSED', 'The model was closed before the request was answered.')
    const ended = this.#underway.close(closed)
    this.#slots.close(closed)
    await ended
    this.#engine.disposed.push('context')
  }
}

/** One reply on its way. */
class ScriptedGeneration {
  readonly #reply: ScriptedReply
  readonly #request: GenerationRequest
  readonly #options: RequestOptions
  readonly #promptTokens: number
  #text = ''
  #reasoning = ''
  #count = 0
  readonly #calls: GeneratedToolCall[] = []

  constructor(
    reply: ScriptedReply,
    request: GenerationRequest,
    options: RequestOptions,
    promptTokens: number,
  ) {
    this.#reply = reply
    this.#request = request
    this.#options = options
    this.#promptTokens = promptTokens
  }

  async run(): Promise<Generation> {
    const { text = '', reasoning, toolCalls = [] } = this.#reply
    const { maxTokens, stop } = this.#request
    const stops = new StopText(stop)
    if (reasoning !== undefined) {
      this.#reasoning = reasoning
      await this.#options.onDelta?.({ kind: 'reasoning', text: reasoning })
    }
    for (const word of wordsOf(text)) {
      if (await this.#aborted()) return this.#end('aborted', stops)
      await this.#show(stops.push(word))
      if (stops.found) return this.#end('stop', stops)
      if (this.#count === maxTokens) return this.#end('length', stops)
    }
    await this.#show(stops.end())
    for (const [index, call] of toolCalls.entries()) {
      const id = `call_${index + 1}`
      this.#calls.push({ id, name: call.name, arguments: '' })
      await this.#options.onDelta?.({ kind: 'toolCall', index, id, name: call.name, arguments: '' })
      for (const piece of call.arguments.match(/.{1,10}/gs) ?? []) {
        if (await this.#aborted()) return this.#end('aborted', stops)
        await this.#options.onDelta?.({ kind: 'toolCall', index, arguments: piece })
        this.#calls[index] = { id, name: call.name, arguments: `${this.#calls[index]?.arguments}${piece}` }
        if (this.#count === maxTokens) return this.#end('length', stops)
      }
    }
    return this.#end(toolCalls.length > 0 ? 'toolCalls' : 'stop', stops)
  }

  /** Whether the next token is not to come. @throws the reason of the signal before the first */
  async #aborted(): Promise<boolean> {
    const { signal } = this.#options
    const held = this.#reply.before?.(this.#count)
    if (held !== undefined) await unlessAborted(held, signal ? [signal] : []).catch(() => {})
    if (signal?.aborted && this.#count === 0) throw signal.reason
    this.#count++
    return signal?.aborted === true
  }

  async #show(piece: string): Promise<void> {
    this.#text += piece
    if (piece !== '') await this.#options.onDelta?.({ kind: 'text', text: piece })
  }

  async #end(finishReason: Generation['finishReason'], stops: StopText): Promise<Generation> {
    await this.#show(stops.end())
    return {
      text: this.#text,
      reasoning: this.#reasoning,
      toolCalls: this.#calls,
      logprobs: undefined,
      finishReason,
      promptTokens: this.#promptTokens,
      cachedTokens: 0,
      completionTokens: finishReason === 'aborted' ? this.#count - 1 : this.#count,
      queueMs: 0,
      promptMs: 1,
      predictedMs: 2,
    }
  }
}

function wordsOf(text: string): string[] {
  return text.match(/\s*\S+/g) ?? []
}
