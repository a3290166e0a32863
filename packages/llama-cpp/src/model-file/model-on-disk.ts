import { join } from 'node:path'
import { defaultModelCache, repositoryFolder } from './model-cache.ts'
import { isFile } from './model-path.ts'
import { splitParts } from './model-split.ts'
import { chosenForQuant, urlTargets } from './model-store.ts'
import {
  type ParseModelOptions,
  parseModelUri,
  type ResolveModelOptions,
  resolveModelFile,
} from './model-uri.ts'

/**
 * The file of a model where it is on this machine: what `resolveModelFile` gives without a download. Undefined for one
 * that is not in the cache, or not all of it.
 *
 * @throws LlamaCppError `MODEL_URI_INVALID`, `MODEL_NOT_FOUND`, `MODEL_UNREADABLE`
 */
export async function findModelOnDisk(
  model: string,
  options: ParseModelOptions & Pick<ResolveModelOptions, 'cacheDir' | 'resolveFrom'> = {},
): Promise<string | undefined> {
  const uri = parseModelUri(model, options)
  const { cacheDir = defaultModelCache() } = options
  switch (uri.kind) {
    case 'path':
    case 'npm':
      return resolveModelFile(model, options)
    case 'https':
      return firstOf(urlTargets(uri.url, uri.sha256, cacheDir))
    case 'hf': {
      if ('quant' in uri) return chosenForQuant(uri.repository, uri.quant, cacheDir)
      const dir = repositoryFolder(cacheDir, uri.repository)
      return firstOf(splitParts(join(dir, ...uri.file.split('/'))))
    }
  }
}

async function firstOf(parts: readonly string[]): Promise<string | undefined> {
  for (const part of parts) {
    if (!(await isFile(part))) return undefined
  }
  return parts[0]
}
