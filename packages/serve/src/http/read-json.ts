import { messageOf } from '@millrace/core/component'
import type { Body } from '../admission/bodies.ts'
import { ServeError } from '../errors.ts'
import type { RequestContext, Service } from './context.ts'

export interface JsonBody {
  readonly value: Readonly<Record<string, unknown>>
  /** For the runs that it is the request for. */
  readonly body: Body
}

/** Nothing that a pipeline takes is deeper; what walks through values calls itself for each level. */
const DEEPEST = 200

/**
 * Checking a value costs about 5 µs whatever its size, in which nothing else is answered; and each takes many times its text
 * in memory.
 */
const MOST_VALUES = 200_000

/**
 * The body of a request, a JSON object. It is read no further than the limit, and not at all where others fill the memory.
 *
 * @throws ServeError `SERVE_MEDIA_TYPE`, `SERVE_TOO_LARGE`, `SERVE_QUEUE_FULL`, `SERVE_INVALID_JSON`
 */
export async function readJson(
  c: RequestContext,
  { limits, bodies }: Pick<Service, 'limits' | 'bodies'>,
): Promise<JsonBody> {
  const type = c.req.header('content-type') ?? ''
  // Also for safety: a page of another origin cannot send this type without asking first.
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    const message = `The body must be JSON, with 'Content-Type: application/json'${type === '' ? '' : `, not '${type.slice(0, 100)}'`}.`
    throw new ServeError('SERVE_MEDIA_TYPE', message)
  }
  const body = bodies.open()
  c.set('body', body)
  return { value: parseObject(await readText(c, limits.maxBodyBytes, body)), body }
}

async function readText(c: RequestContext, maxBytes: number, held: Body): Promise<string> {
  const tooLarge = () =>
    new ServeError(
      'SERVE_TOO_LARGE',
      `The body is larger than the ${maxBytes} bytes that the server accepts.`,
    )
  const declared = Number(c.req.header('content-length') ?? 0)
  if (declared > maxBytes) throw tooLarge()
  held.grow(declared)
  // The server of Node.js reads no more than is declared, and makes no stream for that.
  if (declared > 0) return decoded(await wholeBody(c))
  const { body } = c.req.raw
  if (body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge()
    held.grow(chunk.byteLength)
    chunks.push(chunk)
  }
  return decoded(Buffer.concat(chunks))
}

async function wholeBody(c: RequestContext): Promise<ArrayBuffer> {
  try {
    return await c.req.arrayBuffer()
  } catch (cause) {
    const { incoming } = (c.env ?? {}) as { readonly incoming?: { readonly readableEnded?: boolean } }
    if (incoming?.readableEnded !== true) throw cause
    const message =
      'The body was read before, by another handler of this server, such as express.json(). Put that behind the handler of Millrace.'
    throw new ServeError('SERVE_FAILED', message, { cause })
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decoded(bytes: ArrayBuffer | Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new ServeError('SERVE_INVALID_JSON', 'The body is not UTF-8, as JSON is.', { cause })
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  checkShape(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ServeError('SERVE_INVALID_JSON', `The body is not JSON: ${messageOf(cause)}.`, { cause })
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>
  }
  throw new ServeError('SERVE_INVALID_JSON', 'The body must be a JSON object.')
}

/** Looks at a JSON text before it is parsed: what it becomes may be much larger than the text. */
function checkShape(text: string): void {
  let depth = 0
  let values = 0
  let isInString = false
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (isInString) {
      if (code === 92) index++
      else if (code === 34) isInString = false
    } else if (code === 34) isInString = true
    else if (code === 91 || code === 123) depth++
    else if (code === 93 || code === 125) depth--
    else if (code === 44) values++
    if (depth > DEEPEST) {
      throw new ServeError('SERVE_INVALID_JSON', `The body is nested more than ${DEEPEST} levels deep.`)
    }
    if (values >= MOST_VALUES) {
      throw new ServeError(
        'SERVE_TOO_LARGE',
        `The body has more than ${MOST_VALUES} values. Send fewer at once.`,
      )
    }
  }
}
