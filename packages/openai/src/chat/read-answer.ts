import { loadLibrary } from '../server/ask.ts'
import { bodyOf } from '../server/body.ts'
import { cutError, kindOfBody, reportedError, unreadableError } from '../server/failures.ts'
import { objectOf, type Server } from '../server/server.ts'
import type { Answer } from './answer.ts'
import type { Piece } from './choice.ts'

/**
 * Reads an answer, streamed or in one piece, as the server gave it, and gives the pieces of the first reply as they come.
 *
 * @throws OpenAIError for an answer that breaks off, that is an error in the middle, or that is none of the protocol
 */
export async function* readAnswer(
  response: Response,
  answer: Answer,
  server: Server,
  signal: AbortSignal,
): AsyncGenerator<readonly Piece[]> {
  const type = response.headers.get('content-type') ?? ''
  if (/^text\/event-stream\b/i.test(type)) yield* readStream(response, answer, server, signal)
  else yield takeWhole(await bodyOf(response, server, signal), answer, server)
  signal.throwIfAborted()
  if (answer.choices.length === 0) throw unreadableError(server, "without 'choices'")
}

async function* readStream(
  response: Response,
  answer: Answer,
  server: Server,
  signal: AbortSignal,
): AsyncGenerator<readonly Piece[]> {
  const [{ Stream }, { APIError }] = await Promise.all([import('openai/streaming'), loadLibrary()])
  let isAnswered = false
  try {
    for await (const chunk of Stream.fromSSEResponse<unknown>(
      response,
      new AbortController(),
      silent as never,
    )) {
      isAnswered = true
      const part = objectOf(chunk)
      // vLLM's older form of an error in the middle.
      if (part['object'] === 'error') throw reportedError(part, server)
      const pieces = answer.take(part)
      yield pieces
    }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof SyntaxError)
      throw cutError(server, 'an event of the stream is not whole JSON', error)
    if (error instanceof APIError) throw reportedError(error.error, server)
    if (isConnection(error)) throw cutError(server, 'the connection was closed', error)
    throw error
  }
  signal.throwIfAborted()
  if (!isAnswered) throw cutError(server, 'the stream had no event')
  const unfinished = answer.choices.find(({ sentFinish }) => sentFinish === undefined)
  if (unfinished !== undefined) throw cutError(server, 'the stream ended without a finish_reason')
  if (answer.choices.some(({ sentFinish }) => sentFinish === 'error')) {
    throw reportedError({ message: "its finish_reason is 'error'" }, server)
  }
}

/** What the library looks at to find out how much it may print. */
const silent = { logLevel: 'off', logger: console }

function takeWhole(body: string, answer: Answer, server: Server): readonly Piece[] {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw unreadableError(server, kindOfBody(body), body)
  }
  const part = objectOf(value)
  if (!Array.isArray(part['choices']) || part['choices'].length === 0) {
    if (part['error'] !== undefined && part['error'] !== null) throw reportedError(part['error'], server)
    throw unreadableError(server, "JSON without 'choices'", body)
  }
  return answer.take(part)
}

/** fetch says 'terminated' where a connection ends in the middle. */
function isConnection(error: unknown): boolean {
  const { name, message } = Object(error) as Partial<Error>
  return name === 'TypeError' && /terminated|network/i.test(message ?? '')
}
