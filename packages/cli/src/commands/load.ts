import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Pipeline, Registry } from '@millrace/core'
import { listNames } from '@millrace/core/component'
import { type LoadOptions, loadPipeline, loadPipelineFile } from '@millrace/core/yaml'
import type { Permissions } from '../arguments/permissions.ts'
import { readTextStream } from '../arguments/read-text.ts'
import { CliError } from '../errors.ts'
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
  }: { readonly signal?: AbortSignal } & Pick<LoadOptions, 'overrides'> & Permissions = {},
): Promise<Pipeline> {
  if (path !== '-') {
    if (isFolder(path)) throw folderInstead(path)
    return loadPipelineFile(path, { registry, ...options })
  }
  const text = await readTextStream(terminal.stdin, signal)
  return loadPipeline(text, {
    registry,
    ...options,
    file: '<stdin>',
    baseDir: terminal.cwd(),
    readFile: (path) => readFileSync(path),
  })
}

/**
 * The pipeline files in a folder, by name: YAML, and not those in folders beneath it. Anything but a folder stands for
 * itself.
 *
 * @throws CliError `USAGE_UNREADABLE` for a folder without such a file
 */
export function filesOf(path: string): string[] {
  if (path === '-' || !isFolder(path)) return [path]
  const files = pipelineFilesIn(path)
  if (files.length > 0) return files
  throw new CliError(
    'USAGE_UNREADABLE',
    `The folder '${path}' has no pipeline files in it, whose names end in .yaml or .yml. Give a file, or another folder.`,
  )
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function pipelineFilesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/i.test(name))
    .sort()
    .map((name) => join(folder, name))
}

function folderInstead(path: string): CliError {
  const files = pipelineFilesIn(path)
  const hint =
    files.length === 0
      ? 'Give a pipeline file.'
      : `Give one of the pipeline files in it: ${listNames(files)}.`
  return new CliError('USAGE_UNREADABLE', `'${path}' is a folder. ${hint}`)
}
