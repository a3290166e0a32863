import { describe, expect, test } from '@jest/globals'
import { problemsOf, refusal } from './refusal.ts'

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

test('everything is told at once', () => {
  const text = mapped('inputs: { say: [b.text, e.text], none: [] }').replace(
    '{ c.text: said }',
    '{ said: c.text, d.sum: x, c.text: x, a.text: "" }',
  )
  expect(refusal(text).message).toMatchInlineSnapshot(`
"p.yaml:8:23: components.sub.initParameters.inputs.say[0]: 'b.text' gets its value from 'a.text' and takes one only, so that 'say' could not reach it.
  8 |       inputs: { say: [b.text, e.text], none: [] }
    |                       ^

p.yaml:8:31: components.sub.initParameters.inputs.say[1]: 'e.text' names no component. Components: 'a', 'b', 'c' and 'd'.
  8 |       inputs: { say: [b.text, e.text], none: [] }
    |                               ^

p.yaml:8:46: components.sub.initParameters.inputs.none: 'none' reaches no input inside. Name one, or remove 'none'.
  8 |       inputs: { say: [b.text, e.text], none: [] }
    |                                              ^

p.yaml:9:18: components.sub.initParameters.outputs.said: Here the output inside comes first, then its name outside: write 'c.text: said'.
  9 |       outputs: { said: c.text, d.sum: x, c.text: x, a.text: "" }
    |                  ^

p.yaml:9:50: components.sub.initParameters.outputs["c.text"]: 'd.sum' has the name 'x' already. Give each output its own.
  9 |       outputs: { said: c.text, d.sum: x, c.text: x, a.text: "" }
    |                                                  ^

p.yaml:9:61: components.sub.initParameters.outputs["a.text"]: An input or output cannot be called ''. Choose another name.
  9 |       outputs: { said: c.text, d.sum: x, c.text: x, a.text: "" }
    |                                                             ^

6 problems"
`)
})
