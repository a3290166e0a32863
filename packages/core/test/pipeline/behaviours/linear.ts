import { defineComponent } from '../../../src/component/define-component.ts'
import { t } from '../../../src/component/t.ts'
import { Pipeline } from '../../../src/pipeline/pipeline.ts'
import { AddFixedValue, Concatenate, Double, FString, Repeat } from '../../fixtures/index.ts'
import type { Behaviour } from './behaviour.ts'

const WithDefault = defineComponent({
  type: 'WithDefault',
  inputs: { a: t.integer(), b: t.integer({ default: 2 }) },
  outputs: { c: t.integer() },
  run: ({ a, b = 0 }) => ({ c: a + b }),
})

/** Gives back a longer list; the one it got stays as it was. */
const Extend = defineComponent({
  type: 'Extend',
  parameters: t.object({ item: t.string() }),
  inputs: { list: t.array(t.string()) },
  outputs: { list: t.array(t.string()) },
  run: ({ list }, _context, { item }) => ({ list: [...list, item] }),
})

interface Frame {
  readonly rows: readonly number[]
  valueOf(): never
}

/** Like a data frame, whose comparison is no boolean: whoever compares it by value fails. */
const frame: Frame = Object.freeze({
  rows: [1, 2],
  valueOf: () => {
    throw new RangeError('The truth value of a frame is ambiguous.')
  },
})

const isFrame = (value: unknown) => typeof value === 'object' && value !== null && 'rows' in value

const PassFrame = defineComponent({
  type: 'PassFrame',
  inputs: { frame: t.custom<Frame>('Frame', isFrame) },
  outputs: { frame: t.custom<Frame>('Frame', isFrame) },
  run: ({ frame }) => ({ frame }),
})

export const linear: Behaviour[] = [
  {
    name: 'no components',
    pipeline: () => new Pipeline(),
    runs: [{ outputs: {}, visits: {} }],
  },
  {
    name: 'linear',
    pipeline: () =>
      new Pipeline({
        first: new AddFixedValue({ add: 2 }),
        second: new AddFixedValue(),
        double: new Double(),
      })
        .connect('first.result', 'double.value')
        .connect('double.value', 'second.value'),
    runs: [
      {
        inputs: { first: { value: 1 } },
        outputs: { second: { result: 7 } },
        visits: { first: [{ value: 1 }], double: [{ value: 3 }], second: [{ value: 6 }] },
      },
    ],
  },
  {
    name: 'single component with a default input',
    pipeline: () => new Pipeline({ sum: new WithDefault() }),
    runs: [
      {
        inputs: { sum: { a: 40, b: 30 } },
        outputs: { sum: { c: 70 } },
        visits: { sum: [{ a: 40, b: 30 }] },
      },
      { inputs: { sum: { a: 40 } }, outputs: { sum: { c: 42 } }, visits: { sum: [{ a: 40, b: 2 }] } },
    ],
  },
  {
    name: 'a component that makes its inputs from its parameters',
    pipeline: () =>
      new Pipeline({
        builder: new FString({ template: '{greeting}, {name}: {count}' }),
        other: new FString({ template: 'no places' }),
      }),
    runs: [
      {
        inputs: { builder: { greeting: 'Hello', name: 'world', count: 3 } },
        outputs: { builder: { string: 'Hello, world: 3' }, other: { string: 'no places' } },
        visits: { builder: [{ greeting: 'Hello', name: 'world', count: 3 }], other: [{}] },
      },
    ],
  },
  {
    name: 'an input that components change',
    differs:
      'Values are shared, readonly and never copied. A component that wants another value makes one; the bodies of this table get frozen values, so that one which writes to its input fails.',
    pipeline: () => {
      const pipeline = new Pipeline({
        first: new Extend({ item: 'one' }),
        second: new Extend({ item: 'two' }),
        both: new Concatenate(),
        plain: new Concatenate(),
      })
      return pipeline.connect('first.list', 'both.first').connect('second.list', 'both.second')
    },
    runs: [
      {
        inputs: {
          first: { list: ['given'] },
          second: { list: ['given'] },
          plain: { first: ['given'], second: [] },
        },
        outputs: { both: { value: ['given', 'one', 'given', 'two'] }, plain: { value: ['given'] } },
        visits: {
          first: [{ list: ['given'] }],
          second: [{ list: ['given'] }],
          both: [{ first: ['given', 'one'], second: ['given', 'two'] }],
          plain: [{ first: ['given'], second: [] }],
        },
      },
    ],
  },
  {
    name: 'an output that several receivers change',
    differs:
      'Values are shared, readonly and never copied: the receivers see the same list, and none can change it.',
    pipeline: () => {
      const pipeline = new Pipeline({
        source: new Extend({ item: 'source' }),
        left: new Extend({ item: 'left' }),
        right: new Extend({ item: 'right' }),
        both: new Concatenate(),
      })
      return pipeline
        .connect('source.list', 'left.list')
        .connect('source.list', 'right.list')
        .connect('left.list', 'both.first')
        .connect('right.list', 'both.second')
    },
    runs: [
      {
        inputs: { source: { list: [] } },
        outputs: { both: { value: ['source', 'left', 'source', 'right'] } },
        visits: {
          source: [{ list: [] }],
          left: [{ list: ['source'] }],
          right: [{ list: ['source'] }],
          both: [{ first: ['source', 'left'], second: ['source', 'right'] }],
        },
      },
    ],
  },
  {
    name: 'intermediate outputs of a linear pipeline',
    pipeline: () =>
      new Pipeline({
        first: new AddFixedValue({ add: 2 }),
        second: new AddFixedValue(),
        double: new Double(),
      })
        .connect('first.result', 'double.value')
        .connect('double.value', 'second.value'),
    runs: [
      {
        inputs: { first: { value: 1 } },
        includeOutputsFrom: ['first', 'double', 'second'],
        outputs: { first: { result: 3 }, double: { value: 6 }, second: { result: 7 } },
      },
    ],
  },
  {
    name: 'intermediate outputs of a component with several sockets',
    pipeline: () =>
      new Pipeline({
        repeat: new Repeat({ outputs: ['first', 'second', 'third'] }),
        double: new Double(),
      }).connect('repeat.first', 'double.value'),
    runs: [
      {
        inputs: { repeat: { value: 4 } },
        includeOutputsFrom: ['repeat'],
        outputs: { repeat: { first: 4, second: 4, third: 4 }, double: { value: 8 } },
      },
      {
        inputs: { repeat: { value: 4 } },
        outputs: { repeat: { second: 4, third: 4 }, double: { value: 8 } },
      },
    ],
  },
  {
    name: 'values that cannot be compared',
    pipeline: () =>
      new Pipeline({ first: new PassFrame(), second: new PassFrame() }).connect(
        'first.frame',
        'second.frame',
      ),
    runs: [
      {
        inputs: { first: { frame } },
        outputs: { second: { frame } },
        visits: { first: [{ frame }], second: [{ frame }] },
      },
    ],
  },
]
