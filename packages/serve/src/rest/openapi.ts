import type { CatalogEntry } from '../catalog/catalog.ts'
import { isPipelineFile } from '../catalog/sources.ts'
import type { App, Service } from '../http/context.ts'
import { inputsSchema, outputsSchema } from './describe-pipeline.ts'
import { openAIPaths } from './openai-paths.ts'

type Json = Readonly<Record<string, unknown>>

/** `GET /openapi.json`: all addresses, with the inputs and outputs of each pipeline, in OpenAPI 3.1. */
export function addOpenApi(app: App, { catalog }: Service): void {
  app.get('/openapi.json', (c) => c.json(openApi(catalog.list())))
}

/** The names that parts of messages and documents have in schemas: each is said once. */
const NAMED = /^[A-Z][A-Za-z0-9]{2,40}$/

export function openApi(entries: readonly CatalogEntry[]): object {
  const schemas: Record<string, unknown> = { Error: errorSchema }
  const share = (schema: unknown): unknown => shared(schema, schemas)
  const paths: Record<string, unknown> = { ...statePaths, ...openAIPaths(errors) }
  for (const { name, title, description, file, pipeline } of entries) {
    if (pipeline === undefined) continue
    paths[`/pipelines/${name}`] = {
      get: {
        operationId: `describe_${name}`,
        summary: `The inputs, outputs and graph of ${title ?? name}`,
        responses: { 200: answer('The pipeline', { type: 'object' }), ...errors(400, 401, 403, 404) },
      },
      post: {
        operationId: `run_${name}`,
        summary: title ?? name,
        description,
        requestBody: {
          required: true,
          content: { 'application/json': { schema: share(inputsSchema(pipeline)) } },
        },
        responses: {
          200: {
            description: 'What the run gave; with `Accept: text/event-stream` its events.',
            content: {
              'application/json': { schema: runSchema(share(outputsSchema(pipeline))) },
              'text/event-stream': { schema: { type: 'string' } },
            },
          },
          202: answer('The run is paused, and asks questions', pausedSchema),
          ...errors(400, 401, 403, 404, 413, 415, 429, 500, 503, 504),
        },
      },
    }
    if (file !== undefined && isPipelineFile(file)) {
      paths[`/pipelines/${name}/file`] = {
        get: {
          operationId: `read_${name}`,
          responses: { 200: answer('The text of its file', anyObject), ...errors(400, 401, 403, 404) },
        },
      }
    }
    paths[`/pipelines/${name}/drawing.svg`] = {
      get: {
        operationId: `draw_${name}`,
        responses: {
          200: { description: 'The drawing', content: { 'image/svg+xml': { schema: { type: 'string' } } } },
          ...errors(400, 401, 403, 404, 503),
        },
      },
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Millrace', version: '1', description: 'Pipelines with local language models.' },
    security: [{}, { bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      responses: {
        Error: { description: 'An error', content: { 'application/json': { schema: ref('Error') } } },
      },
      schemas,
    },
  }
}

/** Puts what has a name into the list of schemas, once, and a reference in its place. */
function shared(schema: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((item) => shared(item, schemas))
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, isData(key) ? value : shared(value, schemas)]),
  )
  const { title, description, default: fallback, ...rest } = inner
  if (typeof title !== 'string' || !NAMED.test(title)) return inner
  const whole = { title, ...rest }
  const known = schemas[title]
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(whole)) return inner
  schemas[title] = whole
  return {
    ...ref(title),
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
  }
}

/** Under these keys are values, not schemas. */
function isData(key: string): boolean {
  return key === 'default' || key === 'enum' || key === 'const' || key === 'examples'
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` }
}

function answer(description: string, schema: object): object {
  return { description, content: { 'application/json': { schema } } }
}

function errors(...statuses: number[]): Json {
  return Object.fromEntries(statuses.map((status) => [status, { $ref: '#/components/responses/Error' }]))
}

const errorSchema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'], description: 'The field that is to blame.' },
        code: { type: ['string', 'null'] },
      },
      required: ['message', 'type', 'param', 'code'],
    },
  },
  required: ['error'],
}

const warningsSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: { code: { type: 'string' }, message: { type: 'string' }, component: { type: 'string' } },
  },
}

const questionsSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: { id: { type: 'string' }, kind: { type: 'string' }, prompt: { type: 'string' }, data: {} },
    required: ['id', 'kind', 'prompt'],
  },
}

function runSchema(outputs: unknown): object {
  return {
    type: 'object',
    properties: { id: { type: 'string' }, status: { const: 'completed' }, outputs, warnings: warningsSchema },
    required: ['id', 'status', 'outputs', 'warnings'],
  }
}

const pausedSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    status: { const: 'paused' },
    outputs: { type: 'object' },
    warnings: warningsSchema,
    questions: questionsSchema,
    answerAt: { type: 'string', description: 'Where to POST { "answers": { … } }.' },
  },
  required: ['id', 'status', 'outputs', 'warnings', 'questions', 'answerAt'],
}

const idParameter = { name: 'id', in: 'path', required: true, schema: { type: 'string' } }
const anyObject = { type: 'object' }

const statePaths: Json = {
  '/health': {
    get: {
      operationId: 'health',
      responses: { 200: answer('Requests are taken', anyObject), ...errors(400, 403, 503) },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      responses: {
        200: {
          description: 'Numbers for Prometheus',
          content: { 'text/plain': { schema: { type: 'string' } } },
        },
        ...errors(400, 401, 403),
      },
    },
  },
  '/pipelines': {
    get: {
      operationId: 'list_pipelines',
      responses: { 200: answer('The pipelines', anyObject), ...errors(400, 401, 403) },
    },
  },
  '/runs': {
    get: {
      operationId: 'list_runs',
      responses: { 200: answer('The last runs', anyObject), ...errors(400, 401, 403) },
    },
  },
  '/runs/{id}': {
    parameters: [idParameter],
    get: {
      operationId: 'get_run',
      responses: { 200: answer('The run', anyObject), ...errors(400, 401, 403, 404) },
    },
    delete: {
      operationId: 'stop_run',
      responses: { 200: answer('Whether it went on', anyObject), ...errors(400, 401, 403, 404) },
    },
  },
  '/runs/{id}/answers': {
    parameters: [idParameter],
    post: {
      operationId: 'answer_run',
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { answers: { type: 'object' } },
              required: ['answers'],
              additionalProperties: false,
            },
          },
        },
      },
      responses: {
        200: answer('What the run gave', runSchema({ type: 'object' })),
        202: answer('The run is paused again', pausedSchema),
        ...errors(400, 401, 403, 404, 409, 413, 415, 429, 500, 503, 504),
      },
    },
  },
}
