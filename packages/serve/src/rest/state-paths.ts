import {
  ASKED,
  answer,
  anyObject,
  body,
  errors,
  type Json,
  objectOf,
  orEvents,
  pausedSchema,
  RUN,
  runSchema,
  textAnswer,
} from './openapi-parts.ts'

const idParameter = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }

function reading(operationId: string, found: Json, ...statuses: readonly number[]): Json {
  return { operationId, responses: { 200: found, ...errors(...ASKED, ...statuses) } }
}

/** The addresses of the server and its runs, for OpenAPI. */
export const statePaths: Json = {
  '/health': {
    get: {
      operationId: 'health',
      responses: { 200: answer('Requests are taken', anyObject), ...errors(400, 403, 503) },
    },
  },
  '/health/live': {
    get: {
      operationId: 'live',
      responses: { 200: answer('The process answers', anyObject), ...errors(400, 403) },
    },
  },
  '/metrics': { get: reading('metrics', textAnswer('Numbers for Prometheus', 'text/plain')) },
  '/openapi.json': { get: reading('openapi', answer('This', anyObject)) },
  '/pipelines': { get: reading('list_pipelines', answer('The pipelines', anyObject)) },
  '/events': {
    get: {
      parameters: [
        {
          name: 'of',
          in: 'query',
          schema: { type: 'string' },
          description: '`runs` for no more of a run than its state.',
        },
      ],
      ...reading('events', textAnswer('What happens in all runs, without an end', 'text/event-stream')),
    },
  },
  '/runs': { get: reading('list_runs', answer('Those that go on and the last ones', anyObject)) },
  '/runs/{id}': {
    parameters: [idParameter],
    get: reading('get_run', answer('The run', anyObject), 404),
    delete: reading('stop_run', answer('Whether it went on', anyObject), 404),
  },
  '/runs/{id}/answers': {
    parameters: [idParameter],
    post: {
      operationId: 'answer_run',
      requestBody: body(objectOf({ answers: anyObject }, { additionalProperties: false })),
      responses: {
        200: orEvents(answer('What the run gave', runSchema(anyObject))),
        202: answer('The run is paused again', pausedSchema),
        ...errors(...ASKED, ...RUN, 409),
      },
    },
  },
}
