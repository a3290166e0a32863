import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { PipelineOptions } from '../../src/pipeline/pipeline-options.ts'
import { FString, Hello } from '../fixtures/index.ts'
import { thrownBy } from '../pipeline/thrown.ts'

const Reader = defineComponent({
  type: 'Reader',
  inputs: {
    text: t.string({ description: 'What is read.', minLength: 1 }),
    limit: t.integer({ default: 10 }),
    'text/plain.utf8': t.optional(t.string()),
  },
  outputs: { texts: t.array(t.string(), { description: 'The parts.' }), rest: t.optional(t.string()) },
  run: ({ text }) => ({ texts: [text] }),
})
const Writer = defineComponent({
  type: 'Writer',
  inputs: {
    texts: t.array(t.string()),
    notes: t.variadic(t.string(), { default: [] }),
    limit: t.optional(t.integer()),
  },
  outputs: { text: t.string() },
  run: ({ texts }) => ({ text: texts.join() }),
})

const pipelineOf = (options: PipelineOptions = {}): Pipeline => {
  const pipeline: Pipeline = new Pipeline({ reader: new Reader(), writer: new Writer() }, options)
  return pipeline.connect('reader.texts', 'writer.texts')
}

describe('the inputs of a pipeline', () => {
  test('say what a caller must know of each', () => {
    const [text, limit] = pipelineOf().inputs()
    expect(text).toEqual({
      component: 'reader',
      socket: 'text',
      path: 'reader.text',
      name: 'text',
      type: { kind: 'string', constraints: { minLength: 1 } },
      schema: { type: 'string', minLength: 1, description: 'What is read.' },
      mandatory: true,
      receives: 'one',
      description: 'What is read.',
    })
    expect(limit).toMatchObject({
      path: 'reader.limit',
      mandatory: false,
      default: 10,
      schema: { default: 10 },
    })
  })

  test('are those without a sender, and those that take several values', () => {
    const inputs = pipelineOf().inputs()
    expect(inputs.map(({ path, mandatory, receives }) => [path, mandatory, receives])).toEqual([
      ['reader.text', true, 'one'],
      ['reader.limit', false, 'one'],
      ['reader.text/plain.utf8', false, 'one'],
      ['writer.texts', false, 'one'],
      ['writer.notes', false, 'variadic'],
      ['writer.limit', false, 'one'],
    ])
    expect(inputs[4]?.schema).toEqual({ type: 'string' })
  })

  test('have the name that the pipeline gives them, else that of the socket where it is the only one, else the path', () => {
    const pipeline = pipelineOf({ inputs: { most: ['writer.limit'], again: ['writer.limit'] } })
    expect(pipeline.inputs().map(({ name }) => name)).toEqual([
      'text',
      'reader.limit',
      'text/plain.utf8',
      'writer.texts',
      'notes',
      'most',
    ])
    for (const { name, path } of pipeline.inputs()) expect(pipeline.resolveInput(name).path).toBe(path)
    const same: Pipeline = new Pipeline({ word: new Hello() })
    expect(same.inputs().map(({ name }) => name)).toEqual(['word.word'])
  })

  test('follow changes of the pipeline', () => {
    const pipeline: Pipeline = new Pipeline({ text: new FString({ template: '{a}' }) })
    expect(pipeline.inputs().map(({ name }) => name)).toEqual(['a', 'template'])
    pipeline.add('hello', new Hello()).connect('hello.output', 'text.a')
    expect(pipeline.inputs().map(({ name }) => name)).toEqual(['template', 'word'])
  })
})

test('the outputs of a pipeline are those that no connection consumes, and those that it names', () => {
  expect(pipelineOf().outputs()).toEqual([
    {
      component: 'reader',
      socket: 'rest',
      path: 'reader.rest',
      name: 'rest',
      type: { kind: 'string' },
      schema: { type: 'string' },
      optional: true,
    },
    expect.objectContaining({ path: 'writer.text', name: 'text', optional: false }),
  ])
  const named = pipelineOf({ outputs: { parts: 'reader.texts', result: 'writer.text' } }).outputs()
  expect(named.map(({ path, name }) => [path, name])).toEqual([
    ['reader.texts', 'parts'],
    ['reader.rest', 'rest'],
    ['writer.text', 'result'],
  ])
})

describe('an input is found', () => {
  test.each([
    ['reader.text', 'reader.text'],
    ['text', 'reader.text'],
    ['most', 'writer.limit'],
    ['text/plain.utf8', 'reader.text/plain.utf8'],
    ['reader.text/plain.utf8', 'reader.text/plain.utf8'],
    ['writer.texts', 'writer.texts'],
  ])('by %s', (name, path) => {
    const pipeline = pipelineOf({ inputs: { most: ['writer.limit'] } })
    expect(pipeline.resolveInput(name)).toEqual(pipeline.inputs().find((input) => input.path === path))
  })

  test.each([
    [
      'limit',
      "INPUT_AMBIGUOUS: 'limit' stands for several inputs: 'reader.limit' and 'writer.limit'. Give the path of one.",
    ],
    [
      'texts',
      "INPUT_OCCUPIED: 'writer.texts' already gets its value from 'reader.texts'. To add to that, give the input by its path, 'writer.texts'.",
    ],
    [
      'reader.txt',
      "INPUT_UNKNOWN: 'reader' (Reader) has no input 'txt'. Its open inputs: 'text', 'limit' and 'text/plain.utf8'. Did you mean 'text'?",
    ],
    ['writer', "INPUT_UNKNOWN: 'writer' is a component, not an input. Its open inputs: 'notes' and 'limit'."],
    [
      'raeder.text',
      "INPUT_UNKNOWN: 'raeder.text' is neither a component nor an open input. Components: 'reader' and 'writer'. Open inputs: 'text', 'limit', 'text/plain.utf8' and 'notes'. Did you mean 'reader.text'?",
    ],
  ])('or an error says why not: %s', async (name, message) => {
    expect(await thrownBy(() => pipelineOf().resolveInput(name))).toBe(message)
  })
})

test('values are matched with inputs without a look at them, and all that is wrong is said', () => {
  const { inputs, problems } = pipelineOf().matchInputs({ text: 1, limit: undefined, nodes: 'x' })
  expect(inputs.map(({ input, value }) => [input.path, value])).toEqual([['reader.text', 1]])
  expect(problems.map(({ code, message }) => [code, message.endsWith("Did you mean 'notes'?")])).toEqual([
    ['INPUT_UNKNOWN', true],
  ])
})
