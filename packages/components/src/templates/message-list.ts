import { ChatMessage, type ContentPart, MillraceError } from '@millrace/core'
import { didYouMean, listNames } from '@millrace/core/component'
import type { Template, VariableUse } from '@millrace/jinja'
import { ComponentsError } from '../errors.ts'
import { toMessages } from './message-blocks.ts'
import { PartMarks, partFilters, toFiles, toImages } from './part-marks.ts'
import type { ChatTemplate, InsertedMessages, PartVariable, PromptMessage } from './prompt-message.ts'
import { failure, named, PromptTemplate, type Values } from './prompt-template.ts'
import { checkVariableName } from './variables.ts'

/** One piece of a template, read: what it needs, and how it becomes a part of the prompt. */
interface Compiled<Result> {
  readonly variables: readonly string[]
  readonly uses: readonly VariableUse[]
  readonly texts: readonly Template[]
  readonly render: (values: Values) => readonly Result[]
}

/** Only their kind matters: they take the place of parts that are not known yet, so that the message can be checked. */
const placeholders: Readonly<Record<PartVariable['type'], ContentPart>> = {
  image: { type: 'image', base64: 'AAAA', mimeType: 'image/png' },
  file: { type: 'file', base64: '', mimeType: 'application/pdf' },
}

/**
 * Reads a chat template in the form of a list. The texts of system and user messages are templates; assistant and
 * tool messages stay as they are, as in Haystack.
 *
 * @throws ComponentsError `TEMPLATE_INVALID`, `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN`, with their `option`
 */
export function compileMessageList(template: readonly PromptMessage[], option: string): ChatTemplate {
  const entries = template.map((entry, index) => compileEntry(entry, `${option}[${index}]`))
  return joined(entries)
}

function joined<Result>(
  pieces: readonly Compiled<Result>[],
): Compiled<Result> & { render(values: Values): Result[] } {
  return {
    variables: [...new Set(pieces.flatMap((piece) => piece.variables))],
    uses: pieces.flatMap((piece) => piece.uses),
    texts: pieces.flatMap((piece) => piece.texts),
    render: (values) => pieces.flatMap((piece) => piece.render(values)),
  }
}

function constant<Result>(result: Result): Compiled<Result> {
  return { variables: [], uses: [], texts: [], render: () => [result] }
}

function compileEntry(entry: PromptMessage, option: string): Compiled<ChatMessage> {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    throw invalid(`'${option}' must be a message with 'role' and 'content', or { insert: variable }.`, option)
  }
  return 'insert' in entry ? compileInsert(entry, option) : compileMessage(entry, option)
}

function compileInsert(entry: InsertedMessages, option: string): Compiled<ChatMessage> {
  checkKeys(entry, ['insert'], option)
  return fromVariable(entry.insert, 'insert', `${option}.insert`, toMessages)
}

/** A piece that is what a variable holds. */
function fromVariable<Result>(
  variable: string,
  by: string,
  option: string,
  read: (value: unknown, subject: string) => readonly Result[],
): Compiled<Result> {
  const name = checkVariableName(variable, option)
  return {
    variables: [name],
    uses: [{ variable: name, by, isElement: false }],
    texts: [],
    render: (values) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      return named(option, () => read(value, `The variable '${name}' must hold`))
    },
  }
}

function compileMessage(
  entry: Exclude<PromptMessage, InsertedMessages>,
  option: string,
): Compiled<ChatMessage> {
  const { content } = entry
  const written = typeof content === 'string' ? [content] : Array.isArray(content) ? content : []
  const checked = checkMessage(
    { ...entry, content: Array.isArray(content) ? content.map(asKnownPart) : content },
    option,
  )
  const { role, content: parts, ...fields } = checked
  if (role !== 'system' && role !== 'user') return constant(checked)
  const pieces = written.map((part, index) => {
    const place = typeof content === 'string' ? `${option}.content` : `${option}.content[${index}]`
    return compilePart(part, parts[index] as ContentPart, role, place)
  })
  const whole = joined(pieces)
  return {
    ...whole,
    render(values) {
      const rendered = whole.render(values)
      if (rendered.length > 0) return [{ role, content: rendered, ...fields } as ChatMessage]
      return named(option, () => {
        throw failure(`It makes an empty '${role}' message: its images and files are all missing.`)
      })
    },
  }
}

function compilePart(
  written: unknown,
  part: ContentPart,
  role: string,
  option: string,
): Compiled<ContentPart> {
  if (isPartVariable(written)) {
    checkKeys(written, ['type', 'variable'], option)
    const read: (value: unknown, subject: string) => ContentPart[] =
      written.type === 'image' ? toImages : toFiles
    return fromVariable(written.variable, written.type, `${option}.variable`, read)
  }
  if (part.type !== 'text') return constant(part)
  return compileText(part.text, role, typeof written === 'string' ? option : `${option}.text`)
}

function compileText(text: string, role: string, option: string): Compiled<ContentPart> {
  // Rendering is synchronous: these belong to the one that runs.
  let marks = new PartMarks()
  const { image, file, templatize_part } = partFilters(() => marks)
  const filters = { image, file, templatize_part } as ReturnType<typeof partFilters>
  const compiled = new PromptTemplate(text, option, role === 'user' ? { filters } : {})
  return {
    variables: compiled.template.variables,
    uses: compiled.template.uses,
    texts: [compiled.template],
    render(values) {
      marks = new PartMarks()
      const rendered = compiled.render(values)
      return named(option, () => marks.split(rendered))
    },
  }
}

function isPartVariable(part: unknown): part is PartVariable {
  if (typeof part !== 'object' || part === null || !('variable' in part) || !('type' in part)) return false
  return part.type === 'image' || part.type === 'file'
}

function asKnownPart(part: unknown): unknown {
  return isPartVariable(part) ? placeholders[part.type] : part
}

function checkMessage(message: unknown, option: string): ChatMessage {
  try {
    return ChatMessage.fromJSON(message)
  } catch (error) {
    if (!MillraceError.isInstance(error)) throw error
    const reason = `'${option}' is not a message. ${error.message}`
    throw new ComponentsError('TEMPLATE_INVALID', reason, { option, cause: error })
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

function invalid(message: string, option: string): ComponentsError {
  return new ComponentsError('TEMPLATE_INVALID', message, { option })
}
