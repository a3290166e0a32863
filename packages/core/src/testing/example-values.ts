import { ChatMessage } from '../data/chat-message.ts'
import { Document } from '../data/document.ts'
import { ImageContent } from '../data/image-content.ts'
import { StreamingChunk } from '../data/streaming-chunk.ts'
import type { Socket, Sockets } from '../schema/socket.ts'
import { type SocketType, typeName } from '../schema/socket-type.ts'
import { checkType } from '../schema/validate.ts'
import { CheckFailure } from './check-failure.ts'

/**
 * Inputs as `run` receives them, made from the types of the sockets: once with every socket, once with the mandatory
 * ones alone. Always the same.
 *
 * @throws CheckFailure for a type of which there is no example, such as a text with a pattern
 */
export function exampleInputs(sockets: Sockets): Record<string, unknown>[] {
  const all = Object.entries(sockets)
  const mandatory = all.filter(([, socket]) => !socket.optional)
  const kinds = mandatory.length === all.length ? [all] : [all, mandatory]
  return kinds.map((kind) =>
    Object.fromEntries(kind.map(([name, socket]) => [name, exampleFor(name, socket)])),
  )
}

function exampleFor(name: string, socket: Socket): unknown {
  const example = exampleOf(socket.type)
  const problems = example === undefined ? ['no example is known'] : checkType(socket.type, example)
  if (problems.length > 0) {
    throw new CheckFailure(
      `No example can be made for input '${name}' (${typeName(socket.type)}). Give testComponent inputs of your own.`,
    )
  }
  return socket.receives === 'one' ? example : [example]
}

/** A value of this type, or undefined. The caller checks it: constraints may ask for more. */
function exampleOf(type: SocketType): unknown {
  switch (type.kind) {
    case 'unknown':
    case 'json':
      return 'example'
    case 'null':
      return null
    case 'boolean':
      return true
    case 'string':
      return text(type.constraints)
    case 'number':
    case 'integer':
      return number(type.constraints)
    case 'literal':
      return type.values[0]
    case 'union':
      return type.members.map(exampleOf).find((example) => example !== undefined && example !== null)
    case 'array':
      if (type.items.kind === 'named' && type.items.holds?.kind === 'tool') return []
      return list(exampleOf(type.items), type.constraints)
    case 'record':
      return { key: exampleOf(type.values) }
    case 'object':
      return Object.fromEntries(
        Object.entries(type.fields).map(([name, field]) => [name, field.default ?? exampleOf(field.type)]),
      )
    case 'named':
      return named(type.name)
  }
}

type Constraints = Readonly<Record<string, unknown>> | undefined

const formats: Readonly<Record<string, string>> = {
  date: '2024-02-29',
  'date-time': '2024-02-29T12:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '123e4567-e89b-12d3-a456-426614174000',
}

function text({
  format,
  minLength = 0,
  maxLength = Number.POSITIVE_INFINITY,
}: NonNullable<Constraints> = {}) {
  if (typeof format === 'string') return formats[format]
  return 'An example.'.padEnd(Number(minLength), '.').slice(0, Number(maxLength))
}

/** The first of some likely numbers that is within the limits; a wrong one when none is. */
function number(constraints: NonNullable<Constraints> = {}): number {
  const limit = (keyword: string, otherwise: number) => Number(constraints[keyword] ?? otherwise)
  const step = limit('multipleOf', 1)
  const above = limit('exclusiveMinimum', Number.NEGATIVE_INFINITY)
  const below = limit('exclusiveMaximum', Number.POSITIVE_INFINITY)
  const least = limit('minimum', above)
  const most = limit('maximum', below)
  const likely = [
    step,
    0,
    Math.ceil(least / step) * step,
    above + step,
    most,
    below - step,
    (least + most) / 2,
  ]
  const fits = (value: number) =>
    value >= least && value <= most && value > above && value < below && Number.isFinite(value)
  return likely.find((value) => fits(value) && value % step === 0) ?? likely.find(fits) ?? 0
}

function list(item: unknown, { minItems = 1 }: NonNullable<Constraints> = {}): unknown[] | undefined {
  if (item === undefined) return undefined
  return Array.from({ length: Math.max(1, Number(minItems)) }, () => item)
}

// The smallest PNG: one transparent pixel.
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

function named(name: string): unknown {
  switch (name) {
    case 'ChatMessage':
      return ChatMessage.user('What is the capital of France?')
    case 'Document':
      return Document.create({ content: 'Paris is the capital of France.' })
    case 'ImageContent':
      return ImageContent.create({ base64: PIXEL })
    case 'StreamingChunk':
      return StreamingChunk.create({ content: 'Paris' })
    case 'Callback':
      return () => {}
    default:
      return undefined
  }
}
