import { defineComponent } from '../../../src/component/define-component.ts'
import { t } from '../../../src/component/t.ts'
import { ChatMessage } from '../../../src/data/chat-message.ts'
import { Pipeline } from '../../../src/pipeline/pipeline.ts'
import {
  AddFixedValue,
  Double,
  FString,
  Hello,
  Remainder,
  Repeat,
  StringJoiner,
  StringListJoiner,
  Sum,
} from '../../fixtures/index.ts'
import type { Behaviour } from './behaviour.ts'
import { Collect, Convert, Route, Scripted } from './parts.ts'

/** Answers with one message. */
const Chat = defineComponent({
  type: 'Chat',
  inputs: { question: t.string() },
  outputs: { replies: t.array(t.message()) },
  run: ({ question }) => ({ replies: [ChatMessage.assistant({ text: `Why ${question}` })] }),
})

const Texts = defineComponent({
  type: 'Texts',
  inputs: { texts: t.union(t.array(t.string()), t.array(t.message())) },
  outputs: { count: t.integer() },
  run: ({ texts }) => ({ count: texts.length }),
})

const partial = (order: readonly ['first' | 'second', 'first' | 'second']) => {
  const pipeline: Pipeline = new Pipeline({
    route: new Route({ words: { known: 'known', unknown: '' } }),
    first: new Convert({ kind: 'first' }),
    second: new Convert({ kind: 'second' }),
    joiner: new StringListJoiner(),
  })
  pipeline.connect('route.known', 'first.source')
  for (const name of order) pipeline.connect(`${name}.documents`, 'joiner.lists')
  return pipeline
}

export const joins: Behaviour[] = [
  {
    name: 'branches that merge in one variadic input',
    pipeline: () =>
      new Pipeline({
        addOne: new AddFixedValue(),
        parity: new Remainder({ divisor: 2 }),
        addTen: new AddFixedValue({ add: 10 }),
        double: new Double(),
        addFour: new AddFixedValue({ add: 4 }),
        addOneAgain: new AddFixedValue(),
        sum: new Sum(),
      } as const)
        .connect('addOne.result', 'parity.value')
        .connect('parity.remainderIs0', 'addTen.value')
        .connect('parity.remainderIs1', 'double.value')
        .connect('parity.remainderIs1', 'addFour.value')
        .connect('addTen.result', 'sum.values')
        .connect('double.value', 'sum.values')
        .connect('addFour.result', 'addOneAgain.value')
        .connect('addOneAgain.result', 'sum.values'),
    runs: [
      {
        inputs: { addOne: { value: 1 }, sum: { values: 2 } },
        outputs: { sum: { total: 14 } },
        visits: {
          addOne: [{ value: 1 }],
          parity: [{ value: 2 }],
          addTen: [{ value: 2 }],
          sum: [{ values: [2, 12] }],
        },
      },
      {
        inputs: { addOne: { value: 2 }, sum: { values: 3 } },
        outputs: { sum: { total: 17 } },
        visits: {
          addOne: [{ value: 2 }],
          parity: [{ value: 3 }],
          double: [{ value: 3 }],
          addFour: [{ value: 3 }],
          addOneAgain: [{ value: 7 }],
          sum: [{ values: [3, 6, 8] }],
        },
      },
    ],
  },
  {
    name: 'branches of different lengths that merge in one variadic input',
    pipeline: () =>
      new Pipeline({
        first: new AddFixedValue({ add: 2 }),
        second: new AddFixedValue({ add: 2 }),
        third: new AddFixedValue({ add: 2 }),
        sum: new Sum(),
        fourth: new AddFixedValue(),
      })
        .connect('first.result', 'second.value')
        .connect('first.result', 'sum.values')
        .connect('second.result', 'sum.values')
        .connect('third.result', 'sum.values')
        .connect('sum.total', 'fourth.value'),
    runs: [
      {
        inputs: { first: { value: 1 }, third: { value: 1 } },
        outputs: { fourth: { result: 12 } },
        visits: {
          first: [{ value: 1 }],
          second: [{ value: 3 }],
          third: [{ value: 1 }],
          sum: [{ values: [3, 5, 3] }],
          fourth: [{ value: 11 }],
        },
      },
    ],
  },
  {
    name: 'a variadic input that only some senders reach',
    pipeline: () => partial(['first', 'second']),
    runs: [
      {
        inputs: { route: { text: 'known' }, second: { source: 'b' } },
        outputs: { joiner: { output: ['first known', 'second b'] } },
        visits: {
          route: [{ text: 'known' }],
          first: [{ source: 'known' }],
          second: [{ source: 'b' }],
          joiner: [{ lists: [['first known'], ['second b']] }],
        },
      },
      {
        inputs: { route: { text: 'else' }, second: { source: 'b' } },
        outputs: { route: { unknown: 'else' }, joiner: { output: ['second b'] } },
        visits: {
          route: [{ text: 'else' }],
          second: [{ source: 'b' }],
          joiner: [{ lists: [['second b']] }],
        },
      },
    ],
  },
  {
    name: 'a variadic input that only some senders reach, in another order',
    differs:
      'Values meet in the order in which their connections were declared; in Haystack in that of the names of the senders.',
    pipeline: () => partial(['second', 'first']),
    runs: [
      {
        inputs: { route: { text: 'known' }, second: { source: 'b' } },
        outputs: { joiner: { output: ['second b', 'first known'] } },
        visits: {
          route: [{ text: 'known' }],
          first: [{ source: 'known' }],
          second: [{ source: 'b' }],
          joiner: [{ lists: [['second b'], ['first known']] }],
        },
      },
    ],
  },
  {
    name: 'answers of two generators that are joined',
    pipeline: () =>
      new Pipeline({
        small: new Scripted({ replies: ['small answer'] }),
        large: new Scripted({ replies: ['large answer'] }),
        joiner: new StringJoiner(),
      })
        .connect('small.reply', 'joiner.strings')
        .connect('large.reply', 'joiner.strings'),
    runs: [
      {
        inputs: { prompt: 'Why?' },
        outputs: { joiner: { output: 'small answer large answer' } },
        visits: {
          small: [{ prompt: 'Why?' }],
          large: [{ prompt: 'Why?' }],
          joiner: [{ strings: ['small answer', 'large answer'] }],
        },
      },
    ],
  },
  {
    name: 'a variadic input with a conditional sender',
    pipeline: () =>
      new Pipeline({
        greeting: new Hello(),
        route: new Route({ words: { loud: '!', quiet: '' } }),
        again: new FString({ template: 'again: {text}' }),
        joiner: new StringJoiner(),
      })
        .connect('greeting.output', 'joiner.strings')
        .connect('route.loud', 'again.text')
        .connect('again.string', 'joiner.strings'),
    runs: [
      {
        inputs: { greeting: { word: 'mill' }, route: { text: 'ho!' } },
        outputs: { joiner: { output: 'Hello, mill! again: ho!' } },
        visits: {
          greeting: [{ word: 'mill' }],
          route: [{ text: 'ho!' }],
          again: [{ text: 'ho!' }],
          joiner: [{ strings: ['Hello, mill!', 'again: ho!'] }],
        },
      },
      {
        inputs: { greeting: { word: 'mill' }, route: { text: 'ho' } },
        outputs: { route: { quiet: 'ho' }, joiner: { output: 'Hello, mill!' } },
        visits: {
          greeting: [{ word: 'mill' }],
          route: [{ text: 'ho' }],
          joiner: [{ strings: ['Hello, mill!'] }],
        },
      },
    ],
  },
  {
    name: 'a variadic input of texts',
    pipeline: () =>
      new Pipeline({
        zebra: new FString({ template: 'one' }),
        yak: new FString({ template: 'two' }),
        xerus: new FString({ template: 'three' }),
        joiner: new StringJoiner(),
      })
        .connect('zebra.string', 'joiner.strings')
        .connect('yak.string', 'joiner.strings')
        .connect('xerus.string', 'joiner.strings'),
    runs: [
      {
        outputs: { joiner: { output: 'one two three' } },
        visits: {
          zebra: [{}],
          yak: [{}],
          xerus: [{}],
          joiner: [{ strings: ['one', 'two', 'three'] }],
        },
      },
    ],
  },
  {
    name: 'several outputs of one component in one input',
    pipeline: () =>
      new Pipeline({
        repeat: new Repeat({ outputs: ['first', 'second'] }),
        double: new Double(),
        sum: new Sum(),
      })
        .connect('repeat.second', 'sum.values')
        .connect('double.value', 'sum.values')
        .connect('repeat.first', 'sum.values'),
    runs: [
      {
        inputs: { repeat: { value: 3 }, double: { value: 5 } },
        outputs: { sum: { total: 16 } },
        visits: { repeat: [{ value: 3 }], double: [{ value: 5 }], sum: [{ values: [3, 10, 3] }] },
      },
    ],
  },
  {
    name: 'lists that are joined in an input which is no variadic one, with a value of the caller',
    differs:
      "The caller's value comes first, as in Haystack; then the senders' in the order of their connections, not of their names. And the socket stays what it was: a later run need not give a value.",
    pipeline: () =>
      new Pipeline({
        zebra: new Convert({ kind: 'z' }),
        ant: new Convert({ kind: 'a' }),
        collect: new Collect(),
      })
        .connect('zebra.documents', 'collect.documents')
        .connect('ant.documents', 'collect.documents'),
    runs: [
      {
        inputs: { zebra: { source: '1\n2' }, ant: { source: '3' }, collect: { documents: ['mine'] } },
        outputs: { collect: { documents: ['mine', 'z 1', 'z 2', 'a 3'] } },
        visits: {
          zebra: [{ source: '1\n2' }],
          ant: [{ source: '3' }],
          collect: [{ documents: ['mine', 'z 1', 'z 2', 'a 3'] }],
        },
      },
      {
        inputs: { zebra: { source: '1' }, ant: { source: '2' } },
        outputs: { collect: { documents: ['z 1', 'a 2'] } },
      },
    ],
  },
  {
    name: 'a list of one message where a text is expected',
    pipeline: () =>
      new Pipeline({ chat: new Chat(), hello: new Hello() }).connect('chat.replies', 'hello.word'),
    runs: [
      {
        inputs: { chat: { question: 'me?' } },
        outputs: { hello: { output: 'Hello, Why me?!' } },
        visits: { chat: [{ question: 'me?' }], hello: [{ word: 'Why me?' }] },
      },
    ],
  },
  {
    name: 'a text where one of several kinds of lists is expected',
    pipeline: () =>
      new Pipeline({ hello: new Hello(), texts: new Texts() }).connect('hello.output', 'texts.texts'),
    runs: [
      {
        inputs: { hello: { word: 'mill' } },
        outputs: { texts: { count: 1 } },
        visits: { hello: [{ word: 'mill' }], texts: [{ texts: ['Hello, mill!'] }] },
      },
    ],
  },
]
