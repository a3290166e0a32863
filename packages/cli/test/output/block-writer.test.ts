import { describe, expect, test } from '@jest/globals'
import { BlockWriter, type PieceKind } from '../../src/output/block-writer.ts'

const llm = { name: 'llm', visit: 1 }
const again = { name: 'llm', visit: 2 }
const tools = { name: 'tools', visit: 1 }

/** Both outputs as one text, or apart. */
function writer(sameScreen: boolean, headings = false) {
  const stdout: string[] = []
  const stderr = sameScreen ? stdout : []
  const blocks = new BlockWriter({
    replies: (text) => stdout.push(text),
    activity: (text) => stderr.push(text),
    sameScreen,
    headings,
  })
  const write = (speaker: typeof llm, kind: PieceKind, text: string, starts = false) =>
    blocks.write(speaker, { kind, text, starts })
  return { blocks, write, stdout: () => stdout.join(''), stderr: () => stderr.join('') }
}

/** A turn of a model that thinks, says something and calls a tool; the result; and the reply. */
function turn(write: ReturnType<typeof writer>['write'], blocks: BlockWriter): void {
  write(llm, 'reasoning', 'Which city?\nRo')
  write(llm, 'reasoning', 'me.\n')
  write(llm, 'reply', 'Let me ', true)
  write(llm, 'reply', 'look.')
  write(llm, 'call', '→ get_weather(', true)
  write(llm, 'call', '{"city":"Rome"}')
  write(llm, 'call', '→ now(', true)
  blocks.endLines()
  write(tools, 'result', '← get_weather: 22\n', true)
  write(tools, 'result', '← now: 12:00\n', true)
  blocks.endLines()
  write(again, 'reply', 'It is 22 degrees.', true)
  blocks.endLines()
}

describe('BlockWriter', () => {
  test('puts every kind on lines of its own where all is one screen', () => {
    const { blocks, write, stdout } = writer(true)
    turn(write, blocks)
    expect(stdout()).toBe(`│ Which city?
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

  test('writes nothing but replies to the output of replies', () => {
    const { blocks, write, stdout, stderr } = writer(false)
    turn(write, blocks)
    expect(stdout()).toBe('Let me look.\n\nllm (visit 2):\nIt is 22 degrees.\n')
    expect(stderr()).toBe(
      '│ Which city?\n│ Rome.\n→ get_weather({"city":"Rome"})\n→ now()\n← get_weather: 22\n← now: 12:00\n',
    )
  })

  test('leaves a reply in one line that is interrupted on another output', () => {
    const { blocks, write, stdout } = writer(false)
    write(llm, 'reply', 'Let me ', true)
    write(llm, 'call', '→ now(', true)
    write(llm, 'reply', 'look.')
    blocks.endLines()
    expect(stdout()).toBe('Let me look.\n')
  })

  test('shows that a call was never finished', () => {
    const { blocks, write, stdout } = writer(true)
    write(llm, 'call', '→ add({"a": 12', true)
    blocks.endLines()
    write(llm, 'call', '→ add(12', true)
    blocks.endLines()
    expect(stdout()).toBe('→ add({"a": 12 …\n→ add(12 …\n')
  })

  test('keeps the lines of a call together', () => {
    const { blocks, write, stdout } = writer(true)
    write(llm, 'call', '→ add(', true)
    write(llm, 'call', '{\n"a": 1\n}')
    blocks.endLines()
    expect(stdout()).toBe('→ add({\n  "a": 1\n  })\n')
  })

  test('says whose thoughts and calls they are where several may speak', () => {
    const { blocks, write, stdout } = writer(true, true)
    write(llm, 'reasoning', 'Hm.')
    write(llm, 'reply', 'Yes.', true)
    blocks.endLines()
    write({ name: 'judge', visit: 1 }, 'call', '→ rate({}', true)
    blocks.endLines()
    expect(stdout()).toBe('llm:\n│ Hm.\nYes.\n\njudge:\n→ rate({})\n')
  })

  test('knows whether a line may be drawn there', () => {
    const { blocks, write } = writer(true)
    expect(blocks.atLineStart).toBe(true)
    write(llm, 'reply', 'Yes')
    expect(blocks.atLineStart).toBe(false)
    blocks.endLines()
    expect(blocks.atLineStart).toBe(true)
    const apart = writer(false)
    apart.write(llm, 'reply', 'Yes')
    expect(apart.blocks.atLineStart).toBe(true)
  })

  test('shows replies alone when nobody watches', () => {
    const stdout: string[] = []
    const blocks = new BlockWriter({ replies: (text) => stdout.push(text), headings: false })
    turn((speaker, kind, text, starts = false) => blocks.write(speaker, { kind, text, starts }), blocks)
    expect(stdout.join('')).toBe('Let me look.\n\nllm (visit 2):\nIt is 22 degrees.\n')
  })
})
