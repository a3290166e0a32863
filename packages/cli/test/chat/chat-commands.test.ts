import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ChatMessage, Pipeline } from '@millrace/core'
import { completeCommand, isCommand } from '../../src/chat/chat-commands.ts'
import { FakeTerminal } from '../fake-terminal.ts'
import { root } from '../millrace.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { type Chatting, chatting, Parrot, parrot, talkOf } from './chatting.ts'

/** Says all of it, and gives what appeared after the last line. */
async function saying(talk: Chatting, ...lines: string[]): Promise<string> {
  let text = ''
  for (const line of lines) text = await talk.say(line)
  return text
}

const texts = ({ chat }: Chatting) => chat.conversation.messages.map((message) => ChatMessage.text(message))

test.each([
  ['/help', true],
  ['/?', true],
  ['/save x.json', true],
  ['/home/me/cat.png what is this?', false],
  [' /help', false],
  ['//help', false],
])('%s is a command: %s', (line, is) => {
  expect(isCommand(line)).toBe(is)
})

test('Tab completes commands', () => {
  expect(completeCommand('/s')).toEqual(['/system ', '/save '])
  expect(completeCommand('/q')).toEqual(['/quit'])
  expect(completeCommand('/save x')).toEqual([])
  expect(completeCommand('s')).toEqual([])
})

describe('the commands of a chat', () => {
  test('are listed by /help, in lines that fit a terminal', async () => {
    const talk = await chatting(parrot())
    const help = await talk.say('/help')
    for (const name of [
      'help',
      'clear',
      'system',
      'image',
      'undo',
      'retry',
      'save',
      'load',
      'model',
      'tools',
      'usage',
      'quit',
    ]) {
      expect(help).toContain(`/${name}`)
    }
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThan(80)
    await talk.leave()
  })

  test('end the chat', async () => {
    for (const line of ['/quit', '/exit', '/bye', '/q']) {
      const { keys, ended } = await chatting(parrot())
      keys.press(`${line}\r`)
      await ended
    }
  })

  test.each([
    ['/sytem x', /no command '\/sytem'\. Did you mean 'system'\?/],
    ['/xyz', /no command '\/xyz'\. \/help lists all\. To send it as a text, write a space before it/],
    ['/save', /\/save needs an argument: \/save FILE\./],
    ['/save x.txt', /ends in \.json, which \/load reads, or in \.md, not 'x\.txt'/],
    ['/load none.json', /'.*none\.json' cannot be read/],
    ['/image https://a.b/c.png', /nothing is fetched from the network/],
    ['/image none.png', /none\.png/],
  ])('say what is wrong with them: %s', async (line, message) => {
    const talk = await chatting(parrot())
    expect(await talk.say(line)).toMatch(message)
    await talk.leave()
  })

  test('begin anew, and set instructions', async () => {
    const talk = await chatting(parrot())
    expect(await talk.say('/system')).toBe('There are no instructions.\n')
    expect(await saying(talk, '/system Be brief.', '/system')).toBe('Be brief.\n')
    expect(await saying(talk, 'Hello', '/clear', 'again')).toBe('2: again\n')
    expect(texts(talk)).toEqual(['Be brief.', 'again', '2: again'])
    expect(await saying(talk, '/system none', 'more')).toBe('3: more\n')
    await talk.leave()
  })

  test('take a message back, and ask it again', async () => {
    const talk = await chatting(parrot())
    expect(await talk.say('/undo')).toBe('There is nothing to take back.\n')
    expect(await talk.say('/retry')).toBe('There is nothing to ask again.\n')
    expect(await saying(talk, 'one', 'two', '/undo', '/retry')).toBe('1: one\n')
    expect(texts(talk)).toEqual(['one', '1: one'])
    await talk.leave()
  })

  test('leave the last answer where another one fails', async () => {
    const talk = await chatting(parrot())
    await talk.say('one')
    const answer = talk.chat.conversation.messages
    talk.chat.conversation.replace([ChatMessage.user('fail'), ...answer.slice(1)])
    expect(await talk.say('/retry')).toContain('the parrot is ill')
    expect(texts(talk)).toEqual(['fail', '1: one'])
    await talk.leave()
  })

  test('count tokens', async () => {
    const talk = await chatting(parrot())
    expect(await talk.say('/usage')).toBe('last answer: nothing yet\nall answers: nothing yet\n')
    expect(await saying(talk, 'one', 'two', '/usage')).toBe(
      'last answer: 7 tokens in, 2 out\nall answers: 14 tokens in, 4 out\n',
    )
    await talk.leave()
  })

  test('save the conversation, to go on with it or to read it', async () => {
    await inTemporaryFolder(async (cwd) => {
      const terminal = new FakeTerminal({ cwd })
      const talk = await chatting(parrot(), { terminal })
      writeFileSync(join(cwd, 'mine.md'), 'mine')
      expect(await saying(talk, 'Hello', '/save x.json')).toBe('Saved in x.json.\n')
      expect(await saying(talk, 'more', '/save x.json')).toBe('Saved in x.json.\n')
      expect(await talk.say('/save mine.md')).toContain(
        "'mine.md' is there already, and not from this conversation.",
      )
      expect(await talk.say('/save x.md')).toBe('Saved in x.md.\n')
      expect(readFileSync(join(cwd, 'mine.md'), 'utf8')).toBe('mine')
      expect(readFileSync(join(cwd, 'x.md'), 'utf8')).toContain('## You\n\nmore\n\n## Model\n\n3: more\n')
      expect(await saying(talk, '/clear', 'Another', '/save x.json')).toContain("'x.json' is there already")
      await talk.leave()

      const other = await chatting(parrot(), { terminal })
      expect(await other.say('/load x.json')).toBe('3: more\n4 messages.\n')
      expect(await other.say('and on')).toBe('5: and on\n')
      expect(await other.say('/load mine.md')).toContain("'mine.md' is not a conversation")
      expect(texts(other)).toHaveLength(6)
      await other.leave()
    })
  })

  test('add images, as paths in a message do', async () => {
    await inTemporaryFolder(async (cwd) => {
      copyFileSync(join(root, 'packages/pocket-model/images/red-circle.png'), join(cwd, 'a.png'))
      const talk = await chatting(parrot(), { terminal: new FakeTerminal({ cwd }) })
      expect(await saying(talk, '/image "a.png"', 'What is it?')).toBe('1: What is it?\n')
      expect(await talk.say('And a.png now?')).toBe('With 1 image.\n3: And now?\n')
      const counts = talk.chat.conversation.messages.map((message) => ChatMessage.images(message).length)
      expect(counts).toEqual([1, 0, 1, 0])
      await talk.leave()
    })
  })

  test('name the model, and go on with another one', async () => {
    const first = parrot()
    const second = new Pipeline({ bird: new Parrot({ model: 'other.gguf' }) })
    const talk = await chatting(first, {
      withModel: async (model) => {
        if (model !== 'other.gguf') throw new TypeError(`no ${model}`)
        return talkOf(second)
      },
    })
    await talk.say('Hello')
    expect(await talk.say('/model')).toBe('bird: parrot.gguf\n')
    expect(await talk.say('/model none.gguf')).toContain('no none.gguf')
    expect(talk.chat.pipeline).toBe(first)
    expect(await talk.say('/model other.gguf')).toBe('The conversation goes on with other.gguf.\n')
    expect(await saying(talk, '/model')).toBe('bird: other.gguf\n')
    expect(await talk.say('still there?')).toBe('3: still there?\n')
    await talk.leave()
  })

  test('keep the model where another one cannot be loaded', async () => {
    const first = parrot()
    const talk = await chatting(first, {
      withModel: async () => talkOf(new Pipeline({ bird: new Parrot({}) })),
      warmUp: () => Promise.reject(new TypeError('too large')),
    })
    const text = await talk.say('/model large.gguf')
    expect(text).toContain('The model from before is loaded again with your next message.')
    expect(text).toContain('too large')
    expect(talk.chat.pipeline).toBe(first)
    expect(await talk.say('Hello')).toBe('1: Hello\n')
    await talk.leave()
  })
})
