import { messageOf } from '@millrace/core/component'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { isJSONRPCRequest, type JSONRPCMessage, type RequestId } from '@modelcontextprotocol/sdk/types.js'
import type { Endpoint } from '../server-address.ts'
import { boundedBody, TooLong } from './bounded-body.ts'
import { LONGEST_LINE } from './stdio-transport.ts'

/** How long to wait for a server to end a session. */
const GOODBYE_MS = 1000

interface Waiting {
  /** The server gave the stream of the answer a place from which it can go on. */
  isResumable: boolean
  /** The stream of the answer has ended without it. */
  hasEnded: boolean
}

/**
 * A server over streamable HTTP. The transport of the SDK leaves a request waiting when the stream of its answer breaks,
 * and never says that a server has gone: this one asks the server at once, ends what cannot be answered any more, and
 * closes where nobody listens.
 */
export class HttpTransport extends StreamableHTTPClientTransport {
  /** Why there is no connection any more, as the end of a sentence. */
  fault: string | undefined
  /** The requests that have no answer yet. */
  readonly #waiting = new Map<RequestId, Waiting>()
  /** Asks the server whether it is there. */
  ping: (() => Promise<unknown>) | undefined
  #isClosed = false
  #asking = false

  constructor({ url, headers }: Endpoint) {
    super(new URL(url), {
      requestInit: { headers },
      fetch: (input, init) => this.#fetch(input, init),
    })
  }

  override async start(): Promise<void> {
    await super.start()
    const { onmessage, onerror } = this
    this.onmessage = (message) => {
      if (!('method' in message) && message.id !== undefined) this.#waiting.delete(message.id)
      onmessage?.(message)
    }
    this.onerror = (error) => {
      onerror?.(error)
      if (/Maximum reconnection attempts/.test(error.message)) this.#giveUpEnded()
    }
  }

  override async send(
    message: JSONRPCMessage | JSONRPCMessage[],
    options: Parameters<StreamableHTTPClientTransport['send']>[1] = {},
  ): Promise<void> {
    if (Array.isArray(message) || !isJSONRPCRequest(message)) return super.send(message, options)
    const waiting = { isResumable: false, hasEnded: false }
    this.#waiting.set(message.id, waiting)
    try {
      await super.send(message, {
        ...options,
        onresumptiontoken: () => {
          waiting.isResumable = true
        },
      })
    } catch (error) {
      this.#waiting.delete(message.id)
      throw error
    }
  }

  /** Ends the session, too, as far as the server takes part in that. */
  override async close(): Promise<void> {
    if (this.#isClosed) return
    if (this.fault === undefined) {
      const goodbye = this.terminateSession().catch(() => {})
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, GOODBYE_MS)
      })
      await Promise.race([goodbye, late])
      clearTimeout(timer)
    }
    this.#isClosed = true
    await super.close()
  }

  async #fetch(input: string | URL, init: RequestInit = {}): Promise<Response> {
    let response: Response
    try {
      response = await fetch(input, init)
    } catch (error) {
      if (!this.#isClosed && init.signal?.aborted !== true && init.method === 'GET') this.#ask()
      throw error
    }
    const id = requestIdOf(init)
    return boundedBody(response, LONGEST_LINE, (failure) => {
      // What was read last is delivered first.
      setTimeout(() => this.#streamEnded(id, failure))
    })
  }

  /** @param failure what reading failed with, unless the server ended the stream */
  #streamEnded(id: RequestId | undefined, failure: unknown): void {
    if (this.#isClosed) return
    const waiting = id === undefined ? undefined : this.#waiting.get(id)
    if (waiting !== undefined) waiting.hasEnded = true
    if (id !== undefined && failure instanceof TooLong) this.#giveUp(id, failure.message)
    else if (id !== undefined && waiting?.isResumable === false && failure === undefined) this.#giveUp(id)
    else if (failure !== undefined || waiting !== undefined) this.#ask()
  }

  /** A stream broke: is the server still there? Who asks it pays no second time. */
  #ask(): void {
    if (this.#asking || this.ping === undefined) return
    this.#asking = true
    this.ping()
      .then(
        () => {
          for (const [id, { hasEnded, isResumable }] of this.#waiting) {
            if (hasEnded && !isResumable) this.#giveUp(id)
          }
        },
        (error: unknown) => this.#lose(error),
      )
      .finally(() => {
        this.#asking = false
      })
  }

  #giveUpEnded(): void {
    for (const [id, { hasEnded }] of this.#waiting) if (hasEnded) this.#giveUp(id)
  }

  /** Answers a request in the place of the server. */
  #giveUp(id: RequestId, message = 'its answer broke off before it was complete'): void {
    const error = { code: -32000, message }
    this.onmessage?.({ jsonrpc: '2.0', id, error })
  }

  #lose(error: unknown): void {
    if (this.#isClosed) return
    this.fault = `it cannot be reached any more: ${failureOf(error)}`
    this.#isClosed = true
    void super.close()
  }
}

/** The request that a body asks, to tell which stream its answer is. */
function requestIdOf({ method, body }: RequestInit): RequestId | undefined {
  if (method !== 'POST' || typeof body !== 'string') return undefined
  const { id, method: asked } = JSON.parse(body) as { readonly id?: RequestId; readonly method?: string }
  return asked === undefined ? undefined : id
}

/** What `fetch` failed with: its own message says nothing. */
export function failureOf(error: unknown): string {
  const { cause } = Object(error) as { readonly cause?: unknown }
  const { code, message } = Object(cause) as { readonly code?: string; readonly message?: string }
  return message || code || messageOf(error)
}
