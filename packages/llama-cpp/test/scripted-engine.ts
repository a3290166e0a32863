import { ChatMessage } from '@millrace/core'
import type {
  ChatRequest,
  ContextSpec,
  Engine,
  Generation,
  LoadingOptions,
  ModelContext,
  RequestOptions,
  Weights,
  WeightsSpec,
} from '../src/engines/engine.ts'
import { unlessAborted } from '../src/shared-task.ts'
import { StopText } from '../src/stop-text.ts'

export interface ScriptedReply {
  readonly text: string
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
    this.loads.push(spec)
    await this.onLoad?.(options)
    return {
      bytes: 1_600_000,
      trainedContext: 1024,
      open: async (context, opening) => {
        this.opened.push(context)
        await this.onOpen?.(opening)
        return new ScriptedContext(this, context.nCtx || 1024)
      },
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

  constructor(engine: ScriptedEngine, contextSize: number) {
    this.#engine = engine
    this.contextSize = contextSize
  }

  async chat(request: ChatRequest, options: RequestOptions): Promise<Generation> {
    options.signal?.throwIfAborted()
    this.#engine.requests.push(request)
    const { text, before } = this.#engine.next()
    const words = text.match(/\s*\S+/g) ?? []
    const stops = new StopText(request.stop)
    let shown = ''
    let count = 0
    const show = async (piece: string) => {
      shown += piece
      if (piece !== '') await options.onText?.(piece)
    }
    const finish = (finishReason: Generation['finishReason']): Generation => ({
      text: shown,
      finishReason,
      promptTokens: this.countTokens(request.messages),
      cachedTokens: 0,
      completionTokens: count,
      queueMs: 0,
      promptMs: 1,
      predictedMs: 2,
    })
    for (const word of words) {
      const held = before?.(count)
      if (held !== undefined)
        await unlessAborted(held, options.signal ? [options.signal] : []).catch(() => {})
      if (options.signal?.aborted) {
        if (count === 0) throw options.signal.reason
        await show(stops.end())
        return finish('aborted')
      }
      count++
      await show(stops.push(word))
      if (stops.found) return finish('stop')
      if (count === request.maxTokens) {
        await show(stops.end())
        return finish('length')
      }
    }
    await show(stops.end())
    return finish('stop')
  }

  countTokens(messages: readonly ChatMessage[]): number {
    return messages
      .flatMap((message) => ChatMessage.texts(message))
      .join(' ')
      .split(/\s+/).length
  }

  async dispose(): Promise<void> {
    this.#engine.disposed.push('context')
  }
}
