import { describe, expect, test } from '@jest/globals'
import { Pipeline, type Tool } from '@millrace/core'
import { dumpPipeline, loadPipeline, pipelineFile } from '@millrace/core/yaml'
import { PipelineTool } from '../../src/tools/pipeline-tool.ts'
import { ToolInvoker } from '../../src/tools/tool-invoker.ts'
import { call, Oracle, registry, WebSearch } from './tool-parts.ts'

describe('PipelineTool', () => {
  const searching = () =>
    new Pipeline({ search: new WebSearch(), oracle: new Oracle() }, { inputs: { what: ['search.query'] } })

  const described = { name: 'find', description: 'Finds.' }

  test('has the arguments and results that its mappings say', async () => {
    const pipeline = new Pipeline({ one: new WebSearch(), two: new WebSearch() })
    const tool = new PipelineTool({
      pipeline: pipeline as never,
      ...described,
      inputMapping: { question: ['one.query', 'two.query'], howMany: 'two.topK' },
      outputMapping: { 'one.count': 'first', 'two.count': 'second' },
    })
    expect(tool.parameters).toMatchObject({
      properties: {
        question: { type: 'string', description: 'What to look for.' },
        howMany: { type: 'integer', default: 3 },
      },
      required: ['question'],
    })
    expect(await call(tool, { question: 'sun', howMany: 1 })).toMatchObject({
      result: '{"first":3,"second":1}',
    })
  })

  test('has those that its pipeline names otherwise', () => {
    const tool = new PipelineTool({ pipeline: searching() as never, ...described })
    expect(Object.keys(tool.parameters['properties'] as object)).toEqual(['what'])
  })

  test('finds what its pipeline finds, and inputs that nothing leads to', async () => {
    const invoker = new ToolInvoker({
      tools: [new PipelineTool({ pipeline: searching() as never, ...described })],
    })
    expect(await new Pipeline({ invoker }).check()).toMatchObject([
      {
        code: 'MISSING_INPUT',
        component: 'invoker',
        message: expect.stringContaining("'oracle.messages' must get a value"),
      },
    ])
  })

  test('is not a part of the pipeline that it runs', () => {
    const pipeline = new Pipeline({ search: new WebSearch() })
    const tools = [new PipelineTool({ pipeline: pipeline as never, ...described })]
    expect(() => pipeline.add('invoker', new ToolInvoker({ tools }))).toThrow(
      expect.objectContaining({ code: 'CONNECT_SELF' }),
    )
  })

  const files: Readonly<Record<string, string>> = {
    '/files/search.yaml': `components:
  search: { type: WebSearch }
inputs: { what: search.query }
outputs: { number: search.count }
`,
  }
  const readFile = (path: string) => files[path] ?? ''
  const load = (pipeline: string) =>
    loadPipeline(
      `components:
  invoker:
    type: ToolInvoker
    initParameters:
      tools:
        - type: PipelineTool
          initParameters:
            pipeline: ${pipeline}
            name: find
            description: Finds.
`,
      { registry, readFile, baseDir: '/files', file: '/files/main.yaml' },
    )

  test.each([
    '{ file: search.yaml }',
    '{ definition: { components: { search: { type: WebSearch } }, inputs: { what: [search.query] }, outputs: { number: search.count } } }',
  ])('in a file its pipeline is %s', async (written) => {
    const pipeline = load(written)
    const [tool] = (pipeline.get('invoker').initParameters as ToolInvoker['initParameters']).tools ?? []
    expect(await call(tool as Tool, { what: 'sun' })).toMatchObject({ result: '3' })
    const text = dumpPipeline(pipeline, { registry })
    expect(text).toContain(written.startsWith('{ file') ? 'file: search.yaml' : 'definition:')
    const again = loadPipeline(text, { registry, readFile, baseDir: '/files' })
    expect(pipelineFile(again, { registry })).toEqual(pipelineFile(pipeline, { registry }))
  })

  test.each([
    ['search', '8:23 LOAD_PARAMETERS', 'expected a pipeline as { file } or { definition }, got "search".'],
    ['{}', '8:23 LOAD_PARAMETERS', "A pipeline has either a 'file' or a 'definition'."],
    [
      '{ file: search.yaml, fil: 1 }',
      '8:44 LOAD_PARAMETERS',
      "'fil' is unknown. Possible: 'file' and 'definition'.",
    ],
    ['{ file: main.yaml }', '8:31 LOAD_CYCLE', 'The file includes itself: main.yaml → main.yaml.'],
    [
      '{ definition: { components: { search: { type: WebSerch } } } }',
      '8:69 LOAD_UNKNOWN_TYPE',
      "No component type 'WebSerch' is registered.",
    ],
  ])('as %s it is wrong with its place', (written, place, message) => {
    let problems: readonly string[] = []
    try {
      load(written)
    } catch (error) {
      problems = (
        error as { problems: { line: number; column: number; code: string; message: string }[] }
      ).problems.map(({ line, column, code, message: text }) => `${line}:${column} ${code} ${text}`)
    }
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(place)
    expect(problems[0]).toContain(message)
  })
})
