import { resolve } from 'node:path'
import {
  type CheckContext,
  type Finding,
  type ParametersOf,
  type Resource,
  type Tool,
  type Toolset,
  toolset,
  type WarmUpContext,
} from '@millrace/core'
import { HiddenValues, listNames, readParameters, resolveEnvironment } from '@millrace/core/component'
import type { CallOptions, Connection } from './connect/connection.ts'
import { McpError } from './errors.ts'
import { isCommand } from './find-command.ts'
import { fingerprintOf, type ListedTool, listedTools } from './listed-tool.ts'
import { failureText, resultParts } from './result-parts.ts'
import { sdkIsInstalled, withSdk } from './sdk.ts'
import { addressText, type Command, type Endpoint } from './server-address.ts'
import { namePart } from './tool-names.ts'
import { isHttpUrl, notAnAddress, parametersFault, toolsetParameters } from './toolset-parameters.ts'

/** A list that changes often is asked for once in this time. */
const REFRESH_MS = 200
/** A server may make up something new each time. */
const MOST_WARNINGS = 100
const MOST_KNOWN = 10_000
/** The most characters of what a server calls itself in the names of its tools. */
const LONGEST_PREFIX = 24

/**
 * The tools of an MCP server: a program that it starts, or an address that speaks streamable HTTP. A resource, which
 * components share; it stands wherever a tool may.
 *
 * It connects when it is warmed up, and again when the server was lost. Whatever a server does wrong costs one call: the
 * model reads the error as its result.
 *
 * @throws McpError `MCP_INVALID` for parameters that contradict each other; from `warmUp` `MCP_SDK_MISSING`,
 * `MCP_CONNECT_FAILED`, `MCP_TIMEOUT`, `MCP_TOOL_UNKNOWN`
 * @example
 * const files = new McpToolset({ command: 'npx', args: ['-y', '@modelcontextprotocol/server-filesystem', '.'] })
 * const invoker = new ToolInvoker({ tools: [files] })
 */
export class McpToolset implements Resource, Toolset {
  static readonly type = 'McpToolset'
  static readonly description = 'The tools of an MCP server: a program that it starts, or an address.'
  static readonly parameters = toolsetParameters
  static readonly environment: readonly string[] = ['args', 'env', 'url', 'headers']
  // Not as `servers`: the whole path is the file's, and a POST to a service of this machine may do harm there.
  static readonly urls: readonly string[] = ['url']
  static readonly commands: readonly string[] = ['command']

  /** For the compiler alone, as in every toolset. */
  declare readonly '~toolset': true
  readonly initParameters: ParametersOf<typeof McpToolset>
  #nameInPipeline: string | undefined
  #baseDir: string | undefined
  #tools: readonly Tool[] = []
  /** As `ListingOptions.known`. */
  readonly #made = new Map<string, ListedTool | undefined>()
  /** By tool the hash of what it was when it was last seen. */
  readonly #known = new Map<string, string>()
  /** What the process was warned of. */
  readonly #said = new Set<string>()
  #connecting: Promise<Connection> | undefined
  #isClosed = false
  /** Aborts when the toolset is closed while it connects. */
  #stop = new AbortController()
  #refreshing: NodeJS.Timeout | undefined

  constructor(given: ParametersOf<typeof McpToolset>) {
    const parameters = readParameters(McpToolset, given)
    const fault = parametersFault(parameters)
    if (fault !== undefined) throw new McpError('MCP_INVALID', fault)
    this.initParameters = parameters
    toolset(this)
  }

  get name(): string {
    return this.initParameters.prefix || this.#nameInPipeline || 'mcp'
  }

  /** Those of the server, as they are now; none before it was warmed up. */
  get tools(): readonly Tool[] {
    return this.#tools
  }

  /** What the names of its tools begin with, unless `prefix` says something else. A pipeline calls it. */
  useName(name: string): void {
    this.#nameInPipeline = name
  }

  /** Whether the SDK and the program are there. It starts nothing and asks no server. */
  check({ baseDir }: CheckContext = {}): Finding[] {
    const { command, env } = this.initParameters
    const findings: Finding[] = []
    if (!sdkIsInstalled()) {
      const message = "It needs the package '@modelcontextprotocol/sdk', which is not installed."
      findings.push({ level: 'error', code: 'MCP_SDK_MISSING', message })
    }
    // It is looked for where its own PATH says.
    if (command !== undefined && env?.['PATH'] === undefined && !isCommand(command, this.#folder(baseDir))) {
      const message = `There is no command '${command}' on this machine.`
      findings.push({ level: 'warning', code: 'MISSING_FILE', message, option: 'command' })
    }
    return findings
  }

  /** Connects, unless it is connected, and learns the tools. */
  async warmUp({ signal, baseDir }: WarmUpContext = {}): Promise<void> {
    signal?.throwIfAborted()
    this.#baseDir = baseDir ?? this.#baseDir
    this.#isClosed = false
    await beforeAbort(this.#connected(), signal)
  }

  /** Ends the connection, and the server where it started that. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#refreshing)
    this.#refreshing = undefined
    this.#stop.abort(closed(this.name))
    this.#stop = new AbortController()
    const connecting = this.#connecting
    this.#connecting = undefined
    const connection = await connecting?.catch(() => undefined)
    await connection?.close()
  }

  /** The connection: the one that there is, else a new one, for all who ask at once. */
  async #connected(): Promise<Connection> {
    const current = this.#connecting
    if (current !== undefined) {
      const connection = await current
      if (connection.isOpen || this.#connecting !== current) return connection
      this.#connecting = undefined
      // Of a program that ended, what it started ends, too.
      await connection.close()
      return this.#connected()
    }
    const opening = this.#open()
    this.#connecting = opening
    opening.catch(() => {
      if (this.#connecting === opening) this.#connecting = undefined
    })
    return opening
  }

  async #open(): Promise<Connection> {
    try {
      return await this.#opened()
    } catch (error) {
      throw this.#hidden.hideIn(error)
    }
  }

  /** What the environment holds is in the arguments and headers, which servers may repeat. */
  get #hidden(): HiddenValues {
    return new HiddenValues(this.initParameters)
  }

  async #opened(): Promise<Connection> {
    const { connectTimeoutMs = 30_000, callTimeoutMs = 60_000 } = this.initParameters
    const address = this.#address()
    const { signal } = this.#stop
    const { Connection } = await withSdk(() => import('./connect/connection.ts'))
    const onListChanged = () => this.#refreshSoon()
    const connection = await Connection.open({
      address,
      connectTimeoutMs,
      callTimeoutMs,
      onListChanged,
      signal,
    })
    try {
      const listed = await connection.listTools()
      this.#refuseUnknown(listed, address)
      this.#take(listed, connection)
    } catch (error) {
      await connection.close()
      throw error
    }
    return connection
  }

  #address(): Command | Endpoint {
    const { command, args = [], env = {}, url = '', headers = {} } = this.initParameters
    if (command === undefined) {
      const endpoint = resolveEnvironment({ url, headers })
      if (isHttpUrl(endpoint.url)) return endpoint
      throw new McpError('MCP_INVALID', notAnAddress(url))
    }
    return { command, ...resolveEnvironment({ args, env }), cwd: this.#folder(this.#baseDir) }
  }

  /** Where the program starts. */
  #folder(baseDir = process.cwd()): string {
    return resolve(baseDir, this.initParameters.cwd ?? '')
  }

  #take(listed: readonly unknown[], connection: Connection): void {
    const { toolNames, prefix } = this.initParameters
    const server = namePart(connection.serverName).slice(0, LONGEST_PREFIX)
    const tools = listedTools(listed, {
      prefix: prefix ?? this.#nameInPipeline ?? server,
      toolNames,
      run: (name, args, { signal }) =>
        this.#call(name, args, signal).catch((error) => {
          throw signal.aborted ? error : this.#hidden.hideIn(error)
        }),
      warn: (message) => this.#warn(message),
      known: this.#made,
    })
    this.#tools = tools.map(({ tool }) => tool)
    for (const item of tools) this.#compare(item)
  }

  /** A description is an instruction to the model: one that changes is not the one that somebody read. */
  #compare(item: ListedTool): void {
    const fingerprint = fingerprintOf(item)
    const known = this.#known.get(item.name)
    if (known !== undefined || this.#known.size < MOST_KNOWN) this.#known.set(item.name, fingerprint)
    if (known !== undefined && known !== fingerprint) {
      this.#warn(`Its tool '${item.name}' has another description or other parameters than before.`)
    }
  }

  #refuseUnknown(listed: readonly unknown[], address: Command | Endpoint): void {
    const names = listed.map((item) => String(Object(item).name))
    const unknown = (this.initParameters.toolNames ?? []).filter((name) => !names.includes(name))
    if (unknown.length === 0) return
    const message = `The MCP server '${addressText(address)}' has no tool ${listNames(unknown)}, which 'toolNames' names. It has: ${listNames(names)}.`
    throw new McpError('MCP_TOOL_UNKNOWN', message)
  }

  #refreshSoon(): void {
    if (this.#isClosed || this.#refreshing !== undefined) return
    this.#refreshing = setTimeout(() => {
      this.#refreshing = undefined
      void this.#refresh()
    }, REFRESH_MS)
    this.#refreshing.unref()
  }

  async #refresh(): Promise<void> {
    try {
      const connection = await this.#connecting?.catch(() => undefined)
      if (connection?.isOpen) this.#take(await connection.listTools(), connection)
    } catch (error) {
      this.#warn(`Its tools have changed, but it does not list them: ${Object(error).message}`)
    }
  }

  async #call(name: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<unknown> {
    const { images = 'keep', maxResultLength = 60_000 } = this.initParameters
    const answer = await this.#answer(name, args, { signal, onProgress: (step) => this.#report(name, step) })
    if (answer['isError'] === true) {
      const text = failureText(answer, maxResultLength)
      throw new McpError('MCP_TOOL_FAILED', text === '' ? 'It says no more than that it failed.' : text)
    }
    return resultParts(answer, { images, maxLength: maxResultLength })
  }

  async #answer(name: string, args: Readonly<Record<string, unknown>>, options: CallOptions) {
    const connection = await this.#connectedFor(options.signal)
    try {
      return await connection.call(name, args, options)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'SessionLost') throw error
    }
    const again = await this.#connectedFor(options.signal)
    return again.call(name, args, options)
  }

  async #connectedFor(signal: AbortSignal): Promise<Connection> {
    if (this.#isClosed) throw closed(this.name)
    return beforeAbort(this.#connected(), signal)
  }

  #report(tool: string, { progress, total, message }: Parameters<CallOptions['onProgress']>[0]): void {
    const { onProgress } = this.initParameters
    if (onProgress === undefined) return
    try {
      onProgress({
        tool,
        progress,
        ...(total === undefined ? {} : { total }),
        ...(message === undefined ? {} : { message }),
      })
    } catch (error) {
      this.#warn(`'onProgress' threw: ${Object(error).message}`)
    }
  }

  /** Once of the same thing. */
  #warn(message: string): void {
    if (this.#said.has(message) || this.#said.size === MOST_WARNINGS) return
    this.#said.add(message)
    const server = addressText(this.#address())
    process.emitWarning(this.#hidden.hide(`The MCP server '${server}': ${message}`), { code: 'MILLRACE_MCP' })
  }
}

function closed(name: string): McpError {
  return new McpError('MCP_CLOSED', `The toolset '${name}' is closed. Warm it up, or its pipeline.`)
}

/** What a promise gives, or the reason of the signal as soon as that aborts. */
async function beforeAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
