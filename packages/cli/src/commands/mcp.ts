import { basename, extname } from 'node:path'
import { Readable, Writable } from 'node:stream'
import type { Pipeline } from '@millrace/core'
import { listNames } from '@millrace/core/component'
import { withSdk } from '@millrace/mcp'
import type { ServedPipeline } from '@millrace/mcp/server'
import { parseModelChoice } from '../arguments/model-choice.ts'
import { type PermissionOptions, parsePermissions } from '../arguments/permissions.ts'
import { readTextFile } from '../arguments/read-text.ts'
import { CliError } from '../errors.ts'
import { failureText } from '../output/failure-text.ts'
import type { Terminal } from '../terminal.ts'
import { filesOf, load } from './load.ts'
import { makeRegistry, type RegistryOptions } from './registry.ts'
import { listenForStop, type StopSources } from './stop.ts'

/** The options of `millrace mcp` as they were written. */
export interface McpOptions extends RegistryOptions, PermissionOptions {
  readonly model?: readonly string[]
  readonly verbose?: boolean
}

/**
 * `millrace mcp`: serves pipeline files as tools of an MCP server to the client at the standard input and output, until that
 * one leaves. A file that cannot be loaded is reported, and the others are served.
 */
export async function mcp(
  paths: readonly string[],
  options: McpOptions,
  terminal: Terminal & StopSources,
): Promise<void> {
  const permissions = parsePermissions(options)
  const models = (options.model ?? []).map(parseModelChoice)
  if (paths.includes('-')) {
    throw new CliError(
      'USAGE_INVALID',
      'The standard input is the client of the server. Give the pipelines as files.',
    )
  }
  const { serveStdio } = await withSdk(() => import('@millrace/mcp/server'))
  const stop = listenForStop(terminal)
  const stdout = protocolOf(terminal)
  const pipelines: Pipeline[] = []
  try {
    const registry = await makeRegistry(options, terminal)
    const served: ServedPipeline[] = []
    for (const file of paths.flatMap(filesOf)) {
      try {
        const pipeline = await load(file, registry, terminal, { models, ...permissions })
        served.push(await servedAs(nameOf(file, served), file, pipeline))
        pipelines.push(pipeline)
      } catch (error) {
        terminal.stderr.write(failureText(error, { verbose: options.verbose ?? false }))
      }
    }
    if (served.length === 0) {
      throw new CliError(
        'USAGE_UNREADABLE',
        'None of the files can be served. What is wrong with each is above.',
      )
    }
    terminal.stderr.write(`Serving ${listNames(served.map(({ name }) => name))}.\n`)
    const { stdin } = terminal
    await serveStdio(served, {
      stdin: stdin instanceof Readable ? stdin : Readable.from(stdin),
      stdout: stdout.stream,
      signal: stop.signal,
      resolveFrom: [import.meta.url],
      log: (message) => terminal.stderr.write(`${message}\n`),
    })
    stop.signal.throwIfAborted()
  } finally {
    await Promise.all(pipelines.map((pipeline) => pipeline.close().catch(() => {})))
    stdout.release()
    stop.release()
  }
}

/**
 * The standard output for the protocol alone: what others print while it is served, such as a `console.log` in a package,
 * goes to the standard error.
 */
function protocolOf({ stdout, stderr }: Terminal): { readonly stream: Writable; release(): void } {
  const write = stdout.write
  // Whoever prints may wait for the callback.
  stdout.write = (...printed) => stderr.write(...printed)
  const stream = new Writable({
    decodeStrings: false,
    write: (text: string, _, done) => {
      write.call(stdout, text)
      done()
    },
  })
  return {
    stream,
    release() {
      stdout.write = write
    },
  }
}

function nameOf(file: string, served: readonly ServedPipeline[]): string {
  const name = basename(file, extname(file))
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .slice(0, 64)
  if (served.every((one) => one.name !== name)) return name
  throw new CliError(
    'USAGE_INVALID',
    `'${file}' is not served: another file is served as '${name}' already. Give one of the two another name.`,
  )
}

/** `title` and `description` are those in the `metadata` of the file; else the comment at its top describes it. */
async function servedAs(name: string, file: string, pipeline: Pipeline): Promise<ServedPipeline> {
  const { title, description } = pipeline.options.metadata ?? {}
  const about = typeof description === 'string' ? description : topComment(await readTextFile(file))
  return {
    name,
    ...(typeof title === 'string' ? { title } : {}),
    description: about || `Runs the pipeline '${name}'.`,
    pipeline,
  }
}

/** The first paragraph of the comment that a file begins with. */
function topComment(text: string): string {
  const lines = text.split('\n')
  const end = lines.findIndex((line) => !/^#\s*\S/.test(line))
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => line.replace(/^#+\s*/, '').trim())
    .join(' ')
}
