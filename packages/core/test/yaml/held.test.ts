import { beforeEach, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import type { ParametersOf } from '../../src/component/component.ts'
import type { LoadError } from '../../src/errors.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { dumpPipeline } from '../../src/yaml/dump.ts'
import { type LoadOptions, loadPipeline } from '../../src/yaml/load.ts'
import { pipelineFile } from '../../src/yaml/pipeline-file.ts'
import { Choir, Ledger, log, Note, Recall, registry, Voice } from '../fixtures/holding.ts'
import { validator } from './parts.ts'

const choirFile = `components:
  choir:
    type: Choir
    initParameters:
      lead:
        type: Voice
        initParameters: { name: Ada, volume: 2 }
      voices:
        - type: '@acme/holding/Voice'
          initParameters: { name: "\${env:NAME}" }
        - type: Choir
          initParameters:
            byName:
              bo: { type: Voice, initParameters: { name: Bo } }
            inside: { voice: null }
`

const ledgerFile = `resources:
  book:
    type: Ledger
    initParameters: { path: /l, limit: 3 }
components:
  note:
    type: Note
    initParameters: { ledger: book }
  recall:
    type: Recall
    initParameters: { ledger: book }
connections:
  - { sender: note.count, receiver: recall.count }
`

const isRight = validator(registry)
const accepts = (text: string): boolean => isRight(parse(text))

const load = (text: string, options: Partial<LoadOptions> = {}): Pipeline =>
  loadPipeline(text, { registry, environment: 'all', ...options })

/** Line, path and message of each problem. */
function problems(text: string, options: Partial<LoadOptions> = {}): string[] {
  try {
    load(text, options)
  } catch (error) {
    return (error as LoadError).problems.map(
      ({ line, code, path = '', message }) => `${line} ${code} ${path}: ${message}`,
    )
  }
  return []
}

beforeEach(() => {
  log.length = 0
})

describe('a component in a parameter of a file', () => {
  test('is made with its own class, wherever the parameter has it', async () => {
    const pipeline = load(choirFile)
    const result = await pipeline.run({ choir: { text: 'la' } })
    expect(result.get('choir.text' as never)).toBe('Ada: la!! Ned: la! Bo: la!')
    await pipeline.close()
  })

  test('is dumped as it was written, with and without the registry', () => {
    const pipeline = load(choirFile)
    const text = dumpPipeline(pipeline, { registry })
    expect(pipelineFile(load(text), { registry })).toEqual(pipelineFile(pipeline, { registry }))
    expect(pipelineFile(pipeline)).toEqual(pipelineFile(pipeline, { registry }))
    expect(pipelineFile(pipeline).components?.['choir']?.initParameters).toMatchObject({
      lead: { type: 'Voice', initParameters: { name: 'Ada', volume: 2 } },
      voices: [{ initParameters: { name: '${env:NAME}' } }, { type: 'Choir' }],
    })
  })

  test('that a file cannot have is an error of the dump', () => {
    class Unknown extends Voice {
      static override readonly type = 'Unknown' as never
    }
    const sub = new Pipeline({ voice: new Voice({ name: 'Ada' }) }).asComponent()
    const choir = new Choir({ lead: new Unknown({ name: 'Bo' }), voices: [sub as never] })
    expect(() => pipelineFile(new Pipeline({ choir }) as never, { registry })).toThrow(
      [
        'A file cannot express this pipeline:',
        "  'choir' (Choir) holds Unknown: its class is in no package of the registry, so that a file could not name it.",
        "  'choir' (Choir): 'initParameters.voices[0]' is an instance of the class PipelineComponent.",
      ].join('\n'),
    )
  })

  const wrong = (lines: string) => `components:
  choir:
    type: Choir
    initParameters:
${lines.replace(/^/gm, '      ')}`

  test.each([
    [
      'lead: Voice',
      `5 LOAD_PARAMETERS components.choir.initParameters.lead: expected a component (Singer) as { type, initParameters }, got "Voice".`,
    ],
    [
      'lead: { type: Voic }',
      `5 LOAD_UNKNOWN_TYPE components.choir.initParameters.lead.type: No component type 'Voic' is registered. Registered: 'Voice', 'Deaf', 'Choir', 'Note' and 'Recall'. Did you mean 'Voice'?`,
    ],
    [
      'lead: { type: Voice, initparameters: { name: Ada } }',
      `5 LOAD_PARAMETERS components.choir.initParameters.lead.initParameters: 'name' is missing.`,
      `5 LOAD_SHAPE components.choir.initParameters.lead.initparameters: 'initparameters' is unknown. Possible: 'type' and 'initParameters'. Did you mean 'initParameters'?`,
    ],
    [
      'lead:\n  type: Voice\n  initParameters:\n    name: Ada\n    volum: 3',
      `9 LOAD_PARAMETERS components.choir.initParameters.lead.initParameters.volum: 'volum' is unknown. Possible: 'name', 'volume' and 'note'. Did you mean 'volume'?`,
    ],
    [
      'voices:\n  - type: Choir\n    initParameters:\n      lead: { type: Voice, initParameters: { name: 3 } }',
      `8 LOAD_PARAMETERS components.choir.initParameters.voices[0].initParameters.lead.initParameters.name: expected string, got the number 3.`,
    ],
    [
      'lead:\n  type: Voice\n  initParameters:\n    name: Ada\n    note: sour',
      '9 LOAD_COMPONENT components.choir.initParameters.lead.initParameters.note: Voice refused its parameters: a sour note.',
    ],
    [
      'lead:\n  type: Voice\n  initParameters:\n    name: Ada\n    note: ${env:NOTE}',
      `9 LOAD_ENVIRONMENT components.choir.initParameters.lead.initParameters.note: '\${env:NOTE}' would not be replaced here; text that is meant so begins with $\${env:. No component of this file replaces it in its parameters.`,
    ],
    [
      'lead: { type: Deaf }',
      `5 LOAD_PARAMETERS components.choir.initParameters.lead: Deaf does not fit here: it has no input 'text' (string); nothing would give its input 'sound' a value; it may leave out its output 'text'.`,
    ],
    [
      'lead: { type: Pipeline, initParameters: { file: x.yaml } }',
      '5 LOAD_PARAMETERS components.choir.initParameters.lead.type: A pipeline cannot stand in a parameter of a file. In code a parameter takes pipeline.asComponent().',
    ],
    [
      'lead: { type: Ledger }',
      `5 LOAD_UNKNOWN_TYPE components.choir.initParameters.lead.type: No component type 'Ledger' is registered. Registered: 'Voice', 'Deaf', 'Choir', 'Note' and 'Recall'. 'Ledger' is a resource: declare it under 'resources', and give its name to the components that use it.`,
    ],
  ])('%j is wrong with its place', (lines, ...expected) => {
    expect(problems(wrong(lines))).toEqual(expected)
  })

  test('reads the environment as its class says, with the permission of the caller', () => {
    expect(problems(choirFile, { environment: ['OTHER'] })[0]).toContain(
      "components.choir.initParameters.voices[0].initParameters.name: '${env:NAME}' is not allowed",
    )
    const text = choirFile.replace('name: Bo', () => 'name: Bo, note: "$${env:BO}"')
    const file = pipelineFile(load(text), { registry })
    expect(JSON.stringify(file)).toContain('"note":"$${env:BO}"')
    const choir = load(text).get('choir').initParameters as ParametersOf<typeof Choir>
    const inner = (choir.voices?.[1] as Choir | undefined)?.initParameters.byName?.['bo'] as Voice | undefined
    expect(inner?.initParameters.note).toBe('${env:BO}')
  })

  test('counts for maxComponents', () => {
    expect(problems(choirFile, { limits: { maxComponents: 4 } })).toEqual([
      "14 LOAD_LIMIT components.choir.initParameters.voices[1].initParameters.byName.bo: With this one there are 5 components, more than the 4 of 'maxComponents'.",
    ])
    expect(problems(choirFile, { limits: { maxComponents: 5 } })).toEqual([])
  })

  test('can be overridden, and is among what overrides can choose from', () => {
    const names: string[] = []
    const pipeline = load(choirFile, {
      overrides: (components) => {
        names.push(...components.map(({ name, class: { type } }) => `${name}: ${type}`))
        return {
          'choir.lead.name': 'Eve',
          'choir.voices[0].volume': 3,
          'choir.voices[1].byName.bo.name': 'Bob',
          'choir.lead.volume': undefined,
        }
      },
    })
    expect(names).toEqual([
      'choir: Choir',
      'choir.lead: Voice',
      'choir.voices[0]: Voice',
      'choir.voices[1]: Choir',
      'choir.voices[1].byName.bo: Voice',
    ])
    expect(pipelineFile(pipeline).components?.['choir']?.initParameters).toEqual({
      lead: { type: 'Voice', initParameters: { name: 'Eve' } },
      voices: [
        { type: 'Voice', initParameters: { name: '${env:NAME}', volume: 3 } },
        {
          type: 'Choir',
          initParameters: {
            byName: { bo: { type: 'Voice', initParameters: { name: 'Bob' } } },
            inside: { voice: null },
          },
        },
      ],
    })
  })

  test.each([
    [
      { 'choir.voices[0].volume': 0 },
      "components.choir.initParameters.voices[0].initParameters.volume: The override 'choir.voices[0].volume' is refused: must be >= 1, got the number 0.",
    ],
    [
      { 'choir.voices[2].volume': 2 },
      "The override 'choir.voices[2].volume' leads into a value of 'choir' that is not a mapping, or to an item that is not there.",
    ],
  ])('the wrong override %j is reported', (overrides, message) => {
    expect(problems(choirFile, { overrides }).join()).toContain(message)
  })

  test('is known to the JSON Schema, by the types that fit', () => {
    expect(accepts(choirFile)).toBe(true)
    expect(accepts(wrong('lead: { type: Deaf }'))).toBe(false)
    expect(accepts(wrong('lead: { type: Voice }'))).toBe(false)
    expect(accepts(wrong('lead: Voice'))).toBe(false)
    expect(accepts(wrong('voices: [{ type: Choir, initParameters: { leed: 1 } }]'))).toBe(false)
  })
})

describe('the resources of a file', () => {
  test('are shared by the components that name them', async () => {
    const pipeline = load(ledgerFile)
    const result = await pipeline.run({ note: { text: 'a' } })
    expect(result.get('recall.text' as never)).toBe('a')
    await pipeline.close()
    expect(log).toEqual(['warm /l', 'close /l'])
  })

  test('are dumped with the components that name them', () => {
    const pipeline = load(ledgerFile)
    const text = dumpPipeline(pipeline, { registry })
    expect(parse(text)).toEqual(parse(ledgerFile))
    expect(text).toMatch(/^resources:\n {2}book:\n {4}type: Ledger\n/)
  })

  test('made in code get a name of their own in the dump, also those of pipelines inside', () => {
    const one = new Ledger({ path: '/1' })
    const two = new Ledger({ path: '/2' })
    const sub = new Pipeline({ recall: new Recall({ ledger: two }) }).asComponent()
    const pipeline = new Pipeline({ note: new Note({ ledger: one }), sub, other: new Note({ ledger: two }) })
    const file = pipelineFile(pipeline as never, { registry })
    expect(file.resources).toEqual({
      ledger: { type: 'Ledger', initParameters: { path: '/1' } },
      ledger2: { type: 'Ledger', initParameters: { path: '/2' } },
    })
    const again = load(dumpPipeline(pipeline as never, { registry }))
    expect(pipelineFile(again, { registry })).toEqual(file)
  })

  test('of a pipeline around are known inside its definition, but not in another file', async () => {
    const sub = (parameters: string) => `resources:
  book: { type: Ledger, initParameters: { path: /l } }
components:
  note: { type: Note, initParameters: { ledger: book } }
  sub: { type: Pipeline, initParameters: { ${parameters} } }
connections:
  - { sender: note.count, receiver: sub.count }
`
    const inside = 'components: { recall: { type: Recall, initParameters: { ledger: book } } }'
    const pipeline = load(sub(`definition: { ${inside} }`))
    expect((await pipeline.run({ note: { text: 'a' } })).get('sub.text' as never)).toBe('a')
    expect(problems(sub('file: sub.yaml'), { readFile: () => inside })).toContain(
      "1 LOAD_PARAMETERS components.recall.initParameters.ledger: There is no resource 'book'. Resources: none. Declare it under 'resources' of the file.",
    )
    expect(
      problems(
        sub(`definition: { resources: { book: { type: Ledger, initParameters: { path: /m } } }, ${inside} }`),
      ),
    ).toContain(
      "5 LOAD_SHAPE components.sub.initParameters.definition.resources.book: A pipeline around this one has a resource 'book', too. Give it another name.",
    )
  })

  test.each([
    [
      ['type: Ledger', 'type: Leger'],
      "3 LOAD_UNKNOWN_TYPE resources.book.type: No resource type 'Leger' is registered. Registered: 'Ledger' and 'Clock'. Did you mean 'Ledger'?",
    ],
    [
      ['limit: 3', 'limit: 0'],
      '4 LOAD_PARAMETERS resources.book.initParameters.limit: must be >= 1, got the number 0.',
    ],
    [
      ['limit: 3', 'limt: 3'],
      "4 LOAD_PARAMETERS resources.book.initParameters.limt: 'limt' is unknown. Possible: 'path' and 'limit'. Did you mean 'limit'?",
    ],
    [
      ['/l', '/locked'],
      '4 LOAD_COMPONENT resources.book.initParameters: Ledger refused its parameters: locked.',
    ],
    [
      ['book:', 'bo ok:'],
      '2 LOAD_SHAPE resources["bo ok"]: A resource cannot be called \'bo ok\': a name starts with a letter',
    ],
    [
      [
        'recall:\n    type: Recall\n    initParameters: { ledger: book',
        'recall:\n    type: Recall\n    initParameters: { ledger: bok',
      ],
      "11 LOAD_PARAMETERS components.recall.initParameters.ledger: There is no resource 'bok'. Resources: 'book'. Did you mean 'book'?",
    ],
    [
      ['ledger: book }\n  recall', 'ledger: { type: Ledger } }\n  recall'],
      "8 LOAD_PARAMETERS components.note.initParameters.ledger: expected the name of a resource (Ledger), got an object with 'type'. Declare it under 'resources' of the file.",
    ],
    [
      [
        'components:',
        '  time: { type: Clock }\ncomponents:',
        'ledger: book }\n  recall',
        'ledger: time }\n  recall',
      ],
      '9 LOAD_PARAMETERS components.note.initParameters.ledger: expected Ledger, got',
    ],
    [
      ['path: /l', 'path: /l, limit: "${env:LIMIT}"', ', limit: 3', ''],
      `4 LOAD_ENVIRONMENT resources.book.initParameters.limit: '\${env:LIMIT}' would not be replaced here;`,
    ],
  ])('%j is wrong with its place', (changes, expected) => {
    let text = ledgerFile
    for (let index = 0; index < changes.length; index += 2) {
      text = text.replace(changes[index] as string, changes[index + 1] as string)
    }
    const found = problems(text)
    expect(found.some((problem) => problem.startsWith(expected))).toBe(true)
  })

  test('are known to the JSON Schema', () => {
    expect(accepts(ledgerFile)).toBe(true)
    expect(accepts(ledgerFile.replace('type: Ledger', 'type: Leger'))).toBe(false)
    expect(accepts(ledgerFile.replace('limit: 3', 'limit: 0'))).toBe(false)
    expect(accepts(ledgerFile.replaceAll('ledger: book', 'ledger: [book]'))).toBe(false)
  })
})
