import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { type Chatting, chatting, parrot } from './chatting.ts'

const CHOICES = 'y = yes, n [reason] = no, e = edit, a = always this tool: '

/** Starts a chat, says the words, and comes to this question. */
async function asked(words: string, question: string): Promise<Chatting & { readonly text: string }> {
  const talk = await chatting(parrot())
  talk.keys.press(`${words}\r`)
  return { ...talk, text: await talk.keys.until(question) }
}

describe('an approval', () => {
  test('is asked for with all arguments', async () => {
    const { text, say, leave } = await asked('approve', CHOICES)
    expect(text).toContain('? Run add?\uFFFD[31m\n  {\n    "a": 1,\n    "b": 2\n  }\n')
    expect(await say('y')).toBe('Answers: {"call1":"approve"}\n')
    await leave()
  })

  test.each([
    ['yes', 'approve'],
    ['n', 'reject'],
    ['n not today', { reject: 'not today' }],
  ])('is what was answered: %s', async (line, answer) => {
    const { say, leave, chat } = await asked('approve', CHOICES)
    expect(await say(line)).toBe(`Answers: ${JSON.stringify({ call1: answer })}\n`)
    expect(chat.conversation.messages).toHaveLength(2)
    await leave()
  })

  test('is not what was typed before the question, nor anything else', async () => {
    const { keys, say, leave } = await chatting(parrot())
    keys.press('approve\ry\r')
    await keys.until(CHOICES)
    for (const line of ['', 'maybe', 'yes please']) {
      keys.press(`${line}\r`)
      expect(await keys.until(CHOICES)).toContain('Nothing is done yet.')
    }
    expect(await say('n')).toBe('Answers: {"call1":"reject"}\n')
    await leave()
  })

  test('is for all calls of the tool, where the user says so', async () => {
    const { chat, say, leave } = await asked('approve', CHOICES)
    expect(await say('a')).toBe('Answers: {"call1":"approve"}\n')
    expect(await say('approve it')).toBe('Answers: {"call1":"approve"}\n')
    expect([...chat.approved]).toEqual(['add'])
    expect(await say('/tools')).toBe('add (not asked about any more): Adds two numbers.\n')
    await leave()
  })

  test('may change the arguments, to what the tool can take', async () => {
    const { keys, say, leave } = await asked('approve', CHOICES)
    keys.press('e\r')
    await keys.until('arguments: {"a":1,"b":2}')
    const edits: readonly (readonly [keys: string, problem: string])[] = [
      ['\u007F\r', 'That is not JSON'],
      [',"c":3}\r', "'c' is unknown"],
      ['\u0015[1]\r', 'Arguments are an object'],
      ['\u0015{"a":"one","b":2}\r', 'a: expected number'],
    ]
    for (const [edit, problem] of edits) {
      keys.press(edit)
      expect(await keys.until('arguments: ')).toContain(problem)
    }
    expect(await say('\u0015{"a":5,"b":6}')).toBe('Answers: {"call1":{"arguments":{"a":5,"b":6}}}\n')
    await leave()
  })

  test('is asked for again after an edit that was given up', async () => {
    const { keys, say, leave } = await asked('approve', CHOICES)
    keys.press('e\r')
    await keys.until('arguments: ')
    keys.press('\u0003')
    await keys.until(CHOICES)
    expect(await say('n')).toBe('Answers: {"call1":"reject"}\n')
    await leave()
  })

  test('that is given up stops the answer, and runs nothing', async () => {
    const { chat, keys, leave } = await asked('approve', CHOICES)
    keys.press('\u0003')
    expect(await keys.until('\n> ')).toContain('Stopped before an answer.')
    expect(chat.conversation.isEmpty).toBe(true)
    await leave()
  })

  test('ends the chat with Ctrl-D', async () => {
    const { keys, ended } = await asked('approve', CHOICES)
    keys.press('\u0004')
    await ended
  })
})

describe('another question', () => {
  const prompt = 'answer (:= before JSON): '

  test.each([
    ['Ada', 'Ada'],
    [':={"first":"Ada"}', { first: 'Ada' }],
  ])('is answered with a text or JSON: %s', async (line, answer) => {
    const { text, say, chat, leave } = await asked('ask', prompt)
    expect(text).toContain('? What is your name?\n  {"of":"you"}\n')
    expect(await say(line)).toBe(`Answers: ${JSON.stringify({ name: answer })}\n`)
    expect(ChatMessage.text(chat.conversation.messages.at(-1))).toContain('Answers')
    await leave()
  })

  test('is asked again when the JSON is none', async () => {
    const { keys, say, leave } = await asked('ask', prompt)
    keys.press(':={\r')
    expect(await keys.until(prompt)).toContain('That is not JSON')
    expect(await say('Ada')).toBe('Answers: {"name":"Ada"}\n')
    await leave()
  })
})
