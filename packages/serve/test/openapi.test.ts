// GET /openapi.json has what the server has: its routes, and the statuses that each answers with.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { componentPackage, defineComponent, Registry, t } from '@millrace/core'
import { loadPipelineFile } from '@millrace/core/yaml'
import { type Listening, listen } from '@millrace/serve'
import { asking, gated, greeting } from './pipelines.ts'

type Page = Readonly<Record<string, Readonly<Record<string, { readonly responses?: object }>>>>

const folder = mkdtempSync(join(tmpdir(), 'millrace-openapi-'))
const gate = gated()
let server: Listening
let paths: Page

const Failing = defineComponent({
  type: 'Failing',
  inputs: {},
  outputs: { text: t.string() },
  run: () => {
    throw new Error('The disk is on fire.')
  },
})

const text = 'components: { failing: { type: Failing } }\n'

beforeAll(async () => {
  for (const [name, content] of Object.entries({ failing: text, broken: 'components: 1\n' })) {
    writeFileSync(join(folder, `${name}.yaml`), content)
  }
  const registry = new Registry([componentPackage({ name: 'test', components: [Failing] })])
  server = await listen({
    port: 0,
    edit: true,
    maxBodyBytes: 1000,
    maxRunning: 1,
    maxQueue: 0,
    pipelines: { greeting: greeting(), asking: asking(), gate: gate.pipeline },
    files: [folder],
    load: (path, given) =>
      loadPipelineFile(path, { registry, ...(given === undefined ? {} : { readFile: () => given }) }),
  })
  const page = (await (await fetch(`${server.url}/openapi.json`)).json()) as { readonly paths: Page }
  paths = page.paths
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

/** Other addresses of what the page describes, and what is not for programs that read it. */
const others = new Set([
  ...['GET /', 'GET /assets/{file}', 'GET /mcp', 'POST /mcp', 'DELETE /mcp'],
  ...['GET /health/ready', 'GET /v1/health', 'POST /v1/reranking', 'POST /reranking', 'POST /v2/rerank'],
])

test('every route is described, and nothing else', () => {
  const described = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => key !== 'parameters')
      .map((method) => `${method.toUpperCase()} ${path.replace(/^\/pipelines\/[^/]+/, '/pipelines/{name}')}`),
  )
  const routes = server.app.routes
    .filter(({ method, path }) => method !== 'ALL' && !path.includes('/responses'))
    .flatMap(({ method, path }) => {
      const plain = path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}')
      return plain.endsWith('{drawing}')
        ? ['svg', 'mmd', 'txt'].map(
            (format) => `${method} ${plain.replace('{drawing}', `drawing.${format}`)}`,
          )
        : [`${method} ${plain}`]
    })
  const own = routes.filter(
    (route) => !others.has(route) && !described.includes(route.replace(' /', ' /v1/')),
  )
  expect(new Set(described)).toEqual(new Set(own))
})

interface Case {
  readonly path: string
  readonly method?: string
  readonly status: number
  readonly body?: object | string
  readonly headers?: Readonly<Record<string, string>>
  /** Under which path the page has it. */
  readonly described?: string
}

const cases: readonly Case[] = [
  { path: '/health', status: 200 },
  { path: '/health', status: 403, headers: { origin: 'http://evil.example' } },
  { path: '/health/live', status: 200 },
  { path: '/metrics', status: 200 },
  { path: '/openapi.json', status: 200 },
  { path: '/runs', status: 200 },
  { path: '/runs/none', status: 404, described: '/runs/{id}' },
  { path: '/runs/none', method: 'DELETE', status: 404, described: '/runs/{id}' },
  { path: '/runs/none/answers', body: { answers: {} }, status: 404, described: '/runs/{id}/answers' },
  { path: '/runs/none/answers', body: {}, status: 400, described: '/runs/{id}/answers' },
  { path: '/pipelines', status: 200 },
  { path: '/pipelines/greeting', status: 200 },
  { path: '/pipelines/broken', status: 200 },
  { path: '/pipelines/greeting', body: { name: 'Ada' }, status: 200 },
  { path: '/pipelines/greeting', body: {}, status: 400 },
  { path: '/pipelines/greeting', body: { name: 'a'.repeat(1000) }, status: 413 },
  { path: '/pipelines/greeting', body: {}, headers: { 'content-type': 'text/plain' }, status: 415 },
  { path: '/pipelines/asking', body: { text: 'Hi' }, status: 202 },
  { path: '/pipelines/failing', body: {}, status: 500 },
  { path: '/pipelines/gate', body: { value: 1 }, status: 429 },
  { path: '/pipelines/greeting/drawing.svg', status: 200 },
  { path: '/pipelines/greeting/drawing.txt', status: 200 },
  { path: '/pipelines/failing/file', status: 200 },
  { path: '/pipelines/failing/file', method: 'PUT', body: { text, version: 'x' }, status: 409 },
  { path: '/pipelines/failing/file', method: 'PUT', body: { text: 1 }, status: 400 },
  { path: '/pipelines/failing/file', method: 'PUT', body: { text: 'a'.repeat(1000) }, status: 413 },
  { path: '/pipelines/broken/file', status: 200 },
  { path: '/pipelines/broken/draft', method: 'PUT', body: { text }, status: 200 },
  { path: '/pipelines/broken/draft', method: 'PUT', body: {}, status: 400 },
  { path: '/pipelines/failing/draft', method: 'PUT', body: 'text', status: 400 },
  { path: '/v1/models', status: 200 },
  { path: '/v1/models/none', status: 404, described: '/v1/models/{id}' },
  ...['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/rerank'].flatMap((path) => [
    { path, body: {}, status: 400 },
    { path, body: 'a'.repeat(1001), status: 413 },
  ]),
]

const named = cases.map(
  (one) => [`${one.method ?? (one.body === undefined ? 'GET' : 'POST')} ${one.path}`, one] as const,
)

test.each(named)('%s is answered with a status that the page has', async (_, one) => {
  const { path, body, method = body === undefined ? 'GET' : 'POST', status, headers } = one
  const ask = () =>
    fetch(server.url + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const first = path === '/pipelines/gate' ? ask() : undefined
  const answer = await ask()
  gate.open()
  await first
  expect(answer.status).toBe(status)
  const item = paths[one.described ?? path]?.[method.toLowerCase()]
  expect(Object.keys(item?.responses ?? {})).toContain(String(status))
})
