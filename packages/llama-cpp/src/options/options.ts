import { type ObjectOf, type Socket, t } from '@millrace/core'

export type EngineName = 'node-llama-cpp' | 'llama.node'

/** The types that llama.cpp keeps keys and values in, and the numbers that llama-cpp-python knows them by. */
export const cacheTypes = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q4_1: 3,
  Q5_0: 6,
  Q5_1: 7,
  Q8_0: 8,
  IQ4_NL: 20,
  BF16: 30,
} as const

/** The NUMA strategies in the order of their numbers. */
export const numaStrategies = [false, 'distribute', 'isolate', 'numactl', 'mirror'] as const

/** How the vectors of tokens become one, in the order of llama.cpp's numbers. */
export const poolings = ['none', 'mean', 'cls', 'last', 'rank'] as const

/** More than any model was made for. The binding's own guess at the memory for it takes seconds, and gigabytes beyond. */
export const LARGEST_CONTEXT = 2 ** 24

/** The largest seed asks for a random one, as in llama.cpp. */
export const RANDOM_SEED = 2 ** 32 - 1

type CacheType = keyof typeof cacheTypes | (typeof cacheTypes)[keyof typeof cacheTypes]

const cacheType = t.literal<CacheType>(
  'F32',
  'F16',
  'BF16',
  'Q8_0',
  'Q5_1',
  'Q5_0',
  'Q4_1',
  'Q4_0',
  'IQ4_NL',
  0,
  1,
  2,
  3,
  6,
  7,
  8,
  20,
  30,
)
/** A seed in a declaration of options. */
export const seed = t.integer({ minimum: 0, maximum: RANDOM_SEED })
const scalar = t.union(t.string(), t.number(), t.boolean())

const loadFields = {
  /** Overrides the parameter `model`. */
  modelPath: t.optional(t.string(), { description: 'Overrides the parameter `model`.' }),
  /** Overrides the parameter `nCtx`. */
  nCtx: t.optional(t.integer({ minimum: 0, maximum: LARGEST_CONTEXT }), {
    description: 'Overrides the parameter `nCtx`.',
  }),
  /** Overrides the parameter `nBatch`. */
  nBatch: t.optional(t.integer({ minimum: 1 }), { description: 'Overrides the parameter `nBatch`.' }),
  /** Tokens in one physical batch. */
  nUbatch: t.optional(t.integer({ minimum: 1 }), { description: 'Tokens in one physical batch.' }),
  /** How many layers go to the GPU; -1 for all. 0 also leaves a GPU alone. */
  nGpuLayers: t.integer({
    minimum: -1,
    default: 0,
    description: 'How many layers go to the GPU; -1 for all. 0 also leaves a GPU alone.',
  }),
  /** How layers are split over several GPUs. */
  splitMode: t.optional(t.integer(), { description: 'How layers are split over several GPUs.' }),
  /** The GPU for what is not split. */
  mainGpu: t.optional(t.integer(), { description: 'The GPU for what is not split.' }),
  /** The share of each GPU. */
  tensorSplit: t.optional(t.array(t.number()), { description: 'The share of each GPU.' }),
  /** Loads the vocabulary alone, with which nothing can be generated. */
  vocabOnly: t.optional(t.boolean(), {
    description: 'Loads the vocabulary alone, with which nothing can be generated.',
  }),
  /** Maps the file into memory instead of reading it. */
  useMmap: t.boolean({ default: true, description: 'Maps the file into memory instead of reading it.' }),
  /** Keeps the weights in RAM. */
  useMlock: t.boolean({ default: false, description: 'Keeps the weights in RAM.' }),
  /** Overrides GGUF metadata, as in { "llama.context_length": 4096 }. */
  kvOverrides: t.optional(t.record(scalar), {
    description: 'Overrides GGUF metadata, as in { "llama.context_length": 4096 }.',
  }),
  /**
   * Requests without a seed of their own derive theirs from it, one after the other. Default, and 4294967295: random.
   */
  seed: t.optional(seed, {
    description:
      'Requests without a seed of their own derive theirs from it, one after the other. Default, and 4294967295: random.',
  }),
  /**
   * Threads of one evaluation, at most one for each core of the process. Default: by the cores of the process that
   * calculate, the size of the model, and where its layers are.
   */
  nThreads: t.optional(t.integer({ minimum: 1 }), {
    description:
      'Threads of one evaluation, at most one for each core of the process. Default: by the cores of the process that calculate, the size of the model, and where its layers are.',
  }),
  /** Threads for prompts alone. */
  nThreadsBatch: t.optional(t.integer({ minimum: 1 }), { description: 'Threads for prompts alone.' }),
  /** RoPE scaling: -1 model, 0 none, 1 linear, 2 YaRN. */
  ropeScalingType: t.optional(t.integer(), {
    description: 'RoPE scaling: -1 model, 0 none, 1 linear, 2 YaRN.',
  }),
  /** Pooling of embeddings. */
  poolingType: t.optional(t.integer(), { description: 'Pooling of embeddings.' }),
  /** 0 causal, 1 not causal. */
  attentionType: t.optional(t.integer(), { description: '0 causal, 1 not causal.' }),
  /** RoPE base frequency. */
  ropeFreqBase: t.optional(t.number(), { description: 'RoPE base frequency.' }),
  /** RoPE frequency scale. */
  ropeFreqScale: t.optional(t.number(), { description: 'RoPE frequency scale.' }),
  /** YaRN extrapolation mix. */
  yarnExtFactor: t.optional(t.number(), { description: 'YaRN extrapolation mix.' }),
  /** YaRN attention factor. */
  yarnAttnFactor: t.optional(t.number(), { description: 'YaRN attention factor.' }),
  /** YaRN low correction dimension. */
  yarnBetaFast: t.optional(t.number(), { description: 'YaRN low correction dimension.' }),
  /** YaRN high correction dimension. */
  yarnBetaSlow: t.optional(t.number(), { description: 'YaRN high correction dimension.' }),
  /** YaRN original context. */
  yarnOrigCtx: t.optional(t.integer(), { description: 'YaRN original context.' }),
  /** Keeps the logits of all positions. Never needed here: they are asked for token by token. */
  logitsAll: t.optional(t.boolean(), {
    description: 'Keeps the logits of all positions. Never needed here: they are asked for token by token.',
  }),
  /** Embedding mode. */
  embedding: t.optional(t.boolean(), { description: 'Embedding mode.' }),
  /** Puts the KV cache on the GPU. */
  offloadKqv: t.optional(t.boolean(), { description: 'Puts the KV cache on the GPU.' }),
  /** Flash attention. */
  flashAttn: t.boolean({ default: false, description: 'Flash attention.' }),
  /** Offloads host operations. */
  opOffload: t.optional(t.boolean(), { description: 'Offloads host operations.' }),
  /** Keeps the full cache of sliding-window layers. */
  swaFull: t.optional(t.boolean(), { description: 'Keeps the full cache of sliding-window layers.' }),
  /** Switches the native timers off. */
  noPerf: t.optional(t.boolean(), { description: 'Switches the native timers off.' }),
  /** How many of the last tokens the repeat penalties look at. */
  lastNTokensSize: t.integer({
    minimum: 0,
    default: 64,
    description: 'How many of the last tokens the repeat penalties look at.',
  }),
  /** Without effect, in llama-cpp-python too. */
  loraBase: t.optional(t.string(), { description: 'Without effect, in llama-cpp-python too.' }),
  /** A LoRA adapter (GGUF). */
  loraPath: t.optional(t.string(), { description: 'A LoRA adapter (GGUF).' }),
  /** The strength of the adapter. Needs loraPath. */
  loraScale: t.number({ default: 1, description: 'The strength of the adapter. Needs loraPath.' }),
  /** NUMA strategy, by name or number; true distributes. The first model of the process decides. */
  numa: t.optional(
    t.union(t.boolean(), t.literal('distribute', 'isolate', 'numactl', 'mirror'), t.literal(0, 1, 2, 3, 4)),
    {
      description:
        'NUMA strategy, by name or number; true distributes. The first model of the process decides.',
    },
  ),
  /** The name of a chat format. Default: the template of the model. Of LlamaCppChatGenerator alone. */
  chatFormat: t.optional(t.string(), {
    description:
      'The name of a chat format. Default: the template of the model. Of LlamaCppChatGenerator alone.',
  }),
  /** A Jinja template in place of that of the model. Excludes chatFormat. Of LlamaCppChatGenerator alone. */
  chatTemplate: t.optional(t.string({ minLength: 1 }), {
    description:
      'A Jinja template in place of that of the model. Excludes chatFormat. Of LlamaCppChatGenerator alone.',
  }),
  /** An object that formats chats. */
  chatHandler: t.optional(t.unknown(), { description: 'An object that formats chats.' }),
  /**
   * Speculative decoding: a smaller model with the same vocabulary, or "promptLookup", which guesses from what the
   * prompt says already.
   */
  draftModel: t.optional(
    t.union(
      t.string({ minLength: 1 }),
      t.object({
        type: t.literal('promptLookup'),
        maxNgramSize: t.integer({ minimum: 1, default: 2 }),
        numPredTokens: t.integer({ minimum: 1, default: 10 }),
      }),
      t.object({
        type: t.literal('model'),
        model: t.string({ minLength: 1 }),
        numPredTokens: t.integer({ minimum: 1, default: 10 }),
      }),
    ),
    {
      description:
        'Speculative decoding: a smaller model with the same vocabulary, or "promptLookup", which guesses from what the prompt says already.',
    },
  ),
  /** Overrides the tokenizer. */
  tokenizer: t.optional(t.unknown(), { description: 'Overrides the tokenizer.' }),
  /** A tokenizer of Hugging Face in place of that of the model. */
  hfTokenizerPath: t.optional(t.string(), {
    description: 'A tokenizer of Hugging Face in place of that of the model.',
  }),
  /** GGML type of the keys in the KV cache, by name or number. Default: F16. */
  typeK: t.optional(cacheType, {
    description: 'GGML type of the keys in the KV cache, by name or number. Default: F16.',
  }),
  /** GGML type of the values in the KV cache. A quantized one needs flashAttn. Default: F16. */
  typeV: t.optional(cacheType, {
    description: 'GGML type of the values in the KV cache. A quantized one needs flashAttn. Default: F16.',
  }),
  /** Suffix before prefix in infill prompts. Of LlamaCppGenerator alone. */
  spmInfill: t.optional(t.boolean(), {
    description: 'Suffix before prefix in infill prompts. Of LlamaCppGenerator alone.',
  }),
  /**
   * Passes the log of llama.cpp to stderr, from then on that of every model. In llama-cpp-python the default is true.
   */
  verbose: t.boolean({
    default: false,
    description:
      'Passes the log of llama.cpp to stderr, from then on that of every model. In llama-cpp-python the default is true.',
  }),
  /** Without effect, in llama-cpp-python too. */
  mulMatQ: t.optional(t.boolean(), { description: 'Without effect, in llama-cpp-python too.' }),
  /** Without effect, in llama-cpp-python too. */
  rpcServers: t.optional(t.string(), { description: 'Without effect, in llama-cpp-python too.' }),
}

/**
 * The `modelKwargs` of all components. They win over the parameters `model`, `nCtx` and `nBatch`. Every option with its default
 * and the engines that honour it: docs/llama-cpp-options.md.
 */
export interface LoadOptions extends ObjectOf<typeof loadFields> {}

/** The load options of llama-cpp-python's `Llama`, camelCased: what `modelKwargs` takes. */
export const loadOptions: Socket<LoadOptions> = t.object(loadFields)
