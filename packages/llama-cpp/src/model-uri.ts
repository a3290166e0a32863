import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { didYouMean } from '@millrace/core'
import { LlamaCppError } from './errors.ts'
import { defaultModelCache } from './model-cache.ts'
import { isSafeFilePath } from './model-hub.ts'
import { findPackageFile } from './model-npm.ts'
import { findModelFile } from './model-path.ts'
import type { DownloadProgress } from './model-progress.ts'
import { type Access, isAllowedUrl, shownUrl } from './model-request.ts'
import { modelStem } from './model-split.ts'
import { type Store, storeHubFile, storeHubQuant, storeUrl } from './model-store.ts'

/** A model as it was named, taken apart. `path` is absolute; the path in a package or repository has slashes. */
export type ModelUri =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'npm'; readonly package: string; readonly file: string }
  | { readonly kind: 'hf'; readonly repository: string; readonly file: string }
  | { readonly kind: 'hf'; readonly repository: string; readonly quant: string }
  | { readonly kind: 'https'; readonly url: URL; readonly sha256: string | undefined }

export interface ParseModelOptions {
  /**
   * The folder that a relative path starts from.
   * @defaultValue the working directory
   */
  readonly baseDir?: string | undefined
}

/**
 * Reads how a model is named:
 * - a path, relative to `baseDir`; `~/` is the home folder; a `file:` URL
 * - `npm:package/file.gguf`, `npm:@scope/package/file.gguf`: a file of an installed package
 * - `hf:user/repository/file.gguf`, `hf:user/repository:Q4_K_M`: a file of the Hugging Face hub, by path or quantization
 * - an https URL, or http on this machine; it may end with `#sha256=<64 hex digits>`
 *
 * @throws LlamaCppError `MODEL_URI_INVALID`
 */
export function parseModelUri(model: string, options: ParseModelOptions = {}): ModelUri {
  if (model.trim() === '' || model.includes('\0')) throw invalid(model, 'is no name of a model')
  // One letter is the drive of a Windows path.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(model)?.[1]?.toLowerCase()
  const rest = model.slice((scheme?.length ?? -1) + 1)
  switch (scheme) {
    case undefined:
      return { kind: 'path', path: resolve(options.baseDir ?? '.', expandHome(model)) }
    case 'file':
      return { kind: 'path', path: pathOfUrl(model) }
    case 'npm':
      return parseNpm(model, rest)
    case 'hf':
      return parseHub(model, rest)
    case 'https':
    case 'http':
      return parseUrl(model)
    default: {
      const near = didYouMean(`${scheme}:`, ['npm:', 'hf:', 'https:', 'file:'])
      throw invalid(model, `begins with '${scheme}:', which is no kind of model.${near} A path is written './${model}'`)
    }
  }
}
