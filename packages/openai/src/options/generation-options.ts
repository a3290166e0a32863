import { type ObjectOf, type Socket, t } from '@millrace/core'

const fields = {
  /** 0 takes the likeliest token. Default: that of the server. */
  temperature: t.optional(t.number({ minimum: 0 }), {
    description: '0 takes the likeliest token. Default: that of the server.',
  }),
  /** The most tokens to generate, thoughts included. Absent, null or below 1: the limit of the server. */
  maxTokens: t.optional(t.union(t.integer(), t.null()), {
    description:
      'The most tokens to generate, thoughts included. Absent, null or below 1: the limit of the server.',
  }),
  /** Nucleus sampling. */
  topP: t.optional(t.number({ minimum: 0, maximum: 1 }), { description: 'Nucleus sampling.' }),
  /** Samples from this many tokens. Not of OpenAI itself. */
  topK: t.optional(t.integer(), { description: 'Samples from this many tokens. Not of OpenAI itself.' }),
  /** Drops tokens less likely than this share of the likeliest. Not of OpenAI itself. */
  minP: t.optional(t.number({ minimum: 0, maximum: 1 }), {
    description: 'Drops tokens less likely than this share of the likeliest. Not of OpenAI itself.',
  }),
  /** Texts that end the reply. They are not part of it. */
  stop: t.optional(t.union(t.string({ minLength: 1 }), t.array(t.string({ minLength: 1 })), t.null()), {
    description: 'Texts that end the reply. They are not part of it.',
  }),
  /** Null: random. */
  seed: t.optional(t.union(t.integer(), t.null()), { description: 'Null: random.' }),
  /** Per earlier occurrence of a token. */
  frequencyPenalty: t.optional(t.number(), { description: 'Per earlier occurrence of a token.' }),
  /** For any earlier occurrence of a token. */
  presencePenalty: t.optional(t.number(), { description: 'For any earlier occurrence of a token.' }),
  /** By token id: added to its logit. */
  logitBias: t.optional(t.union(t.record(t.number()), t.null()), {
    description: 'By token id: added to its logit.',
  }),
  /**
   * `jsonObject`: the reply is a JSON object; with a `schema`, JSON that fits it. Or as OpenAI writes it, with
   * json_object or json_schema.
   */
  responseFormat: t.optional(
    t.union(
      t.object({ type: t.literal('text', 'jsonObject'), schema: t.optional(t.record(t.unknown())) }),
      t.object({ type: t.literal('json_object'), schema: t.optional(t.record(t.unknown())) }),
      t.object({
        type: t.literal('json_schema'),
        json_schema: t.object({
          name: t.optional(t.string({ minLength: 1 })),
          description: t.optional(t.string()),
          schema: t.record(t.unknown()),
          strict: t.optional(t.boolean()),
        }),
      }),
      t.null(),
    ),
    {
      description:
        '`jsonObject`: the reply is a JSON object; with a `schema`, JSON that fits it. Or as OpenAI writes it, with json_object or json_schema.',
    },
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
  /** Whether one reply may have several calls. */
  parallelToolCalls: t.optional(t.boolean(), { description: 'Whether one reply may have several calls.' }),
  /** How much a reasoning model thinks: minimal, low, medium, high; what there is, the model decides. */
  reasoningEffort: t.optional(t.string({ minLength: 1 }), {
    description:
      'How much a reasoning model thinks: minimal, low, medium, high; what there is, the model decides.',
  }),
  /** Whether a model that can think before it answers does. Of llama-server and vLLM. */
  enableThinking: t.optional(t.boolean(), {
    description: 'Whether a model that can think before it answers does. Of llama-server and vLLM.',
  }),
  /** Further variables for the template of the model. Of llama-server and vLLM. */
  chatTemplateKwargs: t.optional(t.record(t.unknown()), {
    description: 'Further variables for the template of the model. Of llama-server and vLLM.',
  }),
  /** How many replies. The first one streams. */
  n: t.optional(t.integer({ minimum: 1 }), { description: 'How many replies. The first one streams.' }),
  /** false asks for the answer in one piece, for servers that cannot stream. */
  stream: t.optional(t.boolean(), {
    default: true,
    description: 'false asks for the answer in one piece, for servers that cannot stream.',
  }),
  /** What only one server knows, as the body of a request has it. Wins over all else. */
  extraBody: t.optional(t.record(t.json()), {
    description: 'What only one server knows, as the body of a request has it. Wins over all else.',
  }),
}

/**
 * The `generationKwargs` of `OpenAIChatGenerator`, at construction and of a run, which win key by key. What means the same
 * has the name that it has in `LlamaCppChatGenerator`; defaults are those of the server.
 */
export interface GenerationOptions extends ObjectOf<typeof fields> {}

export const generationOptions: Socket<GenerationOptions> = t.object(fields)

/** The options of the run over those of the component, key by key. A key without a value changes nothing. */
export function mergeOptions(
  atConstruction: GenerationOptions = {},
  atRun: GenerationOptions = {},
): GenerationOptions {
  const given = Object.entries(atRun).filter(([, value]) => value !== undefined)
  return { ...atConstruction, ...Object.fromEntries(given) }
}
