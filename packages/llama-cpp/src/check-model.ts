import { type CheckContext, ConnectError, type Finding, resolveEnvironment } from '@millrace/core'
import { LlamaCppError } from './errors.ts'
import { checkGgufHeader } from './gguf/gguf-header.ts'
import { findModelOnDisk } from './model-file/model-on-disk.ts'
import type { LoadOptions } from './options.ts'

/** The parameters of a component that name files. */
export interface ModelNames {
  readonly model: string
  readonly modelKwargs?: Pick<LoadOptions, 'modelPath' | 'loraPath'>
}

/** Reads the header of a model. @throws LlamaCppError also for an mmproj, which is GGUF, but no model */
export async function checkModelHeader(path: string): Promise<void> {
  const { architecture } = await checkGgufHeader(path)
  if (architecture !== 'clip') return
  throw new LlamaCppError(
    'MODEL_UNSUPPORTED',
    `'${path}' is an mmproj: the image part of a model, which answers nothing by itself. Name the model it belongs to.`,
    { path },
  )
}

/**
 * What opening the model would fail with, as far as its name and the header of its file tell. Nothing is loaded or
 * fetched: of a model that would be downloaded only that is said.
 */
export async function checkModel(
  { model, modelKwargs = {} }: ModelNames,
  context: CheckContext,
): Promise<Finding[]> {
  const { modelPath, loraPath } = modelKwargs
  const findings =
    modelPath === undefined
      ? await checkFile('model', model, checkModelHeader, context)
      : await checkFile('modelKwargs.modelPath', modelPath, checkModelHeader, context)
  if (loraPath === undefined) return findings
  return [...findings, ...(await checkFile('modelKwargs.loraPath', loraPath, checkGgufHeader, context))]
}

async function checkFile(
  option: string,
  written: string,
  checkHeader: (path: string) => Promise<unknown>,
  { baseDir, resolveFrom }: CheckContext,
): Promise<Finding[]> {
  try {
    const name = resolveEnvironment(written)
    const path = await findModelOnDisk(name, { baseDir, resolveFrom })
    if (path === undefined) return [notDownloaded(option, name)]
    await checkHeader(path)
    return []
  } catch (error) {
    return [findingOf(error, option)]
  }
}

function notDownloaded(option: string, name: string): Finding {
  const message = `The model '${name}' is not on this machine yet: the first run downloads it.`
  return { level: 'warning', code: 'MODEL_NOT_DOWNLOADED', message, option }
}

function findingOf(error: unknown, option: string): Finding {
  if (LlamaCppError.isInstance(error)) {
    const code = error.code === 'MODEL_NOT_FOUND' ? 'MISSING_FILE' : error.code
    return { level: 'error', code, message: error.message, option }
  }
  if (!ConnectError.isInstance(error)) throw error
  return { level: 'warning', code: 'MISSING_ENVIRONMENT', message: error.message, option }
}
