import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { ChatMessage, ImageContent } from '@millrace/core'
import { didYouMean, printable } from '@millrace/core/component'
import { readTextFile } from '../arguments/read-text.ts'
import { CliError } from '../errors.ts'
import { usageText } from '../output/run/summary.ts'
import { writeFile } from '../output/write.ts'
import type { Chat } from './chat.ts'
import { conversationJson, conversationMarkdown, readConversation } from './conversation-file.ts'
import { resolvePath } from './images-in-text.ts'
import { modelsOf, toolsOf } from './parts-of.ts'

interface ChatCommand {
  readonly name: string
  readonly argument?: string
  readonly description: string
  /** Whether the chat goes on. */
  run(chat: Chat, argument: string): void | Promise<void>
}

const commands: readonly ChatCommand[] = [
  { name: 'help', description: 'Lists the commands.', run: (chat) => chat.print(help()) },
  {
    name: 'clear',
    description: 'Begins a new conversation, with the same instructions.',
    run(chat) {
      chat.conversation.clear()
      // A file of the one before is not the new one's to overwrite.
      chat.ownFiles.clear()
      chat.note('The conversation is empty.')
    },
  },
  {
    name: 'system',
    argument: '[TEXT]',
    description: 'Shows or sets the instructions; /system none removes them.',
    run: setSystem,
  },
  {
    name: 'image',
    argument: 'PATH',
    description: 'Adds an image, as its path in a message does.',
    run: addImage,
  },
  {
    name: 'undo',
    description: 'Takes your last message back, with its answer.',
    run(chat) {
      const message = chat.conversation.undo()
      chat.note(message === undefined ? 'There is nothing to take back.' : 'Taken back.')
    },
  },
  {
    name: 'retry',
    description: 'Takes the last answer back, and asks for another.',
    run: (chat) => chat.retry(),
  },
  {
    name: 'save',
    argument: 'FILE',
    description: 'Writes the conversation: x.json to load, x.md to read.',
    run: save,
  },
  {
    name: 'load',
    argument: 'FILE',
    description: 'Goes on with a conversation that /save wrote.',
    run: loadFile,
  },
  {
    name: 'model',
    argument: '[MODEL]',
    description: 'Names the model, or goes on with another one.',
    async run(chat, argument) {
      if (argument === '')
        chat.print(
          `${
            modelsOf(chat.pipeline)
              .map((model) => printable(model))
              .join('\n') || 'There is no model.'
          }\n`,
        )
      else await chat.changeModel(argument)
    },
  },
  { name: 'tools', description: 'Lists what the model may call.', run: listTools },
  {
    name: 'usage',
    description: 'Counts the tokens of the last answer, and of all.',
    run(chat) {
      const lines = Object.entries({
        'last answer': chat.lastUsage.total(),
        'all answers': chat.usage.total(),
      })
      for (const [title, usage] of lines)
        chat.print(`${title}: ${usage === undefined ? 'nothing yet' : usageText(usage)}\n`)
    },
  },
  { name: 'quit', description: 'Ends the program, as Ctrl-D does.', run: (chat) => chat.quit() },
]

const otherNames: Readonly<Record<string, string>> = { '?': 'help', exit: 'quit', bye: 'quit', q: 'quit' }

/** Whether a line is a command: `/home/me/cat.png` is not. Whoever begins a message with a slash writes a space before it. */
export function isCommand(line: string): boolean {
  return /^\/(\w+|\?)(\s|$)/.test(line)
}

/**
 * Does what a line with a command says.
 *
 * @throws CliError `USAGE_INVALID` for an unknown one or a missing argument; what its work throws
 */
export async function runCommand(chat: Chat, line: string): Promise<void> {
  const [, written = '', argument = ''] = /^\/(\S+)\s*(.*)$/s.exec(line) ?? []
  const name = Object.hasOwn(otherNames, written) ? otherNames[written] : written.toLowerCase()
  const command = commands.find((one) => one.name === name)
  if (command === undefined) {
    const near = didYouMean(
      written,
      commands.map((one) => one.name),
    )
    throw usage(
      `There is no command '/${printable(written)}'.${near} /help lists all. To send it as a text, write a space before it.`,
    )
  }
  if (argument.trim() === '' && /^[A-Z]/.test(command.argument ?? '')) {
    throw usage(`/${command.name} needs an argument: /${command.name} ${command.argument}.`)
  }
  await command.run(chat, argument.trim())
}

/** The commands that begin as the line does. */
export function completeCommand(line: string): readonly string[] {
  if (!/^\/\w*$/.test(line)) return []
  return commands
    .map(({ name, argument }) => `/${name}${argument === undefined ? '' : ' '}`)
    .filter((name) => name.startsWith(line))
}

function help(): string {
  const rows = commands.map(
    ({ name, argument = '', description }) => [`/${name} ${argument}`.trim(), description] as const,
  )
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    ...rows.map(([name, description]) => `${name.padEnd(width)}  ${description}`),
    '',
    'A message of several lines is pasted, or stands between two """.',
    'Tab completes commands, and the arrow keys bring lines back.',
    'Ctrl-C stops an answer. Ctrl-D ends the program, and so does Ctrl-C twice.',
    '',
  ].join('\n')
}

function setSystem(chat: Chat, argument: string): void {
  const { conversation } = chat
  if (argument === '') {
    chat.print(`${printable(conversation.system ?? 'There are no instructions.')}\n`)
    return
  }
  chat.needMemory('/system')
  conversation.system = argument === 'none' ? undefined : argument
  chat.note(
    argument === 'none' ? 'The instructions are gone.' : 'The model gets these instructions from now on.',
  )
}

async function addImage(chat: Chat, argument: string): Promise<void> {
  chat.needSight()
  const written = argument.replace(/^(["'])(.*)\1$/, '$2')
  const path = resolvePath(written, chat.cwd)
  if (path === undefined) throw usage('/image takes the path of a file: nothing is fetched from the network.')
  chat.images.push(await ImageContent.fromFile(path))
  chat.note('It goes with your next message.')
}

async function save(chat: Chat, argument: string): Promise<void> {
  const { messages } = chat.conversation
  const path = pathOf(chat, argument)
  const kind = extname(path).toLowerCase()
  if (kind !== '.json' && kind !== '.md') {
    throw usage(
      `/save takes a name that ends in .json, which /load reads, or in .md, not '${printable(argument)}'.`,
    )
  }
  if (existsSync(path) && !chat.ownFiles.has(path)) {
    throw usage(
      `'${printable(argument)}' is there already, and not from this conversation. Take another name.`,
    )
  }
  await writeFile(path, kind === '.json' ? conversationJson(messages) : conversationMarkdown(messages))
  chat.ownFiles.add(path)
  chat.note(`Saved in ${printable(argument)}.`)
}

async function loadFile(chat: Chat, argument: string): Promise<void> {
  chat.needMemory('/load')
  const path = pathOf(chat, argument)
  const messages = readConversation(await readTextFile(path), argument)
  chat.conversation.replace(messages)
  chat.ownFiles.clear()
  chat.ownFiles.add(path)
  const last = messages.findLast(({ role }) => role === 'assistant')
  const text = ChatMessage.text(last)
  if (text !== undefined) chat.print(`${printable(text)}\n`)
  chat.note(`${messages.length} messages.`)
}

function pathOf(chat: Chat, argument: string): string {
  const path = resolvePath(argument, chat.cwd)
  if (path === undefined) throw usage(`'${printable(argument)}' is not the path of a file.`)
  return path
}

function listTools(chat: Chat): void {
  const tools = [...toolsOf(chat.pipeline).values()]
  const lines = tools.map(({ name, description }) => {
    const approved = chat.approved.has(name) ? ' (not asked about any more)' : ''
    return printable(`${name}${approved}: ${description}`)
  })
  chat.print(`${lines.length === 0 ? 'The model has no tools.' : lines.join('\n')}\n`)
}

function usage(message: string): CliError {
  return new CliError('USAGE_INVALID', message)
}
