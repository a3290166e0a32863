import { describe, expect, test } from '@jest/globals'
import type { ParametersOf } from '../../src/component/component.ts'
import { componentPackage } from '../../src/component/component-package.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import { resolveEnvironment } from '../../src/component/environment.ts'
import { Registry } from '../../src/component/registry.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { dumpPipeline } from '../../src/yaml/dump.ts'
import { type LoadOptions, loadPipeline } from '../../src/yaml/load.ts'
import { loadErrorOf } from './refusal.ts'

/** Fetches what its parameters name. */
class Fetcher {
  static readonly type: string = 'Fetcher'
  static readonly environment = ['model', 'server', 'options']
  static readonly urls = ['model', 'options.adapter']
  static readonly servers = ['server']
  static readonly parameters = t.object({
    model: t.string(),
    server: t.optional(t.string()),
    options: t.optional(t.object({ adapter: t.optional(t.string()), note: t.optional(t.string()) })),
  })
  readonly inputs = {}
  readonly outputs = {}
  readonly initParameters: ParametersOf<typeof Fetcher>

  constructor(initParameters: ParametersOf<typeof Fetcher>) {
    this.initParameters = initParameters
  }

  run() {
    return {}
  }
}

const Say = defineComponent({
  type: 'Say',
  parameters: t.object({ text: t.string() }),
  inputs: {},
  outputs: { text: t.string() },
  run: (_, __, { text }) => ({ text }),
})

/** Starts what its parameters name. */
class Starter {
  static readonly type = 'Starter'
  static readonly commands = ['command']
  static readonly parameters = t.object({
    command: t.string(),
    args: t.optional(t.array(t.string())),
    env: t.optional(t.record(t.string())),
  })
  readonly initParameters: ParametersOf<typeof Starter>
  name: string | undefined

  constructor(initParameters: ParametersOf<typeof Starter>) {
    this.initParameters = initParameters
  }

  useName(name: string) {
    this.name = name
  }
}

const UsesStarter = defineComponent({
  type: 'UsesStarter',
  parameters: t.object({ starter: t.resource<Starter>('Starter', (value) => 'name' in value) }),
  inputs: {},
  outputs: { name: t.string() },
  run: (_, __, { starter }) => ({ name: starter.name ?? '' }),
})

const registry = new Registry([
  componentPackage({ name: 'own', components: [Fetcher, Say, UsesStarter], resources: [Starter] }),
])

type Options = Pick<LoadOptions, 'environment' | 'allowHttp' | 'commands' | 'overrides'>

function load(parameters: string, options: Options = {}) {
  return loadPipeline(`components: { a: { type: Fetcher, initParameters: ${parameters} } }`, {
    registry,
    ...options,
  })
}

function wordsOf(parameters: string, options: Options = {}): string[] {
  return loadErrorOf(() => load(parameters, options)).problems.map(
    ({ code, message }) => `${code} ${message}`,
  )
}

describe('a reference to the environment', () => {
  test('is refused, unless the caller names the variable', () => {
    const parameters = '{ model: "https://a/${env:KEY}/${env:PLACE}" }'
    const refused = (name: string) =>
      `LOAD_ENVIRONMENT '\${env:${name}}' is not allowed: a file reads only the environment variables that its caller names. Allow it with --allow-env ${name}, in code with { environment: ['${name}'] }.`
    expect(wordsOf(parameters)).toEqual([refused('KEY')])
    expect(wordsOf(parameters, { environment: ['KEY', 'PLAC'] })).toEqual([refused('PLACE')])
    expect(load(parameters, { environment: ['PLACE', 'KEY'] }).names()).toEqual(['a'])
    expect(load(parameters, { environment: 'all' }).names()).toEqual(['a'])
  })

  test('is refused in what an override puts there, and in pipelines inside', () => {
    const overrides = { 'a.model': '${env:KEY}' }
    expect(wordsOf('{ model: m }', { overrides })[0]).toContain("'${env:KEY}' is not allowed")
    const inner = 'components: { a: { type: Fetcher, initParameters: { model: "${env:KEY}" } } }'
    const text = `components: { sub: { type: Pipeline, initParameters: { definition: { ${inner} } } } }`
    const [problem] = loadErrorOf(() => loadPipeline(text, { registry, environment: ['OTHER'] })).problems
    expect(problem).toMatchObject({ code: 'LOAD_ENVIRONMENT', path: expect.stringContaining('sub') })
  })

  test.each([['KEY'], [[1]], [['A-B']], [true]])('environment: %j is refused', (environment) => {
    expect(() => load('{ model: m }', { environment: environment as never })).toThrow(
      "The option 'environment' is a list of names of environment variables, or 'all'",
    )
  })
})

describe('a URL', () => {
  test.each([
    'http://evil.example/m',
    'HTTP://127.0.0.1:80/m',
    'http:${env:X}',
    '${env:X}http://a',
    'ht${env:X}tp://a',
  ])('%s is refused, unless the caller allows http', (url) => {
    const allowed: Options = { environment: ['X'] }
    expect(wordsOf(`{ model: "${url}" }`, allowed)).toEqual([
      `LOAD_PARAMETERS '${url}' is fetched without encryption. Write https: or hf:, or allow it with --allow-http, in code with { allowHttp: true }.`,
    ])
    expect(wordsOf(`{ model: m, options: { adapter: "${url}" } }`, allowed)).toHaveLength(1)
    expect(load(`{ model: "${url}" }`, { ...allowed, allowHttp: true }).names()).toEqual(['a'])
  })

  test('is a text like any other where nothing is fetched', () => {
    expect(load('{ model: https://a/m, options: { note: "http://a" } }').names()).toEqual(['a'])
  })

  test('needs a boolean to be allowed', () => {
    expect(() => load('{ model: m }', { allowHttp: 'yes' as never })).toThrow(
      "The option 'allowHttp' is true or false",
    )
  })
})

describe('a server that is asked', () => {
  test.each([
    'http://localhost:8080/v1',
    'http://127.0.0.1/v1',
    'http://[::1]:1/',
    'HTTP://LOCALHOST',
    'http://localhost:9/${env:X}',
    'https://a/v1',
  ])('%s needs no permission', (server) => {
    expect(load(`{ model: m, server: "${server}" }`, { environment: ['X'] }).names()).toEqual(['a'])
  })

  test.each([
    'http://10.0.0.5/v1',
    'http://localhost.evil.example/v1',
    'http://localhost@evil.example/v1',
    'http://127.0.0.1.evil.example',
    'http://0.0.0.0',
    'http://${env:X}localhost',
    'http:localhost.evil',
    'http://localhost${env:X}/v1',
    'http://localhost:${env:X}',
  ])('%s is refused, unless the caller allows http', (server) => {
    const parameters = `{ model: m, server: "${server}" }`
    expect(load(parameters, { environment: 'all', allowHttp: true }).names()).toEqual(['a'])
    const [words] = wordsOf(parameters, { environment: ['X'] })
    expect(words).toContain('would be asked without encryption. Write https:, or allow it with --allow-http')
  })
})

describe('$${', () => {
  test.each(['${env:HOME}', '$${env:A}', '$$${', 'a ${b} $', '$${x}', '${env:', '{${env:A}$'])(
    'keeps %s through a dump and a load',
    (text) => {
      const pipeline = new Pipeline({ say: new Say({ text }) }, { metadata: { note: text, [text]: 1 } })
      const again = loadPipeline(dumpPipeline(pipeline, { registry }), { registry })
      expect(again.get('say').initParameters).toEqual({ text })
      expect(again.options.metadata).toEqual({ note: text, [text]: 1 })
    },
  )

  test('is a ${ in a file', () => {
    const text = 'components: { say: { type: Say, initParameters: { text: "Use $${env:HOME}" } } }'
    expect(loadPipeline(text, { registry }).get('say').initParameters).toEqual({ text: 'Use ${env:HOME}' })
  })

  test('is one when a component looks up the environment', () => {
    expect(resolveEnvironment('$${env:A} ${env:A}', { A: 'x' })).toBe('${env:A} x')
    const { initParameters } = load('{ model: "$${env:A}" }').get('a')
    expect(initParameters).toEqual({ model: '$${env:A}' })
  })
})

describe('a program that a file would start', () => {
  const text = (parameters: string) => `
components: { a: { type: UsesStarter, initParameters: { starter: files } } }
resources: { files: { type: Starter, initParameters: ${parameters} } }`
  const start = (parameters: string, options: Options = {}) =>
    loadPipeline(text(parameters), { registry, ...options })
  const problemsOf = (parameters: string, options: Options = {}) =>
    loadErrorOf(() => start(parameters, options)).problems

  test('is refused with its arguments and the names of its variables, at its place', () => {
    const [problem, ...others] = problemsOf('{ command: npx, args: ["-y", "a b"], env: { KEY: secret } }')
    expect(others).toEqual([])
    expect(problem).toMatchObject({
      code: 'LOAD_COMMAND',
      path: 'resources.files.initParameters.command',
      message:
        "The program 'npx', with the arguments \"-y\" \"a b\" and the variables 'KEY', is not allowed: a file starts only the programs that its caller names. Allow it with --allow-command npx, in code with { commands: ['npx'] }, if you trust the file.",
    })
  })

  test('is allowed by exactly the name that the file writes, and a resource hears its own', async () => {
    expect(problemsOf('{ command: ./npx }', { commands: ['npx'] })).toHaveLength(1)
    expect(problemsOf('{ command: npx }', { commands: ['./npx', 'NPX'] })).toHaveLength(1)
    const pipeline = start('{ command: npx }', { commands: ['npx'] })
    expect((await pipeline.run()).outputs).toEqual({ a: { name: 'files' } })
    expect(start('{ command: anything }', { commands: 'all' }).names()).toEqual(['a'])
  })

  test('cannot come out of the environment', () => {
    expect(
      problemsOf('{ command: "${env:PROGRAM}" }', { commands: 'all', environment: 'all' }),
    ).toMatchObject([{ code: 'LOAD_ENVIRONMENT' }])
  })

  test.each([['npx'], [[1]], [['']], [true]])('commands: %j is refused', (commands) => {
    expect(() => start('{ command: npx }', { commands } as never)).toThrow(
      "The option 'commands' is a list of programs",
    )
  })

  test('is not asked about in code, which its author wrote', () => {
    expect(
      new Pipeline({ a: new UsesStarter({ starter: new Starter({ command: 'npx' }) }) }).names(),
    ).toEqual(['a'])
  })
})
