import { ChatMessage } from '@millrace/core'
import type { ContextSpec, ModelContext, Weights } from '../../../src/engines/engine.ts'
import { nodeLlamaCpp } from '../../../src/engines/node-llama-cpp.ts'
import type { ChatRequest, Generation, ReplyDelta, ToolDescription } from '../../../src/engines/request.ts'
import { contextSpec } from '../../../src/session/specs.ts'
import { chatRequest, pocketWeights } from '../chat-request.ts'

/** The tools that the pocket model knows. */
export const getWeather: ToolDescription = {
  name: 'get_weather',
  description: 'Get the current weather in a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
export const add: ToolDescription = {
  name: 'add',
  description: 'Add two numbers.',
  parameters: {
    type: 'object',
    properties: { a: { type: 'integer' }, b: { type: 'integer' } },
    required: ['a', 'b'],
  },
}
export const sendMessage: ToolDescription = {
  name: 'send_message',
  description: 'Send a message to a person.',
  parameters: {
    type: 'object',
    properties: { recipient: { type: 'string' }, text: { type: 'string' } },
    required: ['recipient', 'text'],
  },
}

export interface Answer {
  readonly generation: Generation
  readonly deltas: readonly ReplyDelta[]
  /** Names and arguments of the calls, without one that the limit of tokens cut off. */
  readonly calls: readonly (readonly [name: string, values: unknown])[]
}

/** The pocket model on the engine itself, with contexts of its own for each template. */
export class OpenedChats {
  #weights: Promise<Weights> | undefined
  readonly #contexts = new Map<string, Promise<ModelContext>>()

  context(chatTemplate?: string): Promise<ModelContext> {
    const key = chatTemplate ?? ''
    const opening = this.#contexts.get(key) ?? this.#open({ chatTemplate })
    this.#contexts.set(key, opening)
    return opening
  }

  async #open(spec: Partial<ContextSpec>): Promise<ModelContext> {
    this.#weights ??= nodeLlamaCpp.load(pocketWeights, {})
    const weights = await this.#weights
    return weights.open({ ...contextSpec({}, {}, {}), ...spec }, {})
  }

  async ask(
    question: string | readonly ChatMessage[],
    fields: Partial<ChatRequest> = {},
    {
      template,
      signal,
      onDelta,
    }: { template?: string; signal?: AbortSignal; onDelta?: (delta: ReplyDelta) => void } = {},
  ): Promise<Answer> {
    const messages = typeof question === 'string' ? [ChatMessage.user(question)] : question
    const tools = fields.tools ?? []
    const request: ChatRequest = {
      ...chatRequest(''),
      messages,
      toolChoice: tools.length > 0 ? 'auto' : 'none',
      ...fields,
    }
    const deltas: ReplyDelta[] = []
    const context = await this.context(template)
    const generation = await context.chat(request, {
      signal,
      onDelta: (delta) => {
        deltas.push(delta)
        onDelta?.(delta)
      },
    })
    const whole =
      generation.finishReason === 'length' ? generation.toolCalls.slice(0, -1) : generation.toolCalls
    const calls = whole.map(({ name, arguments: written }) => [name, JSON.parse(written) as unknown] as const)
    return { generation, deltas, calls }
  }

  async close(): Promise<void> {
    for (const context of this.#contexts.values()) await (await context).dispose()
    await (await this.#weights)?.dispose()
  }
}
