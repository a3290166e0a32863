import { listNames } from '@millrace/core/component'
import type { CatalogEntry, ListenOptions } from '@millrace/serve'
import { parseModelChoice } from '../arguments/model-choice.ts'
import { isModelName } from '../arguments/model-name.ts'
import { type ModelSettingsOptions, parseModelSettings } from '../arguments/model-settings.ts'
import { type PermissionOptions, parsePermissions } from '../arguments/permissions.ts'
import { parseTimeout } from '../arguments/timeout.ts'
import { parseWholeNumber } from '../arguments/whole-number.ts'
import { CliError } from '../errors.ts'
import type { Terminal } from '../terminal.ts'
import { filesOf, load } from './load.ts'
import { makeRegistry, type RegistryOptions } from './registry.ts'
import { listenForStop, type StopSources } from './stop.ts'

/** The options of `millrace serve` as they were written. */
export interface ServeCommandOptions extends RegistryOptions, PermissionOptions, ModelSettingsOptions {
  readonly port: string
  readonly host: string
  readonly apiKeyEnv?: string
  readonly allowHost?: readonly string[]
  readonly cors?: readonly string[]
  readonly log?: boolean
  readonly edit?: boolean
  readonly watch?: boolean
  readonly warmUp?: boolean
  readonly maxRunning?: string
  readonly maxQueue?: string
  readonly timeout?: string
  readonly model?: readonly string[]
  readonly verbose?: boolean
}

/**
 * `millrace serve`: serves pipeline files, folders of them and models over HTTP until a signal ends it; then all requests that
 * were accepted are still answered. A file that cannot be loaded is reported, and the others are served.
 */
export async function serveFiles(
  paths: readonly string[],
  options: ServeCommandOptions,
  terminal: Terminal & StopSources,
): Promise<void> {
  const permissions = parsePermissions(options)
  const models = (options.model ?? []).map(parseModelChoice)
  const settings = parseModelSettings(options)
  const files = paths.filter((path) => !isModelName(path))
  refuseStandardInput(paths)
  if (files.length === paths.length && Object.keys(settings).length > 0) {
    const message = '--n-ctx and --mmproj belong to a model in the place of a file, and none is served.'
    throw new CliError('USAGE_INVALID', message)
  }
  // A folder without pipelines is a mistake now, not an empty server.
  for (const file of files) filesOf(file)
  const { listen } = await import('@millrace/serve')
  const registry = await makeRegistry(options, terminal)
  const stop = listenForStop(terminal)
  try {
    const server = await listen({
      ...listenOptions(options, terminal),
      files: paths,
      load: (path, text) =>
        load(path, registry, terminal, {
          ...permissions,
          ...(text === undefined ? {} : { text }),
          ...(isModelName(path) ? { settings } : { models }),
        }),
      resolveFrom: [import.meta.url],
      log: (line) => terminal.stderr.write(`${line}\n`),
    })
    const entries = server.catalog.list()
    for (const entry of entries) terminal.stderr.write(brokenText(entry))
    const ready = entries.filter(({ state }) => state === 'ready')
    if (ready.length === 0) {
      await server.close()
      const message = 'None of the files can be served. What is wrong with each is above.'
      throw new CliError('USAGE_UNREADABLE', message)
    }
    terminal.stderr.write(`Serving ${listNames(ready.map(({ name }) => name))} at ${server.url}\n`)
    await aborted(stop.signal)
    await server.end()
  } finally {
    stop.release()
  }
}

function listenOptions(options: ServeCommandOptions, { env }: Pick<Terminal, 'env'>): ListenOptions {
  const {
    port,
    host,
    maxRunning,
    maxQueue,
    timeout,
    apiKeyEnv,
    allowHost,
    cors,
    log = false,
    edit = false,
    watch = false,
    warmUp = false,
  } = options
  return {
    port: parseWholeNumber('--port', port, [0, 65_535]),
    host,
    logRequests: log,
    edit,
    watch,
    warmUp,
    ...(apiKeyEnv === undefined ? {} : { apiKey: keyOf(apiKeyEnv, env) }),
    ...(allowHost === undefined ? {} : { allowHosts: allowHost }),
    ...(cors === undefined ? {} : { cors }),
    ...(maxRunning === undefined
      ? {}
      : { maxRunning: parseWholeNumber('--max-running', maxRunning, [1, 100_000]) }),
    ...(maxQueue === undefined
      ? {}
      : { maxQueue: parseWholeNumber('--max-queue', maxQueue, [0, 1_000_000]) }),
    ...(timeout === undefined ? {} : { timeoutMs: parseTimeout(timeout) }),
  }
}

function keyOf(name: string, env: Terminal['env']): string {
  const key = env[name]
  if (key !== undefined && key !== '') return key
  const message = `--api-key-env names the variable '${name}', which is not set. Set it to the key that requests need.`
  throw new CliError('USAGE_INVALID', message)
}

function refuseStandardInput(paths: readonly string[]): void {
  if (!paths.includes('-')) return
  throw new CliError('USAGE_INVALID', 'A server reads its pipelines from files. Give the pipelines as files.')
}

function brokenText({ file, state, findings }: CatalogEntry): string {
  if (state !== 'broken') return ''
  const lines = findings.map(({ message, line, column, file: included = file }) => {
    const place = line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`
    return `  ${included}${place}: ${message}\n`
  })
  return `Not served: '${file}'.\n${lines.join('')}`
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
