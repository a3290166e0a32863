import { messageOf } from '@millrace/core/component'
import { cutError } from './failures.ts'
import type { Server } from './server.ts'

/**
 * All of an answer that is not streamed.
 *
 * @throws OpenAIError `OPENAI_STREAM_CUT` where the connection ends in the middle
 * @throws the reason of the signal, when that aborts
 */
export async function bodyOf(response: Response, server: Server, signal: AbortSignal): Promise<string> {
  try {
    return await response.text()
  } catch (error) {
    signal.throwIfAborted()
    throw cutError(server, `the connection was closed: ${messageOf(error)}`, error)
  }
}
