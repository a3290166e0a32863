import type { EngineName, GenerationOptions, LoadOptions } from './options.ts'

/** Who honours an option. */
export interface OptionSupport {
  readonly engines: readonly EngineName[]
  /** Values that ask for nothing but what every engine does anyway; they are never refused. */
  readonly neutral?: readonly unknown[]
  /** Why it has no effect anywhere, for an option that is accepted with a warning. */
  readonly inert?: string
}

const both: OptionSupport = { engines: ['node-llama-cpp', 'llama.node'] }
const firstOnly: OptionSupport = { engines: ['node-llama-cpp'] }
const secondOnly = (...neutral: unknown[]): OptionSupport => ({ engines: ['llama.node'], neutral })
const neither = (...neutral: unknown[]): OptionSupport => ({ engines: [], neutral })
const inert = (reason: string): OptionSupport => ({ engines: [], inert: reason })
const inPythonToo = 'llama-cpp-python accepts and ignores it too'

export const loadSupport: Readonly<Record<keyof LoadOptions, OptionSupport>> = {
  modelPath: both,
  nCtx: both,
  nBatch: both,
  nUbatch: secondOnly(),
  nGpuLayers: both,
  splitMode: neither(1),
  mainGpu: neither(0),
  tensorSplit: neither(),
  vocabOnly: neither(false),
  useMmap: both,
  useMlock: both,
  kvOverrides: firstOnly,
  seed: both,
  nThreads: both,
  nThreadsBatch: neither(),
  ropeScalingType: neither(-1),
  poolingType: secondOnly(-1),
  attentionType: neither(-1),
  ropeFreqBase: secondOnly(0),
  ropeFreqScale: secondOnly(0),
  yarnExtFactor: neither(-1),
  yarnAttnFactor: neither(1),
  yarnBetaFast: neither(32),
  yarnBetaSlow: neither(1),
  yarnOrigCtx: neither(0),
  logitsAll: inert('logits are asked for token by token'),
  embedding: neither(false),
  offloadKqv: neither(true),
  flashAttn: both,
  opOffload: neither(),
  swaFull: both,
  noPerf: firstOnly,
  lastNTokensSize: both,
  loraBase: inert(inPythonToo),
  loraPath: both,
  loraScale: both,
  numa: firstOnly,
  chatFormat: neither(),
  chatHandler: neither(),
  draftModel: neither(),
  tokenizer: neither(),
  hfTokenizerPath: neither(),
  typeK: both,
  typeV: both,
  spmInfill: neither(false),
  verbose: both,
  mulMatQ: inert(inPythonToo),
  rpcServers: inert(inPythonToo),
}

export const generationSupport: Readonly<Record<keyof GenerationOptions, OptionSupport>> = {
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
  responseFormat: both,
  logitBias: firstOnly,
  logitsProcessor: neither(),
  logprobs: neither(false),
  topLogprobs: neither(0),
  toolChoice: neither('auto', 'none'),
  functions: neither(),
  functionCall: neither(),
  model: both,
  stream: inert('whoever listens gets a stream'),
  contextShift: both,
}
