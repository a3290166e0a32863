import { describeValue } from '@millrace/core/component'
import type { Fields } from './fields.ts'

/** What a request asks of the generator: one of its `generationKwargs`, and the field that says it. */
export interface Option {
  readonly name: string
  readonly field: string
  readonly value: unknown
  /** Whether an answer without it is the answer that was asked for: a hint, or a value that changes nothing. */
  readonly isHint?: boolean
}

const RANDOM_SEED = 2 ** 32 - 1

/**
 * What chats and completions ask for alike. Fields of llama-server are among them.
 *
 * @throws ServeError `SERVE_INVALID_VALUE`
 */
export function readSampling(fields: Fields): Option[] {
  const number = (name: string, field: string, least?: number, most?: number) => {
    const range = { ...(least === undefined ? {} : { least }), ...(most === undefined ? {} : { most }) }
    return optionOf(name, field, fields.number(field, range))
  }
  const penalty = (name: string, field: string) => {
    const [option] = number(name, field, -2, 2)
    return option === undefined ? [] : [{ ...option, isHint: option.value === 0 }]
  }
  return [
    ...number('temperature', 'temperature', 0, 2),
    ...number('topP', 'top_p', 0, 1),
    ...optionOf('topK', 'top_k', fields.number('top_k', { isWhole: true })),
    ...number('minP', 'min_p', 0, 1),
    ...number('typicalP', 'typical_p', 0, 1),
    ...number('repeatPenalty', 'repeat_penalty', 0),
    ...penalty('frequencyPenalty', 'frequency_penalty'),
    ...penalty('presencePenalty', 'presence_penalty'),
    ...optionOf('seed', 'seed', readSeed(fields)),
    ...readStop(fields),
    ...readMaxTokens(fields),
    ...readLogitBias(fields),
    ...optionOf('grammar', 'grammar', fields.string('grammar') || undefined),
  ]
}

export function optionOf(name: string, field: string, value: unknown): Option[] {
  return value === undefined ? [] : [{ name, field, value }]
}

/** Seeds are of 64 bits at OpenAI, and of 32 here; the same one gives the same answer. −1 is a random one at llama-server. */
function readSeed(fields: Fields): number | null | undefined {
  const seed = fields.number('seed', { isWhole: true })
  if (seed === undefined) return undefined
  return seed === -1 ? null : ((seed % RANDOM_SEED) + RANDOM_SEED) % RANDOM_SEED
}

/** The seed of one of several answers, so that they differ. */
export function seedOf(seed: unknown, index: number): unknown {
  return typeof seed === 'number' ? (seed + index) % RANDOM_SEED : seed
}

function readStop(fields: Fields): Option[] {
  const given = fields.get('stop')
  if (given === undefined) return []
  const texts = Array.isArray(given) ? given : [given]
  for (const [index, text] of texts.entries()) {
    if (typeof text === 'string') continue
    const place = Array.isArray(given) ? `stop[${index}]` : 'stop'
    throw fields.wrong(place, `must be a text, not ${describeValue(text)}`)
  }
  const stop = texts.filter((text) => text !== '')
  return stop.length === 0 ? [] : optionOf('stop', 'stop', stop)
}

/** By three names, of which the newest wins. −1 is no limit at llama-server. */
function readMaxTokens(fields: Fields): Option[] {
  const names = ['max_completion_tokens', 'max_tokens', 'n_predict']
  const field = names.find((name) => fields.get(name) !== undefined)
  if (field === undefined) return []
  const most = fields.number(field, { least: -1, isWhole: true })
  if (most === 0) throw fields.wrong(field, 'must be at least 1')
  return [{ name: 'maxTokens', field, value: most === -1 ? null : most }]
}

function readLogitBias(fields: Fields): Option[] {
  const given = fields.object('logit_bias')
  if (given === undefined || Object.keys(given).length === 0) return []
  for (const [token, bias] of Object.entries(given)) {
    if (!/^\d+$/.test(token))
      throw fields.wrong('logit_bias', `has the key '${token}', which is not the id of a token`)
    if (typeof bias !== 'number' || Math.abs(bias) > 100) {
      throw fields.wrong(
        `logit_bias.${token}`,
        `must be a number from -100 to 100, not ${describeValue(bias)}`,
      )
    }
  }
  return optionOf('logitBias', 'logit_bias', given)
}

/**
 * What holds a reply to JSON, in the four shapes that there are, and llama-server's `json_schema` beside them.
 *
 * @throws ServeError `SERVE_INVALID_VALUE`
 */
export function readResponseFormat(fields: Fields): Option[] {
  const json = (field: string, schema?: Readonly<Record<string, unknown>>): Option[] => [
    {
      name: 'responseFormat',
      field,
      value: { type: 'jsonObject', ...(schema === undefined ? {} : { schema }) },
    },
  ]
  const format = fields.within('response_format')
  const type = format?.choice('type', ['text', 'json_object', 'json_schema'])
  if (format !== undefined && type === undefined) {
    throw fields.wrong('response_format.type', "must be one of 'text', 'json_object', 'json_schema'")
  }
  if (format === undefined || type === 'text') {
    const schema = fields.object('json_schema')
    return schema === undefined ? [] : json('json_schema', schema)
  }
  if (type === 'json_object') return json('response_format', format.object('schema'))
  const within = format.within('json_schema')
  const schema = within?.object('schema') ?? format.object('schema')
  if (schema === undefined) {
    throw fields.wrong('response_format.json_schema.schema', 'must be a JSON Schema')
  }
  return json('response_format', schema)
}

/** How much a model thinks, which only some can say. */
export function readReasoning(fields: Fields): Option[] {
  const effort = fields.string('reasoning_effort')
  const given = fields.object('chat_template_kwargs') ?? {}
  const { enable_thinking: thinks, ...others } = given
  if (thinks !== undefined && thinks !== null && typeof thinks !== 'boolean') {
    throw fields.wrong('chat_template_kwargs.enable_thinking', 'must be true or false')
  }
  const enabled = typeof thinks === 'boolean' ? thinks : effort === 'none' ? false : undefined
  const kwargs = {
    ...(effort === undefined || effort === 'none' ? {} : { reasoning_effort: effort }),
    ...others,
  }
  const isHint = Object.keys(given).length === 0
  return [
    ...optionOf('enableThinking', 'reasoning_effort', enabled).map((option) => ({ ...option, isHint })),
    ...(Object.keys(kwargs).length === 0
      ? []
      : [{ name: 'chatTemplateKwargs', field: 'chat_template_kwargs', value: kwargs, isHint }]),
  ]
}

/** @throws ServeError `SERVE_UNSUPPORTED` for what would change the answer and is not there */
export function refuseUnsupported(fields: Fields): void {
  const refused: Readonly<Record<string, string>> = {
    functions: "is not supported: use 'tools'",
    function_call: "is not supported: use 'tool_choice'",
    audio: 'is not supported: answers are text',
    web_search_options: 'is not supported',
    moderation: 'is not supported',
  }
  for (const [name, why] of Object.entries(refused)) {
    const value = fields.get(name)
    if (value !== undefined && !(Array.isArray(value) && value.length === 0))
      throw fields.unsupported(name, why)
  }
  const modalities = fields.list('modalities') ?? []
  if (modalities.some((modality) => modality !== 'text')) {
    throw fields.unsupported('modalities', "can only be ['text']: answers are text")
  }
}
