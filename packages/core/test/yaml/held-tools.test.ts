import { beforeEach, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import type { LoadError } from '../../src/errors.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { dumpPipeline } from '../../src/yaml/dump.ts'
import { type LoadOptions, loadPipeline } from '../../src/yaml/load.ts'
import { pipelineFile } from '../../src/yaml/pipeline-file.ts'
import { log } from '../fixtures/holding.ts'
import { add, Bell, Offer, Overhear, registry, Server } from '../fixtures/tool-classes.ts'
import { validator } from './parts.ts'

const file = `resources:
  web:
    type: Server
    initParameters:
      name: web
components:
  one:
    type: Offer
    initParameters:
      tools:
        - add
        - web
        - type: Bell
          initParameters:
            name: gong
            times: 2
  two:
    type: Offer
    initParameters:
      tools:
        - web
`

const load = (text: string, options: Partial<LoadOptions> = {}): Pipeline =>
  loadPipeline(text, { registry, environment: 'all', ...options })

const accepts = (text: string): boolean => validator(registry)(parse(text))

/** Line, column, path and message of each problem. */
function problems(text: string, options: Partial<LoadOptions> = {}): string[] {
  try {
    load(text, options)
  } catch (error) {
    return (error as LoadError).problems.map(
      ({ line, column, code, path = '', message }) => `${line}:${column} ${code} ${path}: ${message}`,
    )
  }
  return []
}

const toolsOf = (pipeline: Pipeline, name: string) =>
  (pipeline.get(name) as Offer).initParameters.tools as readonly (Server | Bell)[]

beforeEach(() => {
  log.length = 0
})

describe('the tools of a file', () => {
  test('are registered, resources, or made in place', async () => {
    const pipeline = load(file)
    const [first, web, gong] = toolsOf(pipeline, 'one')
    expect(first).toBe(add)
    expect(toolsOf(pipeline, 'two')).toEqual([web])
    expect(toolsOf(pipeline, 'two')[0]).toBe(web)
    expect((gong as Bell).run()).toBe('dingding')
    const result = await pipeline.run({ one: { go: true }, two: { go: true } })
    expect(result.get('one.names' as never)).toEqual(['add', 'find', 'gong'])
    expect(result.get('two.names' as never)).toEqual(['find'])
  })

  test('are dumped as they were written', () => {
    const pipeline = load(file)
    expect(dumpPipeline(pipeline, { registry })).toBe(file)
    expect(pipelineFile(load(file.replaceAll('add', '"@acme/tools/add"')), { registry })).toEqual(parse(file))
  })

  test('made in code stand in place, or under resources when several components share them', () => {
    const [web, gong] = [new Server({ name: 'web' }), new Bell({ name: 'gong' })]
    const sub = new Pipeline({ two: new Offer({ tools: [web] }) }).asComponent()
    const pipeline = new Pipeline({ one: new Offer({ tools: [web, gong, add] }), sub })
    const { resources, components } = pipelineFile(pipeline as never, { registry })
    expect(resources).toEqual({ server: { type: 'Server', initParameters: { name: 'web' } } })
    expect(components?.['one']?.initParameters).toEqual({
      tools: ['server', { type: 'Bell', initParameters: { name: 'gong' } }, 'add'],
    })
    expect(pipelineFile(load(dumpPipeline(pipeline as never, { registry })), { registry })).toEqual(
      pipelineFile(pipeline as never, { registry }),
    )
  })

  test('that no class makes and no package registers cannot be dumped', () => {
    const other = new Offer({ tools: [{ ...add } as never] })
    expect(() => pipelineFile(new Pipeline({ other }) as never, { registry })).toThrow(
      "'other' (Offer): 'initParameters.tools[0]' is the tool 'add'. A file has only the names of tools that the registry has.",
    )
  })

  test('may be resources that hide a registered tool, which the dump then writes with its package', () => {
    const text = file.replaceAll('web', 'add').replace('- add', '- "@acme/tools/add"')
    const pipeline = load(text)
    expect(toolsOf(pipeline, 'one').map((one) => one.constructor.name)).toEqual(['Object', 'Server', 'Bell'])
    expect(pipelineFile(pipeline, { registry })).toEqual(parse(text))
  })

  test('are warmed up before each run, and closed once, with the last pipeline that uses them', async () => {
    const pipeline = load(file, { baseDir: '/files' })
    await pipeline.warmUp()
    expect(log.slice(0, 2)).toEqual(['warm web in /files', 'warm gong'])
    const other = new Pipeline({ offer: new Offer({ tools: toolsOf(pipeline, 'two') }) })
    await other.warmUp()
    log.length = 0
    await pipeline.close()
    expect(log).toEqual(['close gong'])
    await other.close()
    expect(log).toEqual(['close gong', 'close web'])
  })

  test('of a component that is used alone are warmed up and closed with it', async () => {
    const web = new Server({ name: 'web' })
    const [one, two] = [new Offer({ tools: [web] }), new Offer({ tools: [web, add] })]
    await one.warmUp()
    await two.warmUp()
    expect(two.run({ go: true })).toEqual({ names: ['find', 'add'] })
    await one.close()
    expect(log).not.toContain('close web')
    await two.close()
    expect(log.at(-1)).toBe('close web')
  })

  test('say in a check what is wrong with them, and where', async () => {
    const text = file.replace('gong', 'broken')
    const used = text.replace(
      '    type: Server\n    initParameters:\n      name: web',
      '    type: Bell\n    initParameters:\n      name: broken',
    )
    expect(await load(used).check()).toEqual([
      {
        level: 'error',
        code: 'BROKEN',
        message: 'No clapper.',
        option: 'name',
        resource: 'web',
        line: 5,
        column: 13,
      },
      {
        level: 'error',
        code: 'BROKEN',
        message: "In 'tools[2]' (Bell): No clapper.",
        option: 'tools[2].initParameters.name',
        component: 'one',
        line: 15,
        column: 19,
      },
    ])
    const unused = file.replaceAll('- web\n', '- add\n').replace('- add\n        - add', '- add')
    expect(await load(unused).check()).toMatchObject([{ code: 'UNUSED_RESOURCE', resource: 'web' }])
  })

  test('can be overridden in place, and are among what overrides can choose from', () => {
    const names: string[] = []
    const pipeline = load(file, {
      overrides: (components) => {
        names.push(...components.map(({ name, class: { type } }) => `${name}: ${type}`))
        return { 'one.tools[2].times': 5, 'two.tools[0]': 'add' }
      },
    })
    expect(names).toEqual(['one: Offer', 'one.tools[2]: Bell', 'two: Offer'])
    expect((toolsOf(pipeline, 'one')[2] as Bell).initParameters.times).toBe(5)
    expect(toolsOf(pipeline, 'two')).toEqual([add])
    expect(problems(file, { overrides: { 'one.tools[2].times': 0 } }).join()).toContain(
      "The override 'one.tools[2].times' is refused: must be >= 1, got the number 0.",
    )
  })

  test('look up the environment and resources of the file in their own parameters', async () => {
    const text = `resources:
  book: { type: Ledger, initParameters: { path: /l } }
components:
  one:
    type: Offer
    initParameters:
      tools: [{ type: Bell, initParameters: { name: gong, tone: "\${env:TONE}", book: book } }]
`
    const pipeline = load(text)
    expect(pipelineFile(pipeline, { registry })).toEqual(parse(text))
    expect(await pipeline.check()).toEqual([])
    await pipeline.warmUp()
    expect(log).toEqual(['warm /l', 'warm gong', 'warm gong'])
    expect(problems(text, { environment: [] }).join()).toContain("'${env:TONE}' is not allowed")
    expect(problems(text.replace('name: gong', 'name: "${env:TONE}"')).join()).toContain(
      "components.one.initParameters.tools[0].initParameters.name: '${env:TONE}' would not be replaced here",
    )
  })

  test('may be resources that name those above them', async () => {
    const text = `resources:
  book:
    type: Ledger
    initParameters:
      path: /l
  gong:
    type: Bell
    initParameters:
      name: gong
      book: book
components:
  one:
    type: Offer
    initParameters:
      tools:
        - gong
`
    const pipeline = load(text)
    expect(await pipeline.check()).toEqual([])
    expect(dumpPipeline(pipeline, { registry })).toBe(text)
    const [book, gong] = Object.values(pipeline.options.resources ?? {})
    const other = new Pipeline(
      { one: new Offer({ tools: [gong as Bell] }) },
      { resources: { gong: gong as Bell, book: book as Bell } },
    )
    expect(Object.keys(pipelineFile(other as never, { registry }).resources ?? {})).toEqual(['book', 'gong'])
    const below = text
      .replace(/ {2}book:\n.*\n.*\n.*\n/, '')
      .replace('components:', '  book: { type: Ledger, initParameters: { path: /l } }\ncomponents:')
    expect(problems(below)).toEqual([
      "6:13 LOAD_PARAMETERS resources.gong.initParameters.book: The resource 'book' stands below. Move it up: a resource names those above it.",
    ])
  })

  test('are known to the JSON Schema', () => {
    expect(accepts(file)).toBe(true)
    expect(accepts(file.replace('times: 2', 'tims: 2'))).toBe(false)
    expect(accepts(file.replace('type: Bell', 'type: Ball'))).toBe(false)
    expect(accepts(file.replace('type: Bell', 'type: Clock'))).toBe(false)
    expect(accepts(file.replace('- add', '- 3'))).toBe(false)
  })

  test.each([
    [
      ['- add', '- ad'],
      "11:11 LOAD_PARAMETERS components.one.initParameters.tools[0]: There is no tool or toolset 'ad'. Registered: 'add'. Resources of this file: 'web'. Did you mean 'add'?",
    ],
    [
      ['- add', '- wep'],
      "11:11 LOAD_PARAMETERS components.one.initParameters.tools[0]: There is no tool or toolset 'wep'. Registered: 'add'. Resources of this file: 'web'. Did you mean 'web'?",
    ],
    [
      ['- add', '- Bell'],
      "11:11 LOAD_PARAMETERS components.one.initParameters.tools[0]: 'Bell' is a type. Write { type: Bell, initParameters: … }, or the name of a resource of this file.",
    ],
    [
      ['components:', '  time: { type: Clock }\ncomponents:', '- add', '- time'],
      "12:11 LOAD_PARAMETERS components.one.initParameters.tools[0]: The resource 'time' (Clock) is neither a tool nor a toolset. Those that are: 'web'.",
    ],
    [
      ['type: Bell', 'type: Bel'],
      "13:17 LOAD_UNKNOWN_TYPE components.one.initParameters.tools[2].type: No resource type 'Bel' is registered. Registered: 'Bell', 'Server', 'Ledger' and 'Clock'. Did you mean 'Bell'?",
    ],
    [
      ['type: Bell\n          initParameters:\n            name: gong\n            times: 2', 'type: Clock'],
      '13:17 LOAD_PARAMETERS components.one.initParameters.tools[2].type: Clock is neither a tool nor a toolset.',
    ],
    [
      ['type: Bell', 'type: Offer'],
      "13:17 LOAD_UNKNOWN_TYPE components.one.initParameters.tools[2].type: No resource type 'Offer' is registered. Registered: 'Bell', 'Server', 'Ledger' and 'Clock'. 'Offer' is a component.",
    ],
    [
      ['times: 2', 'times: 0'],
      '16:20 LOAD_PARAMETERS components.one.initParameters.tools[2].initParameters.times: must be >= 1, got the number 0.',
    ],
    [
      ['times: 2', 'tims: 2'],
      "16:13 LOAD_PARAMETERS components.one.initParameters.tools[2].initParameters.tims: 'tims' is unknown. Possible: 'name', 'times', 'tone' and 'book'. Did you mean 'times'?",
    ],
    [
      ['name: gong', 'name: a gong'],
      "14:11 LOAD_COMPONENT components.one.initParameters.tools[2].initParameters: Bell refused its parameters: A tool cannot be called 'a gong'",
    ],
  ])('%j is wrong with its place', (changes, expected) => {
    let text = file
    for (let index = 0; index < changes.length; index += 2) {
      text = text.replace(changes[index] as string, changes[index + 1] as string)
    }
    const [first, ...others] = problems(text)
    expect(first).toContain(expected)
    expect(others).toEqual([])
  })

  test('that a faulty resource would be are not reported a second time', () => {
    expect(problems(file.replace('name: web', 'nam: web'))).toHaveLength(2)
  })

  test('in place count for maxComponents', () => {
    expect(problems(file, { limits: { maxComponents: 3 } })).toEqual([
      "13:11 LOAD_LIMIT components.one.initParameters.tools[2]: With this one there are 4 components, more than the 3 of 'maxComponents'.",
    ])
  })
})

describe('pipelineTools', () => {
  test('are those of the components of the own pipeline, each once', async () => {
    const web = new Server({ name: 'web' })
    const inner = new Pipeline({ offer: new Offer({ tools: [add] }), overhear: new Overhear() })
    const outer = new Pipeline({
      one: new Offer({ tools: [web, add] }),
      two: new Offer({ tools: [web] }),
      overhear: new Overhear(),
      inner: inner.connect('offer.names', 'overhear.names').asComponent(),
    })
    const result = await outer.connect('one.names', 'overhear.names').run({ go: true } as never)
    expect(result.get('overhear.heard')).toEqual(['find', 'add'])
    expect(result.get('inner.heard' as never)).toEqual(['add'])
  })

  test('are known to a check', async () => {
    const seen: unknown[] = []
    class Curious extends Offer {
      check({ pipelineTools }: { readonly pipelineTools?: readonly unknown[] }) {
        seen.push(pipelineTools)
        return []
      }
    }
    await new Pipeline({ one: new Offer({ tools: [add] }), two: new Curious() } as never).check()
    expect(seen).toEqual([[add]])
  })
})
