import { t, type ValueOf } from '@millrace/core'

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
const seed = t.integer({ minimum: 0, maximum: RANDOM_SEED })
const scalar = t.union(t.string(), t.number(), t.boolean())

/** The load options of llama-cpp-python's `Llama`, camelCased: what `modelKwargs` takes. */
export const loadOptions = t.object({
  modelPath: t.optional(t.string(), { description: 'Overrides the parameter `model`.' }),
  nCtx: t.optional(t.integer({ minimum: 0, maximum: LARGEST_CONTEXT }), {
    description: 'Overrides the parameter `nCtx`.',
  }),
  nBatch: t.optional(t.integer({ minimum: 1 }), { description: 'Overrides the parameter `nBatch`.' }),
  nUbatch: t.optional(t.integer({ minimum: 1 }), { description: 'Tokens in one physical batch.' }),
  nGpuLayers: t.integer({
    minimum: -1,
    default: 0,
    description: 'How many layers go to the GPU; -1 for all. 0 also leaves a GPU alone.',
  }),
  splitMode: t.optional(t.integer(), { description: 'How layers are split over several GPUs.' }),
  mainGpu: t.optional(t.integer(), { description: 'The GPU for what is not split.' }),
  tensorSplit: t.optional(t.array(t.number()), { description: 'The share of each GPU.' }),
  vocabOnly: t.optional(t.boolean(), {
    description: 'Loads the vocabulary alone, with which nothing can be generated.',
  }),
  useMmap: t.boolean({ default: true, description: 'Maps the file into memory instead of reading it.' }),
  useMlock: t.boolean({ default: false, description: 'Keeps the weights in RAM.' }),
  kvOverrides: t.optional(t.record(scalar), {
    description: 'Overrides GGUF metadata, as in { "llama.context_length": 4096 }.',
  }),
  seed: t.optional(seed, {
    description:
      'Requests without a seed of their own derive theirs from it, one after the other. Default, and 4294967295: random.',
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
  numa: t.optional(
    t.union(t.boolean(), t.literal('distribute', 'isolate', 'numactl', 'mirror'), t.literal(0, 1, 2, 3, 4)),
    {
      description:
        'NUMA strategy, by name or number; true distributes. The first model of the process decides.',
    },
  ),
  chatFormat: t.optional(t.string(), {
    description: 'The name of a chat format. Default: the template of the model.',
  }),
  chatHandler: t.optional(t.unknown(), { description: 'An object that formats chats.' }),
  draftModel: t.optional(t.string(), { description: 'A draft model for speculative decoding.' }),
  tokenizer: t.optional(t.unknown(), { description: 'Overrides the tokenizer.' }),
  hfTokenizerPath: t.optional(t.string(), {
    description: 'A tokenizer of Hugging Face in place of that of the model.',
  }),
  typeK: t.optional(cacheType, {
    description: 'GGML type of the keys in the KV cache, by name or number. Default: F16.',
  }),
  typeV: t.optional(cacheType, {
    description: 'GGML type of the values in the KV cache. A quantized one needs flashAttn. Default: F16.',
  }),
  spmInfill: t.optional(t.boolean(), { description: 'Suffix before prefix in infill prompts.' }),
  verbose: t.boolean({
    default: false,
    description:
      'Passes the log of llama.cpp to stderr, from then on that of every model. In llama-cpp-python the default is true.',
  }),
  mulMatQ: t.optional(t.boolean(), { description: 'Without effect, in llama-cpp-python too.' }),
  rpcServers: t.optional(t.string(), { description: 'Without effect, in llama-cpp-python too.' }),
})

export type LoadOptions = ValueOf<typeof loadOptions>

/** The options of llama-cpp-python's `create_chat_completion`, camelCased: what `generationKwargs` takes. */
export const generationOptions = t.object({
  temperature: t.number({
    default: 0.2,
    description: '0 always takes the likeliest token; below 0 samples from the plain distribution.',
  }),
  topP: t.number({ minimum: 0, maximum: 1, default: 0.95, description: 'Nucleus sampling.' }),
  topK: t.integer({ default: 40, description: 'Samples from this many tokens; below 1 from all.' }),
  minP: t.number({
    minimum: 0,
    maximum: 1,
    default: 0.05,
    description: 'Drops tokens less likely than this share of the likeliest.',
  }),
  typicalP: t.optional(t.number({ minimum: 0, maximum: 1 }), { description: 'Locally typical sampling.' }),
  maxTokens: t.optional(t.union(t.integer(), t.null()), {
    description:
      'The most tokens to generate. Absent, null or below 1: as many as fit the context; with contextShift, until the model ends.',
  }),
  stop: t.optional(t.union(t.string({ minLength: 1 }), t.array(t.string({ minLength: 1 })), t.null()), {
    description: 'Texts that end the reply. They are not part of it.',
  }),
  seed: t.optional(t.union(seed, t.null()), { description: 'Default, null and 4294967295: random.' }),
  frequencyPenalty: t.number({ default: 0, description: 'Per earlier occurrence of a token.' }),
  presencePenalty: t.number({ default: 0, description: 'For any earlier occurrence of a token.' }),
  repeatPenalty: t.number({ minimum: 0, default: 1, description: '1 is off.' }),
  tfsZ: t.optional(t.number(), { description: 'Without effect, in llama-cpp-python too.' }),
  mirostatMode: t.optional(t.integer({ minimum: 0, maximum: 2 }), {
    description: 'Mirostat 1 or 2; 0 is off.',
  }),
  mirostatTau: t.optional(t.number(), { description: 'Target entropy of mirostat.' }),
  mirostatEta: t.optional(t.number(), { description: 'Learning rate of mirostat.' }),
  grammar: t.optional(t.union(t.string({ minLength: 1 }), t.null()), {
    description: 'A GBNF grammar that the reply obeys. Excludes responseFormat.',
  }),
  responseFormat: t.optional(
    t.union(
      t.object({ type: t.literal('text', 'jsonObject'), schema: t.optional(t.record(t.unknown())) }),
      t.null(),
    ),
    { description: '`jsonObject`: the reply is a JSON object; with a `schema`, JSON that fits it.' },
  ),
  logitBias: t.optional(t.union(t.record(t.number()), t.null()), {
    description: 'By token id: added to its logit. Tokens that end a reply have none.',
  }),
  logitsProcessor: t.optional(t.unknown(), {
    description: 'A function that changes the logits of each token.',
  }),
  logprobs: t.optional(t.boolean(), { description: 'Log probabilities of the tokens of the reply.' }),
  topLogprobs: t.optional(t.integer({ minimum: 0 }), { description: 'Of this many alternatives, too.' }),
  toolChoice: t.optional(t.union(t.literal('auto', 'required', 'none'), t.object({ name: t.string() })), {
    description: 'Whether, and which, tools are called.',
  }),
  functions: t.optional(t.array(t.record(t.unknown())), { description: 'The older way to name tools.' }),
  functionCall: t.optional(t.unknown(), { description: 'The older way to choose among them.' }),
  model: t.optional(t.string({ minLength: 1 }), {
    description: 'The name of the model in the meta of the reply. Default: that of its file.',
  }),
  stream: t.optional(t.boolean(), { description: 'Without effect: whoever listens gets a stream.' }),
  contextShift: t.boolean({
    default: false,
    description: 'Drops the oldest tokens when the context is full, instead of failing or stopping.',
  }),
})

export type GenerationOptions = ValueOf<typeof generationOptions>
