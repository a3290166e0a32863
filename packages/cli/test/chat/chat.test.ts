import { describe, expect, test } from '@jest/globals'
import { ChatMessage, defineComponent, Pipeline, t } from '@millrace/core'
import { turnsUntil } from '../../../../test/turns-until.ts'
import { Agent, chatting, parrot } from './chatting.ts'

const ctrlC = '\u0003'

describe('a chat', () => {
  test('sends the whole conversation each time', async () => {
    const { chat, say, leave } = await chatting(parrot())
    expect(await say('Hello')).toBe('1: Hello\n')
    expect(await say('')).toBe('')
    expect(await say('and you?')).toBe('3: and you?\n')
    expect(chat.conversation.messages.map((message) => ChatMessage.text(message))).toEqual([
      ...['Hello', '1: Hello', 'and you?', '3: and you?'],
    ])
    await leave()
  })

  test('takes several lines as one message, also between marks', async () => {
    const { keys, say, leave } = await chatting(parrot())
    expect(await say('\u001B[200~a\nb\u001B[201~')).toBe('1: a\nb\n')
    keys.press('"""one\rtwo\r')
    expect(await say('three"""')).toContain('3: one\ntwo\nthree\n')
    expect(await say('"""/help"""')).toBe('5: /help\n')
    await leave()
  })

  test('says what failed, and keeps nothing of it', async () => {
    const { chat, say, leave } = await chatting(parrot())
    expect(await say('fail')).toMatch(/^Error: 'bird' \(Parrot\) failed: the parrot is ill\n$/)
    expect(await say('nothing')).toBe('There was no answer. The message is not kept.\n')
    expect(chat.conversation.isEmpty).toBe(true)
    await leave()
  })

  test('keeps of an agent all steps, and not its own instructions', async () => {
    const { chat, say, leave } = await chatting(new Pipeline({ agent: new Agent() }))
    expect(await say('What is 1 + 2?')).toBe('1: 3\n')
    expect(await say('Sure?')).toBe('5: 3\n')
    const roles = ['user', 'assistant', 'tool', 'assistant']
    expect(chat.conversation.messages.map(({ role }) => role)).toEqual([...roles, ...roles])
    await leave()
  })

  test('shows a warning once', async () => {
    const { say, leave } = await chatting(parrot())
    expect(await say('warn')).toMatch(/^1: warn\nWarning: .*the parrot is slow\n$/)
    expect(await say('warn')).toBe('3: warn\n')
    await leave()
  })

  test('says why an agent ended, where its answer does not', async () => {
    const { say, leave } = await chatting(new Pipeline({ agent: new Agent() }))
    expect(await say('text')).toBe('1: 3\n')
    expect(await say('steps')).toBe("5: 3\nThe agent had to end: it took all of its 'maxSteps'.\n")
    expect(await say('contextOverflow')).toContain(
      'too long for the context. /clear begins a new conversation',
    )
    await leave()
  })

  test('says so when a pipeline takes a text alone, and answers all the same', async () => {
    const Shout = defineComponent({
      type: 'Shout',
      inputs: { text: t.string() },
      outputs: { answer: t.string() },
      run: ({ text }) => ({ answer: text.toUpperCase() }),
    })
    const { keys, say, leave } = await chatting(new Pipeline({ shout: new Shout() }))
    expect(keys.screen.text).toContain(
      "'text' takes a text and not a conversation: what was said before is not sent.",
    )
    expect(await say('hello')).toBe('HELLO\n')
    expect(await say('again')).toBe('AGAIN\n')
    expect(await say('/system Be brief.')).toBe(
      "Error: /system needs a pipeline that takes messages, and 'text' takes a text.\n",
    )
    await leave()
  })

  test('prints no escape sequences of others', async () => {
    const { keys, say, leave } = await chatting(parrot())
    expect(await say('\u001B[200~a\u001B[31mb\nc\u001B[201~')).toBe('1: a\uFFFD[31mb\nc\n')
    keys.press('approve\r')
    expect(await keys.until('y = yes')).toContain('Run add?\uFFFD[31m')
    await leave()
  })

  test('ends with the signal of the program', async () => {
    const stop = new AbortController()
    const { ended, keys } = await chatting(parrot(), { signal: stop.signal })
    keys.press('wait\r')
    await keys.until('I begin')
    stop.abort(new TypeError('terminated'))
    await expect(ended).rejects.toThrow('terminated')
  })
})

describe('Ctrl-C', () => {
  test('stops an answer, of which the part that came is kept', async () => {
    const { chat, keys, say, leave } = await chatting(parrot())
    keys.press('wait\r')
    await keys.until('I begin')
    keys.press(ctrlC)
    expect(await keys.until('> ')).toContain('\nStopped. What was answered is kept; /undo takes it back')
    expect(chat.conversation.messages.at(-1)).toMatchObject({
      content: [{ text: 'I begin ' }],
      meta: { finishReason: 'aborted' },
    })
    expect(await say('go on')).toBe('3: go on\n')
    await leave()
  })

  test('takes a message back of which nothing was answered', async () => {
    const { chat, keys, leave } = await chatting(parrot())
    keys.press('silence\r')
    await keys.until('silence')
    await new Promise((resolve) => setTimeout(resolve, 20))
    keys.press(ctrlC)
    expect(await keys.until('> ')).toContain('Stopped before an answer.')
    expect(chat.conversation.isEmpty).toBe(true)
    keys.press('\u001B[A')
    await keys.until('silence')
    keys.press(ctrlC)
    await keys.until('\n> ')
    await leave()
  })

  test('at the prompt explains itself, and ends the chat when it comes twice at once', async () => {
    let now = 0
    const { keys, say, ended } = await chatting(parrot(), { now: () => now })
    keys.press(`half a line${ctrlC}`)
    expect(await keys.until('\n> ')).toContain('Ctrl-C again, Ctrl-D or /quit ends the chat.')
    now = 2000
    expect(await say('Hello')).toBe('1: Hello\n')
    keys.press(ctrlC)
    await keys.until('\n> ')
    now = 2999
    keys.press(ctrlC)
    await ended
  })

  test('again says that the answer stops, and a third time insists', async () => {
    let free = () => {}
    const Deaf = defineComponent({
      type: 'Deaf',
      inputs: { messages: t.array(t.message()) },
      outputs: { replies: t.array(t.message()) },
      run: async ({ messages: replies }) => {
        await new Promise<void>((resolve) => {
          free = resolve
        })
        return { replies }
      },
    })
    const { keys, insisted, leave } = await chatting(new Pipeline({ deaf: new Deaf() }))
    keys.press('Hello\r')
    await keys.until('Hello')
    await new Promise((resolve) => setTimeout(resolve, 20))
    keys.press(ctrlC)
    keys.press(ctrlC)
    await keys.until('Stopping. Ctrl-C once more ends the program.')
    expect(insisted()).toBe(0)
    keys.press(ctrlC)
    await turnsUntil(() => insisted() === 1)
    free()
    await keys.until('> ')
    await leave()
  })
})
