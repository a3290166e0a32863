import { describe, expect, test } from '@jest/globals'
import { defineComponent, Pipeline, t } from '@millrace/core'
import { explain } from '@millrace/drawing'
import fc from 'fast-check'
import {
  AddFixedValue,
  BranchJoiner,
  Double,
  FString,
  Hello,
  Recorder,
  Sum,
  Threshold,
} from '../../core/test/fixtures/index.ts'
import { anyGraph, buildGraph, inputsOf } from '../../core/test/pipeline/random-graphs.ts'

const Chat = defineComponent({
  type: 'Chat',
  inputs: { messages: t.array(t.message()), seed: t.integer({ default: 0 }) },
  outputs: { replies: t.array(t.message()) },
  run: () => ({ replies: [] }),
})

describe('the whole text of', () => {
  test('a chain with conversions', () => {
    const pipeline = new Pipeline({
      prompt: new FString({ template: 'The capital of {country}?' }),
      llm: new Chat(),
      hello: new Hello(),
    })
      .connect('prompt.string', 'llm.messages')
      .connect('llm.replies', 'hello.word')
    expect(explain(pipeline)).toMatchInlineSnapshot(`
"3 components, 2 connections.

'prompt' (FString) runs once, at the start.
  needs 'country' (unknown) from the caller
  may take 'template' (string) from the caller
  gives 'string' (string) to 'llm.messages'

'llm' (Chat) runs each time a value has come for 'messages'.
  takes 'messages' (ChatMessage[]) from 'prompt.string' (as a user message, in a list of one)
  may take 'seed' (integer) from the caller, otherwise 0
  gives 'replies' (ChatMessage[]) to 'hello.word'

'hello' (Hello) runs each time a value has come for 'word'.
  takes 'word' (string) from 'llm.replies' (the text of the one message in the list)
  gives 'output' (string) to the result"
`)
  })

  test('a loop with a greedy input', () => {
    const pipeline = new Pipeline({
      add: new AddFixedValue(),
      joiner: new BranchJoiner(),
      below: new Threshold(),
      double: new Double(),
      end: new Double(),
    })
      .connect('add.result', 'joiner.value')
      .connect('joiner.value', 'below.value')
      .connect('below.below', 'double.value')
      .connect('double.value', 'joiner.value')
      .connect('below.above', 'end.value')
    expect(explain(pipeline)).toMatchInlineSnapshot(`
"5 components, 5 connections.
'joiner', 'below' and 'double' form a loop.

'add' (AddFixedValue) runs once, at the start.
  needs 'value' (integer) from the caller
  may take 'add' (integer) from the caller
  gives 'result' (integer) to 'joiner.value'

'joiner' (BranchJoiner) runs as soon as a value comes for 'value', once for each.
  takes 'value' (integer) from 'add.result', 'double.value' or the caller, one at a time
  gives 'value' (integer) to 'below.value'

'below' (Threshold) runs each time a value has come for 'value'.
  takes 'value' (integer) from 'joiner.value'
  may take 'threshold' (integer) from the caller
  may give 'above' (integer) to 'end.value'
  may give 'below' (integer) to 'double.value'

'double' (Double) runs each time a value has come for 'value'.
  takes 'value' (integer) from 'below.below'
  gives 'value' (integer) to 'joiner.value'

'end' (Double) runs each time a value has come for 'value'.
  takes 'value' (integer) from 'below.above'
  gives 'value' (integer) to the result"
`)
  })

  test('a variadic input to which the caller may add, with names and policies', () => {
    const pipeline = new Pipeline(
      { a: new Double(), b: new Double(), sum: new Sum() },
      {
        inputs: { number: ['a.value', 'b.value'], more: ['sum.values'] },
        outputs: { first: 'a.value', total: 'sum.total' },
        policies: {
          a: { retry: { attempts: 3, backoffMs: 100, on: ['RUN_TIMEOUT', 'TypeError'] }, timeoutMs: 500 },
          b: { retry: { attempts: 2 } },
        },
      },
    )
      .connect('b.value', 'sum.values')
      .connect('a.value', 'sum.values')
    expect(explain(pipeline)).toMatchInlineSnapshot(`
"3 components, 2 connections.

'a' (Double) runs once, at the start.
  needs 'value' (integer) from the caller as 'number'
  gives 'value' (integer) to 'sum.values' and the result as 'first'
  is called up to 3 times when it fails with 'RUN_TIMEOUT' or 'TypeError', at first after 100 ms, then twice as long each time
  may take 500 ms for each visit, all calls and waits together

'b' (Double) runs once, at the start.
  needs 'value' (integer) from the caller as 'number'
  gives 'value' (integer) to 'sum.values'
  is called up to 2 times when it fails

'sum' (Sum) runs each time a value has come for 'values'.
  waits for 'b' and 'a' to have run, as long as anything else can run
  takes 'values' (integer) as a list: from the caller as 'more', if any, then from 'b.value' and 'a.value'
  gives 'total' (integer) to the result as 'total'"
`)
  })

  test('optional inputs, which are waited for', () => {
    const pipeline = new Pipeline({
      prompt: new FString({ template: '{task}{feedback}', optional: ['feedback'] }),
      check: new Threshold(),
      free: new FString({ template: '{feedback}', optional: ['feedback'] }),
      count: new Hello(),
    })
      .connect('prompt.string', 'count.word')
      .connect('check.below', 'prompt.feedback')
      .connect('check.above', 'free.feedback')
    expect(explain(pipeline)).toMatchInlineSnapshot(`
"4 components, 3 connections.

'check' (Threshold) runs once, at the start.
  needs 'value' (integer) from the caller
  may take 'threshold' (integer) from the caller
  may give 'above' (integer) to 'free.feedback'
  may give 'below' (integer) to 'prompt.feedback'

'prompt' (FString) runs with what the caller gives, and again each time 'check' sends to it.
  waits for 'check' to have run, as long as anything else can run
  needs 'task' (unknown) from the caller
  may take 'feedback' (unknown) from 'check.below'
  may take 'template' (string) from the caller
  gives 'string' (string) to 'count.word'

'free' (FString) runs when the caller gives it something, and each time 'check' sends to it.
  waits for 'check' to have run, as long as anything else can run
  may take 'feedback' (unknown) from 'check.above'
  may take 'template' (string) from the caller
  gives 'string' (string) to the result

'count' (Hello) runs each time a value has come for 'word'.
  takes 'word' (string) from 'prompt.string'
  gives 'output' (string) to the result"
`)
  })

  test('nothing', () => {
    expect(explain(new Pipeline())).toBe('0 components, 0 connections.')
  })
})

const Kinds = defineComponent({
  type: 'Kinds',
  inputs: {
    first: t.greedy(t.string()),
    needed: t.string(),
    lists: t.array(t.string()),
    text: t.string({ default: 'a "quoted" text' }),
    long: t.string({ default: 'x'.repeat(100) }),
    list: t.variadic(t.string(), { default: ['a', 'b'] }),
    yes: t.boolean({ default: true }),
  },
  outputs: { text: t.string(), texts: t.array(t.string()) },
  run: () => ({ text: '', texts: [] }),
})

const lineOf = (pipeline: Pipeline, start: string) =>
  explain(pipeline)
    .split('\n')
    .find((line) => line.startsWith(start))

describe('a line', () => {
  const pipeline = new Pipeline({ kinds: new Kinds(), a: new Kinds(), b: new Kinds() })
    .connect('a.text', 'kinds.first')
    .connect('b.text', 'kinds.first')
    .connect('b.text', 'kinds.needed')
    .connect('a.texts', 'kinds.lists')
    .connect('b.texts', 'kinds.lists') as Pipeline

  test.each([
    [
      "'kinds' ",
      "'kinds' (Kinds) runs as soon as a value comes for 'first', once for each, if it also has 'needed' and 'lists'.",
    ],
    ["'a' ", "'a' (Kinds) runs once, at the start."],
    ["  takes 'lists'", "  takes 'lists' (string[]) from 'a.texts' and 'b.texts', joined in this order"],
    ["  takes 'first'", "  takes 'first' (string) from 'a.text', 'b.text' or the caller, one at a time"],
    ["  needs 'first'", "  needs 'first' (string) as a list of one from the caller"],
    ["  may take 'text'", `  may take 'text' (string) from the caller, otherwise "a \\"quoted\\" text"`],
    [
      "  may take 'long'",
      `  may take 'long' (string) from the caller, otherwise the string "${'x'.repeat(40)}…"`,
    ],
    [
      "  may take 'list'",
      "  may take 'list' (string) as a list of one from the caller, otherwise an array of 2",
    ],
    ["  may take 'yes'", "  may take 'yes' (boolean) from the caller, otherwise true"],
    ["  gives 'text' (string) to 'kinds.first'", "  gives 'text' (string) to 'kinds.first'"],
    ["  gives 'text' (string) to the", "  gives 'text' (string) to the result"],
  ])('%s', (start, line) => {
    expect(lineOf(pipeline, start)).toBe(line)
  })

  test('names no more than twenty', () => {
    const many: Pipeline = new Pipeline({ sum: new Sum() })
    for (let index = 0; index < 25; index++) {
      many.add(`c${index}`, new Double()).connect(`c${index}.value`, 'sum.values')
    }
    expect(lineOf(many, "  takes 'values'")).toMatch(/ 'c18.value', 'c19.value' and 5 more$/)
  })
})

test('what it says about the first run of a component, and about connections, is so', async () => {
  await fc.assert(
    fc.asyncProperty(anyGraph, async (graph) => {
      const pipeline = buildGraph(graph, { bodies: 'sync' })
      const recorder = new Recorder()
      await pipeline.run(inputsOf(graph), { onEvent: recorder.onEvent }).catch(() => {})
      const parts = explain(pipeline).split('\n\n').slice(1)
      expect(parts).toHaveLength(pipeline.names().length)
      for (const name of pipeline.names()) {
        const part = parts.find((text) => text.startsWith(`'${name}' `)) ?? ''
        const ran = recorder.inputs[name]?.length ?? 0
        if (part.includes('runs once, at the start')) expect(ran).toBe(1)
        for (const { sender, receiver } of pipeline.connections()) {
          if (receiver.component === name) expect(part).toContain(`'${sender.component}.${sender.socket}'`)
          if (sender.component === name) expect(part).toContain(`'${receiver.component}.${receiver.socket}'`)
        }
      }
    }),
    { numRuns: 100 },
  )
})
