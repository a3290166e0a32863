import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { Double, FString, Parity, Subtract, Sum } from '../fixtures/index.ts'
import { Route, Scripted } from '../pipeline/behaviours/parts.ts'
import { thrownBy } from '../pipeline/thrown.ts'

const Write = defineComponent({ type: 'Write', inputs: { value: t.integer() }, outputs: {}, run: () => ({}) })

describe('a component that got something but never ran', () => {
  test('is a warning that names the socket and the sender', async () => {
    const pipeline = new Pipeline({ parity: new Parity(), difference: new Subtract(), double: new Double() })
      .connect('parity.even', 'difference.firstValue')
      .connect('parity.odd', 'difference.secondValue')
      .connect('parity.even', 'double.value')
    const result = await pipeline.run({ parity: { value: 2 } })
    expect(result.outputs).toEqual({ double: { value: 4 } })
    expect(result.warnings).toEqual([
      {
        code: 'NEVER_RAN',
        component: 'difference',
        message:
          "'difference' (Subtract) never ran: 'secondValue' got no value from 'parity.odd' (which ran and gave none).",
      },
    ])
  })

  test('is an error when the run gave nothing because of it', async () => {
    const pipeline = new Pipeline({ parity: new Parity(), difference: new Subtract() })
      .connect('parity.even', 'difference.firstValue')
      .connect('parity.odd', 'difference.secondValue')
    expect(await thrownBy(() => pipeline.run({ parity: { value: 2 } }))).toBe(
      "RUN_BLOCKED: The run gave nothing, because components wait for values that never came:\n  'difference' (Subtract) never ran: 'secondValue' got no value from 'parity.odd' (which ran and gave none).",
    )
  })

  test("may have got the caller's value alone", async () => {
    const pipeline = new Pipeline({
      parity: new Parity(),
      double: new Double(),
      text: new FString({ template: '{a} {b}' }),
    })
      .connect('parity.odd', 'double.value')
      .connect('double.value', 'text.a')
    const result = await pipeline.run({ parity: { value: 2 }, text: { b: 'x' } })
    expect(result.warnings.map(({ message }) => message)).toEqual([
      "'text' (FString) never ran: 'a' got no value from 'double.value' (which never ran).",
    ])
  })

  test('names every sender that might have sent', async () => {
    const Two = defineComponent({
      type: 'Two',
      inputs: { all: t.variadic(t.integer()), other: t.integer() },
      outputs: {},
      run: () => ({}),
    })
    const pipeline = new Pipeline({ parity: new Parity(), double: new Double(), two: new Two() })
      .connect('parity.odd', 'double.value')
      .connect('double.value', 'two.all')
      .connect('parity.odd', 'two.all')
      .connect('parity.even', 'two.other')
    expect(await thrownBy(() => pipeline.run({ parity: { value: 2 } }))).toBe(
      "RUN_BLOCKED: The run gave nothing, because components wait for values that never came:\n  'two' (Two) never ran: 'all' got no value from 'double.value' (which never ran) or 'parity.odd' (which ran and gave none).",
    )
  })
})

describe('a component that got something and did not run again', () => {
  /** The task comes from a sender: the first visit uses it up, and the loop has nothing to go on with. */
  const stuck = () =>
    new Pipeline({
      before: new FString({ template: 'Write about {topic}.' }),
      prompt: new FString({ template: '{task} {critique}', optional: ['critique'] }),
      llm: new Scripted({ replies: ['a draft', 'a final text'] }),
      judge: new Route({ words: { invalid: 'draft', valid: '' } }),
    })
      .connect('before.string', 'prompt.task')
      .connect('prompt.string', 'llm.prompt')
      .connect('llm.reply', 'judge.text')
      .connect('judge.invalid', 'prompt.critique')

  const reason =
    "'prompt' (FString) did not run again: 'task' got no value from 'before.string' (which did not run again)."

  test('is an error when the run gave nothing because of it', async () => {
    expect(await thrownBy(() => stuck().run({ before: { topic: 'mills' } }))).toBe(
      `RUN_BLOCKED: The run gave nothing, because components wait for values that never came:\n  ${reason}`,
    )
  })

  test('is a warning when the run gave something', async () => {
    const result = await stuck().run({ before: { topic: 'mills' } }, { includeOutputsFrom: ['llm'] })
    expect(result.outputs).toEqual({ llm: { reply: 'a draft' } })
    expect(result.warnings).toEqual([{ code: 'DID_NOT_RUN_AGAIN', component: 'prompt', message: reason }])
  })
})

describe('a loop that begins with a greedy or variadic input', () => {
  const Gate = defineComponent({
    type: 'Gate',
    inputs: { value: t.greedy(t.integer()) },
    outputs: { value: t.integer() },
    run: ({ value }) => ({ value: value[0] as number }),
  })
  const Until3 = defineComponent({
    type: 'Until3',
    inputs: { value: t.integer() },
    outputs: { again: t.optional(t.integer()), end: t.optional(t.integer()) },
    run: ({ value }) => (value < 3 ? { again: value + 1 } : { end: value }),
  })
  const loop = () =>
    new Pipeline({ gate: new Gate(), until: new Until3() })
      .connect('gate.value', 'until.value')
      .connect('until.again', 'gate.value')

  test('needs it of the caller, before anything runs', async () => {
    const pipeline = loop()
    expect(pipeline.inputs().map(({ path, mandatory }) => [path, mandatory])).toEqual([['gate.value', true]])
    expect(await thrownBy(() => pipeline.run({}))).toBe(
      "INPUT_MISSING: 'gate' (Gate) needs 'value' (integer): the loop that feeds it begins with it, and the caller gave no value. Pass { gate: { value: … } }.",
    )
    expect((await pipeline.run({ gate: { value: 1 } })).outputs).toEqual({ until: { end: 3 } })
  })

  test('does not need it where something else feeds it, or where the loop may begin at another', async () => {
    const fed = new Pipeline({ first: new Double(), gate: new Gate(), until: new Until3() })
      .connect('first.value', 'gate.value')
      .connect('gate.value', 'until.value')
      .connect('until.again', 'gate.value')
    expect(fed.inputs().map(({ path, mandatory }) => [path, mandatory])).toEqual([
      ['first.value', true],
      ['gate.value', false],
    ])
    const two = new Pipeline({ gate: new Gate(), other: new Gate(), until: new Until3() })
      .connect('gate.value', 'other.value')
      .connect('other.value', 'until.value')
      .connect('until.again', 'gate.value')
    expect(two.inputs().map(({ mandatory }) => mandatory)).toEqual([false, false])
    expect((await two.run({ other: { value: 3 } })).outputs).toEqual({ until: { end: 3 } })
  })
})

describe('a run without outputs', () => {
  test('is fine when its last components have nothing to say', async () => {
    const pipeline = new Pipeline({ double: new Double(), write: new Write() }).connect(
      'double.value',
      'write.value',
    )
    const result = await pipeline.run({ double: { value: 1 } })
    expect([result.outputs, result.warnings]).toEqual([{}, []])
  })

  test('is fine when a branch was not taken and nothing waits', async () => {
    const pipeline = new Pipeline({ parity: new Parity(), double: new Double(), write: new Write() })
      .connect('parity.odd', 'double.value')
      .connect('parity.even', 'write.value')
    const result = await pipeline.run({ parity: { value: 2 } })
    expect([result.outputs, result.warnings]).toEqual([{}, []])
  })

  test('in which nothing can start is an error', async () => {
    const pipeline = new Pipeline({ a: new Double(), b: new Double() })
      .connect('a.value', 'b.value')
      .connect('b.value', 'a.value')
    expect(await thrownBy(() => pipeline.run({}))).toBe(
      [
        'RUN_BLOCKED: No component can start: each waits for another, or for an input that nobody gave.',
        "  'a' (Double) never ran: 'value' got no value from 'b.value' (which never ran).",
        "  'b' (Double) never ran: 'value' got no value from 'a.value' (which never ran).",
      ].join('\n'),
    )
  })

  test('in which nothing is triggered is an error', async () => {
    const pipeline: Pipeline = new Pipeline({
      a: new FString({ template: '{x}', optional: ['x'] }),
      b: new FString({ template: '{x}', optional: ['x'] }),
    })
    pipeline.connect('a.string', 'b.x').connect('b.string', 'a.x')
    expect(await thrownBy(() => pipeline.run({}))).toMatch(
      /'a' \(FString\) never ran: nothing triggered it\./,
    )
  })

  test('does not list hundreds of components', async () => {
    const pipeline: Pipeline = new Pipeline()
    for (let index = 0; index < 200; index++) pipeline.add(`c${index}`, new Sum())
    for (let index = 0; index < 200; index++)
      pipeline.connect(`c${index}.total`, `c${(index + 1) % 200}.values`)
    const message = await thrownBy(() => pipeline.run({}))
    expect(message.split('\n')).toHaveLength(12)
    expect(message).toMatch(/\n {2}and 190 more$/)
  })
})
