import { type ObjectOf, type Socket, t } from '@millrace/core'
import { seed } from './options.ts'

/** What chats and completions take alike. */
export const samplingFields = {
  /** Nucleus sampling. */
  topP: t.number({ minimum: 0, maximum: 1, default: 0.95, description: 'Nucleus sampling.' }),
  /** Samples from this many tokens; below 1 from all. */
  topK: t.integer({ default: 40, description: 'Samples from this many tokens; below 1 from all.' }),
  /** Drops tokens less likely than this share of the likeliest. */
  minP: t.number({
    minimum: 0,
    maximum: 1,
    default: 0.05,
    description: 'Drops tokens less likely than this share of the likeliest.',
  }),
  /** Locally typical sampling. */
  typicalP: t.optional(t.number({ minimum: 0, maximum: 1 }), { description: 'Locally typical sampling.' }),
  /**
   * The most tokens to generate. Absent, null or below 1: as many as fit the context; with contextShift, until the
   * model ends.
   */
  maxTokens: t.optional(t.union(t.integer(), t.null()), {
    description:
      'The most tokens to generate. Absent, null or below 1: as many as fit the context; with contextShift, until the model ends.',
  }),
  /** Texts that end the reply. They are not part of it. */
  stop: t.optional(t.union(t.string({ minLength: 1 }), t.array(t.string({ minLength: 1 })), t.null()), {
    description: 'Texts that end the reply. They are not part of it.',
  }),
  /** Default, null and 4294967295: random. */
  seed: t.optional(t.union(seed, t.null()), { description: 'Default, null and 4294967295: random.' }),
  /** Per earlier occurrence of a token. */
  frequencyPenalty: t.number({ default: 0, description: 'Per earlier occurrence of a token.' }),
  /** For any earlier occurrence of a token. */
  presencePenalty: t.number({ default: 0, description: 'For any earlier occurrence of a token.' }),
  /** 1 is off. */
  repeatPenalty: t.number({ minimum: 0, default: 1, description: '1 is off.' }),
  /** Without effect, in llama-cpp-python too. */
  tfsZ: t.optional(t.number(), { description: 'Without effect, in llama-cpp-python too.' }),
  /** Mirostat 1 or 2; 0 is off. */
  mirostatMode: t.optional(t.integer({ minimum: 0, maximum: 2 }), {
    description: 'Mirostat 1 or 2; 0 is off.',
  }),
  /** Target entropy of mirostat. */
  mirostatTau: t.optional(t.number(), { description: 'Target entropy of mirostat.' }),
  /** Learning rate of mirostat. */
  mirostatEta: t.optional(t.number(), { description: 'Learning rate of mirostat.' }),
  /** A GBNF grammar that the reply obeys. Excludes responseFormat. */
  grammar: t.optional(t.union(t.string({ minLength: 1 }), t.null()), {
    description: 'A GBNF grammar that the reply obeys. Excludes responseFormat.',
  }),
  /** By token id: added to its logit. Tokens that end a reply have none. */
  logitBias: t.optional(t.union(t.record(t.number()), t.null()), {
    description: 'By token id: added to its logit. Tokens that end a reply have none.',
  }),
  /** A function that changes the logits of each token. */
  logitsProcessor: t.optional(t.unknown(), {
    description: 'A function that changes the logits of each token.',
  }),
  /** The name of the model in the meta of the reply. Default: that of its file. */
  model: t.optional(t.string({ minLength: 1 }), {
    description: 'The name of the model in the meta of the reply. Default: that of its file.',
  }),
  /** Without effect: whoever listens gets a stream. */
  stream: t.optional(t.boolean(), { description: 'Without effect: whoever listens gets a stream.' }),
  /** Drops the oldest tokens when the context is full, instead of failing or stopping. */
  contextShift: t.boolean({
    default: false,
    description: 'Drops the oldest tokens when the context is full, instead of failing or stopping.',
  }),
}

const chatFields = {
  /** 0 always takes the likeliest token; below 0 samples from the plain distribution. */
  temperature: t.number({
    default: 0.2,
    description: '0 always takes the likeliest token; below 0 samples from the plain distribution.',
  }),
  /** `jsonObject`: the reply is a JSON object; with a `schema`, JSON that fits it. */
  responseFormat: t.optional(
    t.union(
      t.object({ type: t.literal('text', 'jsonObject'), schema: t.optional(t.record(t.unknown())) }),
      t.null(),
    ),
    { description: '`jsonObject`: the reply is a JSON object; with a `schema`, JSON that fits it.' },
  ),
  /** Log probabilities of the tokens of the reply. */
  logprobs: t.optional(t.boolean(), { description: 'Log probabilities of the tokens of the reply.' }),
  /** Of this many alternatives, too. Needs logprobs. */
  topLogprobs: t.optional(t.integer({ minimum: 0 }), {
    description: 'Of this many alternatives, too. Needs logprobs.',
  }),
  /** Whether, and which, tools are called. */
  toolChoice: t.optional(t.union(t.literal('auto', 'required', 'none'), t.object({ name: t.string() })), {
    description: 'Whether, and which, tools are called.',
  }),
  /** Whether one reply may have several calls. Default: yes; of a model whose template knows no tools, where it must call, one. */
  parallelToolCalls: t.optional(t.boolean(), {
    description:
      'Whether one reply may have several calls. Default: yes; of a model whose template knows no tools, where it must call, one.',
  }),
  /** Further tools that the model may call, in the older form: their calls come back as tool calls. */
  functions: t.optional(
    t.array(
      t.object({
        name: t.string({ minLength: 1 }),
        description: t.optional(t.string()),
        parameters: t.optional(t.record(t.unknown())),
      }),
    ),
    {
      description:
        'Further tools that the model may call, in the older form: their calls come back as tool calls.',
    },
  ),
  /** The older form of toolChoice; that wins. */
  functionCall: t.optional(t.union(t.literal('auto', 'none'), t.object({ name: t.string() })), {
    description: 'The older form of toolChoice; that wins.',
  }),
  /** Whether a model that can think before it answers does. Default: what its template does. */
  enableThinking: t.optional(t.boolean(), {
    description: 'Whether a model that can think before it answers does. Default: what its template does.',
  }),
  /** The most tokens of a thought; then it is ended. Default: no limit. */
  reasoningBudget: t.optional(t.integer({ minimum: 0 }), {
    description: 'The most tokens of a thought; then it is ended. Default: no limit.',
  }),
  /** `separate` gives thoughts as reasoning parts, `text` leaves them in the text. */
  reasoningFormat: t.optional(t.literal('separate', 'text'), {
    default: 'separate',
    description: '`separate` gives thoughts as reasoning parts, `text` leaves them in the text.',
  }),
  /** Further variables for the template of the model. */
  chatTemplateKwargs: t.optional(t.record(t.unknown()), {
    description: 'Further variables for the template of the model.',
  }),
}

/**
 * The `generationKwargs` of `LlamaCppChatGenerator`, at construction and of a run, which win key by key. Every option with its
 * default and the engines that honour it: docs/llama-cpp-options.md.
 */
export interface GenerationOptions extends ObjectOf<typeof samplingFields & typeof chatFields> {}

const { temperature, ...others } = chatFields

/** The options of llama-cpp-python's `create_chat_completion`, camelCased: what `generationKwargs` takes. */
export const generationOptions: Socket<GenerationOptions> = t.object({
  temperature,
  ...samplingFields,
  ...others,
})
