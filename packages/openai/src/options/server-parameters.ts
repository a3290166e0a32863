import { t } from '@millrace/core'

/** The address of OpenAI itself, where no other one is given. */
export const OPENAI_URL = 'https://api.openai.com/v1'

/** The parameters that all components of this package have. */
export const serverParameters = {
  /** The model, by the name that the server has for it. */
  model: t.string({ minLength: 1, description: 'The model, by the name that the server has for it.' }),
  /** Where the server is, such as http://localhost:8080/v1. A file may name this machine with http:, others with https:. */
  apiBaseUrl: t.optional(t.string({ minLength: 1 }), {
    default: OPENAI_URL,
    description:
      'Where the server is, such as http://localhost:8080/v1. A file may name this machine with http:, others with https:.',
  }),
  /**
   * The key of the server, in a file as ${env:NAME}. Default: for OpenAI's own server the environment variable
   * OPENAI_API_KEY; others are asked without a key.
   */
  apiKey: t.optional(t.string({ minLength: 1 }), {
    description:
      "The key of the server, in a file as ${env:NAME}. Default: for OpenAI's own server the environment variable OPENAI_API_KEY; others are asked without a key.",
  }),
  /** The organization that OpenAI bills. */
  organization: t.optional(t.string({ minLength: 1 }), {
    description: 'The organization that OpenAI bills.',
  }),
  /** Further headers of every request. */
  headers: t.optional(t.record(t.string()), { description: 'Further headers of every request.' }),
  /** The longest that a request may take, retries and waiting included, in milliseconds. */
  timeoutMs: t.integer({
    minimum: 1,
    maximum: 2_147_483_647,
    default: 600_000,
    description: 'The longest that a request may take, retries and waiting included, in milliseconds.',
  }),
  /** How often a request is sent again that the server could not take: 429, 5xx, a connection that broke. */
  maxRetries: t.integer({
    minimum: 0,
    maximum: 100,
    default: 2,
    description:
      'How often a request is sent again that the server could not take: 429, 5xx, a connection that broke.',
  }),
}

/** The parameters in which `${env:NAME}` is replaced when the first request is made. */
export const serverEnvironment: readonly string[] = [
  'model',
  'apiBaseUrl',
  'apiKey',
  'organization',
  'headers',
]

export const embedderParameters = {
  ...serverParameters,
  /** How many numbers a vector has, for models that can give several. */
  dimensions: t.optional(t.integer({ minimum: 1 }), {
    description: 'How many numbers a vector has, for models that can give several.',
  }),
  /** How vectors are sent: base64 takes less, and not every server knows it. */
  encodingFormat: t.optional(t.literal('float', 'base64'), {
    default: 'float',
    description: 'How vectors are sent: base64 takes less, and not every server knows it.',
  }),
  /** Goes in front of every text. */
  prefix: t.string({ default: '', description: 'Goes in front of every text.' }),
  /** Goes behind every text. */
  suffix: t.string({ default: '', description: 'Goes behind every text.' }),
  /** Gives vectors the Euclidean length 1, so that a dot product is the cosine. */
  normalize: t.boolean({
    default: true,
    description: 'Gives vectors the Euclidean length 1, so that a dot product is the cosine.',
  }),
  /** What only one server knows, as the body of a request has it. Wins over all else. */
  extraBody: t.optional(t.record(t.json()), {
    description: 'What only one server knows, as the body of a request has it. Wins over all else.',
  }),
}
