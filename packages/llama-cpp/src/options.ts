import { t, type ValueOf } from '@millrace/core'

export type EngineName = 'node-llama-cpp' | 'llama.node'

/**
 * What becomes of an option: the engine honours it, cannot, or nothing anywhere honours it any more (`inert`, which
 * includes llama-cpp-python itself).
 */
export type Support = 'yes' | 'no' | 'inert'

export interface OptionSupport {
  readonly 'node-llama-cpp': Support
  readonly 'llama.node': Support
}

const both: OptionSupport = { 'node-llama-cpp': 'yes', 'llama.node': 'yes' }
const firstOnly: OptionSupport = { 'node-llama-cpp': 'yes', 'llama.node': 'no' }
const secondOnly: OptionSupport = { 'node-llama-cpp': 'no', 'llama.node': 'yes' }
const neither: OptionSupport = { 'node-llama-cpp': 'no', 'llama.node': 'no' }
const inert: OptionSupport = { 'node-llama-cpp': 'inert', 'llama.node': 'inert' }

const scalar = t.union(t.string(), t.number(), t.boolean())

/** The load options of llama-cpp-python's `Llama`, camelCased: what `modelKwargs` takes. */
export const loadOptions = t.object({
  modelPath: t.optional(t.string(), { description: 'Overrides the parameter `model`.' }),
  nCtx: t.optional(t.integer({ minimum: 0 }), { description: 'Overrides the parameter `nCtx`.' }),
  nBatch: t.optional(t.integer({ minimum: 1 }), { description: 'Overrides the parameter `nBatch`.' }),
  nUbatch: t.integer({ minimum: 1, default: 512, description: 'Tokens in one physical batch.' }),
  nGpuLayers: t.integer({
    minimum: -1,
    default: 0,
    description: 'How many layers go to the GPU; -1 for all. 0 also leaves a GPU alone.',
  }),
  splitMode: t.optional(t.integer(), { description: 'How layers are split over several GPUs.' }),
  mainGpu: t.optional(t.integer(), { description: 'The GPU for what is not split.' }),
  tensorSplit: t.optional(t.array(t.number()), { description: 'The share of each GPU.' }),
  vocabOnly: t.boolean({
    default: false,
    description: 'Loads the vocabulary alone; nothing can be generated.',
  }),
  useMmap: t.boolean({ default: true, description: 'Maps the file into memory instead of reading it.' }),
  useMlock: t.boolean({ default: false, description: 'Keeps the weights in RAM.' }),
  kvOverrides: t.optional(t.record(scalar), {
    description: 'Overrides GGUF metadata, as in { "llama.context_length": 4096 }.',
  }),
  seed: t.optional(t.integer({ minimum: 0 }), {
    description:
      'Requests without a seed of their own derive theirs from it, one after the other. Default: random.',
  }),
  nThreads: t.optional(t.integer({ minimum: 1 }), {
    description: 'Threads of one evaluation. Default: by the cores of the process and the size of the model.',
  }),
  nThreadsBatch: t.optional(t.integer({ minimum: 1 }), { description: 'Threads for prompts alone.' }),
  ropeScalingType: t.optional(t.integer(), {
    description: 'RoPE scaling: -1 model, 0 none, 1 linear, 2 YaRN.',
  }),
  poolingType: t.optional(t.integer(), { description: 'Pooling of embeddings.' }),
  attentionType: t.optional(t.integer(), { description: '0 causal, 1 not causal.' }),
  ropeFreqBase: t.optional(t.number(), { description: 'RoPE base frequency.' }),
  ropeFreqScale: t.optional(t.number(), { description: 'RoPE frequency scale.' }),
  yarnExtFactor: t.optional(t.number(), { description: 'YaRN extrapolation mix.' }),
  yarnAttnFactor: t.optional(t.number(), { description: 'YaRN attention factor.' }),
  yarnBetaFast: t.optional(t.number(), { description: 'YaRN low correction dimension.' }),
  yarnBetaSlow: t.optional(t.number(), { description: 'YaRN high correction dimension.' }),
  yarnOrigCtx: t.optional(t.integer(), { description: 'YaRN original context.' }),
  logitsAll: t.optional(t.boolean(), {
    description: 'Keeps the logits of all positions. Never needed here: they are asked for token by token.',
  }),
  embedding: t.optional(t.boolean(), { description: 'Embedding mode.' }),
  offloadKqv: t.optional(t.boolean(), { description: 'Puts the KV cache on the GPU.' }),
  flashAttn: t.boolean({ default: false, description: 'Flash attention.' }),
  opOffload: t.optional(t.boolean(), { description: 'Offloads host operations.' }),
  swaFull: t.optional(t.boolean(), { description: 'Keeps the full cache of sliding-window layers.' }),
  noPerf: t.optional(t.boolean(), { description: 'Switches the native timers off.' }),
  lastNTokensSize: t.integer({
    minimum: 0,
    default: 64,
    description: 'How many of the last tokens the repeat penalties look at.',
  }),
  loraBase: t.optional(t.string(), { description: 'Without effect, in llama-cpp-python too.' }),
  loraPath: t.optional(t.string(), { description: 'A LoRA adapter (GGUF).' }),
  loraScale: t.number({ default: 1, description: 'The strength of the adapter.' }),
  numa: t.optional(t.union(t.boolean(), t.literal('distribute', 'isolate', 'numactl', 'mirror')), {
    description: 'NUMA strategy.',
  }),
  chatFormat: t.optional(t.string(), {
    description: 'The name of a chat format. Default: the template of the model.',
  }),
  draftModel: t.optional(t.string(), { description: 'A draft model for speculative decoding.' }),
  tokenizer: t.optional(t.string(), { description: 'Overrides the tokenizer.' }),
  typeK: t.optional(t.string(), {
    description: 'GGML type of the keys in the KV cache, such as F16 or Q8_0.',
  }),
  typeV: t.optional(t.string(), { description: 'GGML type of the values in the KV cache.' }),
  spmInfill: t.optional(t.boolean(), { description: 'Suffix before prefix in infill prompts.' }),
  verbose: t.boolean({ default: false, description: 'Passes the log of llama.cpp to stderr.' }),
})

export type LoadOptions = ValueOf<typeof loadOptions>

export const loadSupport: Readonly<Record<keyof LoadOptions, OptionSupport>> = {
  modelPath: both,
  nCtx: both,
  nBatch: both,
  nUbatch: secondOnly,
  nGpuLayers: both,
  splitMode: neither,
  mainGpu: neither,
  tensorSplit: neither,
  vocabOnly: both,
  useMmap: both,
  useMlock: both,
  kvOverrides: firstOnly,
  seed: both,
  nThreads: both,
  nThreadsBatch: neither,
  ropeScalingType: neither,
  poolingType: secondOnly,
  attentionType: neither,
  ropeFreqBase: secondOnly,
  ropeFreqScale: secondOnly,
  yarnExtFactor: neither,
  yarnAttnFactor: neither,
  yarnBetaFast: neither,
  yarnBetaSlow: neither,
  yarnOrigCtx: neither,
  logitsAll: inert,
  embedding: neither,
  offloadKqv: neither,
  flashAttn: both,
  opOffload: neither,
  swaFull: both,
  noPerf: firstOnly,
  lastNTokensSize: both,
  loraBase: inert,
  loraPath: both,
  loraScale: both,
  numa: firstOnly,
  chatFormat: neither,
  draftModel: neither,
  tokenizer: neither,
  typeK: both,
  typeV: both,
  spmInfill: neither,
  verbose: both,
}

/** The options of llama-cpp-python's `create_chat_completion`, camelCased: what `generationKwargs` takes. */
export const generationOptions = t.object({
  temperature: t.number({
    default: 0.2,
    description: '0 always takes the likeliest token; below 0 samples from the plain distribution.',
  }),
  topP: t.number({ minimum: 0, maximum: 1, default: 0.95, description: 'Nucleus sampling.' }),
  topK: t.integer({ minimum: 0, default: 40, description: 'Samples from this many tokens; 0 from all.' }),
  minP: t.number({
    minimum: 0,
    maximum: 1,
    default: 0.05,
    description: 'Drops tokens less likely than this share of the likeliest.',
  }),
  typicalP: t.optional(t.number({ minimum: 0, maximum: 1 }), { description: 'Locally typical sampling.' }),
  maxTokens: t.optional(t.union(t.integer(), t.null()), {
    description: 'The most tokens to generate. Absent, null or below 1: as many as fit the context.',
  }),
  stop: t.optional(t.union(t.string(), t.array(t.string())), {
    description: 'Texts that end the reply. They are not part of it.',
  }),
  seed: t.optional(t.union(t.integer({ minimum: 0 }), t.null()), { description: 'Default: random.' }),
  frequencyPenalty: t.number({ default: 0, description: 'Per earlier occurrence of a token.' }),
  presencePenalty: t.number({ default: 0, description: 'For any earlier occurrence of a token.' }),
  repeatPenalty: t.number({ minimum: 0, default: 1, description: '1 is off.' }),
  tfsZ: t.optional(t.number(), { description: 'Without effect, in llama-cpp-python too.' }),
  mirostatMode: t.optional(t.integer({ minimum: 0, maximum: 2 }), {
    description: 'Mirostat 1 or 2; 0 is off.',
  }),
  mirostatTau: t.optional(t.number(), { description: 'Target entropy of mirostat.' }),
  mirostatEta: t.optional(t.number(), { description: 'Learning rate of mirostat.' }),
  grammar: t.optional(t.string(), { description: 'A GBNF grammar that the reply obeys.' }),
  responseFormat: t.optional(
    t.object({ type: t.literal('text', 'jsonObject'), schema: t.optional(t.record(t.unknown())) }),
    { description: '`jsonObject`: the reply is JSON; with a `schema`, JSON that fits it.' },
  ),
  logitBias: t.optional(t.record(t.number()), { description: 'By token id: added to its logit.' }),
  logprobs: t.optional(t.boolean(), { description: 'Log probabilities of the tokens of the reply.' }),
  topLogprobs: t.optional(t.integer({ minimum: 0 }), { description: 'Of this many alternatives, too.' }),
  toolChoice: t.optional(t.union(t.literal('auto', 'required', 'none'), t.object({ name: t.string() })), {
    description: 'Whether, and which, tools are called.',
  }),
  contextShift: t.boolean({
    default: false,
    description: 'Drops the oldest tokens when the context is full, instead of failing or stopping.',
  }),
})

export type GenerationOptions = ValueOf<typeof generationOptions>

export const generationSupport: Readonly<Record<keyof GenerationOptions, OptionSupport>> = {
  temperature: both,
  topP: both,
  topK: both,
  minP: both,
  typicalP: secondOnly,
  maxTokens: both,
  stop: both,
  seed: both,
  frequencyPenalty: both,
  presencePenalty: both,
  repeatPenalty: both,
  tfsZ: inert,
  mirostatMode: secondOnly,
  mirostatTau: secondOnly,
  mirostatEta: secondOnly,
  grammar: both,
  responseFormat: both,
  logitBias: firstOnly,
  logprobs: neither,
  topLogprobs: neither,
  toolChoice: neither,
  contextShift: both,
}
