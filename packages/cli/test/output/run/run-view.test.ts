import { describe, expect, test } from '@jest/globals'
import {
  ChatMessage,
  defineComponent,
  Pipeline,
  type PipelineOptions,
  StreamingChunk,
  ToolCall,
  t,
} from '@millrace/core'
import type { StreamingChunkFields } from '@millrace/core/component'
import { RunView, type RunViewOptions } from '../../../src/output/run/run-view.ts'
import { FakeTerminal } from '../../fake-terminal.ts'

const usage = { promptTokens: 3, completionTokens: 2, cachedTokens: 1 }

/** Streams its text word by word, and gives it as a reply. */
const Speaker = defineComponent({
  type: 'Speaker',
  inputs: { text: t.string(), streamingCallback: t.optional(t.callback()) },
  outputs: { replies: t.array(t.message()) },
  run: ({ text }, { emit, modelCall, component }) => {
    for (const [index, content] of text.split(/(?<= )/).entries()) {
      emit(StreamingChunk.create({ content, component, index, start: index === 0 }))
    }
    const timings = { predictedMs: 10 }
    modelCall({ operation: 'chat', provider: 'p', model: 'm', durationMs: 10, usage, timings })
    return { replies: [ChatMessage.assistant(text)] }
  },
})

const Count = defineComponent({
  type: 'Count',
  inputs: { text: t.string() },
  outputs: { words: t.integer(), text: t.string() },
  run: ({ text }) => ({ words: text.split(' ').length, text }),
})

const Silent = defineComponent({
  type: 'Silent',
  inputs: {},
  outputs: { nothing: t.optional(t.string()) },
  run: () => ({}),
})

const Pair = defineComponent({
  type: 'Pair',
  inputs: { first: t.string(), second: t.string() },
  outputs: { both: t.string() },
  run: ({ first, second }) => ({ both: first + second }),
})

const call = ToolCall.create({ name: 'add', arguments: { a: 1 } })

/** Streams what it is told to, and gives the reply that it is told to. */
const Player = defineComponent({
  type: 'Player',
  inputs: { chunks: t.unknown(), reply: t.message(), streamingCallback: t.optional(t.callback()) },
  outputs: { replies: t.array(t.message()) },
  run: ({ chunks, reply }, { emit, component }) => {
    for (const fields of chunks as StreamingChunkFields[])
      emit(StreamingChunk.create({ ...fields, component }))
    return { replies: [reply] }
  },
})

const callChunks: StreamingChunkFields[] = [
  { meta: { promptProgress: { doneTokens: 1, totalTokens: 2 } } },
  { reasoning: 'Hm.', index: 0 },
  { content: 'Wait.', start: true },
  { toolCalls: [{ index: 0, id: 'c', name: 'add' }], index: 1, start: true },
  { toolCalls: [{ index: 0, arguments: '{"a":1}' }], index: 2 },
]

const caller = () => new Pipeline({ llm: new Player() }) as Pipeline
const calling = { chunks: callChunks, reply: ChatMessage.assistant({ text: 'Wait.', toolCalls: [call] }) }
const plainScreen = () => new FakeTerminal({ isTTY: true, env: { NO_COLOR: '1' } })

async function show(
  pipeline: Pipeline,
  inputs: object,
  options: RunViewOptions = {},
  terminal = new FakeTerminal(),
) {
  const view = new RunView(pipeline, options, terminal)
  const result = await pipeline.run(inputs as never, { onEvent: (event) => view.onEvent(event) })
  view.finish(result, 500)
  return { stdout: terminal.stdout.text, stderr: terminal.stderr.text }
}

const one = (options: PipelineOptions = {}): Pipeline => new Pipeline({ llm: new Speaker() }, options)

describe('RunView', () => {
  test('streams the only reply, and nothing else', async () => {
    expect(await show(one(), { text: 'Hello to you' })).toEqual({ stdout: 'Hello to you\n', stderr: '' })
  })

  test('tells two speakers apart', async () => {
    const pipeline: Pipeline = new Pipeline({ one: new Speaker(), two: new Speaker() })
    const { stdout } = await show(pipeline, { one: { text: 'a b' }, two: { text: 'c d' } })
    expect(stdout).toBe('one:\na b\n\ntwo:\nc d\n')
  })

  test('adds the outputs that were not streamed, but none that repeats a reply', async () => {
    const pipeline: Pipeline = new Pipeline({ llm: new Speaker(), count: new Count() })
    const { stdout } = await show(pipeline.connect('llm.replies', 'count.text'), { llm: { text: 'a b c' } })
    expect(stdout).toBe('a b c\n\ncount.words:\n3\n')
  })

  test('prints outputs by the names that the pipeline gives them', async () => {
    const pipeline: Pipeline = new Pipeline({ count: new Count() }, { outputs: { length: 'count.words' } })
    expect((await show(pipeline, { text: 'a b' })).stdout).toBe('length:\n2\n\ncount.text:\na b\n')
  })

  test('prints a named output that a connection consumed', async () => {
    const options = { outputs: { text: 'first.text' } }
    const pipeline: Pipeline = new Pipeline({ first: new Count(), second: new Count() }, options)
    const { stdout } = await show(pipeline.connect('first.text', 'second.text'), { first: { text: 'a' } })
    expect(stdout).toBe('first.words:\n1\n\nsecond.words:\n1\n\nsecond.text:\na\n\ntext:\na\n')
  })

  test('says so when there is nothing to show', async () => {
    const pipeline: Pipeline = new Pipeline({ silent: new Silent() })
    expect(await show(pipeline, {})).toEqual({ stdout: '', stderr: 'The run gave no outputs.\n' })
  })

  test('prints one JSON object and streams nothing with json', async () => {
    const { stdout } = await show(
      one({ outputs: { answer: 'llm.replies' } }),
      { text: 'a b' },
      { json: true },
    )
    const reply = ChatMessage.assistant('a b')
    expect(stdout.split('\n').length).toBe(2)
    expect(JSON.parse(stdout)).toEqual({
      status: 'completed',
      outputs: { llm: { replies: [reply] } },
      named: { answer: [reply] },
      questions: [],
      warnings: [],
      usage: {
        calls: 1,
        promptTokens: 3,
        completionTokens: 2,
        totalTokens: 5,
        cachedTokens: 1,
        tokensPerSecond: 100,
      },
    })
  })

  test('puts JSON in lines for a terminal', async () => {
    const { stdout } = await show(one(), { text: 'a' }, { json: true }, new FakeTerminal({ isTTY: true }))
    expect(stdout).toMatch(/^\{\n {2}"status": "completed",\n {2}"outputs": \{\n/)
  })

  test('sums up on a terminal and with verbose, unless it is told to be quiet', async () => {
    const tty = () => new FakeTerminal({ isTTY: true, env: { NO_COLOR: '1' } })
    const summary = /^0\.50 s to load, 0\.\d\d s to run: 3 tokens in \(1 cached\), 2 out, 100 tokens\/s\n$/
    expect((await show(one(), { text: 'a' }, {}, tty())).stderr).toMatch(summary)
    expect((await show(one(), { text: 'a' }, { verbose: true })).stderr).toMatch(summary)
    expect((await show(one(), { text: 'a' }, { quiet: true }, tty())).stderr).toBe('')
  })

  test('tells the warnings of a run, also when it is told to be quiet', async () => {
    const pipeline: Pipeline = new Pipeline({ silent: new Silent(), pair: new Pair(), count: new Count() })
    pipeline.connect('silent.nothing', 'pair.first')
    const inputs = { pair: { second: 'a' }, count: { text: 'a' } }
    expect((await show(pipeline, inputs, { quiet: true })).stderr).toBe(
      "Warning: 'pair' (Pair) never ran: 'first' got no value from 'silent.nothing' (which ran and gave none).\n",
    )
  })

  test('shows a terminal no control characters, and a pipe everything', async () => {
    const text = 'a\u001B[31mb'
    expect((await show(one(), { text })).stdout).toBe(`${text}\n`)
    const terminal = new FakeTerminal({ isTTY: true })
    expect((await show(one(), { text }, { quiet: true }, terminal)).stdout).toBe('a\uFFFD[31mb\n')
  })

  test('shows a person what a model thinks and calls', async () => {
    const { stdout, stderr } = await show(caller(), calling, {}, plainScreen())
    expect(stdout).toBe('Wait.\n')
    expect(stderr).toMatch(/^│ Hm\.\n→ add\(\{"a":1\}\)\n.* to run\n$/)
  })

  test('dims what is no reply', async () => {
    const { stderr } = await show(caller(), calling, {}, new FakeTerminal({ isTTY: true }))
    expect(stderr).toContain('\u001B[2m│ Hm.\u001B[22m')
  })

  test('gives a pipe the reply and the calls, and nothing that was only thought', async () => {
    expect(await show(caller(), calling)).toEqual({
      stdout: 'Wait.\n\nllm.replies:\nadd({"a":1})\n',
      stderr: '',
    })
  })

  test('tells thoughts and calls on stderr with verbose', async () => {
    const { stdout, stderr } = await show(caller(), calling, { verbose: true })
    expect(stdout).toBe('Wait.\n\nllm.replies:\nadd({"a":1})\n')
    expect(stderr).toMatch(/^│ Hm\.\n→ add\(\{"a":1\}\)\n0\.50 s to load/)
  })

  test('shows no thoughts and calls when it is told to be quiet, or with json', async () => {
    expect((await show(caller(), calling, { quiet: true }, plainScreen())).stderr).toBe('')
    const { stdout, stderr } = await show(caller(), calling, { json: true }, plainScreen())
    expect(JSON.parse(stdout).outputs.llm.replies).toEqual([calling.reply])
    expect(stderr).toMatch(/^0\.50 s to load, .* to run\n$/)
  })

  test('says of a call that was cut off that it is none', async () => {
    const reply = ChatMessage.assistant({
      meta: { malformedToolCalls: [{ index: 0, name: 'add', arguments: '{"a"' }] },
    })
    const chunks = [
      { toolCalls: [{ index: 0, id: 'c', name: 'add', arguments: '{"a"' }], index: 0, start: true },
    ]
    const { stdout, stderr } = await show(caller(), { chunks, reply }, {}, plainScreen())
    expect(stderr).toMatch(/^→ add\(\{"a" …\n/)
    expect(stdout).toBe('add({"a" … is not a call: the arguments are not a JSON object.\n')
  })
})
