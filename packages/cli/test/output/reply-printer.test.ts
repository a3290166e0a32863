import { describe, expect, test } from '@jest/globals'
import { ReplyPrinter } from '../../src/output/reply-printer.ts'

function printer(headings = false) {
  const written: string[] = []
  return { replies: new ReplyPrinter((text) => written.push(text), headings), written }
}

describe('ReplyPrinter', () => {
  test('prints the only reply as it grows, without a heading, and ends its line', () => {
    const { replies, written } = printer()
    replies.add('llm', 1, 'The ', true)
    replies.add('llm', 1, 'end')
    expect(written).toEqual(['The ', 'end'])
    replies.end('llm', 1)
    expect(written.join('')).toBe('The end\n')
  })

  test('adds no empty line to a reply that ends with one', () => {
    const { replies, written } = printer()
    replies.add('llm', 1, 'one\n')
    replies.end('llm', 1)
    replies.close()
    expect(written.join('')).toBe('one\n')
  })

  test('keeps what others say meanwhile until the first has ended', () => {
    const { replies, written } = printer(true)
    replies.add('one', 1, 'a1 ')
    replies.add('two', 1, 'b1 ')
    replies.add('one', 1, 'a2')
    replies.add('three', 1, 'c1')
    replies.end('three', 1)
    expect(written.join('')).toBe('one:\na1 a2')
    replies.end('one', 1)
    expect(written.join('')).toBe('one:\na1 a2\n\ntwo:\nb1 ')
    replies.add('two', 1, 'b2')
    replies.end('two', 1)
    expect(written.join('')).toBe('one:\na1 a2\n\ntwo:\nb1 b2\n\nthree:\nc1\n')
  })

  test('tells the visits of a loop apart', () => {
    const { replies, written } = printer()
    for (const visit of [1, 2]) {
      replies.add('llm', visit, `draft ${visit}`)
      replies.end('llm', visit)
    }
    expect(written.join('')).toBe('draft 1\n\nllm (visit 2):\ndraft 2\n')
  })

  test('begins a second message of one visit on a line of its own', () => {
    const { replies, written } = printer()
    replies.add('agent', 1, 'one', true)
    replies.add('agent', 1, 'two', true)
    replies.add('other', 1, 'three', true)
    replies.add('other', 1, 'four', true)
    replies.close()
    expect(written.join('')).toBe('one\ntwo\n\nother:\nthree\nfour\n')
  })

  test('prints all that was said when the run ends early', () => {
    const { replies, written } = printer(true)
    replies.add('one', 1, 'a')
    replies.add('two', 1, 'b')
    replies.close()
    expect(written.join('')).toBe('one:\na\n\ntwo:\nb\n')
  })

  test('says nothing for components that said nothing', () => {
    const { replies, written } = printer(true)
    replies.add('llm', 1, '', true)
    replies.end('llm', 1)
    replies.end('prompt', 1)
    replies.close()
    expect(written).toEqual([])
    expect(replies.names.size).toBe(0)
  })

  test('knows who spoke, and what was said', () => {
    const { replies } = printer()
    replies.add('llm', 1, ' The ')
    replies.add('llm', 1, 'end\n')
    expect([...replies.names]).toEqual(['llm'])
    expect(replies.hasPrinted('The end')).toBe(true)
    expect(replies.hasPrinted('The')).toBe(false)
  })
})
