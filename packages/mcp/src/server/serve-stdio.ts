import type { Readable, Writable } from 'node:stream'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { type PipelineServerOptions, pipelineServer } from './pipeline-server.ts'
import type { ServedPipeline } from './served-pipeline.ts'

/** Images come as base64 in one line. */
const LONGEST_LINE = 64 * 1024 * 1024

export interface StdioOptions extends PipelineServerOptions {
  /** @defaultValue the standard input of the process */
  readonly stdin?: Readable
  /** Carries the protocol and nothing else. @defaultValue the standard output of the process */
  readonly stdout?: Writable
  /** Ends the server. */
  readonly signal?: AbortSignal
}

/**
 * Serves pipelines to the client at the standard input and output, until the input ends or the signal aborts. Runs that are
 * going on are stopped then; the pipelines are the caller's to close.
 *
 * @throws McpError `MCP_SERVED_INVALID`
 */
export async function serveStdio(
  pipelines: readonly ServedPipeline[],
  { stdin = process.stdin, stdout = process.stdout, signal, ...options }: StdioOptions = {},
): Promise<void> {
  const server = pipelineServer(pipelines, options)
  const transport = new StdioServerTransport(stdin, stdout, { maxBufferSize: LONGEST_LINE })
  const ended = new Promise<void>((resolve) => {
    server.onclose = resolve
    for (const event of ['end', 'close', 'error'] as const) stdin.once(event, () => resolve())
    stdout.once('error', () => resolve())
    signal?.addEventListener('abort', () => resolve())
    if (signal?.aborted) resolve()
  })
  await server.connect(transport)
  await ended
  await server.close()
}
