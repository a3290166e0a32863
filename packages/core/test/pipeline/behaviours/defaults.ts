import type { Component } from '../../../src/component/component.ts'
import { t } from '../../../src/component/t.ts'
import { Pipeline } from '../../../src/pipeline/pipeline.ts'
import type { Sockets } from '../../../src/schema/socket.ts'
import { BranchJoiner, FString, Hello } from '../../fixtures/index.ts'
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
    pipeline: () =>
      new Pipeline({
        greeting: new FString({ template: 'Hello{name}', optional: ['name'] }),
        after: new FString({ template: '{text}!' }),
      }).connect('greeting.string', 'after.text'),
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
    name: 'a component with only default inputs that runs first, in a loop',
    pipeline: () =>
      new Pipeline({
        hello: new Hello(),
        prompt: new FString({ template: '{query}{feedback}', optional: ['query', 'feedback'] }),
        llm: new Scripted({ replies: ['wrong', 'right'] }),
        check: new Route({ words: { valid: 'right', invalid: '' } }),
      })
        .connect('hello.output', 'prompt.query')
        .connect('check.invalid', 'prompt.feedback')
        .connect('prompt.string', 'llm.prompt')
        .connect('llm.reply', 'check.text'),
    runs: [
      {
        inputs: { hello: { word: 'mill' }, prompt: { template: '<{query}|{feedback}>' } },
        outputs: { check: { valid: 'right' } },
        // The caller's template is there on both visits, the sender's query on the first alone.
        visits: {
          hello: [{ word: 'mill' }],
          prompt: [
            { template: '<{query}|{feedback}>', query: 'Hello, mill!' },
            { template: '<{query}|{feedback}>', feedback: 'wrong' },
          ],
          llm: [{ prompt: '<Hello, mill!|>' }, { prompt: '<|wrong>' }],
          check: [{ text: 'wrong' }, { text: 'right' }],
        },
      },
    ],
  },
  {
    name: 'a greedy variadic input behind a component with default inputs',
    pipeline: () =>
      new Pipeline({
        greeting: new FString({ template: 'Hello{name}', optional: ['name'] }),
        joiner: new BranchJoiner({ of: 'string' }),
        prompt: new FString({ template: '{text} {query}', optional: ['query'] }),
      })
        .connect('greeting.string', 'joiner.value')
        .connect('joiner.value', 'prompt.text'),
    runs: [
      {
        inputs: { prompt: { query: 'Why?' } },
        outputs: { prompt: { string: 'Hello Why?' } },
        visits: {
          greeting: [{}],
          joiner: [{ value: ['Hello'] }],
          prompt: [{ text: 'Hello', query: 'Why?' }],
        },
      },
    ],
  },
  {
    name: 'a component with default inputs whose sender sends nothing',
    pipeline: () =>
      new Pipeline({
        route: new Route({ words: { known: 'yes', other: '' } }),
        greeting: new FString({ template: 'Hello{name}', optional: ['name'] }),
      }).connect('route.known', 'greeting.name'),
    runs: [
      {
        inputs: { route: { text: 'no' } },
        outputs: { route: { other: 'no' } },
        visits: { route: [{ text: 'no' }] },
      },
    ],
  },
  {
    name: 'a component with default inputs whose sender sends nothing, with input from the caller',
    pipeline: () =>
      new Pipeline({
        route: new Route({ words: { known: 'yes', other: '' } }),
        greeting: new FString({ template: 'Hello{name}{mark}', optional: ['name', 'mark'] }),
      }).connect('route.known', 'greeting.name'),
    runs: [
      {
        inputs: { route: { text: 'no' }, greeting: { mark: '!' } },
        outputs: { route: { other: 'no' }, greeting: { string: 'Hello!' } },
        visits: { route: [{ text: 'no' }], greeting: [{ mark: '!' }] },
      },
      {
        inputs: { route: { text: 'yes' }, greeting: { mark: '!' } },
        outputs: { greeting: { string: 'Helloyes!' } },
        visits: { route: [{ text: 'yes' }], greeting: [{ name: 'yes', mark: '!' }] },
      },
    ],
  },
  {
    name: 'a loop, and a component with default inputs whose sender sends nothing',
    pipeline: () =>
      new Pipeline({
        route: new Route({ words: { hint: 'hint', other: '' } }),
        prompt: new FString({ template: '{task}{hint}{feedback}', optional: ['hint', 'feedback'] }),
        llm: new Scripted({ replies: ['wrong', 'right'] }),
        check: new Route({ words: { valid: 'right', invalid: '' } }),
      })
        .connect('route.hint', 'prompt.hint')
        .connect('check.invalid', 'prompt.feedback')
        .connect('prompt.string', 'llm.prompt')
        .connect('llm.reply', 'check.text'),
    runs: [
      {
        inputs: { route: { text: 'nothing' }, prompt: { task: 'Go.' } },
        outputs: { route: { other: 'nothing' }, check: { valid: 'right' } },
        visits: {
          route: [{ text: 'nothing' }],
          prompt: [{ task: 'Go.' }, { task: 'Go.', feedback: 'wrong' }],
          llm: [{ prompt: 'Go.' }, { prompt: 'Go.wrong' }],
          check: [{ text: 'wrong' }, { text: 'right' }],
        },
      },
    ],
  },
  {
    name: 'several components with only default inputs, declared out of order',
    pipeline: () =>
      new Pipeline({
        last: new FString({ template: '{text}{name}', optional: ['text', 'name'] }),
        first: new FString({ template: 'Hello {name}', optional: ['name'] }),
        middle: new FString({ template: '{text}, {name}', optional: ['text', 'name'] }),
      })
        .connect('middle.string', 'last.text')
        .connect('first.string', 'middle.text'),
    runs: [
      {
        inputs: { first: { name: 'a' }, middle: { name: 'b' }, last: { name: '!' } },
        outputs: { last: { string: 'Hello a, b!' } },
        visits: {
          first: [{ name: 'a' }],
          middle: [{ text: 'Hello a', name: 'b' }],
          last: [{ text: 'Hello a, b', name: '!' }],
        },
      },
    ],
  },
  {
    name: 'a component in the middle with an optional input from others, and input from the caller',
    pipeline: () =>
      new Pipeline({
        route: new Route({ words: { filter: 'only', other: '' } }),
        search: new Search(),
        prompt: new FString({ template: '{documents}' }),
      })
        .connect('route.filter', 'search.filter')
        .connect('search.documents', 'prompt.documents'),
    runs: [
      {
        inputs: { route: { text: 'only 1912' }, search: { query: 'mills' } },
        outputs: { prompt: { string: 'web: mills,only only 1912' } },
        // The search could run with the query alone, and waits for the filter.
        visits: {
          route: [{ text: 'only 1912' }],
          search: [{ query: 'mills', filter: 'only 1912' }],
          prompt: [{ documents: ['web: mills', 'only only 1912'] }],
        },
      },
      {
        inputs: { route: { text: 'all' }, search: { query: 'mills' } },
        outputs: { route: { other: 'all' }, prompt: { string: 'web: mills' } },
        visits: {
          route: [{ text: 'all' }],
          search: [{ query: 'mills' }],
          prompt: [{ documents: ['web: mills'] }],
        },
      },
    ],
  },
  {
    name: 'inputs that a component makes, with defaults',
    pipeline: () =>
      new Pipeline({ total: new Total({ a: t.integer({ default: 3 }), b: t.integer({ default: 4 }) }) }),
    runs: [
      { outputs: { total: { total: 7 } }, visits: { total: [{ a: 3, b: 4 }] } },
      {
        inputs: { total: { b: 10 } },
        outputs: { total: { total: 13 } },
        visits: { total: [{ a: 3, b: 10 }] },
      },
    ],
  },
  {
    name: 'variadic inputs that a component makes, with defaults',
    pipeline: () =>
      new Pipeline({
        total: new Total({ all: t.variadic(t.integer(), { default: [5, 6] }), b: t.integer({ default: 4 }) }),
      }),
    runs: [
      { outputs: { total: { total: 15 } }, visits: { total: [{ all: [5, 6], b: 4 }] } },
      {
        inputs: { total: { all: 10 } },
        outputs: { total: { total: 14 } },
        visits: { total: [{ all: [10], b: 4 }] },
      },
    ],
  },
]
