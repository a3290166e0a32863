import { ChatMessage } from '@millrace/core'
import type { ContextSpec, ModelContext, WeightsSpec } from '../../../src/engines/engine.ts'
import { llamaNode } from '../../../src/engines/llama-node.ts'
import type {
  ChatRequest,
  CompletionRequest,
  Generation,
  GenerationRequest,
  ReplyDelta,
  Sampling,
  ToolDescription,
} from '../../../src/engines/request.ts'
import { pocketPath, pocketVisionPath } from '../../pocket.ts'

export const weightsSpec: WeightsSpec = {
  modelPath: pocketPath,
  nGpuLayers: 0,
  useMmap: true,
  useMlock: false,
  kvOverrides: {},
  numa: false,
  verbose: false,
}

export const contextSpec: ContextSpec = {
  nCtx: 0,
  nBatch: 512,
  slots: 1,
  nThreads: 1,
  flashAttn: false,
  nUbatch: undefined,
  swaFull: undefined,
  noPerf: undefined,
  typeK: undefined,
  typeV: undefined,
  ropeFreqBase: undefined,
  ropeFreqScale: undefined,
  lora: undefined,
  chatTemplate: undefined,
  draft: undefined,
  projector: undefined,
}

export const projector = {
  path: pocketVisionPath,
  useGpu: false,
}

/**
 * The pocket model, opened in this process, where a load that fails would end it. The binding prints that it has a
 * projector.
 */
export async function openPocket(
  spec: Partial<ContextSpec> = {},
  weights: Partial<WeightsSpec> = {},
): Promise<ModelContext> {
  const { log } = console
  console.log = () => undefined
  try {
    const loaded = await llamaNode.load({ ...weightsSpec, ...weights }, {})
    return await loaded.open({ ...contextSpec, ...spec }, {})
  } finally {
    console.log = log
  }
}

const sampling: Sampling = {
  temperature: 0,
  topK: 40,
  topP: 0.95,
  minP: 0.05,
  typicalP: 1,
  mirostatMode: 0,
  mirostatTau: 5,
  mirostatEta: 0.1,
  seed: 1,
  repeatPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  penaltyWindow: 64,
  logitBias: {},
}

const generation: GenerationRequest = {
  sampling,
  maxTokens: undefined,
  stop: [],
  constraint: undefined,
  contextShift: false,
  logprobs: undefined,
}

export type Asked = Partial<Omit<ChatRequest, 'sampling' | 'reasoning'>> & {
  readonly sampling?: Partial<Sampling>
  readonly reasoning?: Partial<ChatRequest['reasoning']>
}

export function chatRequest(
  messages: readonly ChatMessage[] | string,
  { sampling: chosen, reasoning, ...rest }: Asked = {},
): ChatRequest {
  return {
    ...generation,
    messages: typeof messages === 'string' ? [ChatMessage.user(messages)] : messages,
    tools: [],
    toolChoice: rest.tools ? 'auto' : 'none',
    templateKwargs: {},
    ...rest,
    sampling: { ...sampling, ...chosen },
    reasoning: { enabled: undefined, budget: undefined, format: 'separate', ...reasoning },
  }
}

export function completionRequest(
  prompt: CompletionRequest['prompt'],
  rest: Partial<CompletionRequest> = {},
): CompletionRequest {
  return { ...generation, prompt, suffix: undefined, promptLogprobs: false, ...rest }
}

export interface Answer extends Generation {
  readonly deltas: readonly ReplyDelta[]
}

export async function ask(
  context: ModelContext,
  messages: readonly ChatMessage[] | string,
  asked: Asked = {},
  { signal, onDelta }: { readonly signal?: AbortSignal; readonly onDelta?: (delta: ReplyDelta) => void } = {},
): Promise<Answer> {
  const deltas: ReplyDelta[] = []
  const generated = await context.chat(chatRequest(messages, asked), {
    signal,
    onDelta: (delta) => {
      deltas.push(delta)
      onDelta?.(delta)
    },
  })
  return { ...generated, deltas }
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

export const weather: ToolDescription = {
  name: 'get_weather',
  description: 'Get the weather of a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}
