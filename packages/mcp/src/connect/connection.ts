import { messageOf, onOneLine, shorten } from '@millrace/core/component'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import {
  ErrorCode,
  type Progress,
  McpError as ProtocolError,
  ResultSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { McpError } from '../errors.ts'
import { addressText, type Command, type Endpoint } from '../server-address.ts'
import { VERSION } from '../version.ts'
import { failureOf, HttpTransport } from './http-transport.ts'
import { StdioTransport } from './stdio-transport.ts'

export interface ConnectionOptions {
  readonly address: Command | Endpoint
  readonly connectTimeoutMs: number
  readonly callTimeoutMs: number
  /** Called when the server says that its tools have changed. */
  readonly onListChanged: () => void
  /** Stops connecting. */
  readonly signal: AbortSignal
}

export interface CallOptions {
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

/** A server that forgot the session refused the call: it may be made again, of a new session. */
export class SessionLost extends Error {
  override readonly name = 'SessionLost'
}

/** How long a server may take to say that it is there. */
const PING_MS = 5000
/** A call may go on for so many time limits, however much progress its server reports. */
const MOST_LIMITS = 10
const MOST_PAGES = 100
const MOST_TOOLS = 1000

/** One connection to a server, from the first greeting until one of the two is gone. A lost one does not come back. */
export class Connection {
  readonly #client: Client
  readonly #transport: StdioTransport | HttpTransport
  readonly #options: ConnectionOptions
  #isOpen = true

  private constructor(client: Client, transport: StdioTransport | HttpTransport, options: ConnectionOptions) {
    this.#client = client
    this.#transport = transport
    this.#options = options
    client.onclose = () => {
      this.#isOpen = false
    }
  }

  /**
   * @throws McpError `MCP_CONNECT_FAILED`, `MCP_TIMEOUT`
   * @throws the reason of the signal
   */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const { address, connectTimeoutMs, signal } = options
    const transport = 'command' in address ? new StdioTransport(address) : new HttpTransport(address)
    // It offers neither sampling nor elicitation nor roots: servers that ask for them are refused.
    const client = new Client({ name: 'millrace', version: VERSION }, { capabilities: {} })
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => options.onListChanged())
    const connection = new Connection(client, transport, options)
    try {
      await whileLinked(signal, (stop) =>
        client.connect(transport, { timeout: connectTimeoutMs, signal: stop }),
      )
    } catch (cause) {
      const failure = connection.#connectFailure(cause)
      await transport.close()
      signal.throwIfAborted()
      throw failure
    }
    if (transport instanceof HttpTransport) transport.ping = () => client.ping({ timeout: PING_MS })
    return connection
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** What the server calls itself. */
  get serverName(): string {
    return this.#client.getServerVersion()?.name ?? ''
  }

  /**
   * The tools of the server as it describes them, all pages: nothing of it is checked.
   *
   * @throws McpError
   */
  async listTools(): Promise<readonly unknown[]> {
    if (this.#client.getServerCapabilities()?.tools === undefined) return []
    const { connectTimeoutMs: timeout, signal } = this.#options
    const tools: unknown[] = []
    let cursor: unknown
    const seen = new Set<unknown>()
    do {
      seen.add(cursor)
      const params = cursor === undefined ? {} : { cursor }
      let page: Readonly<Record<string, unknown>>
      try {
        page = await whileLinked(signal, (stop) =>
          this.#client.request({ method: 'tools/list', params }, ResultSchema, { timeout, signal: stop }),
        )
      } catch (cause) {
        signal.throwIfAborted()
        throw this.#callFailure(cause, 'its tools', timeout)
      }
      if (Array.isArray(page['tools'])) tools.push(...page['tools'])
      cursor = page['nextCursor'] ?? undefined
    } while (
      typeof cursor === 'string' &&
      !seen.has(cursor) &&
      seen.size < MOST_PAGES &&
      tools.length < MOST_TOOLS
    )
    return tools.slice(0, MOST_TOOLS)
  }

  /**
   * What a tool answers, unchecked: it may be an error of the tool.
   *
   * @throws SessionLost where the call may be made again
   * @throws McpError `MCP_CONNECTION_LOST`, `MCP_TIMEOUT`, `MCP_TOOL_FAILED`
   * @throws the reason of the signal, at once
   */
  async call(
    name: string,
    args: Readonly<Record<string, unknown>>,
    { signal, onProgress }: CallOptions,
  ): Promise<Readonly<Record<string, unknown>>> {
    const timeout = this.#options.callTimeoutMs
    try {
      return await whileLinked(signal, (stop) =>
        this.#client.request({ method: 'tools/call', params: { name, arguments: args } }, ResultSchema, {
          signal: stop,
          timeout,
          resetTimeoutOnProgress: true,
          maxTotalTimeout: Math.min(timeout * MOST_LIMITS, 2 ** 31 - 1),
          onprogress: onProgress,
        }),
      )
    } catch (cause) {
      signal.throwIfAborted()
      if (isSessionLost(cause)) {
        this.#isOpen = false
        throw new SessionLost()
      }
      throw this.#callFailure(cause, `the call of '${name}'`, timeout)
    }
  }

  async close(): Promise<void> {
    this.#isOpen = false
    await this.#transport.close()
  }

  #connectFailure(cause: unknown): McpError {
    const { address, connectTimeoutMs } = this.#options
    const transport = this.#transport
    const server = `The MCP server '${addressText(address)}'`
    if (transport.fault !== undefined) {
      return new McpError('MCP_CONNECT_FAILED', `${server} cannot be used: ${endSentence(transport.fault)}`, {
        cause,
      })
    }
    const hint = transport instanceof StdioTransport ? transport.hint() : ''
    if (isTimeout(cause)) {
      const message = `${server} did not answer within the ${connectTimeoutMs} ms of 'connectTimeoutMs'.${hint}`
      return new McpError('MCP_TIMEOUT', message, { cause })
    }
    if (Object(cause).code === 'ENOENT' && 'command' in address) {
      const message = `The MCP server '${addressText(address)}' cannot be started: there is no command '${address.command}'${address.cwd === undefined ? '' : `, or no folder '${address.cwd}'`}. Install it, or correct 'command'.`
      return new McpError('MCP_CONNECT_FAILED', message, { cause })
    }
    const message = `${server} cannot be used: ${endSentence(reasonOf(cause))}${hint}`
    return new McpError('MCP_CONNECT_FAILED', message, { cause })
  }

  #callFailure(cause: unknown, what: string, timeout: number): McpError {
    const { address } = this.#options
    const { fault } = this.#transport
    const server = `The MCP server '${addressText(address)}'`
    if (fault !== undefined) {
      return new McpError('MCP_CONNECTION_LOST', `${server} did not answer ${what}: ${endSentence(fault)}`, {
        cause,
      })
    }
    if (isTimeout(cause)) {
      const message = `${server} did not answer ${what} within the ${timeout} ms that it may take.`
      return new McpError('MCP_TIMEOUT', message, { cause })
    }
    const isRefusal = cause instanceof ProtocolError && cause.code !== ErrorCode.ConnectionClosed
    return new McpError(
      isRefusal ? 'MCP_TOOL_FAILED' : 'MCP_CONNECTION_LOST',
      `${server} ${isRefusal ? 'refused' : 'did not answer'} ${what}: ${endSentence(reasonOf(cause))}`,
      { cause },
    )
  }
}

/** The SDK leaves its listener on the signal, which may live long: it gets one of its own. */
async function whileLinked<T>(signal: AbortSignal, work: (own: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const own = new AbortController()
  const onAbort = () => own.abort(messageOf(signal.reason))
  signal.addEventListener('abort', onAbort)
  try {
    return await work(own.signal)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function isTimeout(cause: unknown): boolean {
  return cause instanceof ProtocolError && cause.code === ErrorCode.RequestTimeout
}

/** 404 by the specification; many servers say 400. */
function isSessionLost(cause: unknown): boolean {
  if (!(cause instanceof StreamableHTTPError)) return false
  return cause.code === 404 || (cause.code === 400 && /session/i.test(cause.message))
}

function reasonOf(cause: unknown): string {
  if (cause instanceof StreamableHTTPError) {
    const { code, message } = cause
    if (code === 401 || code === 403) {
      return `it wants authorization (HTTP ${code}). Give it in 'headers', as in { Authorization: 'Bearer …' }`
    }
    return code === undefined || code < 0
      ? message
      : `it answered with HTTP ${code}: ${shorten(onOneLine(message.replace(/^.*endpoint: /, '')), 200)}`
  }
  if (cause instanceof ProtocolError) {
    const told = cause.message.replace(/^MCP error -?\d+: /, '')
    return cause.code === ErrorCode.UrlElicitationRequired
      ? `${told} (it asks a person to open an address, which Millrace does not do)`
      : told
  }
  return failureOf(cause)
}

function endSentence(text: string): string {
  return /[.!?'…]$/.test(text) ? text : `${text}.`
}
