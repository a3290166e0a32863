import { basename } from 'node:path'
import { ChatMessage, type Pipeline } from '@millrace/core'
import { type Assignment, parseAssignment } from '../arguments/assignment.ts'
import { collectInputs } from '../arguments/collect-inputs.ts'
import { readInputObject } from '../arguments/json-file.ts'
import { parseModelChoice } from '../arguments/model-choice.ts'
import { isModelName } from '../arguments/model-name.ts'
import { type ModelSettingsOptions, parseModelSettings } from '../arguments/model-settings.ts'
import { type PermissionOptions, parsePermissions } from '../arguments/permissions.ts'
import { givenPaths, withValues } from '../arguments/question.ts'
import { Chat } from '../chat/chat.ts'
import { completeCommand } from '../chat/chat-commands.ts'
import { chatSockets } from '../chat/chat-sockets.ts'
import { LineEditor } from '../chat/line-editor.ts'
import type { Talk } from '../chat/turn.ts'
import { CliError } from '../errors.ts'
import { canRedraw, type Keyboard, type Terminal } from '../terminal.ts'
import { load } from './load.ts'
import { makeRegistry, type RegistryOptions } from './registry.ts'
import { listenForStop, type StopSources } from './stop.ts'
import { warmUp } from './warm-up.ts'

/** The options of `millrace chat`, as they were written. */
export interface ChatFileOptions extends RegistryOptions, PermissionOptions, ModelSettingsOptions {
  readonly set?: readonly string[]
  readonly input?: string
  readonly system?: string
  readonly model?: readonly string[]
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** `millrace chat`: loads a pipeline once, and talks with it, line by line in a terminal, else about what is piped. */
export async function chatWith(
  file: string,
  options: ChatFileOptions,
  terminal: Terminal & StopSources,
): Promise<void> {
  const assignments = (options.set ?? []).map(parseAssignment)
  const readsStdin = assignments.some(({ isFile, text }) => isFile && text === '-')
  if (file === '-' || options.input === '-' || readsStdin) {
    throw usage('The standard input of a chat is what you say. Give a file in the place of -.')
  }
  if (terminal.stdin.isTTY && !terminal.stderr.isTTY) {
    throw usage(
      'A chat shows its prompt on stderr, which is not a terminal here. Pipe what you say into it, or leave stderr as it is.',
    )
  }
  const models = (options.model ?? []).map(parseModelChoice)
  const settings = parseModelSettings(options)
  const permissions = parsePermissions(options)
  const stop = listenForStop(terminal)
  const { signal } = stop
  let chat: Chat | undefined
  let failed = true
  try {
    const registry = await makeRegistry(options, terminal)
    const object =
      options.input === undefined ? {} : await readInputObject(options.input, terminal.stdin, signal)
    const shared = { signal, ...permissions }
    const talk = await talkOf(
      await load(file, registry, terminal, { ...shared, models, settings }),
      object,
      assignments,
      terminal,
    )
    chat = new Chat({
      ...{ talk, terminal, signal, view: options },
      name: isModelName(file) ? basename(file) : file,
      insist: () => terminal.kill(terminal.pid, 'SIGINT'),
      withModel: async (model) => {
        if (isModelName(file) && !isModelName(model)) {
          throw usage(`'${model}' is not a model: a GGUF file, npm:…, hf:… or an https URL.`)
        }
        const other = isModelName(file)
          ? await load(model, registry, terminal, { ...shared, settings })
          : await load(file, registry, terminal, { ...shared, models: [parseModelChoice(model)] })
        return talkOf(other, object, assignments, terminal)
      },
      warmUp: (pipeline, signal) => warmUp(pipeline, options, terminal, signal),
    })
    if (options.system !== undefined) {
      chat.needMemory('--system')
      chat.conversation.system = options.system
    }
    await converse(chat, terminal, signal, () => warmUp(talk.pipeline, options, terminal, signal))
    // Writing the end of the output may have failed, as on a full disk.
    signal.throwIfAborted()
    failed = false
  } finally {
    // The error of the chat is the cause; an error of closing then is only a consequence.
    await chat?.pipeline.close().catch((error: unknown) => {
      if (!failed) throw error
    })
    stop.release()
  }
}

async function talkOf(
  pipeline: Pipeline,
  object: Readonly<Record<string, unknown>>,
  assignments: readonly Assignment[],
  { stdin }: Terminal,
): Promise<Talk> {
  const sockets = chatSockets(pipeline, givenPaths({ pipeline, object, assignments }))
  // All but what is said, which comes later, is checked now.
  const anything = sockets.remembers ? [ChatMessage.user('…')] : '…'
  const inputs = await collectInputs(
    pipeline,
    withValues(pipeline, object, sockets.input, anything),
    assignments,
    { stdin },
  )
  return { pipeline, sockets, inputs }
}

async function converse(
  chat: Chat,
  terminal: Terminal & StopSources,
  signal: AbortSignal,
  prepare: () => Promise<void>,
): Promise<void> {
  if (!terminal.stdin.isTTY) {
    await prepare()
    return chat.answerPiped()
  }
  const screen = terminal.stderr
  const redraws = canRedraw(screen, terminal)
  // From now on keys do not appear by themselves, in the middle of the progress.
  const keyboard = terminal.stdin as unknown as Keyboard
  const editor = new LineEditor(keyboard, screen, { redraws, complete: completeCommand })
  editor.onInterrupt = () => void terminal.kill(terminal.pid, 'SIGINT')
  const onAbort = () => editor.close()
  signal.addEventListener('abort', onAbort)
  try {
    await prepare()
    editor.onInterrupt = undefined
    await chat.talk(editor)
  } finally {
    signal.removeEventListener('abort', onAbort)
    editor.close()
  }
}

function usage(message: string): CliError {
  return new CliError('USAGE_INVALID', message)
}
