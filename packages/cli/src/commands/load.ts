import { readFileSync } from 'node:fs'
import type { Pipeline, Registry } from '@millrace/core'
import { type LoadOptions, loadPipeline, loadPipelineFile } from '@millrace/core/yaml'
import { readTextStream } from '../arguments/read-text.ts'
import type { Terminal } from '../terminal.ts'

/**
 * The pipeline of a file, or for `-` of the standard input: relative paths then start at the working directory.
 *
 * @throws LoadError, CliError `USAGE_UNREADABLE`
 */
export async function load(
  path: string,
  registry: Registry,
  terminal: Terminal,
  {
    signal,
    ...options
  }: { readonly signal?: AbortSignal } & Pick<LoadOptions, 'overrides' | 'environment' | 'allowHttp'> = {},
): Promise<Pipeline> {
  if (path !== '-') return loadPipelineFile(path, { registry, ...options })
  const text = await readTextStream(terminal.stdin, signal)
  return loadPipeline(text, {
    registry,
    ...options,
    file: '<stdin>',
    baseDir: terminal.cwd(),
    readFile: (path) => readFileSync(path),
  })
}
