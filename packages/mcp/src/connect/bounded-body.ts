/** A message is longer than allowed. */
export class TooLong extends Error {}

/**
 * The response with a body that fails when a message in it is too long, and that says when it has ended. Of an event
 * stream a message is a line, of anything else all of it.
 *
 * @param onEnd called once, when everything has been read, or with what reading failed
 */
export function boundedBody(
  response: Response,
  longest: number,
  onEnd: (failure?: unknown) => void,
): Response {
  const { body } = response
  if (body === null) return response
  const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')
  const reader = body.getReader()
  let count = 0
  const bounded = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await reader.read()
        if (done) {
          controller.close()
          return onEnd()
        }
        const lastBreak = isStream ? value.lastIndexOf(10) : -1
        count = lastBreak === -1 ? count + value.length : value.length - lastBreak - 1
        if (count > longest) throw new TooLong(`it sent a message of more than ${longest / 1024 / 1024} MiB`)
        controller.enqueue(value)
      } catch (error) {
        controller.error(error)
        await reader.cancel(error).catch(() => {})
        onEnd(error)
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
  const { status, statusText, headers } = response
  return new Response(bounded, { status, statusText, headers })
}
