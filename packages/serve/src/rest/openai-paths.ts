import { ASKED, answer, body, errors, type Json, objectOf, orEvents, RUN } from './openapi-parts.ts'

const text = { type: 'string' }
const list = { type: 'array' }
const texts = { type: 'array', items: text, minItems: 1 }
const model = { type: 'string', description: 'The name of a pipeline that is a model.' }

/** The addresses of OpenAI's protocol, for OpenAPI: the fields that each needs; its own documentation has the others. */
export const openAIPaths: Json = {
  '/v1/models': {
    get: {
      operationId: 'list_models',
      responses: { 200: listAnswer(), ...errors(...ASKED) },
    },
  },
  '/v1/models/{id}': {
    parameters: [{ name: 'id', in: 'path', required: true, schema: text }],
    get: {
      operationId: 'get_model',
      responses: {
        200: answer('The model', objectOf({ id: text, object: { const: 'model' } })),
        ...errors(...ASKED, 404),
      },
    },
  },
  '/v1/chat/completions': answered(
    'chat',
    { messages: { type: 'array', items: { type: 'object' }, minItems: 1 } },
    'chat.completion',
  ),
  '/v1/completions': answered('complete', { prompt: { anyOf: [text, texts] } }, 'text_completion'),
  '/v1/embeddings': asked('embed', { input: { anyOf: [text, texts] } }, listAnswer()),
  '/v1/rerank': asked(
    'rerank',
    { query: text, documents: texts },
    answer('The documents by their relevance', objectOf({ results: list })),
  ),
}

function listAnswer(): Json {
  return answer('A list', objectOf({ object: { const: 'list' }, data: list }))
}

function asked(
  operationId: string,
  properties: Json,
  given: Json,
  ...statuses: readonly number[]
): { readonly post: Json } {
  return {
    post: {
      operationId,
      requestBody: body(objectOf({ model, ...properties })),
      responses: { 200: given, ...errors(...ASKED, ...RUN, ...statuses) },
    },
  }
}

/** Where a run may pause, and an answer may come in pieces. */
function answered(operationId: string, properties: Json, object: string): Json {
  const schema = objectOf({ id: text, object: { const: object }, choices: list })
  return asked(operationId, properties, orEvents(answer('A completion', schema)), 409)
}
