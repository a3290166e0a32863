import { describe, expect, test } from '@jest/globals'
import { BlockWriter, type PieceKind } from '../../src/output/block-writer.ts'
import { ReplyPrinter } from '../../src/output/reply-printer.ts'

function printer(headings = false) {
  const written: string[] = []
  const writer = new BlockWriter({ replies: (text) => written.push(text), headings })
  const replies = new ReplyPrinter(writer)
  const say = (name: string, visit: number, text: string, starts = false, kind: PieceKind = 'reply') =>
    replies.add(name, visit, { kind, text, starts })
  return { replies, say, written }
}

describe('ReplyPrinter', () => {
  test('prints the only reply as it grows, without a heading, and ends its line', () => {
    const { replies, say, written } = printer()
    say('llm', 1, 'The ', true)
    say('llm', 1, 'end')
    expect(written).toEqual(['The ', 'end'])
    replies.end('llm', 1)
    expect(written.join('')).toBe('The end\n')
  })

  test('adds no empty line to a reply that ends with one', () => {
    const { replies, say, written } = printer()
    say('llm', 1, 'one\n')
    replies.end('llm', 1)
    replies.close()
    expect(written.join('')).toBe('one\n')
  })

  test('keeps what others say meanwhile until the first has ended', () => {
    const { replies, say, written } = printer(true)
    say('one', 1, 'a1 ')
    say('two', 1, 'b1 ')
    say('one', 1, 'a2')
    say('three', 1, 'c1')
    replies.end('three', 1)
    expect(written.join('')).toBe('one:\na1 a2')
    replies.end('one', 1)
    expect(written.join('')).toBe('one:\na1 a2\n\ntwo:\nb1 ')
    say('two', 1, 'b2')
    replies.end('two', 1)
    expect(written.join('')).toBe('one:\na1 a2\n\ntwo:\nb1 b2\n\nthree:\nc1\n')
  })

  test('tells the visits of a loop apart', () => {
    const { replies, say, written } = printer()
    for (const visit of [1, 2]) {
      say('llm', visit, `draft ${visit}`)
      replies.end('llm', visit)
    }
    expect(written.join('')).toBe('draft 1\n\nllm (visit 2):\ndraft 2\n')
  })

  test('begins a second message of one visit on a line of its own', () => {
    const { replies, say, written } = printer()
    say('agent', 1, 'one', true)
    say('agent', 1, 'two', true)
    say('other', 1, 'three', true)
    say('other', 1, 'four', true)
    replies.close()
    expect(written.join('')).toBe('one\ntwo\n\nother:\nthree\nfour\n')
  })

  test('prints all that was said when the run ends early', () => {
    const { replies, say, written } = printer(true)
    say('one', 1, 'a')
    say('two', 1, 'b')
    replies.close()
    expect(written.join('')).toBe('one:\na\n\ntwo:\nb\n')
  })

  test('says nothing for components that said nothing', () => {
    const { replies, say, written } = printer(true)
    say('llm', 1, '', true)
    replies.end('llm', 1)
    replies.end('prompt', 1)
    replies.close()
    expect(written).toEqual([])
    expect(replies.names.size).toBe(0)
  })

  test('knows who replied, and what was said', () => {
    const { replies, say } = printer()
    say('llm', 1, 'Hm.', false, 'reasoning')
    say('llm', 1, ' The ')
    say('llm', 1, 'end\n')
    say('tools', 1, '579', true, 'result')
    expect([...replies.names]).toEqual(['llm'])
    expect(replies.hasPrinted('The end')).toBe(true)
    expect(replies.hasPrinted('The')).toBe(false)
    expect(replies.hasPrinted('579')).toBe(false)
  })
})
