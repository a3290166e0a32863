import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Pipeline, Registry } from '@millrace/core'
import { listNames } from '@millrace/core/component'
import { loadPipeline, loadPipelineFile, type Overrides } from '@millrace/core/yaml'
import { findModelPurpose, LlamaCppError, type ModelPurpose } from '@millrace/llama-cpp'
import type { ModelChoice } from '../arguments/model-choice.ts'
import { isModelName } from '../arguments/model-name.ts'
import type { ModelSettings } from '../arguments/model-settings.ts'
import type { Permissions } from '../arguments/permissions.ts'
import { readTextStream } from '../arguments/read-text.ts'
import { CliError } from '../errors.ts'
import type { Terminal } from '../terminal.ts'
import { absoluteModel, modelOverrides } from './model-overrides.ts'

interface LoadChoices extends Permissions {
  readonly signal?: AbortSignal
  /** Those of `--model`, for a pipeline file. */
  readonly models?: readonly ModelChoice[]
  /** For a model in its place. */
  readonly settings?: ModelSettings
  /** What stands in the file: it is not read. */
  readonly text?: string
}

/**
 * The pipeline of a file, or for `-` of the standard input: relative paths then start at the working directory. A model
 * in the place of a file is the pipeline of one component: a generator, an embedder or a ranker, as its file says.
 *
 * @throws LoadError, CliError `USAGE_UNREADABLE`, `USAGE_INVALID` for options that do not suit the file
 */
export async function load(
  path: string,
  registry: Registry,
  terminal: Terminal,
  { signal, models = [], settings = {}, text: given, ...permissions }: LoadChoices = {},
): Promise<Pipeline> {
  const cwd = terminal.cwd()
  if (isModelName(path)) {
    refuseSecondModel(path, models)
    const [name, type] = STANDS_FOR[await purposeOf(path, cwd)]
    const overrides = ofModel(name, path, settings, cwd)
    const text = JSON.stringify({ components: { [name]: { type } } })
    return loadPipeline(text, { registry, ...permissions, overrides, file: path, baseDir: cwd })
  }
  refuseSettings(path, settings)
  const options = { registry, ...permissions, overrides: modelOverrides(models, cwd) }
  if (path !== '-') {
    if (isFolder(path)) throw folderInstead(path)
    return loadPipelineFile(path, given === undefined ? options : { ...options, text: given })
  }
  const text = await readTextStream(terminal.stdin, signal)
  return loadPipelineFile('<stdin>', { ...options, text, baseDir: cwd })
}

/** The one component that stands for a model, which gets its model as `--model` gives it. */
const STANDS_FOR = {
  writing: ['llm', 'LlamaCppChatGenerator'],
  embedding: ['embedder', 'LlamaCppTextEmbedder'],
  ranking: ['ranker', 'LlamaCppRanker'],
} as const satisfies Record<ModelPurpose, readonly string[]>

/** One that is not on this machine yet is taken for one that writes; so is a file that cannot be read, which its component reports. */
async function purposeOf(model: string, cwd: string): Promise<ModelPurpose> {
  try {
    return (await findModelPurpose(model, { baseDir: cwd, resolveFrom: [import.meta.url] })) ?? 'writing'
  } catch (error) {
    if (LlamaCppError.isInstance(error)) return 'writing'
    throw error
  }
}

function ofModel(name: string, model: string, { nCtx, mmproj }: ModelSettings, cwd: string): Overrides {
  if (mmproj !== undefined && name !== 'llm') {
    const message = `--mmproj is for models that write, and '${model}' is for a${name === 'ranker' ? '' : 'n'} ${name}. Leave it out.`
    throw new CliError('USAGE_INVALID', message)
  }
  return {
    [`${name}.model`]: absoluteModel(model, cwd),
    ...(nCtx === undefined ? {} : { [`${name}.nCtx`]: nCtx }),
    ...(mmproj === undefined ? {} : { [`${name}.modelClipPath`]: absoluteModel(mmproj, cwd) }),
  }
}

function refuseSecondModel(path: string, [choice]: readonly ModelChoice[]): void {
  if (choice === undefined) return
  const message = `'${path}' is a model already. --model ${choice.model} is for pipeline files: give one of the two.`
  throw new CliError('USAGE_INVALID', message)
}

function refuseSettings(path: string, { nCtx, mmproj }: ModelSettings): void {
  if (nCtx === undefined && mmproj === undefined) return
  const [option, parameter] = nCtx === undefined ? ['--mmproj', 'modelClipPath'] : ['--n-ctx', 'nCtx']
  const message = `${option} belongs to a model in the place of the file. In '${path}' it is '${parameter}', beside 'model'.`
  throw new CliError('USAGE_INVALID', message)
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
