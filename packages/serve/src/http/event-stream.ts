import type { Socket } from 'node:net'
import type { RequestContext } from './context.ts'

/** A stream of server-sent events, as those who fill it see it. */
export interface EventSink {
  /** Sends an event at once; `data` may have lines. It is dropped where nobody reads any more. */
  send(data: string, event?: string): void
  /** Aborts when the client leaves, or reads too slowly. */
  readonly signal: AbortSignal
}

export interface EventStreamOptions {
  /** After how many milliseconds of silence a comment is sent. */
  readonly pingMs: number
  /** How much may wait for a client that does not read, in bytes. @defaultValue 4 MiB */
  readonly maxWaitingBytes?: number
  /** How long anything may wait for it, in milliseconds. @defaultValue 30000 */
  readonly stallMs?: number
}

/** What is sent before anyone has to read. */
const READ_AHEAD = 64 * 1024

/**
 * Answers with server-sent events, which `fill` sends. Where that throws, `describe` says what the client gets as the last
 * event, and the connection is cut behind it: no client takes that for a good end. A client that does not read fast enough is
 * left, so that it holds nothing up.
 */
export function eventStream(
  c: RequestContext,
  { pingMs, maxWaitingBytes = 4 * 1024 * 1024, stallMs = 30_000 }: EventStreamOptions,
  fill: (sink: EventSink) => Promise<void>,
  describe: (error: unknown) => { readonly data: string; readonly event?: string },
): Response {
  const client = new AbortController()
  const { signal } = client
  const encoder = new TextEncoder()
  let stream: ReadableStreamDefaultController<Uint8Array>
  let stall: NodeJS.Timeout | undefined
  let isOver = false
  const leave = (reason: unknown) => {
    if (isOver) return
    isOver = true
    clearTimeout(stall)
    clearInterval(ping)
    client.abort(reason)
  }
  // What comes in one turn is one write, behind that turn: what gave it, such as a model, goes on meanwhile.
  let unwritten = ''
  const write = (text: string) => {
    if (isOver) return
    if (unwritten === '') setImmediate(flush)
    unwritten += text
  }
  const flush = () => {
    if (isOver || unwritten === '') return
    stream.enqueue(encoder.encode(unwritten))
    unwritten = ''
    const room = stream.desiredSize ?? 0
    if (room < -maxWaitingBytes) tooSlow()
    else if (room <= 0) stall ??= setTimeout(tooSlow, stallMs)
    ping.refresh()
  }
  const tooSlow = () => {
    const reason = new Error('The client did not read its stream.')
    leave(reason)
    const socket = socketOf(c)
    // The server of Node.js would print an error of the stream.
    if (socket === undefined) stream.error(reason)
    else socket.destroy()
  }
  const ping = setInterval(() => write(': ping\n\n'), pingMs)
  const send = (data: string, event?: string) => {
    const lines = /[\r\n]/.test(data) ? data.split(/\r\n|\r|\n/).join('\ndata: ') : data
    write(`${event === undefined ? '' : `event: ${event}\n`}data: ${lines}\n\n`)
  }
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stream = controller
      },
      pull() {
        clearTimeout(stall)
        stall = undefined
      },
      cancel: leave,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD }),
  )
  const run = async () => {
    let isCut = false
    try {
      await fill({ send, signal })
    } catch (error) {
      // That its client left is not a failure.
      if (!isOver) {
        const { data, event } = describe(error)
        send(data, event)
        isCut = true
      }
    }
    clearInterval(ping)
    flush()
    if (isOver) return
    if (isCut) await cut(c, () => isOver || stream.desiredSize === READ_AHEAD)
    if (isOver) return
    isOver = true
    clearTimeout(stall)
    stream.close()
  }
  void run()
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}

/** Ends the connection behind what was sent, without the end that an answer has. Only on a server of Node.js. */
async function cut(c: RequestContext, isRead: () => boolean): Promise<void> {
  const socket = socketOf(c)
  if (socket === undefined) return
  for (let turn = 0; turn < 200 && !isRead(); turn++) await new Promise((resolve) => setTimeout(resolve, 10))
  await new Promise((resolve) => setTimeout(resolve, 10))
  socket.destroySoon()
}

/** The connection of a request to the server of Node.js. */
function socketOf(c: RequestContext): Socket | undefined {
  const { outgoing } = (c.env ?? {}) as { readonly outgoing?: { readonly socket?: Socket | null } }
  return outgoing?.socket ?? undefined
}
