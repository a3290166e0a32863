import { messageOf } from '@millrace/core/component'
import { ServeError } from '../errors.ts'
import type { Limits, RequestContext } from './context.ts'

export interface JsonBody {
  readonly value: Readonly<Record<string, unknown>>
  readonly bytes: number
}

/** Nothing that a pipeline takes is deeper; what walks through values calls itself for each level. */
const DEEPEST = 200

/**
 * Checking a value costs about 5 µs whatever its size, in which nothing else is answered; and each takes many times its text
 * in memory.
 */
const MOST_VALUES = 200_000

/**
 * The body of a request, a JSON object. It is read no further than the limit.
 *
 * @throws ServeError `SERVE_MEDIA_TYPE`, `SERVE_TOO_LARGE`, `SERVE_INVALID_JSON`
 */
export async function readJson(
  c: RequestContext,
  { maxBodyBytes }: Pick<Limits, 'maxBodyBytes'>,
): Promise<JsonBody> {
  const type = c.req.header('content-type') ?? ''
  // Also for safety: a page of another origin cannot send this type without asking first.
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type)) {
    const message = `The body must be JSON, with 'Content-Type: application/json'${type === '' ? '' : `, not '${type.slice(0, 100)}'`}.`
    throw new ServeError('SERVE_MEDIA_TYPE', message)
  }
  const text = await readText(c, maxBodyBytes)
  return { value: parseObject(text), bytes: text.length }
}

async function readText(c: RequestContext, maxBytes: number): Promise<string> {
  const tooLarge = () =>
    new ServeError(
      'SERVE_TOO_LARGE',
      `The body is larger than the ${maxBytes} bytes that the server accepts.`,
    )
  const declared = Number(c.req.header('content-length') ?? 0)
  if (declared > maxBytes) throw tooLarge()
  // The server of Node.js reads no more than is declared, and makes no stream for that.
  if (declared > 0) return c.req.text()
  const { body } = c.req.raw
  if (body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
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
