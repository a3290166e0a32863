import type { Component } from '../../../src/component/component.ts'
import { defineComponent } from '../../../src/component/define-component.ts'
import { t } from '../../../src/component/t.ts'
import { ChatMessage } from '../../../src/data/chat-message.ts'
import { Pipeline } from '../../../src/pipeline/pipeline.ts'
import { AddFixedValue, BranchJoiner, Double, Hello, Parity, Subtract } from '../../fixtures/index.ts'
import type { Behaviour } from './behaviour.ts'

/** Returns a number where it must return an object. */
class Wrong implements Component {
  readonly inputs = { value: t.integer() }
  readonly outputs = { value: t.integer() }
  run(): object {
    return 1 as unknown as object
  }
}

const Silent = defineComponent({
  type: 'Silent',
  inputs: { value: t.integer() },
  outputs: { message: t.message() },
  run: () => ({ message: ChatMessage.assistant({ text: undefined }) }),
})

export const failing: Behaviour[] = [
  {
    name: 'blocked for lack of inputs',
    differs:
      'Haystack gives an empty result and a warning. An empty result because components waited in vain is an error here that names the socket and the sender.',
    pipeline: () =>
      new Pipeline({ parity: new Parity(), difference: new Subtract() })
        .connect('parity.even', 'difference.firstValue')
        .connect('parity.odd', 'difference.secondValue'),
    runs: [
      {
        inputs: { parity: { value: 2 } },
        failsWith: 'RUN_BLOCKED',
        visits: { parity: [{ value: 2 }] },
      },
    ],
  },
  {
    name: 'an infinite loop',
    pipeline: () =>
      new Pipeline({ joiner: new BranchJoiner(), add: new AddFixedValue() }, { maxRunsPerComponent: 3 })
        .connect('joiner.value', 'add.value')
        .connect('add.result', 'joiner.value'),
    runs: [
      {
        inputs: { joiner: { value: 1 } },
        failsWith: 'RUN_MAX_VISITS',
        visits: {
          joiner: [{ value: [1] }, { value: [2] }, { value: [3] }],
          add: [{ value: 1 }, { value: 2 }, { value: 3 }],
        },
      },
    ],
  },
  {
    name: 'a component that returns no object',
    pipeline: () =>
      new Pipeline({ wrong: new Wrong(), after: new Double() }).connect('wrong.value', 'after.value'),
    runs: [
      { inputs: { wrong: { value: 1 } }, failsWith: 'RUN_INVALID_OUTPUT', visits: { wrong: [{ value: 1 }] } },
    ],
  },
  {
    name: 'a cycle that nothing can start',
    pipeline: () =>
      new Pipeline({ first: new Double(), second: new Double() })
        .connect('first.value', 'second.value')
        .connect('second.value', 'first.value'),
    runs: [{ failsWith: 'RUN_BLOCKED', visits: {} }],
  },
  {
    name: 'a conversion that fails',
    pipeline: () =>
      new Pipeline({ silent: new Silent(), hello: new Hello() }).connect('silent.message', 'hello.word'),
    runs: [
      {
        inputs: { silent: { value: 1 } },
        failsWith: 'RUN_CONVERSION_FAILED',
        visits: { silent: [{ value: 1 }] },
      },
    ],
  },
]
