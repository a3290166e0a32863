import { ChatMessage, chatMessage, completeMessage } from '../data/chat-message.ts'
import { completeDocument } from '../data/document.ts'
import { completeImage } from '../data/image-content.ts'
import { isPlainObject } from '../json.ts'
import { fits } from '../schema/fits.ts'
import type { ObjectField, SocketType } from '../schema/socket-type.ts'
import { fitsType } from '../schema/validate.ts'
import { type Conversion, ConversionFailure, conversionBetween } from './conversion.ts'

/**
 * A value of the caller's as a socket of this type wants it: what a connection would convert is converted, and data may be
 * written as `fromJSON` reads it, alone or in lists. So a text will do for a message or a document, a message for a text,
 * one value for a list, a document may lack its id. What fits already is returned as it is, and so is what does not become
 * fitting: whether it fits is for the check to say.
 */
export function readValue(type: SocketType, value: unknown): unknown {
  if (isOf(type, value)) return value
  const converted = convert(type, value)
  return converted === undefined ? complete(type, value) : converted
}

function isOf(type: SocketType, value: unknown): boolean {
  return fitsType(type, value)
}

const text: SocketType = { kind: 'string' }
const texts: SocketType = { kind: 'array', items: text }
const message = chatMessage.type
const messages: SocketType = { kind: 'array', items: message }

/** What a connection makes of a text, a message, or a list of one of them. */
function convert(type: SocketType, value: unknown): unknown {
  try {
    return conversionOf(type, value)?.convert(value)
  } catch (error) {
    if (error instanceof ConversionFailure) return undefined
    throw error
  }
}

/** Why a value of a type that converts does not, such as a message with an image for a text. */
export function conversionFault(type: SocketType, value: unknown): string | undefined {
  try {
    conversionOf(type, value)?.convert(value)
  } catch (error) {
    if (error instanceof ConversionFailure) return error.message
    throw error
  }
  return undefined
}

function conversionOf(type: SocketType, value: unknown): Conversion | undefined {
  if (typeof value === 'string') return conversionBetween(text, type)
  if (ChatMessage.is(value)) return conversionBetween(message, type)
  if (!Array.isArray(value) || value.length === 0) return undefined
  if (value.every((item) => typeof item === 'string')) return conversionBetween(texts, type)
  return value.every(ChatMessage.is) ? conversionBetween(messages, type) : undefined
}

const completions: Readonly<Record<string, (value: unknown) => unknown>> = {
  ChatMessage: (value) => (typeof value === 'string' ? ChatMessage.user(value) : completeMessage(value)),
  Document: completeDocument,
  ImageContent: completeImage,
}

/** Data with what it leaves out, in the lists and objects that the type says. */
function complete(type: SocketType, value: unknown): unknown {
  switch (type.kind) {
    case 'named':
      return Object.hasOwn(completions, type.name) ? completions[type.name]?.(value) : value
    case 'array':
      return completeList(type.items, value)
    case 'record':
      return isPlainObject(value) ? mapFields(value, (field) => readValue(type.values, field)) : value
    case 'object':
      return isPlainObject(value) ? completeObject(type.fields, value) : value
    case 'union':
      return completeUnion(type.members, value)
    default:
      return value
  }
}

function completeList(items: SocketType, value: unknown): unknown {
  const read = (item: unknown) => (isOf(items, item) ? item : complete(items, item))
  if (Array.isArray(value)) return value.map(read)
  // As vectors often come. Lists of numbers are JSON, typed arrays are not.
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float32Array)
  const item = read(value)
  return isOf(items, item) ? [item] : value
}

/** Null is absent, where a field may be absent and null is not a value of it. */
function completeObject(
  fields: Readonly<Record<string, ObjectField>>,
  value: Readonly<Record<string, unknown>>,
): unknown {
  return mapFields(value, (given, key) => {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (field === undefined) return given
    return given === null && isNullAbsent(field) ? undefined : readValue(field.type, given)
  })
}

/** Whether null stands for nothing at all: the socket or field may be absent, and its type has no null. */
export function isNullAbsent({ optional, type }: Pick<ObjectField, 'optional' | 'type'>): boolean {
  return optional && !fits({ kind: 'null' }, type)
}

function mapFields(
  value: Readonly<Record<string, unknown>>,
  read: (field: unknown, key: string) => unknown,
): unknown {
  const entries = Object.entries(value).map(([key, field]) => [key, read(field, key)] as const)
  return Object.fromEntries(entries.filter(([, field]) => field !== undefined))
}

/** The first reading that fits. Where none does, that of the only member which could: the check then says what it lacks. */
function completeUnion(members: readonly SocketType[], value: unknown): unknown {
  const real = members.filter(({ kind }) => kind !== 'null')
  const readings = real.map((member) => ({ member, read: readValue(member, value) }))
  const found = readings.find(({ member, read }) => isOf(member, read))
  if (found !== undefined) return found.read
  return readings.length === 1 ? readings[0]?.read : value
}
