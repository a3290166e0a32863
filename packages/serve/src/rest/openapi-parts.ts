// What the descriptions of addresses are made of, for OpenAPI.
export type Json = Readonly<Record<string, unknown>>

export const anyObject: Json = { type: 'object' }

const text: Json = { type: 'string' }

export function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}

export function answer(description: string, schema: unknown): Json {
  return { description, content: { 'application/json': { schema } } }
}

/** One that is not JSON. */
export function textAnswer(description: string, type: string): Json {
  return { description, content: { [type]: { schema: text } } }
}

/** An answer that comes as events where the request says so. */
export function orEvents(answer: Json): Json {
  return { ...answer, content: { ...(answer['content'] as Json), 'text/event-stream': { schema: text } } }
}

export function body(schema: unknown): Json {
  return { required: true, content: { 'application/json': { schema } } }
}

/** An object with all of these. */
export function objectOf(properties: Json, more: Json = {}): Json {
  return { type: 'object', properties, required: Object.keys(properties), ...more }
}

/** What any request may be answered with that needs the key. */
export const ASKED = [400, 401, 403]

/** What a request with a body may be answered with besides. */
export const SENT = [413, 415, 429, 500]

/** What a request that runs a pipeline may be answered with besides. */
export const RUN = [404, ...SENT, 503, 504]

export function errors(...statuses: readonly number[]): Json {
  return Object.fromEntries(statuses.map((status) => [status, { $ref: '#/components/responses/Error' }]))
}

export const errorSchema: Json = objectOf({
  error: objectOf({
    message: text,
    type: text,
    param: { type: ['string', 'null'], description: 'The field that is to blame.' },
    code: { type: ['string', 'null'] },
  }),
})

const warnings: Json = {
  type: 'array',
  items: { type: 'object', properties: { code: text, message: text, component: text } },
}

export function runSchema(outputs: unknown): Json {
  return objectOf({ id: text, status: { const: 'completed' }, outputs, warnings })
}

export const pausedSchema: Json = objectOf({
  id: text,
  status: { const: 'paused' },
  outputs: anyObject,
  warnings,
  questions: {
    type: 'array',
    items: {
      type: 'object',
      properties: { id: text, kind: text, prompt: text, data: {} },
      required: ['id', 'kind', 'prompt'],
    },
  },
  answerAt: { type: 'string', description: 'Where to POST { "answers": { … } }.' },
})
