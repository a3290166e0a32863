import { describe, expect, test } from '@jest/globals'
import { ImageContent, StreamingChunk, ToolCall } from '@millrace/core'
import type { StreamingChunkFields } from '@millrace/core/component'
import { pieceOf } from '../../../src/output/transcript/piece.ts'
import { Transcript } from '../../../src/output/transcript/transcript.ts'

const llm = { component: 'llm', visit: 1 }
const again = { component: 'llm', visit: 2 }
const tools = { component: 'tools', visit: 1 }
const [one, two, three] = ['one', 'two', 'three'].map((component) => ({ component, visit: 1 })) as [
  typeof llm,
  typeof llm,
  typeof llm,
]

const text = (content: string, start = false): StreamingChunkFields => ({ content, start })
const reasoning = (reasoning: string): StreamingChunkFields => ({ reasoning, index: 0 })
const call = (name: string, written = ''): StreamingChunkFields => ({
  toolCalls: [{ index: 0, id: 'c', name, arguments: written }],
  index: 0,
})
const moreOfCall = (written: string): StreamingChunkFields => ({
  toolCalls: [{ index: 0, arguments: written }],
  index: 1,
})
function result(name: string, result: unknown, error = false) {
  return {
    toolCallResult: {
      type: 'toolCallResult',
      result,
      origin: ToolCall.create({ name, arguments: {} }),
      error,
    },
    index: 0,
  } as StreamingChunkFields
}

/** What is written of the chunks: both outputs as one text, or apart. */
function transcript({ sameScreen = true, headings = false, watched = true } = {}) {
  const stdout: string[] = []
  const stderr = sameScreen ? stdout : []
  const written = new Transcript({
    replies: (text) => stdout.push(text),
    activity: watched ? (text) => stderr.push(text) : undefined,
    sameScreen,
    headings,
  })
  const add = (visit: typeof llm, ...chunks: StreamingChunkFields[]) => {
    for (const fields of chunks) {
      const piece = pieceOf(StreamingChunk.create(fields))
      if (piece !== undefined) written.add(visit, piece)
    }
  }
  return { written, add, stdout: () => stdout.join(''), stderr: () => stderr.join('') }
}

/** A turn of a model that thinks, says something and calls two tools; the results; and the reply. */
function turn({ written, add }: ReturnType<typeof transcript>): void {
  add(llm, reasoning('Which city?\nRo'), reasoning('me.\n'), text('Let me ', true), text('look.'))
  add(llm, call('get_weather'), moreOfCall('{"city":"Rome"}'), call('now'), { finishReason: 'toolCalls' })
  written.end(llm)
  add(tools, result('get_weather', '22'), result('now', '12:00'))
  written.end(tools)
  add(again, text('It is 22 degrees.', true))
  written.end(again)
}

describe('a transcript', () => {
  test('has every kind on lines of its own where all is one screen', () => {
    const all = transcript()
    turn(all)
    expect(all.stdout()).toBe(`│ Which city?
│ Rome.
Let me look.
→ get_weather({"city":"Rome"})
→ now()
← get_weather: 22
← now: 12:00

llm (visit 2):
It is 22 degrees.
`)
  })

  test('has nothing but replies on the output of replies, watched or not', () => {
    const apart = transcript({ sameScreen: false })
    turn(apart)
    expect(apart.stdout()).toBe('Let me look.\n\nllm (visit 2):\nIt is 22 degrees.\n')
    expect(apart.stderr()).toBe(
      '│ Which city?\n│ Rome.\n→ get_weather({"city":"Rome"})\n→ now()\n← get_weather: 22\n← now: 12:00\n',
    )
    const alone = transcript({ watched: false })
    turn(alone)
    expect(alone.stdout()).toBe(apart.stdout())
  })

  test('leaves a reply on one line that is interrupted on another output', () => {
    const { written, add, stdout } = transcript({ sameScreen: false })
    add(llm, text('Let me ', true), call('now'), text('look.'))
    written.close()
    expect(stdout()).toBe('Let me look.\n')
  })

  test('prints the only reply as it grows, without a heading, and ends its line once', () => {
    const { written, add, stdout } = transcript()
    add(llm, text('The ', true), text('end'))
    expect(stdout()).toBe('The end')
    written.end(llm)
    expect(stdout()).toBe('The end\n')
    add(again, text('!\n'))
    written.close()
    expect(stdout()).toBe('The end\n\nllm (visit 2):\n!\n')
  })

  test('begins a second message of one visit on a new line', () => {
    const { written, add, stdout } = transcript()
    add(one, text('one', true), text('two', true))
    add(two, text('three', true), text('four', true))
    written.close()
    expect(stdout()).toBe('one\ntwo\n\ntwo:\nthree\nfour\n')
  })

  test('keeps what others say meanwhile until the first has ended', () => {
    const { written, add, stdout } = transcript({ headings: true })
    add(one, text('a1 '))
    add(two, text('b1 '))
    add(one, text('a2'))
    add(three, text('c1'))
    written.end(three)
    expect(stdout()).toBe('one:\na1 a2')
    written.end(one)
    expect(stdout()).toBe('one:\na1 a2\n\ntwo:\nb1 ')
    add(two, text('b2'))
    written.close()
    expect(stdout()).toBe('one:\na1 a2\n\ntwo:\nb1 b2\n\nthree:\nc1\n')
  })

  test('says whose thoughts and calls they are where several may speak', () => {
    const { written, add, stdout } = transcript({ headings: true })
    add(llm, reasoning('Hm.'), text('Yes.', true))
    written.end(llm)
    add(two, call('rate', '{}'))
    written.end(two)
    expect(stdout()).toBe('llm:\n│ Hm.\nYes.\n\ntwo:\n→ rate({})\n')
  })

  test('has no trace of visits that said nothing', () => {
    const { written, add, stdout } = transcript({ headings: true })
    add(llm, text('', true), reasoning(''), { finishReason: 'stop' })
    written.end(llm)
    written.end(two)
    written.close()
    expect([stdout(), written.components.size]).toEqual(['', 0])
  })

  test('knows who replied, what was said, and whether a line may be drawn', () => {
    const { written, add } = transcript()
    expect(written.atLineStart).toBe(true)
    add(llm, reasoning('Hm.'), text(' The '), text('end\n'))
    add(tools, result('add', '579'))
    written.end(llm)
    expect([...written.components]).toEqual(['llm'])
    expect(['The end', 'The', '← add: 579'].map((reply) => written.hasReply(reply))).toEqual([
      true,
      false,
      false,
    ])
    add(again, text('Yes'))
    written.end(tools)
    expect(written.atLineStart).toBe(false)
    written.end(again)
    expect(written.atLineStart).toBe(true)
  })
})

const parts = [
  { type: 'text', text: 'This:' },
  ImageContent.fromBytes(Buffer.from('x'), { mimeType: 'image/png' }),
]

test.each<[string, StreamingChunkFields[], string]>([
  ['a call that was never finished', [call('add', '{"a": 12')], '→ add({"a": 12 …\n'],
  ['a call that is not an object', [call('add', '12')], '→ add(12 …\n'],
  ['a call of several lines', [call('add'), moreOfCall('{\n"a": 1\n}')], '→ add({\n  "a": 1\n  })\n'],
  [
    'two calls in one chunk',
    [{ toolCalls: ['add', 'now'].map((name, index) => ({ index, name, arguments: '{}' })), index: 0 }],
    '→ add({})\n  → now({})\n',
  ],
  ['a result of several lines', [result('look', ' one\n  two ')], '← look: one two\n'],
  ['a failure', [result('look', 'No.', true)], '✗ look: No.\n'],
  ['a long result', [result('look', 'a'.repeat(300))], `← look: ${'a'.repeat(200)}…\n`],
  ['a result of several parts', [result('look', parts as never)], '← look: This: (an image)\n'],
])('%s in a transcript', (_, chunks, expected) => {
  const { written, add, stdout } = transcript()
  add(llm, ...chunks)
  written.close()
  expect(stdout()).toBe(expected)
})
