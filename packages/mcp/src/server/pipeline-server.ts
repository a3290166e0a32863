import type { RunResult } from '@millrace/core'
import { didYouMean, listNames } from '@millrace/core/component'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError as ProtocolError,
} from '@modelcontextprotocol/sdk/types.js'
import { McpError } from '../errors.ts'
import { VERSION } from '../version.ts'
import { callPipeline, type RunServed } from './call-pipeline.ts'
import type { ServedPipeline } from './served-pipeline.ts'
import { toolOfPipeline } from './tool-of-pipeline.ts'

export interface PipelineServerOptions {
  /** What the server calls itself. @defaultValue 'millrace' */
  readonly name?: string
  /** @defaultValue that of this package */
  readonly version?: string
  /** As of `pipeline.warmUp`. @defaultValue none */
  readonly resolveFrom?: readonly string[]
  /** Hears of the warnings and failures of runs, a line each. @defaultValue nobody */
  readonly log?: (message: string) => void
  /** Runs a pipeline for a client, and goes on with a paused run. @defaultValue what `pipeline.run` and `resume` do */
  readonly run?: RunServed
  /** Where a paused run can be answered, for clients that cannot ask a person. @defaultValue by the command line */
  readonly answerAt?: (paused: RunResult) => string
}

/**
 * A server of the SDK for one client, with a tool for each pipeline: connect it to a transport. Over HTTP each session gets
 * one of its own; they share the pipelines, which it neither loads nor closes. Of pipelines that change it gets a function:
 * `server.sendToolListChanged` then says so to the client.
 *
 * @throws McpError `MCP_SERVED_INVALID` for a name that is not possible, or that two share
 * @example
 * const server = pipelineServer([{ name: 'capital', description: 'Knows capitals.', pipeline }])
 * await server.connect(transport)
 */
export function pipelineServer(
  pipelines: readonly ServedPipeline[] | (() => readonly ServedPipeline[]),
  { name = 'millrace', version = VERSION, ...options }: PipelineServerOptions = {},
): Server {
  const isFixed = typeof pipelines !== 'function'
  const fixed = isFixed ? byName(pipelines) : undefined
  const current = () => fixed ?? byName((pipelines as () => readonly ServedPipeline[])())
  const server = new Server({ name, version }, { capabilities: { tools: { listChanged: !isFixed } } })
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [...current().values()].map(toolOfPipeline),
  }))
  server.setRequestHandler(CallToolRequestSchema, ({ params }, extra) => {
    const served = current()
    const called = served.get(params.name)
    if (called === undefined) {
      const names = [...served.keys()]
      const message = `There is no tool '${params.name}'. Tools: ${listNames(names)}.${didYouMean(params.name, names)}`
      throw new ProtocolError(ErrorCode.InvalidParams, message)
    }
    const canAsk = server.getClientCapabilities()?.elicitation?.form !== undefined
    return callPipeline(called, params.arguments ?? {}, {
      resolveFrom: [],
      log: () => {},
      ...options,
      extra,
      canAsk,
    })
  })
  return server
}

function byName(pipelines: readonly ServedPipeline[]): ReadonlyMap<string, ServedPipeline> {
  const served = new Map<string, ServedPipeline>()
  for (const one of pipelines) {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(one.name)) {
      const message = `A pipeline cannot be served as '${one.name}': a name has 1 to 64 letters, digits, '_' or '-'.`
      throw new McpError('MCP_SERVED_INVALID', message)
    }
    if (served.has(one.name)) {
      throw new McpError(
        'MCP_SERVED_INVALID',
        `Two pipelines would be served as '${one.name}'. Give one another name.`,
      )
    }
    served.set(one.name, one)
  }
  return served
}
