import { setImmediate as nextTurn } from 'node:timers/promises'
import { ChatMessage, defineComponent, Pipeline, StreamingChunk, ToolCall, t, tool } from '@millrace/core'
import { Chat, type ChatSetup } from '../../src/chat/chat.ts'
import { completeCommand } from '../../src/chat/chat-commands.ts'
import { chatSockets } from '../../src/chat/chat-sockets.ts'
import { LineEditor } from '../../src/chat/line-editor.ts'
import type { Talk } from '../../src/chat/turn.ts'
import { FakeTerminal } from '../fake-terminal.ts'
import { TerminalKeys } from './terminal-keys.ts'

const messages = t.array(t.message())

const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: t.object({ a: t.number(), b: t.number() }),
  run: ({ a, b }) => a + b,
})

/**
 * What stands for a model. It answers with the number of messages and the last text, and does what some texts say: `fail`,
 * `warn`, `wait` (for the signal, after some words), `silence` (the same without), `nothing`, `approve` and `ask`.
 */
export const Parrot = defineComponent({
  type: 'Parrot',
  parameters: t.object({ model: t.optional(t.string()), tools: t.optional(t.tools()) }),
  inputs: { messages },
  outputs: { replies: messages },
  run: async ({ messages: conversation }, { emit, signal, pause, resumed, modelCall, warn }) => {
    const text = ChatMessage.text(conversation.at(-1)) ?? ''
    const say = async (words: string) => {
      for (const [index, content] of words.split(/(?<= )/).entries()) {
        await emit(StreamingChunk.create({ content, start: index === 0 }))
      }
      return { replies: [ChatMessage.assistant(words)] }
    }
    const [word] = text.split(' ')
    if (word === 'fail') throw new TypeError('the parrot is ill')
    if (word === 'warn') warn('SLOW', 'the parrot is slow')
    if (word === 'nothing') return { replies: [] }
    if (word === 'wait' || word === 'silence') {
      if (word === 'wait') await say('I begin ')
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    }
    if (resumed !== undefined) return say(`Answers: ${JSON.stringify(resumed.answers)}`)
    if (word === 'approve') {
      const data = { tool: 'add', arguments: { a: 1, b: 2 }, description: add.description, step: 1 }
      return pause({ questions: [{ id: 'call1', kind: 'approval', prompt: 'Run add?\u001B[31m', data }] })
    }
    if (word === 'ask') {
      return pause({
        questions: [{ id: 'name', kind: 'text', prompt: 'What is your name?', data: { of: 'you' } }],
      })
    }
    modelCall?.({ model: 'parrot', usage: { promptTokens: 7, completionTokens: 2 } } as never)
    return say(`${conversation.length}: ${text}`)
  },
})

/** An agent as a chat sees it: the whole conversation comes back, with the steps in it and instructions of its own. */
export const Agent = defineComponent({
  type: 'Agent',
  inputs: { messages },
  outputs: { messages, lastMessage: t.message(), exitReason: t.string() },
  run: ({ messages: conversation }) => {
    const call = ToolCall.create({ id: '1', name: 'add', arguments: { a: 1, b: 2 } })
    const last = ChatMessage.assistant(`${conversation.length}: 3`)
    const steps = [
      ChatMessage.assistant({ toolCalls: [call] }),
      ChatMessage.tool({ result: '3', origin: call }),
      last,
    ]
    return {
      messages: [ChatMessage.system('Mine.'), ...conversation, ...steps],
      lastMessage: last,
      exitReason: ChatMessage.text(conversation.at(-1)) ?? '',
    }
  },
})

export const parrot = () => new Pipeline({ bird: new Parrot({ tools: [add], model: 'parrot.gguf' }) })

export function talkOf(pipeline: Pipeline): Talk {
  return { pipeline, sockets: chatSockets(pipeline, new Set()), inputs: {} }
}

export interface Chatting {
  readonly chat: Chat
  readonly keys: TerminalKeys
  readonly insisted: () => number
  /** Presses keys and Enter, and gives what then appears up to the next prompt. */
  say(line: string): Promise<string>
  /** Ends it with Ctrl-D. */
  leave(): Promise<void>
  readonly ended: Promise<void>
}

/** Starts a chat in a terminal of the test's. */
export async function chatting(pipeline: Pipeline, given: Partial<ChatSetup> = {}): Promise<Chatting> {
  const keys = new TerminalKeys()
  const cwd = given.terminal?.cwd()
  const terminal = new FakeTerminal({
    isTTY: true,
    env: { NO_COLOR: '1' },
    ...(cwd === undefined ? {} : { cwd }),
  })
  // Both are one screen.
  Object.assign(terminal, { stdout: keys.screen, stderr: keys.screen })
  let insisted = 0
  const chat = new Chat({
    ...{ talk: talkOf(pipeline), name: 'parrot', view: {}, signal: new AbortController().signal },
    insist: () => {
      insisted += 1
    },
    withModel: () => Promise.reject(new TypeError('no model')),
    warmUp: async (other) => other.warmUp(),
    ...given,
    terminal,
  })
  const editor = new LineEditor(keys.keyboard, keys.screen, { redraws: false, complete: completeCommand })
  const ended = chat.talk(editor).finally(() => editor.close())
  await keys.until('> ')
  return {
    ...{ chat, keys, ended, insisted: () => insisted },
    async say(line) {
      keys.press(`${line}\r`)
      await nextTurn()
      // The line itself is on the screen, too.
      const text = await keys.until('\n> ')
      return text.slice(text.indexOf('\n') + 1, -2)
    },
    async leave() {
      keys.press('\u0004')
      await ended
    },
  }
}
