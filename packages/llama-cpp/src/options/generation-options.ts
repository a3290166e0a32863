import { t, type ValueOf } from '@millrace/core'
import { seed } from './options.ts'

/** What chats and completions take alike. */
export const samplingFields = {
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
  logitBias: t.optional(t.union(t.record(t.number()), t.null()), {
    description: 'By token id: added to its logit. Tokens that end a reply have none.',
  }),
  logitsProcessor: t.optional(t.unknown(), {
    description: 'A function that changes the logits of each token.',
  }),
  model: t.optional(t.string({ minLength: 1 }), {
    description: 'The name of the model in the meta of the reply. Default: that of its file.',
  }),
  stream: t.optional(t.boolean(), { description: 'Without effect: whoever listens gets a stream.' }),
  contextShift: t.boolean({
    default: false,
    description: 'Drops the oldest tokens when the context is full, instead of failing or stopping.',
  }),
}

/** The options of llama-cpp-python's `create_chat_completion`, camelCased: what `generationKwargs` takes. */
export const generationOptions = t.object({
  temperature: t.number({
    default: 0.2,
    description: '0 always takes the likeliest token; below 0 samples from the plain distribution.',
  }),
  ...samplingFields,
  responseFormat: t.optional(
    t.union(
      t.object({ type: t.literal('text', 'jsonObject'), schema: t.optional(t.record(t.unknown())) }),
      t.null(),
    ),
    { description: '`jsonObject`: the reply is a JSON object; with a `schema`, JSON that fits it.' },
  ),
  logprobs: t.optional(t.boolean(), { description: 'Log probabilities of the tokens of the reply.' }),
  topLogprobs: t.optional(t.integer({ minimum: 0 }), {
    description: 'Of this many alternatives, too. Needs logprobs.',
  }),
  toolChoice: t.optional(t.union(t.literal('auto', 'required', 'none'), t.object({ name: t.string() })), {
    description: 'Whether, and which, tools are called.',
  }),
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
  functionCall: t.optional(t.union(t.literal('auto', 'none'), t.object({ name: t.string() })), {
    description: 'The older form of toolChoice; that wins.',
  }),
  enableThinking: t.optional(t.boolean(), {
    description: 'Whether a model that can think before it answers does. Default: what its template does.',
  }),
  reasoningBudget: t.optional(t.integer({ minimum: 0 }), {
    description: 'The most tokens of a thought; then it is ended. Default: no limit.',
  }),
  reasoningFormat: t.optional(t.literal('separate', 'text'), {
    default: 'separate',
    description: '`separate` gives thoughts as reasoning parts, `text` leaves them in the text.',
  }),
  chatTemplateKwargs: t.optional(t.record(t.unknown()), {
    description: 'Further variables for the template of the model.',
  }),
})

/**
 * The `generationKwargs` of `LlamaCppChatGenerator`, at construction and of a run, which win key by key. Every option with its
 * default and the engines that honour it: docs/llama-cpp-options.md.
 */
export type GenerationOptions = ValueOf<typeof generationOptions>
