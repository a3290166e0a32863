import {
  ChatMessage,
  type ContentPart,
  didYouMean,
  listNames,
  MillraceError,
  type Socket,
  t,
} from '@millrace/core'
import { ComponentsError } from '../errors.ts'
import { toMessages } from '../template/compile-messages.ts'
import { compileParts } from '../template/compile-parts.ts'
import { compileTemplate } from '../template/compile-template.ts'
import { toImages } from '../template/image-marks.ts'
import { TemplateSource } from '../template/template-source.ts'
import type { ChatTemplate } from './chat-template.ts'
import type { ImageVariable, PromptMessage } from './prompt-message.ts'
import { checkVariableName } from './variable-name.ts'

type Values = Readonly<Record<string, unknown>>

/** One piece of a template, read: what it needs, and how it becomes a part of the prompt. */
interface Compiled<Result> {
  readonly variables: readonly string[]
  readonly types: readonly (readonly [name: string, type: Socket])[]
  readonly render: (values: Values) => readonly Result[]
}

/** Only its kind matters: it takes the place of an image that is not known yet, so that the message can be checked. */
const anyImage: ContentPart = { type: 'image', base64: 'AAAA', mimeType: 'image/png' }

/**
 * Reads a chat template in the form of a list. The texts of system and user messages are templates; assistant and
 * tool messages stay as they are, as in Haystack.
 *
 * @throws ComponentsError `TEMPLATE_INVALID`, `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN`, with their `option`
 */
export function compileMessageList(template: readonly PromptMessage[], option: string): ChatTemplate {
  const entries = template.map((entry, index) => compileEntry(entry, `${option}[${index}]`))
  const types = new Map<string, Socket>()
  for (const [name, type] of entries.flatMap((entry) => entry.types)) {
    if (types.has(name) && types.get(name)?.type.kind !== type.type.kind) {
      throw invalid(`The variable '${name}' cannot hold both messages and images.`, option)
    }
    types.set(name, type)
  }
  return {
    variables: [...new Set(entries.flatMap((entry) => entry.variables))],
    types,
    render: (values) => entries.flatMap((entry) => entry.render(values)),
  }
}

function compileEntry(entry: PromptMessage, option: string): Compiled<ChatMessage> {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw invalid(`'${option}' must be a message with 'role' and 'content', or { insert: variable }.`, option)
  }
  return 'insert' in entry ? compileInsert(entry, option) : compileMessage(entry, option)
}

function compileInsert(entry: { readonly insert: string }, option: string): Compiled<ChatMessage> {
  checkKeys(entry, ['insert'], option)
  const name = checkVariableName(entry.insert, `${option}.insert`)
  return {
    variables: [name],
    types: [[name, t.array(t.message())]],
    render: (values) =>
      located(`${option}.insert`, () =>
        toMessages(readValue(values, name), `The variable '${name}' must hold`),
      ),
  }
}

function compileMessage(
  entry: Exclude<PromptMessage, { insert: string }>,
  option: string,
): Compiled<ChatMessage> {
  const { content } = entry
  const written = typeof content === 'string' ? [content] : Array.isArray(content) ? content : []
  const checked = checkMessage(
    { ...entry, content: Array.isArray(content) ? content.map(asKnownPart) : content },
    option,
  )
  if (checked.role !== 'system' && checked.role !== 'user') {
    return { variables: [], types: [], render: () => [checked] }
  }
  const { role, name, meta } = checked
  const place = (index: number) =>
    typeof content === 'string' ? `${option}.content` : `${option}.content[${index}]`
  const parts = written.map((part, index) =>
    compilePart(part, checked.content[index] as ContentPart, role, place(index)),
  )
  return {
    variables: parts.flatMap((part) => part.variables),
    types: parts.flatMap((part) => part.types),
    render(values) {
      const rendered = parts.flatMap((part) => part.render(values))
      if (rendered.length === 0) {
        throw new ComponentsError(
          'TEMPLATE_FAILED',
          `'${option}' makes an empty '${role}' message: its images are all missing.`,
          { option },
        )
      }
      return [
        {
          role,
          content: rendered,
          ...(name === undefined ? {} : { name }),
          ...(meta === undefined ? {} : { meta }),
        },
      ]
    },
  }
}

function compilePart(
  written: unknown,
  part: ContentPart,
  role: 'system' | 'user',
  option: string,
): Compiled<ContentPart> {
  if (isImageVariable(written)) return compileImage(written, option)
  if (part.type !== 'text') return { variables: [], types: [], render: () => [part] }
  const place = typeof written === 'string' ? option : `${option}.text`
  if (role === 'user') return { ...compileParts(part.text, place), types: [] }
  const template = compileTemplate(part.text, { option: place })
  return {
    variables: template.variables,
    types: [],
    render: (values) => [{ type: 'text', text: template.render(values, { optional: '*' }) }],
  }
}

function compileImage(part: ImageVariable, option: string): Compiled<ContentPart> {
  checkKeys(part, ['type', 'variable'], option)
  const name = checkVariableName(part.variable, `${option}.variable`)
  return {
    variables: [name],
    types: [[name, t.union(t.image(), t.array(t.image()))]],
    render: (values) =>
      located(`${option}.variable`, () =>
        toImages(readValue(values, name), `The variable '${name}' must hold`),
      ),
  }
}

function isImageVariable(part: unknown): part is ImageVariable {
  return (
    typeof part === 'object' && part !== null && 'variable' in part && 'type' in part && part.type === 'image'
  )
}

function asKnownPart(part: unknown): unknown {
  return isImageVariable(part) ? anyImage : part
}

function checkMessage(message: unknown, option: string): ChatMessage {
  try {
    return ChatMessage.fromJSON(message)
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error
    throw invalid(`'${option}' is no message. ${error.message}`, option, error)
  }
}

function checkKeys(entry: object, known: readonly string[], option: string): void {
  const stranger = Object.keys(entry).find((key) => !known.includes(key))
  if (stranger === undefined) return
  throw invalid(
    `'${option}' has the unknown key '${stranger}'; its keys are ${listNames(known)}.${didYouMean(stranger, known)}`,
    option,
  )
}

function readValue(values: Values, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

function located<Result>(option: string, run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    throw new TemplateSource('', option).locate(error, undefined)
  }
}

function invalid(message: string, option: string, cause?: unknown): ComponentsError {
  return new ComponentsError(
    'TEMPLATE_INVALID',
    message,
    cause === undefined ? { option } : { option, cause },
  )
}
