import { describe, expect, test } from '@jest/globals'
import { Pipeline, Registry } from '@millrace/core'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
import { OpenAIChatGenerator, OpenAITextEmbedder, openAIComponents } from '../../src/index.ts'

function make(parameters: object) {
  return () => new OpenAIChatGenerator({ model: 'm', ...parameters } as never)
}

describe('an option that is unknown', () => {
  test.each([
    [{ apiBaseURL: 'x' }, "'apiBaseURL' is unknown.", "Did you mean 'apiBaseUrl'?"],
    [{ api_key: 'x' }, "'api_key' is unknown.", "It is written 'apiKey' here."],
    [
      { generationKwargs: { top_p: 1 } },
      "'generationKwargs.top_p' is unknown.",
      "It is written 'topP' here.",
    ],
    [{ generationKwargs: { temprature: 1 } }, "'generationKwargs.temprature'", "Did you mean 'temperature'?"],
    [{ generationKwargs: { max_completion_tokens: 1 } }, 'max_completion_tokens', "Write 'maxTokens'"],
    [{ generationKwargs: { repeatPenalty: 1 } }, 'repeatPenalty', 'extraBody: { repeat_penalty: 1.1 }'],
    [{ generationKwargs: { bestOf: 1 } }, 'bestOf', "What only one server knows goes in 'extraBody'."],
  ])('%j is refused with what was meant', (parameters, what, hint) => {
    expect(make(parameters)).toThrow(what)
    expect(make(parameters)).toThrow(hint)
    expect(make(parameters)).toThrow(expect.objectContaining({ code: 'OPENAI_OPTION_UNKNOWN' }))
  })

  test('is refused in a run, too', async () => {
    const running = new OpenAIChatGenerator({ model: 'm' }).run({
      messages: 'Hi',
      generationKwargs: { topp: 1 } as never,
    })
    await expect(running).rejects.toMatchObject({ option: 'generationKwargs.topp' })
  })
})

test.each([
  [{ model: '' }, 'model'],
  [{ timeoutMs: 0 }, 'timeoutMs'],
  [{ generationKwargs: { temperature: 'hot' } }, 'generationKwargs.temperature'],
  [{ generationKwargs: { topLogprobs: 2 } }, 'generationKwargs.topLogprobs'],
  [{ generationKwargs: { responseFormat: { type: 'text', schema: {} } } }, 'generationKwargs.responseFormat'],
  [{ apiBaseUrl: 'localhost:8080/v1' }, 'apiBaseUrl'],
  [{ apiBaseUrl: 'file:///etc/passwd' }, 'apiBaseUrl'],
  [{ apiBaseUrl: 'http://me:secret@localhost/v1' }, 'apiBaseUrl'],
  // The path of the component would become a part of the query, and the file could choose the path.
  [{ apiBaseUrl: 'http://localhost:9000/shutdown?x=' }, 'apiBaseUrl'],
  [{ apiBaseUrl: 'http://localhost:9000/shutdown#' }, 'apiBaseUrl'],
  [{ apiBaseUrl: 'http://localhost:8080/v1/chat/completions' }, 'apiBaseUrl'],
  [{ headers: { authorization: 'Bearer x' } }, 'headers.authorization'],
  [{ headers: { 'a b': 'x' } }, 'headers.a b'],
])('%j is refused', (parameters, option) => {
  expect(make(parameters)).toThrow(expect.objectContaining({ code: 'OPENAI_OPTION_INVALID', option }))
  expect(make(parameters)).not.toThrow('secret')
})

test('an address that stands in the environment is checked when it is known', async () => {
  const generator = new OpenAIChatGenerator({ model: 'm', apiBaseUrl: '${env:MILLRACE_TEST_URL}' })
  process.env['MILLRACE_TEST_URL'] = 'nowhere'
  try {
    await expect(generator.warmUp()).rejects.toThrow("'${env:MILLRACE_TEST_URL}' is not an address")
  } finally {
    delete process.env['MILLRACE_TEST_URL']
  }
})

describe('in a file', () => {
  const registry = new Registry([openAIComponents])
  const file = (parameters: string) =>
    `components: { a: { type: OpenAIChatGenerator, initParameters: { model: m, ${parameters} } } }`

  test('a server of this machine needs no permission, another one without encryption does', () => {
    expect(loadPipeline(file('apiBaseUrl: "http://localhost:1/v1"'), { registry }).names()).toEqual(['a'])
    const other = file('apiBaseUrl: "http://server.example/v1"')
    expect(() => loadPipeline(other, { registry })).toThrow('--allow-http')
    expect(loadPipeline(other, { registry, allowHttp: true }).names()).toEqual(['a'])
  })

  test('a key of the environment needs a permission', () => {
    const text = file('apiKey: "${env:KEY}"')
    expect(() => loadPipeline(text, { registry })).toThrow('--allow-env KEY')
    expect(loadPipeline(text, { registry, environment: ['KEY'] }).names()).toEqual(['a'])
  })

  test('a key that stood in the code does not stand in the dump', () => {
    const pipeline = new Pipeline({
      chat: new OpenAIChatGenerator({ model: 'm', apiKey: 'sk-secret' }),
      other: new OpenAIChatGenerator({ model: 'm', apiKey: '${env:OTHER}' }),
      text: new OpenAITextEmbedder({ model: 'm', apiKey: 'sk-secret' }),
    })
    const text = dumpPipeline(pipeline, { registry })
    expect(text).not.toContain('sk-secret')
    expect([...text.matchAll(/apiKey: (.*)/g)].map(([, key]) => key)).toEqual([
      ...['${env:OPENAI_API_KEY}', '${env:OTHER}', '${env:OPENAI_API_KEY}'],
    ])
    const again = loadPipeline(text, { registry, environment: 'all' })
    expect(dumpPipeline(again, { registry })).toBe(text)
  })
})
