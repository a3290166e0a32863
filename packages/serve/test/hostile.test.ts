// Requests that no honest client sends: each is refused with a status from 400 to 499, and the server goes on.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import { defineComponent, Pipeline, Registry, t } from '@millrace/core'
import { loadPipeline } from '@millrace/core/yaml'
import { llamaCppComponents } from '@millrace/llama-cpp'
import { type Listening, listen } from '@millrace/serve'
import { greeting } from './pipelines.ts'

const Typed = defineComponent({
  type: 'Typed',
  inputs: {
    text: t.string({ default: '' }),
    count: t.integer({ default: 1, minimum: 0, maximum: 10 }),
    flag: t.boolean({ default: false }),
    list: t.array(t.string(), { default: [] }),
    object: t.object({ a: t.string() }, { default: { a: '' } }),
    documents: t.array(t.document(), { default: [] }),
    messages: t.array(t.message(), { default: [] }),
  },
  outputs: { text: t.string() },
  run: ({ text = '' }) => ({ text }),
})

const model = `
components:
  llm: { type: LlamaCppChatGenerator, initParameters: { model: npm:@millrace/pocket-model/pocket.gguf } }
`

const prompt = `
components:
  prompt: { type: PromptBuilder, initParameters: { template: 'Where is {{ city }}?', requiredVariables: [] } }
`

let server: Listening

beforeAll(async () => {
  const registry = new Registry([standardComponents, llamaCppComponents])
  server = await listen({
    port: 0,
    maxBodyBytes: 1024 * 1024,
    receiveTimeoutMs: 500,
    pipelines: {
      greeting: greeting(),
      typed: new Pipeline({ typed: new Typed() }),
      model: await loadPipeline(model, { registry }),
      prompt: await loadPipeline(prompt, { registry }),
    },
  })
})

afterAll(() => server.close())

const json = { 'content-type': 'application/json' }

async function statusOf(path: string, init: RequestInit & { duplex?: 'half' }): Promise<number> {
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers: json, ...init })
  await response.text()
  return response.status
}

/** Sends bytes as they are, and gives the status of what comes back. */
function statusOfRaw(...parts: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    let text = ''
    socket.on('data', (data) => {
      text += data
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]
      if (status === undefined) return
      resolve(Number(status))
      socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new RangeError(`closed without a status: ${text}`)))
    for (const part of parts) socket.write(part, 'latin1')
  })
}

function expectRefused(status: number): void {
  expect(status).toBeGreaterThanOrEqual(400)
  expect(status).toBeLessThan(500)
}

const deep = (open: string, close: string) => `${open.repeat(50_000)}${close.repeat(50_000)}`

const bodies: Readonly<Record<string, string>> = {
  nothing: '',
  'a space': ' ',
  'a brace': '{',
  'half a text': '{"name": "A',
  'a comment': '{"name": "A"} // here',
  'two objects': '{"name": "A"}{"name": "B"}',
  'a trailing comma': '{"name": "A",}',
  'single quotes': "{'name': 'A'}",
  'no quotes': '{name: "A"}',
  'not a number': '{"name": NaN}',
  YAML: 'name: A',
  XML: '<name>A</name>',
  'a form': 'name=A&word=B',
  null: 'null',
  true: 'true',
  'a number': '1',
  'a text': '"A"',
  'a list': '[{"name": "A"}]',
  'nested lists': deep('[', ']'),
  'nested objects': deep('{"a":', '}').replace('}', '1}'),
  'nested lists in an input': `{"name": ${deep('[', ']')}}`,
  'an invalid escape': '{"name": "\\x"}',
  'a control character': '{"name": "\u0001"}',
  'bytes of another encoding': '\u00ff\u00fe{\u0000}\u0000',
  'a huge number of digits': `{"name": ${'9'.repeat(100_000)}}`,
}

const inputs: Readonly<Record<string, unknown>> = {
  nothing: {},
  'an unknown input': { name: 'A', other: 1 },
  'a prototype': { __proto__x: 1, name: 1 },
  'the prototype of objects': JSON.parse('{"__proto__": {"name": "A"}}'),
  constructor: { constructor: { prototype: { name: 'A' } } },
  toString: { name: { toString: 'A' } },
  'a component and a name': { greeter: { name: 'A' }, name: 'A' },
  'a component that is a text': { greeter: 'A' },
  'a component that is a list': { greeter: ['A'] },
  'a component that is null': { greeter: null },
  'an unknown component': { greter: { name: 'A' } },
  'a null where a text is needed': { name: null },
  'many unknown inputs': Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`input${index}`, index]),
  ),
  'a path out of the component': { 'greeter.name.length': 'A' },
  'an empty name': { '': 'A' },
  'a name with a zero': { 'name\0': 'A' },
}

const values: readonly unknown[] = [
  true,
  1.5,
  -1,
  1e308,
  'text',
  '',
  [],
  [1],
  [null],
  {},
  { a: 1 },
  { length: 3 },
]
const refusedBy: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value !== 'string',
  count: (value) => value !== 0,
  flag: (value) => typeof value !== 'boolean',
  list: (value) => JSON.stringify(value) !== '[]',
  object: () => true,
  documents: (value) => typeof value !== 'string' && !['[]', '{}'].includes(JSON.stringify(value)),
  messages: (value) => typeof value !== 'string' && JSON.stringify(value) !== '[]',
}
/** Of each type each value that is not of it. A text converts to a list, a document and a message, as everywhere. */
const wrongValues = Object.entries(refusedBy).flatMap(([input, isRefused]) =>
  values
    .filter((value) => isRefused(value) && !(input === 'list' && typeof value === 'string'))
    .map((value) => [input, value] as const),
)

const messages: readonly unknown[] = [
  1,
  {},
  [{}],
  [[]],
  [{ role: 'user' }],
  [{ role: 'nobody', content: 'Hi' }],
  [{ role: 'user', content: 1 }],
  [{ role: 'user', content: [{ type: 'text' }] }],
  [{ role: 'user', content: [{ type: 'image', base64: '%', mimeType: 'image/png' }] }],
  [{ role: 'user', content: [{ type: 'image', path: '/etc/passwd' }] }],
  [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }] }],
  [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'http://127.0.0.1:1/' } }] }],
  [{ role: 'tool', content: 'x' }],
  [{ role: 'assistant', content: [{ type: 'toolCall', name: 1, arguments: {} }] }],
]

const options: readonly unknown[] = [
  1,
  'x',
  [],
  { temperature: 'hot' },
  { maxTokens: 'many' },
  { topP: 2 },
  { unknownOption: 1 },
  { stop: 1 },
  { grammar: 'root ::= (' },
  { responseFormat: 'x' },
]

/** What is found when a component runs, and is still the fault of whoever asked. */
const templates: readonly unknown[] = [
  { template: '{{ ' },
  { template: "{% include '/etc/passwd' %}" },
  { template: '{{ city.constructor.constructor("return process")() }}' },
  { template: [] },
  { template: '{{ 1 + {} }}' },
  { template: '{% for i in range(10 ** 9) %}x{% endfor %}' },
  { templateVariables: { other: 1 } },
]

const paths: readonly string[] = [
  '/pipelines/../../etc/passwd',
  '/pipelines/..%2f..%2fetc%2fpasswd',
  '/pipelines/%2e%2e/%2e%2e/x',
  '/pipelines/greeting%00',
  '/pipelines/greeting%',
  '/pipelines/%ff%fe',
  '/pipelines/greeting/../../x',
  '/pipelines/greeting/drawing.svg/x',
  '/pipelines/greeting;x=1',
  '/pipelines/__proto__',
  '/pipelines/constructor',
  '/pipelines/toString',
  '/runs/../etc/passwd/answers',
  '/runs/__proto__/answers',
  '/assets/../../package.json',
  '/assets/..%2f..%2fpackage.json',
  '//evil.example/x',
  '/\\evil.example\\x',
  '/.env',
  '/.git/config',
  `/${'a/'.repeat(2000)}`,
  `/${'a'.repeat(8000)}`,
]

const methods = ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
const types = [
  '',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/jsonx',
  'a/b',
]
const hosts = [
  'evil.example',
  '127.0.0.1.evil.example',
  'localhost@evil.example',
  'localhost:80:80',
  '',
  'a b',
  '[::1',
]
const origins = [
  'http://evil.example',
  'null',
  'file://',
  'http://127.0.0.1',
  'https://localhost:1',
  'chrome-extension://x',
]

/** What is not HTTP, or hardly. */
const raw: Readonly<Record<string, readonly string[]>> = {
  garbage: ['\0\x01\x02\x03\r\n\r\n'],
  'a TLS greeting': ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
  'no host': ['GET /health HTTP/1.1\r\n\r\n'],
  'two lengths': [
    'POST /pipelines/greeting HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
  ],
  'a length and chunks': [
    'POST /pipelines/greeting HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  'a negative length': ['POST /pipelines/greeting HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n'],
  'a chunk that is none': [
    'POST /pipelines/greeting HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n',
  ],
  'a flood of headers': [
    'GET /health HTTP/1.1\r\nHost: localhost\r\n',
    ...Array.from({ length: 3000 }, (_, index) => `X-Header-${index}: ${index}\r\n`),
    '\r\n',
  ],
  'a huge header': [`GET /health HTTP/1.1\r\nHost: localhost\r\nX-Large: ${'a'.repeat(100_000)}\r\n\r\n`],
  'a huge path': [`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`],
  'a header with a line in it': ['GET /health HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n'],
  'headers without end': ['GET /health HTTP/1.1\r\nHost: localhost\r\n'],
  'a body without end': [
    'POST /pipelines/greeting HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"na',
  ],
  'an absolute address of another host': [
    'GET http://evil.example/health HTTP/1.1\r\nHost: evil.example\r\n\r\n',
  ],
  'a proxy request': ['CONNECTX evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n'],
}

const count =
  Object.keys(bodies).length * 4 +
  Object.keys(inputs).length +
  wrongValues.length +
  messages.length +
  options.length +
  templates.length +
  paths.length +
  methods.length +
  types.length +
  hosts.length +
  origins.length +
  Object.keys(raw).length +
  2

test('there are at least 200 of them', () => {
  expect(count).toBeGreaterThanOrEqual(200)
})

describe('refused are', () => {
  test.each(Object.entries(bodies))('a body that is %s', async (_, body) => {
    expectRefused(await statusOf('/pipelines/greeting', { body }))
    expectRefused(await statusOf('/runs/run_x/answers', { body }))
    expectRefused(await statusOf('/v1/chat/completions', { body }))
    expectRefused(await statusOf('/mcp', { body }))
  })

  test.each(Object.entries(inputs))('inputs: %s', async (_, value) => {
    expectRefused(await statusOf('/pipelines/greeting', { body: JSON.stringify(value) }))
  })

  test.each(wrongValues)('for %s the value %p', async (input, value) => {
    expectRefused(await statusOf('/pipelines/typed', { body: JSON.stringify({ [input]: value }) }))
  })

  test.each(messages)('for messages %p', async (value) => {
    expectRefused(await statusOf('/pipelines/model', { body: JSON.stringify({ messages: value }) }))
  })

  test.each(options)('for options of a model %p', async (generationKwargs) => {
    expectRefused(
      await statusOf('/pipelines/model', { body: JSON.stringify({ messages: 'Hi', generationKwargs }) }),
    )
  })

  test.each(templates)('for a prompt %p', async (value) => {
    expectRefused(await statusOf('/pipelines/prompt', { body: JSON.stringify(value) }))
  })

  test.each(paths)('the path %s', async (path) => {
    const request = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`
    expectRefused(await statusOfRaw(request))
  })

  test.each(methods)('the method %s', async (method) => {
    expectRefused(await statusOf('/runs/run_x/answers', { method }))
  })

  test.each(types)('a body of the type "%s"', async (type) => {
    expectRefused(
      await statusOf('/pipelines/greeting', { headers: { 'content-type': type }, body: '{"name": "A"}' }),
    )
  })

  test.each(hosts)('the host "%s"', async (host) => {
    expectRefused(await statusOfRaw(`GET /pipelines HTTP/1.1\r\nHost: ${host}\r\n\r\n`))
  })

  test.each(origins)('the origin %s', async (origin) => {
    const request = `POST /pipelines/greeting HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"name": "A"}`
    expectRefused(await statusOfRaw(request))
  })

  test.each(Object.entries(raw))('what is hardly HTTP: %s', async (_, parts) => {
    expectRefused(await statusOfRaw(...parts))
  })

  test('a body of 100 MB, before it is read', async () => {
    const head = 'POST /pipelines/greeting HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
    expect(await statusOfRaw(`${head}Content-Length: ${100 * 1024 * 1024}\r\n\r\n{`)).toBe(413)
  })

  test('a body without a length, where the limit is', async () => {
    const megabyte = new Uint8Array(64 * 1024).fill(32)
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent += megabyte.byteLength
        if (sent > 100 * 1024 * 1024) controller.close()
        else controller.enqueue(megabyte)
      },
    })
    const status = await statusOf('/pipelines/greeting', { body, duplex: 'half' }).catch(() => 413)
    expect(status).toBe(413)
    expect(sent).toBeLessThan(50 * 1024 * 1024)
  })
})

test('the server answers as before', async () => {
  expect(await statusOf('/pipelines/greeting', { body: '{"name": "Ada"}' })).toBe(200)
  const text = await (await fetch(`${server.url}/metrics`)).text()
  expect(text).not.toMatch(/status="5/)
  expect(text).toMatch('millrace_runs_running 0\n')
})
