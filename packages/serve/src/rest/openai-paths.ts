type Json = Readonly<Record<string, unknown>>

const text = { type: 'string' }
const model = { type: 'string', description: 'The name of a pipeline that is a model.' }
const refused = [400, 401, 403, 404, 413, 415, 429, 500, 503, 504]

/** The addresses of OpenAI's protocol, for OpenAPI: the fields that each needs; its own documentation has the others. */
export function openAIPaths(errors: (...statuses: number[]) => Json): Json {
  const list = answers('A list', { object: { const: 'list' }, data: { type: 'array' } })
  const asked = (operationId: string, properties: Json, answer: Json, streams = false): Json => ({
    post: {
      operationId,
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { model, ...properties },
              required: ['model', ...Object.keys(properties)],
            },
          },
        },
      },
      responses: { 200: streams ? withEvents(answer) : answer, ...errors(...refused) },
    },
  })
  return {
    '/v1/models': { get: { operationId: 'list_models', responses: { 200: list, ...errors(400, 401, 403) } } },
    '/v1/chat/completions': asked(
      'chat',
      { messages: { type: 'array', items: { type: 'object' }, minItems: 1 } },
      answers('A completion', { id: text, object: { const: 'chat.completion' }, choices: { type: 'array' } }),
      true,
    ),
    '/v1/completions': asked(
      'complete',
      { prompt: text },
      answers('A completion', { id: text, object: { const: 'text_completion' }, choices: { type: 'array' } }),
      true,
    ),
    '/v1/embeddings': asked(
      'embed',
      { input: { anyOf: [text, { type: 'array', items: text, minItems: 1 }] } },
      list,
    ),
    '/v1/rerank': asked(
      'rerank',
      { query: text, documents: { type: 'array', items: text, minItems: 1 } },
      answers('The documents by their relevance', { results: { type: 'array' } }),
    ),
  }
}

function answers(description: string, properties: Json): Json {
  const schema = { type: 'object', properties, required: Object.keys(properties) }
  return { description, content: { 'application/json': { schema } } }
}

function withEvents(answer: Json): Json {
  const { content } = answer as { readonly content: Json }
  return { ...answer, content: { ...content, 'text/event-stream': { schema: text } } }
}
