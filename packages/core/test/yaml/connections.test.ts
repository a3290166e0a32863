import { describe, expect, test } from '@jest/globals'
import { loadPipeline } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'
import { problemsOf, refusal, wordsOf } from './refusal.ts'

const components = `components:
  echo: { type: Echo }
  second: { type: Echo }
  join: { type: Join }
  add: { type: Add }
`

function connecting(...connections: string[]): string {
  return `${components}connections:\n${connections.map((each) => `  - { ${each} }\n`).join('')}`
}

test.each([
  [
    connecting('sender: ekko.text, receiver: join.texts'),
    "7:15 'ekko.text' names no component of this file. Components: 'echo', 'second', 'join' and 'add'. Did you mean 'echo'?",
  ],
  [
    connecting('sender: echo.text, receiver: join.text'),
    "7:36 'join' (Join) has no input 'text'. Its inputs are 'texts' (string). Did you mean 'texts'?",
  ],
  [
    connecting('sender: add.sum, receiver: echo.text'),
    "7:34 Cannot connect 'add.sum' (integer) to 'echo.text' (string): the types do not fit and do not convert.\nInputs of 'echo':\n  text: string",
  ],
  [
    connecting('sender: echo.text, receiver: second.text', 'sender: join.text, receiver: second.text'),
    "8:36 Cannot connect 'join.text' to 'second.text': 'echo.text' already sends to it, and a string socket takes one value. Arrays and variadic sockets join several.",
  ],
  [
    `${components}inputs: { say: [echo.txt] }`,
    "6:17 'echo' has no 'txt' among its inputs 'text'. Did you mean 'text'?",
  ],
  [
    `${components}outputs: { said: ekko.text }`,
    "6:18 'ekko.text' names no component of this file. Components: 'echo', 'second', 'join' and 'add'. Did you mean 'echo'?",
  ],
  [
    `${connecting('sender: echo.text, receiver: second.text')}inputs: { say: [second.text] }`,
    "8:17 'second.text' gets its value from 'echo.text' and takes one only, so that 'say' could not reach it.",
  ],
])('%j is refused in words', (text, words) => {
  expect(wordsOf(text)).toEqual([words])
})

describe('a connection', () => {
  test.each([
    ['sender: echo, receiver: join.texts', 'connections[0].sender'],
    ['sender: echo.text, receiver: .texts', 'connections[0].receiver'],
    ['sender: echo.text, receiver: echo.text', 'connections[0].receiver'],
    ['sender: echo.words, receiver: join.texts', 'connections[0].sender'],
  ])('{ %s } is refused at %s', (connection, path) => {
    expect(problemsOf(connecting(connection))).toEqual([`LOAD_CONNECTION ${path}`])
  })

  test('is refused at both ends when both are unknown', () => {
    expect(problemsOf(connecting('sender: a.b, receiver: c.d'))).toEqual([
      'LOAD_CONNECTION connections[0].sender',
      'LOAD_CONNECTION connections[0].receiver',
    ])
  })

  test('keeps the error of the pipeline as its cause', () => {
    const { problems } = refusal(connecting('sender: add.sum, receiver: echo.text'))
    expect(problems[0]?.cause).toMatchObject({ code: 'CONNECT_TYPE_MISMATCH' })
  })

  test('is not judged at the end whose component could not be made', () => {
    const text = `components:
  echo: { type: Echo }
  model: { type: Model }
connections:
  - { sender: model.nothing, receiver: echo.nothing }
  - { sender: echo.text, receiver: model.prompt }
inputs: { a: [model.nothing] }
outputs: { a: model.nothing }
`
    expect(problemsOf(text)).toEqual([
      'LOAD_PARAMETERS components.model.initParameters',
      'LOAD_CONNECTION connections[0].receiver',
    ])
  })

  test('and names of inputs and outputs are checked beside mistakes in components, of inner pipelines, too', () => {
    const text = `components:
  echo: { type: Echo }
  model: { type: Model }
  sub:
    type: Pipeline
    initParameters:
      definition:
        components:
          echo: { type: Echo }
          model: { type: Model }
      inputs: { toString: [echo.text], none: [], both: [echo.text, echo.text, model.any], wrong: [echo.txt, ecko.text] }
      outputs: { echo.text: constructor, echo.txt: a, model.any: a, ecko.text: b }
inputs: { model: [echo.text], sub: [echo.text], constructor: [model.any], wrong: [echo.txt, model.any] }
outputs: { constructor: model.any, valueOf: echo.txt }
`
    const inner = 'components.sub.initParameters'
    expect(problemsOf(text).map((problem) => problem.replace('LOAD_CONNECTION ', ''))).toEqual([
      'LOAD_PARAMETERS components.model.initParameters',
      `LOAD_PARAMETERS ${inner}.definition.components.model.initParameters`,
      `${inner}.inputs.toString`,
      `${inner}.inputs.none`,
      `${inner}.inputs.both[1]`,
      `${inner}.inputs.wrong[0]`,
      `${inner}.inputs.wrong[1]`,
      `${inner}.outputs["echo.text"]`,
      `${inner}.outputs["echo.txt"]`,
      `${inner}.outputs["model.any"]`,
      `${inner}.outputs["ecko.text"]`,
      'inputs.model',
      'inputs.sub',
      'inputs.constructor',
      'inputs.wrong[0]',
      'outputs.constructor',
      'outputs.valueOf',
      'outputs.valueOf',
    ])
  })

  test('may be there twice', () => {
    const twice = connecting(
      'sender: echo.text, receiver: join.texts',
      'sender: echo.text, receiver: join.texts',
    )
    expect(loadPipeline(twice, { registry }).connections()).toHaveLength(1)
  })
})

describe('the names of inputs and outputs', () => {
  test('lead to sockets', () => {
    const text = `${components}inputs: { say: [echo.text, join.texts] }\noutputs: { said: echo.text }`
    expect(loadPipeline(text, { registry }).options).toEqual({
      inputs: { say: ['echo.text', 'join.texts'] },
      outputs: { said: 'echo.text' },
    })
  })

  test.each([
    ['inputs: { say: [ekko.text] }', 'inputs.say[0]'],
    ['inputs: { say: [echo.text, echo.words] }', 'inputs.say[1]'],
    ['inputs: { say: [text] }', 'inputs.say[0]'],
    ['inputs: { add: [] }', 'inputs.add'],
    ['outputs: { said: echo.words }', 'outputs.said'],
    ['outputs: { said: ekko.text }', 'outputs.said'],
  ])('%s is refused at %s', (names, path) => {
    expect(problemsOf(`${components}${names}`)).toEqual([`LOAD_CONNECTION ${path}`])
  })

  test('may lead to an input that joins what it gets', () => {
    const text = `${connecting('sender: echo.text, receiver: join.texts')}inputs: { say: [join.texts] }`
    expect(() => loadPipeline(text, { registry })).not.toThrow()
  })
})

/** `a` feeds `b`; `c` joins what it gets; `d` stands alone. */
function mapped(mapping: string): string {
  return `components:
  sub:
    type: Pipeline
    initParameters:
      definition:
        components: { a: { type: Echo }, b: { type: Echo }, c: { type: Join }, d: { type: Add } }
        connections: [{ sender: a.text, receiver: b.text }, { sender: b.text, receiver: c.texts }]
      inputs: { say: [a.text], number: [d.value] }
      outputs: { c.text: said }
`.replace(new RegExp(`^ {6}${mapping.split(':', 1)[0]}: .*$`, 'm'), `      ${mapping}`)
}

describe('the inputs of a mapping', () => {
  test.each([
    'inputs: { say: [a.text, c.texts], number: [d.value] }',
    'inputs: { a: [a.text], d: [d.value] }',
    'inputs: { "x.y z": [a.text], n: [d.value] }',
    'inputs: {}',
  ])('may be %s', (mapping) => {
    const around = 'connections: []\nmaxRunsPerComponent: 0'
    expect(problemsOf(`${mapped(mapping)}${around}`)).toEqual(['LOAD_SHAPE maxRunsPerComponent'])
  })

  test.each([
    ['inputs: { say: [e.text] }', 'inputs.say[0]'],
    ['inputs: { say: [a.text, a.words] }', 'inputs.say[1]'],
    ['inputs: { say: [text] }', 'inputs.say[0]'],
    ['inputs: { say: [b.text] }', 'inputs.say[0]'],
    ['inputs: { say: [] }', 'inputs.say'],
    ['inputs: { "": [a.text] }', 'inputs[""]'],
  ])('%s is refused at %s', (mapping, path) => {
    expect(problemsOf(mapped(mapping))[0]).toBe(`LOAD_CONNECTION components.sub.initParameters.${path}`)
  })
})

describe('the outputs of a mapping', () => {
  test.each([
    ['outputs: { e.text: said }', 'outputs["e.text"]'],
    ['outputs: { c.words: said }', 'outputs["c.words"]'],
    ['outputs: { text: said }', 'outputs.text'],
    ['outputs: { c.text: "" }', 'outputs["c.text"]'],
    ['outputs: { c.text: __proto__ }', 'outputs["c.text"]'],
    ['outputs: { c.text: said, d.sum: said }', 'outputs["d.sum"]'],
    ['outputs: { said: c.text }', 'outputs.said'],
  ])('%s is refused at %s', (mapping, path) => {
    expect(problemsOf(mapped(mapping))).toEqual([`LOAD_CONNECTION components.sub.initParameters.${path}`])
  })
})

test('everything that is wrong with a mapping is reported at once', () => {
  const text = mapped('inputs: { say: [b.text, e.text], none: [] }').replace(
    '{ c.text: said }',
    '{ said: c.text, d.sum: x, c.text: x, a.text: "" }',
  )
  expect(wordsOf(text)).toEqual([
    "8:23 'b.text' gets its value from 'a.text' and takes one only, so that 'say' could not reach it.",
    "8:31 'e.text' names no component. Components: 'a', 'b', 'c' and 'd'.",
    "8:46 'none' reaches no input inside. Name one, or remove 'none'.",
    "9:18 Here the output inside comes first, then its name outside: write 'c.text: said'.",
    "9:50 'd.sum' has the name 'x' already. Give each output its own.",
    "9:61 An input or output cannot be called ''. Choose another name.",
  ])
})
