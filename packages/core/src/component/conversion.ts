import { ChatMessage, chatMessage } from '../data/chat-message.ts'
import { fits } from '../schema/fits.ts'
import { type SocketType, typeName } from '../schema/socket-type.ts'

/**
 * What happens to a value on its way between two sockets whose types do not fit. `convert` throws a plain message
 * (a `ConversionFailure`) when this one value has no counterpart; the runner says where it happened.
 */
export interface Conversion {
  readonly name: keyof typeof converters
  /** The type of what `convert` returns. */
  readonly gives: SocketType
  readonly convert: (value: unknown) => unknown
}

/** Thrown by `Conversion.convert`; never leaves the runner. */
export class ConversionFailure extends Error {}

const text: SocketType = { kind: 'string' }
const message = chatMessage.type
const texts: SocketType = { kind: 'array', items: text }
const messages: SocketType = { kind: 'array', items: message }

/** In the order of preference where the receiver accepts several; Haystack's order. */
const converters = {
  wrap: (value: unknown) => [value],
  unwrap: only,
  messageToText: textOf,
  textToMessage: (value: unknown) => ChatMessage.user(value as string),
  messageToTexts: (value: unknown) => [textOf(value)],
  textToMessages: (value: unknown) => [ChatMessage.user(value as string)],
  onlyMessageToText: (value: unknown) => textOf(only(value)),
  onlyTextToMessage: (value: unknown) => ChatMessage.user(only(value) as string),
} as const

/** What each conversion turns `sends` into, or undefined when it does not apply to that type. */
const results: { readonly [Name in keyof typeof converters]: (sends: SocketType) => SocketType | undefined } =
  {
    wrap: (sends) => ({ kind: 'array', items: sends }),
    unwrap: (sends) => (isTexts(sends) ? text : isMessages(sends) ? message : undefined),
    messageToText: (sends) => (isMessage(sends) ? text : undefined),
    textToMessage: (sends) => (isText(sends) ? message : undefined),
    messageToTexts: (sends) => (isMessage(sends) ? texts : undefined),
    textToMessages: (sends) => (isText(sends) ? messages : undefined),
    onlyMessageToText: (sends) => (isMessages(sends) ? text : undefined),
    onlyTextToMessage: (sends) => (isTexts(sends) ? message : undefined),
  }

const names = Object.keys(converters) as (keyof typeof converters)[]

/**
 * The implicit conversion from one type to another, tried only when `fits` is false: a value into a list of it,
 * text into a user message and back, a list of one text or message into its element. A union converts only if all
 * its members convert the same way. What may or may not be a list itself is not wrapped: a list of lists would come of it.
 */
export function conversionBetween(sends: SocketType, expects: SocketType): Conversion | undefined {
  const members = sends.kind === 'union' ? sends.members : [sends]
  for (const name of names) {
    if (name === 'wrap' && isNotWrapped(sends)) continue
    const given = members.map(results[name])
    if (!given.every((result) => result !== undefined && fits(result, expects))) continue
    const [only, ...others] = given as SocketType[]
    const gives = others.length === 0 ? only : { kind: 'union' as const, members: given as SocketType[] }
    return { name, gives: gives as SocketType, convert: converters[name] }
  }
  return undefined
}

/** Whether nothing is wrapped because it may be a list already, or not. */
export function isNotWrapped(sends: SocketType): boolean {
  return mayBeList(sends) && !isList(sends)
}

/** Whether some values of this type may be lists. */
function mayBeList(type: SocketType): boolean {
  if (type.kind === 'union') return type.members.some(mayBeList)
  return type.kind === 'unknown' || type.kind === 'json' || type.kind === 'array'
}

/** Whether all values of this type are lists. */
function isList(type: SocketType): boolean {
  return type.kind === 'union' ? type.members.every(isList) : type.kind === 'array'
}

function isText(type: SocketType): boolean {
  return fits(type, text)
}

function isMessage(type: SocketType): boolean {
  return type.kind === 'named' && type.name === 'ChatMessage'
}

function isTexts(type: SocketType): boolean {
  return fits(type, texts)
}

function isMessages(type: SocketType): boolean {
  return fits(type, messages)
}

const nouns: Readonly<Record<string, string>> = {
  image: 'an image',
  file: 'a file',
  toolCall: 'a tool call',
  toolCallResult: 'the result of a tool',
}

/** All texts of a message. Its thoughts are not part of what it says; anything else would be lost. */
function textOf(value: unknown): string {
  const { content } = value as ChatMessage
  const other = content.find(({ type }) => Object.hasOwn(nouns, type))
  if (other !== undefined) {
    const place = content.some(({ type }) => type === 'text') ? ' beside its text' : ''
    throw new ConversionFailure(`the message has ${nouns[other.type]}${place}, which is not text`)
  }
  const text = ChatMessage.text(value as ChatMessage)
  if (text !== undefined) return text
  throw new ConversionFailure('the message has no text')
}

function only(value: unknown): unknown {
  const list = value as readonly unknown[]
  if (list.length === 1) return list[0]
  throw new ConversionFailure(
    `${typeName(texts)} or ${typeName(messages)} converts to its element only when it holds exactly one; this one holds ${list.length}`,
  )
}
