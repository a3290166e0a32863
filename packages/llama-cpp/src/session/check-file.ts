import { type CheckContext, DefinitionError, type Finding } from '@millrace/core'
import { resolveEnvironment } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import { findModelOnDisk } from '../model-file/model-on-disk.ts'

/** What opening one file would fail with, as a finding about an option. */
export async function checkFile(
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
  if (!DefinitionError.isInstance(error)) throw error
  return { level: 'warning', code: 'MISSING_ENVIRONMENT', message: error.message, option }
}
