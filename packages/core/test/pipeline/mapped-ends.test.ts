import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import { t } from '../../src/component/t.ts'
import type { PipelineComponent, PipelineMapping } from '../../src/pipeline/as-component.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { PipelineOptions } from '../../src/pipeline/pipeline-options.ts'
import type { Sockets } from '../../src/schema/socket.ts'
import { AddFixedValue, Double } from '../fixtures/index.ts'
import { thrownBy } from './thrown.ts'

/** Has these sockets; it is only looked at. */
class Part implements Component {
  static readonly type = 'Part'
  readonly inputs: Sockets
  readonly outputs: Sockets
  constructor(inputs: Sockets, outputs: Sockets = {}) {
    this.inputs = inputs
    this.outputs = outputs
  }
  run() {
    return {}
  }
}

const chain = (options: PipelineOptions = {}): Pipeline =>
  new Pipeline({ add: new AddFixedValue(), double: new Double() }, options).connect(
    'add.result',
    'double.value',
  )

const shown = ({ inputs, outputs }: PipelineComponent) => [Object.keys(inputs), Object.keys(outputs)]

describe('a pipeline as a component shows', () => {
  test('without a mapping all that is open', () => {
    expect(shown(chain().asComponent())).toEqual([['value', 'add'], ['value']])
  })

  test('without a mapping the names that it gives itself', () => {
    const options = { inputs: { number: ['add.value'] }, outputs: { sum: 'add.result', end: 'double.value' } }
    expect(shown(chain(options).asComponent())).toEqual([['number'], ['sum', 'end']])
    expect(shown(chain({ outputs: { sum: 'add.result' } }).asComponent())).toEqual([
      ['value', 'add'],
      ['sum'],
    ])
  })

  test('what a mapping says, also of outputs that a connection consumes', () => {
    const mapping = {
      inputs: { number: ['add.value'] },
      outputs: { 'add.result': 'sum', 'double.value': 'end' },
    }
    expect(shown(chain().asComponent(mapping as PipelineMapping))).toEqual([['number'], ['sum', 'end']])
    expect(shown(chain().asComponent({ inputs: {}, outputs: {} }))).toEqual([[], []])
  })

  test('the sockets that it had when it was made one', () => {
    const pipeline = chain()
    const component = pipeline.asComponent()
    pipeline.add('more', new Double())
    expect(shown(component)).toEqual([['value', 'add'], ['value']])
  })
})

describe('a mapping is refused', () => {
  const refusal = (mapping: unknown, pipeline = chain()) =>
    thrownBy(() => pipeline.asComponent(mapping as PipelineMapping))

  const cases: [what: string, mapping: unknown, message: string][] = [
    [
      'for an unknown component',
      { inputs: { number: ['ad.value'] } },
      "CONNECT_UNKNOWN_COMPONENT: There is no component 'ad'. Components: 'add' and 'double'. Did you mean 'add'?",
    ],
    [
      'for an unknown input',
      { inputs: { number: ['add.valeu'] } },
      "CONNECT_UNKNOWN_SOCKET: 'add' has no 'valeu' among its inputs 'value' and 'add'. Did you mean 'value'?",
    ],
    [
      'for an unknown output',
      { outputs: { 'add.toString': 'sum' } },
      "CONNECT_UNKNOWN_SOCKET: 'add' has no 'toString' among its outputs 'result'.",
    ],
    [
      'for what is no path',
      { inputs: { number: ['add'] } },
      "CONNECT_INVALID_PATH: 'add' is not an end of a connection. Write it as component.socket, for example 'prompt.prompt'.",
    ],
    [
      'for an input that a connection feeds',
      { inputs: { number: ['double.value'] } },
      "CONNECT_OCCUPIED: The input 'number' cannot reach 'double.value': a connection feeds it already.",
    ],
    [
      'for an input that reaches nothing',
      { inputs: { number: [] } },
      "PIPELINE_INVALID_NAME: The input 'number' is mapped to no socket. Name one, or leave it out.",
    ],
    [
      'for no list of sockets',
      { inputs: { number: 'add.value' } },
      "PIPELINE_INVALID_NAME: The input 'number' is mapped to \"add.value\". It takes a list, such as ['prompt.question'].",
    ],
    [
      'for an input that two names reach',
      { inputs: { a: ['add.value'], b: ['add.add', 'add.value'] } },
      "PIPELINE_INVALID_NAME: The inputs 'a' and 'b' are both mapped to 'add.value', which takes one value.",
    ],
    [
      'for an input that one name reaches twice',
      { inputs: { a: ['add.value', 'add.value'] } },
      "PIPELINE_INVALID_NAME: The input 'a' is mapped to 'add.value' twice.",
    ],
    [
      'for two outputs of one name',
      { outputs: { 'add.result': 'end', 'double.value': 'end' } },
      "PIPELINE_INVALID_NAME: 'add.result' and 'double.value' are both mapped to 'end'. Give each its own name.",
    ],
    [
      'for an output without a name',
      { outputs: { 'add.result': 5 } },
      "PIPELINE_INVALID_NAME: The output 'add.result' is mapped to the number 5. It takes the name that it has outside.",
    ],
    [
      'for an input without a name',
      { inputs: { '': ['add.value'] } },
      "PIPELINE_INVALID_NAME: A pipeline cannot call an input or output ''. Choose another name.",
    ],
    [
      'for an output with a name that cannot be',
      { outputs: { 'add.result': '__proto__' } },
      "PIPELINE_INVALID_NAME: A pipeline cannot call an input or output '__proto__'. Choose another name.",
    ],
  ]
  test.each(cases)('%s', async (_, mapping, message) => {
    expect(await refusal(mapping)).toBe(message)
  })

  test('for an input that no one type fits', async () => {
    const pipeline = new Pipeline({
      text: new Part({ value: t.string() }),
      number: new Part({ value: t.integer() }),
    })
    expect(await refusal({ inputs: { value: ['text.value', 'number.value'] } }, pipeline as Pipeline)).toBe(
      "CONNECT_TYPE_MISMATCH: The input 'value' would reach sockets of which no type fits all the others. Give them names of their own with inputs.\n  text.value: string\n  number.value: integer",
    )
    expect(await refusal(undefined, pipeline as Pipeline)).toMatch(
      /^CONNECT_TYPE_MISMATCH: The input 'value'/,
    )
  })

  test('for two open outputs of one name', async () => {
    const pipeline = new Pipeline({ a: new Double(), b: new Double() })
    expect(await refusal(undefined, pipeline as Pipeline)).toBe(
      "PIPELINE_INVALID_NAME: Two open outputs are called 'value': 'a.value' and 'b.value'. Say with outputs which name each has outside.",
    )
  })
})
