import type { CompletionOptions } from './completion-options.ts'
import type { GenerationOptions, samplingFields } from './generation-options.ts'
import type { EngineName, LoadOptions } from './options.ts'

/** Who honours an option. */
export interface OptionSupport {
  readonly engines: readonly EngineName[]
  /** Values that ask for nothing but what every engine does anyway; they are never refused. */
  readonly neutral?: readonly unknown[]
  /** Why it has no effect anywhere, for an option that is accepted with a warning. */
  readonly inert?: string
  /** What to use in its place, for an option that no engine honours. */
  readonly instead?: string
}

const both: OptionSupport = { engines: ['node-llama-cpp', 'llama.node'] }
const firstOnly = (...neutral: unknown[]): OptionSupport => ({ engines: ['node-llama-cpp'], neutral })
const secondOnly = (...neutral: unknown[]): OptionSupport => ({ engines: ['llama.node'], neutral })
const neither = (instead: string, ...neutral: unknown[]): OptionSupport => ({ engines: [], neutral, instead })
const inert = (reason: string): OptionSupport => ({ engines: [], inert: reason })
const GPUS = 'choose devices with CUDA_VISIBLE_DEVICES'
const METADATA = 'set the metadata of the model with kvOverrides'
const inPythonToo = 'llama-cpp-python accepts and ignores it too'

/** The parameters of components that one engine alone honours. */
export const parameterSupport = {
  stateFolder: firstOnly(),
  chatHandlerName: secondOnly(),
  modelClipPath: secondOnly(),
} as const satisfies Record<string, OptionSupport>

export const loadSupport: Readonly<Record<keyof LoadOptions, OptionSupport>> = {
  modelPath: both,
  nCtx: both,
  nBatch: both,
  nUbatch: secondOnly(),
  nGpuLayers: both,
  splitMode: neither(GPUS, 1),
  mainGpu: neither(GPUS, 0),
  tensorSplit: neither(GPUS),
  vocabOnly: neither('tokens are counted on a loaded model', false),
  useMmap: both,
  useMlock: both,
  kvOverrides: firstOnly(),
  seed: both,
  nThreads: both,
  nThreadsBatch: neither('nThreads is for prompts too'),
  ropeScalingType: neither(METADATA, -1),
  poolingType: neither('it is for embedders and rankers', -1),
  attentionType: neither('the file of the model says it', -1),
  ropeFreqBase: secondOnly(0),
  ropeFreqScale: secondOnly(0),
  yarnExtFactor: neither(METADATA, -1),
  yarnAttnFactor: neither(METADATA, 1),
  yarnBetaFast: neither(METADATA, 32),
  yarnBetaSlow: neither(METADATA, 1),
  yarnOrigCtx: neither(METADATA, 0),
  logitsAll: inert('logits are asked for token by token'),
  embedding: neither('use LlamaCppTextEmbedder or LlamaCppDocumentEmbedder', false),
  offloadKqv: neither('nGpuLayers decides about the KV cache too', true),
  flashAttn: both,
  opOffload: neither('llama.cpp decides'),
  swaFull: both,
  noPerf: firstOnly(false),
  lastNTokensSize: both,
  loraBase: inert(inPythonToo),
  loraPath: both,
  loraScale: both,
  numa: firstOnly(false, 0),
  chatFormat: both,
  chatTemplate: both,
  chatHandler: neither('use chatHandlerName and modelClipPath for images, chatTemplate for a format'),
  draftModel: firstOnly(),
  tokenizer: neither('the tokenizer of the model is used'),
  hfTokenizerPath: neither('the tokenizer of the model is used'),
  typeK: both,
  typeV: both,
  spmInfill: firstOnly(false),
  verbose: both,
  mulMatQ: inert(inPythonToo),
  rpcServers: inert(inPythonToo),
}

/** Who honours the load options of a chat: none has a gap to fill. */
export const chatLoadSupport: typeof loadSupport = {
  ...loadSupport,
  spmInfill: neither("it is for the option 'suffix' of LlamaCppGenerator", false),
}

/** The same of a completion, which no template stands around. */
export const completionLoadSupport: typeof loadSupport = {
  ...loadSupport,
  chatFormat: neither('the model reads the prompt as it is; LlamaCppChatGenerator has chats'),
  chatTemplate: neither('the model reads the prompt as it is; LlamaCppChatGenerator has chats'),
}

/** What chats and completions take alike. */
const samplingSupport: Readonly<Record<keyof typeof samplingFields | 'temperature', OptionSupport>> = {
  temperature: both,
  topP: both,
  topK: both,
  minP: both,
  typicalP: secondOnly(1),
  maxTokens: both,
  stop: both,
  seed: both,
  frequencyPenalty: both,
  presencePenalty: both,
  repeatPenalty: both,
  tfsZ: inert(inPythonToo),
  mirostatMode: secondOnly(0),
  mirostatTau: secondOnly(5),
  mirostatEta: secondOnly(0.1),
  grammar: both,
  logitBias: firstOnly(null),
  logitsProcessor: neither('use logitBias, grammar or responseFormat'),
  model: both,
  stream: inert('whoever listens gets a stream'),
  contextShift: firstOnly(false),
}

export const generationSupport: Readonly<Record<keyof GenerationOptions, OptionSupport>> = {
  ...samplingSupport,
  responseFormat: both,
  logprobs: firstOnly(false),
  topLogprobs: firstOnly(0),
  toolChoice: both,
  parallelToolCalls: both,
  functions: both,
  functionCall: both,
  enableThinking: both,
  reasoningBudget: both,
  reasoningFormat: both,
  chatTemplateKwargs: both,
}

export const completionSupport: Readonly<Record<keyof CompletionOptions, OptionSupport>> = {
  ...samplingSupport,
  suffix: firstOnly(null),
  echo: both,
  logprobs: firstOnly(null),
  stoppingCriteria: neither('use stop, maxTokens, or abort the run'),
}
