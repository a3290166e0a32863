import { describe, expect, test } from '@jest/globals'
import { loadPipeline } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'
import { problemsOf, refusal } from './refusal.ts'

const components = `components:
  echo: { type: Echo }
  second: { type: Echo }
  join: { type: Join }
  add: { type: Add }
`

function connecting(...connections: string[]): string {
  return `${components}connections:\n${connections.map((each) => `  - { ${each} }\n`).join('')}`
}

describe('a connection', () => {
  test('with an unknown component is refused at that end', () => {
    expect(refusal(connecting('sender: ekko.text, receiver: join.texts')).message).toMatchInlineSnapshot(`
"p.yaml:7:15: connections[0].sender: 'ekko.text' names no component of this file. Components: 'echo', 'second', 'join' and 'add'. Did you mean 'echo'?
  7 |   - { sender: ekko.text, receiver: join.texts }
    |               ^"
`)
  })

  test('with an unknown socket is refused at that end', () => {
    expect(refusal(connecting('sender: echo.text, receiver: join.text')).message).toMatchInlineSnapshot(`
"p.yaml:7:36: connections[0].receiver: 'join' (Join) has no input 'text'. Its inputs are 'texts' (string). Did you mean 'texts'?
  7 |   - { sender: echo.text, receiver: join.text }
    |                                    ^"
`)
  })

  test('between types that do not fit is refused at the receiver', () => {
    expect(refusal(connecting('sender: add.sum, receiver: echo.text')).message).toMatchInlineSnapshot(`
"p.yaml:7:34: connections[0].receiver: Cannot connect 'add.sum' (integer) to 'echo.text' (string): the types do not fit and do not convert.
  Inputs of 'echo':
    text: string
  7 |   - { sender: add.sum, receiver: echo.text }
    |                                  ^"
`)
  })

  test('into a socket that has its sender is refused at the receiver', () => {
    const text = connecting(
      'sender: echo.text, receiver: second.text',
      'sender: join.text, receiver: second.text',
    )
    const { problems } = refusal(text)
    expect(problems).toMatchObject([{ line: 8, column: 36, path: 'connections[1].receiver' }])
    // What follows is the pipeline's own text, which its tests pin.
    expect(problems[0]?.message).toMatch(
      /^Cannot connect 'join\.text' to 'second\.text': 'echo\.text' already sends to it/,
    )
  })

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

  test('is not judged when it touches a component that could not be made', () => {
    const text = `components:
  echo: { type: Echo }
  model: { type: Model }
connections:
  - { sender: model.nothing, receiver: echo.nothing }
  - { sender: echo.text, receiver: model.prompt }
inputs: { a: [model.nothing] }
outputs: { a: model.nothing }
`
    expect(problemsOf(text)).toEqual(['LOAD_PARAMETERS components.model.initParameters'])
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

  test('suggest the socket that was meant', () => {
    expect(refusal(`${components}inputs: { say: [echo.txt] }`).message).toMatchInlineSnapshot(`
"p.yaml:6:17: inputs.say[0]: 'echo' has no 'txt' among its inputs 'text'. Did you mean 'text'?
  6 | inputs: { say: [echo.txt] }
    |                 ^"
`)
    expect(refusal(`${components}outputs: { said: ekko.text }`).message).toMatchInlineSnapshot(`
"p.yaml:6:18: outputs.said: 'ekko.text' names no component of this file. Components: 'echo', 'second', 'join' and 'add'. Did you mean 'echo'?
  6 | outputs: { said: ekko.text }
    |                  ^"
`)
  })

  test('must not lead to an input that has its sender and takes one value', () => {
    const text = `${connecting('sender: echo.text, receiver: second.text')}inputs: { say: [second.text] }`
    expect(refusal(text).message).toMatchInlineSnapshot(`
"p.yaml:8:17: inputs.say[0]: 'second.text' gets its value from 'echo.text' and takes one only, so that 'say' could not reach it.
  8 | inputs: { say: [second.text] }
    |                 ^"
`)
  })

  test('may lead to an input that joins what it gets', () => {
    const text = `${connecting('sender: echo.text, receiver: join.texts')}inputs: { say: [join.texts] }`
    expect(() => loadPipeline(text, { registry })).not.toThrow()
  })
})
