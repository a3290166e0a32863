import type { Component } from '../../../src/component/component.ts'
import type { Sockets } from '../../../src/component/socket.ts'
import { t } from '../../../src/component/t.ts'
import { Pipeline } from '../../../src/pipeline/pipeline.ts'
import { BranchJoiner, FString } from '../../../src/testing/index.ts'
import type { Behaviour } from './behaviour.ts'
import { Route, Scripted, Search } from './parts.ts'

/** Has the inputs that it is made with, and adds up what they hold. */
class Total implements Component {
  readonly inputs: Sockets
  readonly outputs = { total: t.integer() }

  constructor(inputs: Sockets) {
    this.inputs = inputs
  }

  run(inputs: Readonly<Record<string, number | readonly number[]>>): { readonly total: number } {
    const numbers = Object.values(inputs).flat()
    return { total: numbers.reduce((total, value) => total + value, 0) }
  }
}

export const defaults: Behaviour[] = [
  {
    name: 'a component with only default inputs',
    pipeline: () => {
      const pipeline = new Pipeline({
        greeting: new FString({ template: 'Hello{name}', optional: ['name'] }),
        after: new FString({ template: '{text}!' }),
      })
      return pipeline.connect('greeting.string', 'after.text')
    },
    runs: [
      {
        outputs: { after: { string: 'Hello!' } },
        visits: { greeting: [{}], after: [{ text: 'Hello' }] },
      },
      {
        inputs: { greeting: { name: ' world' } },
        outputs: { after: { string: 'Hello world!' } },
        visits: { greeting: [{ name: ' world' }], after: [{ text: 'Hello world' }] },
      },
    ],
  },
  {
    name: 'a component with only default inputs as the first of a loop',
    pipeline: () =>
      new Pipeline({
        prompt: new FString({
          template: 'never seen',
          optional: ['query', 'feedback'],
        }),
        llm: new Scripted({ replies: ['wrong', 'right'] }),
        check: new Route({ words: { valid: 'right', invalid: '' } }),
      })
        .connect('prompt.string', 'llm.prompt')
        .connect('llm.reply', 'check.text'),
    runs: [],
  },
  {
    name: 'a greedy variadic component after one with default inputs',
    pipeline: () =>
      new Pipeline({
        search: new Search(),
        joiner: new BranchJoiner({ of: 'strings' as never }),
      }),
    runs: [],
  },
]
