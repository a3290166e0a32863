import { Pipeline } from '../../../src/pipeline/pipeline.ts'
import {
  Accumulate,
  AddFixedValue,
  BranchJoiner,
  Double,
  Greet,
  Parity,
  Repeat,
  Subtract,
  Sum,
  Threshold,
} from '../../fixtures/index.ts'
import type { Behaviour } from './behaviour.ts'

export const branches: Behaviour[] = [
  {
    name: 'very complex, with forks and loops',
    pipeline: () =>
      new Pipeline({
        greet: new Greet(),
        addOne: new AddFixedValue(),
        parity: new Parity(),
        addTwo: new AddFixedValue({ add: 2 }),
        joiner: new BranchJoiner(),
        below10: new Threshold(),
        double: new Double(),
        greetAgain: new Greet({ message: 'Now it is {value}.' }),
        addFour: new AddFixedValue({ add: 4 }),
        sum: new Sum(),
        difference: new Subtract(),
      })
        .connect('greet.value', 'addOne.value')
        .connect('addOne.result', 'parity.value')
        .connect('parity.even', 'addTwo.value')
        .connect('addTwo.result', 'joiner.value')
        .connect('joiner.value', 'below10.value')
        .connect('below10.below', 'double.value')
        .connect('double.value', 'joiner.value')
        .connect('below10.above', 'greetAgain.value')
        .connect('parity.odd', 'addFour.value')
        .connect('greetAgain.value', 'sum.values')
        .connect('addFour.result', 'sum.values')
        .connect('sum.total', 'difference.firstValue')
        .connect('greet.value', 'difference.secondValue'),
    runs: [
      {
        inputs: { greet: { value: 1 } },
        outputs: { difference: { difference: 15 } },
        visits: {
          greet: [{ value: 1 }],
          addOne: [{ value: 1 }],
          parity: [{ value: 2 }],
          addTwo: [{ value: 2 }],
          joiner: [{ value: [4] }, { value: [8] }, { value: [16] }],
          below10: [{ value: 4 }, { value: 8 }, { value: 16 }],
          double: [{ value: 4 }, { value: 8 }],
          greetAgain: [{ value: 16 }],
          sum: [{ values: [16] }],
          difference: [{ firstValue: 16, secondValue: 1 }],
        },
      },
      {
        inputs: { greet: { value: 2 } },
        outputs: { difference: { difference: 5 } },
        visits: {
          greet: [{ value: 2 }],
          addOne: [{ value: 2 }],
          parity: [{ value: 3 }],
          addFour: [{ value: 3 }],
          sum: [{ values: [7] }],
          difference: [{ firstValue: 7, secondValue: 2 }],
        },
      },
    ],
  },
  {
    name: 'two branches that do not merge',
    pipeline: () =>
      new Pipeline({
        addOne: new AddFixedValue(),
        parity: new Parity(),
        addTen: new AddFixedValue({ add: 10 }),
        double: new Double(),
        addThree: new AddFixedValue({ add: 3 }),
      })
        .connect('addOne.result', 'parity.value')
        .connect('parity.even', 'addTen.value')
        .connect('parity.odd', 'double.value')
        .connect('addTen.result', 'addThree.value'),
    runs: [
      {
        inputs: { addOne: { value: 1 } },
        outputs: { addThree: { result: 15 } },
        visits: {
          addOne: [{ value: 1 }],
          parity: [{ value: 2 }],
          addTen: [{ value: 2 }],
          addThree: [{ value: 12 }],
        },
      },
      {
        inputs: { addOne: { value: 2 } },
        outputs: { double: { value: 6 } },
        visits: { addOne: [{ value: 2 }], parity: [{ value: 3 }], double: [{ value: 3 }] },
      },
    ],
  },
  {
    name: 'three branches that do not merge',
    pipeline: () =>
      new Pipeline({
        addOne: new AddFixedValue(),
        repeat: new Repeat({ outputs: ['first', 'second'] }),
        addTen: new AddFixedValue({ add: 10 }),
        double: new Double(),
        addThree: new AddFixedValue({ add: 3 }),
        addOneAgain: new AddFixedValue(),
      })
        .connect('addOne.result', 'repeat.value')
        .connect('repeat.first', 'addTen.value')
        .connect('repeat.second', 'double.value')
        .connect('repeat.first', 'addThree.value')
        .connect('addThree.result', 'addOneAgain.value'),
    runs: [
      {
        inputs: { addOne: { value: 1 } },
        outputs: { addTen: { result: 12 }, double: { value: 4 }, addOneAgain: { result: 6 } },
        visits: {
          addOne: [{ value: 1 }],
          repeat: [{ value: 2 }],
          addTen: [{ value: 2 }],
          double: [{ value: 2 }],
          addThree: [{ value: 2 }],
          addOneAgain: [{ value: 5 }],
        },
      },
    ],
  },
  {
    name: 'two branches that merge',
    pipeline: () =>
      new Pipeline({
        first: new AddFixedValue({ add: 2 }),
        second: new AddFixedValue({ add: 2 }),
        third: new AddFixedValue({ add: 2 }),
        difference: new Subtract(),
        fourth: new AddFixedValue(),
      })
        .connect('first.result', 'second.value')
        .connect('second.result', 'difference.firstValue')
        .connect('third.result', 'difference.secondValue')
        .connect('difference.difference', 'fourth.value'),
    runs: [
      {
        inputs: { first: { value: 1 }, third: { value: 2 } },
        outputs: { fourth: { result: 2 } },
        visits: {
          first: [{ value: 1 }],
          second: [{ value: 3 }],
          third: [{ value: 2 }],
          difference: [{ firstValue: 5, secondValue: 4 }],
          fourth: [{ value: 1 }],
        },
      },
    ],
  },
  {
    name: 'branches that merge and branches that do not',
    pipeline: () =>
      new Pipeline({
        addOne: new AddFixedValue(),
        parity: new Parity(),
        addTen: new AddFixedValue({ add: 10 }),
        double: new Double(),
        addFour: new AddFixedValue({ add: 4 }),
        addTwo: new AddFixedValue({ add: 2 }),
        addTwoToo: new AddFixedValue({ add: 2 }),
        difference: new Subtract(),
      })
        .connect('addOne.result', 'parity.value')
        .connect('parity.even', 'addFour.value')
        .connect('parity.odd', 'double.value')
        .connect('parity.odd', 'addTen.value')
        .connect('addTen.result', 'difference.firstValue')
        .connect('double.value', 'difference.secondValue')
        .connect('addFour.result', 'addTwo.value')
        .connect('addFour.result', 'addTwoToo.value'),
    runs: [
      {
        inputs: { addOne: { value: 1 } },
        outputs: { addTwo: { result: 8 }, addTwoToo: { result: 8 } },
        visits: {
          addOne: [{ value: 1 }],
          parity: [{ value: 2 }],
          addFour: [{ value: 2 }],
          addTwo: [{ value: 6 }],
          addTwoToo: [{ value: 6 }],
        },
      },
      {
        inputs: { addOne: { value: 2 } },
        outputs: { difference: { difference: 7 } },
        visits: {
          addOne: [{ value: 2 }],
          parity: [{ value: 3 }],
          double: [{ value: 3 }],
          addTen: [{ value: 3 }],
          difference: [{ firstValue: 13, secondValue: 6 }],
        },
      },
    ],
  },
  {
    name: 'two branches of which one loops back',
    pipeline: () =>
      new Pipeline({
        addZero: new AddFixedValue({ add: 0 }),
        joiner: new BranchJoiner(),
        below10: new Threshold(),
        addOne: new AddFixedValue(),
        counter: new Accumulate(),
        addTwo: new AddFixedValue({ add: 2 }),
        sum: new Sum(),
      })
        .connect('addZero.result', 'joiner.value')
        .connect('joiner.value', 'below10.value')
        .connect('below10.below', 'addOne.value')
        .connect('addOne.result', 'counter.value')
        .connect('counter.value', 'joiner.value')
        .connect('below10.above', 'addTwo.value')
        .connect('addTwo.result', 'sum.values'),
    runs: [
      {
        inputs: { addZero: { value: 8 }, sum: { values: 2 } },
        outputs: { sum: { total: 23 } },
        visits: {
          addZero: [{ value: 8 }],
          joiner: [{ value: [8] }, { value: [9] }, { value: [19] }],
          below10: [{ value: 8 }, { value: 9 }, { value: 19 }],
          addOne: [{ value: 8 }, { value: 9 }],
          counter: [{ value: 9 }, { value: 10 }],
          addTwo: [{ value: 19 }],
          sum: [{ values: [2, 21] }],
        },
      },
    ],
  },
]
