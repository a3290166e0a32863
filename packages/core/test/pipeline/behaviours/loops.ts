import { defineComponent } from '../../../src/component/define-component.ts'
import { t } from '../../../src/component/t.ts'
import { Pipeline } from '../../../src/pipeline/pipeline.ts'
import {
  Accumulate,
  AddFixedValue,
  BranchJoiner,
  Double,
  FString,
  Remainder,
  Threshold,
} from '../../fixtures/index.ts'
import type { Behaviour } from './behaviour.ts'
import { Route, Scripted } from './parts.ts'

/** Sends the number outside on its first visit alone, and round the loop until it is large. */
const OnceOutside = defineComponent({
  type: 'OnceOutside',
  inputs: { value: t.integer() },
  outputs: {
    outside: t.optional(t.integer()),
    again: t.optional(t.integer()),
    done: t.optional(t.integer()),
  },
  run: ({ value }, { visit }) => ({
    ...(visit === 1 ? { outside: value } : {}),
    ...(value < 3 ? { again: value } : { done: value }),
  }),
})

export const loops: Behaviour[] = [
  {
    name: 'two loops of the same length',
    pipeline: () =>
      new Pipeline({
        joiner: new BranchJoiner(),
        remainder: new Remainder({ divisor: 3 }),
        addOne: new AddFixedValue(),
        addTwo: new AddFixedValue({ add: 2 }),
      })
        .connect('joiner.value', 'remainder.value')
        .connect('remainder.remainderIs1', 'addTwo.value')
        .connect('remainder.remainderIs2', 'addOne.value')
        .connect('addTwo.result', 'joiner.value')
        .connect('addOne.result', 'joiner.value'),
    runs: [
      {
        inputs: { joiner: { value: 3 } },
        outputs: { remainder: { remainderIs0: 3 } },
        visits: { joiner: [{ value: [3] }], remainder: [{ value: 3 }] },
      },
      {
        inputs: { joiner: { value: 4 } },
        outputs: { remainder: { remainderIs0: 6 } },
        visits: {
          joiner: [{ value: [4] }, { value: [6] }],
          remainder: [{ value: 4 }, { value: 6 }],
          addTwo: [{ value: 4 }],
        },
      },
      {
        inputs: { joiner: { value: 5 } },
        outputs: { remainder: { remainderIs0: 6 } },
        visits: {
          joiner: [{ value: [5] }, { value: [6] }],
          remainder: [{ value: 5 }, { value: 6 }],
          addOne: [{ value: 5 }],
        },
      },
    ],
  },
  {
    name: 'two loops of different lengths',
    pipeline: () =>
      new Pipeline({
        joiner: new BranchJoiner(),
        remainder: new Remainder({ divisor: 3 }),
        addOne: new AddFixedValue(),
        addOneMore: new AddFixedValue(),
        addOneAtLast: new AddFixedValue(),
      })
        .connect('joiner.value', 'remainder.value')
        .connect('remainder.remainderIs1', 'addOne.value')
        .connect('addOne.result', 'addOneMore.value')
        .connect('addOneMore.result', 'joiner.value')
        .connect('remainder.remainderIs2', 'addOneAtLast.value')
        .connect('addOneAtLast.result', 'joiner.value'),
    runs: [
      {
        inputs: { joiner: { value: 4 } },
        outputs: { remainder: { remainderIs0: 6 } },
        visits: {
          joiner: [{ value: [4] }, { value: [6] }],
          remainder: [{ value: 4 }, { value: 6 }],
          addOne: [{ value: 4 }],
          addOneMore: [{ value: 5 }],
        },
      },
      {
        inputs: { joiner: { value: 5 } },
        outputs: { remainder: { remainderIs0: 6 } },
        visits: {
          joiner: [{ value: [5] }, { value: [6] }],
          remainder: [{ value: 5 }, { value: 6 }],
          addOneAtLast: [{ value: 5 }],
        },
      },
    ],
  },
  {
    name: 'one loop with two conditional branches',
    pipeline: () =>
      new Pipeline({
        addOne: new AddFixedValue(),
        joiner: new BranchJoiner(),
        below10: new Threshold(),
        accumulate: new Accumulate(),
        below5: new Threshold({ threshold: 5 }),
        addThree: new AddFixedValue({ add: 3 }),
        addTwo: new AddFixedValue({ add: 2 }),
      })
        .connect('addOne.result', 'joiner.value')
        .connect('joiner.value', 'below10.value')
        .connect('below10.below', 'accumulate.value')
        .connect('accumulate.value', 'below5.value')
        .connect('below5.above', 'addThree.value')
        .connect('below5.below', 'joiner.value')
        .connect('addThree.result', 'joiner.value')
        .connect('below10.above', 'addTwo.value'),
    runs: [
      {
        inputs: { addOne: { value: 3 } },
        outputs: { addTwo: { result: 13 } },
        visits: {
          addOne: [{ value: 3 }],
          joiner: [{ value: [4] }, { value: [4] }, { value: [11] }],
          below10: [{ value: 4 }, { value: 4 }, { value: 11 }],
          accumulate: [{ value: 4 }, { value: 4 }],
          below5: [{ value: 4 }, { value: 8 }],
          addThree: [{ value: 8 }],
          addTwo: [{ value: 11 }],
        },
      },
    ],
  },
  {
    name: 'intermediate outputs of a loop',
    pipeline: () =>
      new Pipeline({
        joiner: new BranchJoiner(),
        below10: new Threshold(),
        double: new Double(),
        end: new AddFixedValue(),
      })
        .connect('joiner.value', 'below10.value')
        .connect('below10.below', 'double.value')
        .connect('double.value', 'joiner.value')
        .connect('below10.above', 'end.value'),
    runs: [
      {
        inputs: { joiner: { value: 4 } },
        includeOutputsFrom: ['joiner', 'below10', 'double'],
        // The last outputs of each.
        outputs: {
          joiner: { value: 16 },
          below10: { above: 16 },
          double: { value: 16 },
          end: { result: 17 },
        },
      },
    ],
  },
  {
    name: 'a loop in the middle',
    pipeline: () =>
      new Pipeline({
        before: new FString({ template: 'Write about {topic}.' }),
        joiner: new BranchJoiner({ of: 'string' }),
        llm: new Scripted({ replies: ['a draft', 'a final text'] }),
        judge: new Route({ words: { invalid: 'draft', valid: '' } }),
        improve: new FString({ template: 'Improve {text}.' }),
        after: new FString({ template: '<{text}>' }),
      })
        .connect('before.string', 'joiner.value')
        .connect('joiner.value', 'llm.prompt')
        .connect('llm.reply', 'judge.text')
        .connect('judge.invalid', 'improve.text')
        .connect('improve.string', 'joiner.value')
        .connect('judge.valid', 'after.text'),
    runs: [
      {
        inputs: { before: { topic: 'mills' } },
        outputs: { after: { string: '<a final text>' } },
        visits: {
          before: [{ topic: 'mills' }],
          joiner: [{ value: ['Write about mills.'] }, { value: ['Improve a draft.'] }],
          llm: [{ prompt: 'Write about mills.' }, { prompt: 'Improve a draft.' }],
          judge: [{ text: 'a draft' }, { text: 'a final text' }],
          improve: [{ text: 'a draft' }],
          after: [{ text: 'a final text' }],
        },
      },
    ],
  },
  {
    name: 'a feedback loop',
    pipeline: () =>
      new Pipeline({
        prompt: new FString({ template: '{task}{feedback}', optional: ['feedback'] }),
        llm: new Scripted({ replies: ['x = 1 +', 'x = 1 + 1'] }),
        check: new Route({ words: { fine: '1 + 1', wrong: '' } }),
        feedback: new FString({ template: ' Complete: {code}' }),
        answer: new FString({ template: 'Done: {code}' }),
      })
        .connect('prompt.string', 'llm.prompt')
        .connect('llm.reply', 'check.text')
        .connect('check.wrong', 'feedback.code')
        .connect('feedback.string', 'prompt.feedback')
        .connect('check.fine', 'answer.code'),
    runs: [
      {
        inputs: { prompt: { task: 'Add.' } },
        outputs: { answer: { string: 'Done: x = 1 + 1' } },
        visits: {
          prompt: [{ task: 'Add.' }, { task: 'Add.', feedback: ' Complete: x = 1 +' }],
          llm: [{ prompt: 'Add.' }, { prompt: 'Add. Complete: x = 1 +' }],
          check: [{ text: 'x = 1 +' }, { text: 'x = 1 + 1' }],
          feedback: [{ code: 'x = 1 +' }],
          answer: [{ code: 'x = 1 + 1' }],
        },
      },
    ],
  },
  {
    name: 'a loop whose components are declared out of order',
    pipeline: () =>
      new Pipeline({
        answer: new FString({ template: 'Done: {code}' }),
        check: new Route({ words: { fine: 'good', wrong: '' } }),
        feedback: new FString({ template: ' Not: {code}' }),
        llm: new Scripted({ replies: ['bad', 'worse', 'good'] }),
        prompt: new FString({ template: '{task}{feedback}', optional: ['feedback'] }),
      })
        .connect('check.wrong', 'feedback.code')
        .connect('feedback.string', 'prompt.feedback')
        .connect('check.fine', 'answer.code')
        .connect('llm.reply', 'check.text')
        .connect('prompt.string', 'llm.prompt'),
    runs: [
      {
        inputs: { prompt: { task: 'Go.' } },
        outputs: { answer: { string: 'Done: good' } },
        visits: {
          prompt: [
            { task: 'Go.' },
            { task: 'Go.', feedback: ' Not: bad' },
            { task: 'Go.', feedback: ' Not: worse' },
          ],
          llm: [{ prompt: 'Go.' }, { prompt: 'Go. Not: bad' }, { prompt: 'Go. Not: worse' }],
          check: [{ text: 'bad' }, { text: 'worse' }, { text: 'good' }],
          feedback: [{ code: 'bad' }, { code: 'worse' }],
          answer: [{ code: 'good' }],
        },
      },
    ],
  },
  {
    name: 'outputs consumed in a cycle that also go outside',
    pipeline: () =>
      new Pipeline({
        prompt: new FString({ template: '{task}{feedback}', optional: ['feedback'] }),
        llm: new Scripted({ replies: ['bad', 'good'] }),
        check: new Route({ words: { fine: 'good', wrong: '' } }),
        log: new FString({ template: '{prompt}: {answer}' }),
      })
        .connect('prompt.string', 'llm.prompt')
        .connect('llm.reply', 'check.text')
        .connect('check.wrong', 'prompt.feedback')
        .connect('prompt.string', 'log.prompt')
        .connect('check.fine', 'log.answer'),
    runs: [
      {
        inputs: { prompt: { task: 'Go.' } },
        // The second prompt takes the place of the first, which waits for an answer.
        outputs: { log: { string: 'Go.bad: good' } },
        visits: {
          prompt: [{ task: 'Go.' }, { task: 'Go.', feedback: 'bad' }],
          llm: [{ prompt: 'Go.' }, { prompt: 'Go.bad' }],
          check: [{ text: 'bad' }, { text: 'good' }],
          log: [{ prompt: 'Go.bad', answer: 'good' }],
        },
      },
    ],
  },
  {
    name: 'a cycle that gives an outside component a value once and nothing later',
    pipeline: () =>
      new Pipeline({
        joiner: new BranchJoiner(),
        once: new OnceOutside(),
        addOne: new AddFixedValue(),
        outside: new FString({ template: '{first} then {last}' }),
      })
        .connect('joiner.value', 'once.value')
        .connect('once.again', 'addOne.value')
        .connect('addOne.result', 'joiner.value')
        .connect('once.outside', 'outside.first')
        .connect('once.done', 'outside.last'),
    runs: [
      {
        inputs: { joiner: { value: 1 } },
        // The later visits give `outside` no value for `first`; the one that waits there stays.
        outputs: { outside: { string: '1 then 3' } },
        visits: {
          joiner: [{ value: [1] }, { value: [2] }, { value: [3] }],
          once: [{ value: 1 }, { value: 2 }, { value: 3 }],
          addOne: [{ value: 1 }, { value: 2 }],
          outside: [{ first: 1, last: 3 }],
        },
      },
    ],
  },
]
