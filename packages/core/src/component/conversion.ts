import { ChatMessage, chatMessage } from '../data/chat-message.ts'
import { fits } from '../schema/fits.ts'
import { type SocketType, typeName } from '../schema/socket-type.ts'

/**
 * What happens to a value on its way between two sockets whose types do not fit. `convert` throws a plain message
 * (a `ConversionFailure`) when this one value has no counterpart; the runner says where it happened.
 */
export interface Conversion {
  readonly name: keyof typeof converters
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
 * its members convert the same way.
 */
export function conversionBetween(sends: SocketType, expects: SocketType): Conversion | undefined {
  const members = sends.kind === 'union' ? sends.members : [sends]
  const name = names.find((candidate) =>
    members.every((member) => {
      const result = results[candidate](member)
      return result !== undefined && fits(result, expects)
    }),
  )
  return name === undefined ? undefined : { name, convert: converters[name] }
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

function textOf(value: unknown): string {
  const found = ChatMessage.text(value as ChatMessage)
  if (found !== undefined) return found
  throw new ConversionFailure('the message has no text')
}

function only(value: unknown): unknown {
  const list = value as readonly unknown[]
  if (list.length === 1) return list[0]
  throw new ConversionFailure(
    `${typeName(texts)} or ${typeName(messages)} converts to its element only when it holds exactly one; this one holds ${list.length}`,
  )
}
