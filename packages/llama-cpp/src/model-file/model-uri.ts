import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { didYouMean } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import { defaultModelCache, repositoryFolder } from './model-cache.ts'
import { isSafeFilePath } from './model-hub.ts'
import { findPackageFile } from './model-npm.ts'
import { findModelFile, isFile } from './model-path.ts'
import type { DownloadProgress } from './model-progress.ts'
import { type Access, isAllowedUrl, shownUrl } from './model-request.ts'
import { modelStem, splitParts } from './model-split.ts'
import {
  chosenForQuant,
  type Store,
  storeHubFile,
  storeHubQuant,
  storeUrl,
  urlTargets,
} from './model-store.ts'

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
      throw invalid(
        model,
        `begins with '${scheme}:', which is no kind of model.${near} A path is written './${model}'`,
      )
    }
  }
}

export interface ResolveModelOptions extends ParseModelOptions {
  /**
   * Where downloaded models are kept.
   * @defaultValue `millrace/models` in `%LOCALAPPDATA%` on Windows, else in `$XDG_CACHE_HOME` or `~/.cache`
   */
  readonly cacheDir?: string | undefined
  /** Folders, or URLs of files, whose packages `npm:` sees after those of `baseDir` and the working directory. */
  readonly resolveFrom?: readonly (string | URL)[] | undefined
  /** Stops a download at once. What has arrived stays in the cache, and the next attempt continues there. */
  readonly signal?: AbortSignal | undefined
  /** Called while a model is downloaded; never for one that is on this machine. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined
  /**
   * What downloads use, as for a proxy.
   * @defaultValue the global `fetch`
   */
  readonly fetch?: typeof globalThis.fetch | undefined
  /**
   * How long a server may send nothing, or less than a kilobyte, in milliseconds. Then a download is taken up again, and
   * given up when that happens three times without more.
   * @defaultValue 30,000
   */
  readonly silenceMs?: number | undefined
  /**
   * The hub that `hf:` names files of: a mirror, https or on this machine.
   * @defaultValue the environment variable `HF_ENDPOINT`, else `https://huggingface.co`
   */
  readonly hfEndpoint?: string | undefined
  /**
   * An access token, sent to the hub and no other host.
   * @defaultValue the environment variable `HF_TOKEN`
   */
  readonly hfToken?: string | undefined
}

/**
 * Finds the file of a model, and downloads it when it is on no disk yet. Nothing of it is loaded, and a model in the
 * cache needs no network: to get a newer version, delete it there. Of a split model all parts are fetched, and the
 * path is that of the first.
 *
 * @returns an absolute path
 * @throws LlamaCppError `MODEL_URI_INVALID`, `MODEL_NOT_FOUND`, `MODEL_UNREADABLE`, `MODEL_DOWNLOAD_FAILED`,
 * `MODEL_CHECKSUM_MISMATCH`, `OPTION_INVALID` for the endpoint; for what was downloaded, `MODEL_NOT_GGUF`,
 * `MODEL_DAMAGED` or `MODEL_TRUNCATED`. An abort rethrows the reason of the signal.
 */
export async function resolveModelFile(model: string, options: ResolveModelOptions = {}): Promise<string> {
  options.signal?.throwIfAborted()
  const uri = parseModelUri(model, options)
  switch (uri.kind) {
    case 'path':
      return findModelFile(uri.path, hubHint(model))
    case 'npm': {
      const from = [
        resolve(options.baseDir ?? '.'),
        process.cwd(),
        ...(options.resolveFrom ?? []),
        // In a bundle of CommonJS it has the other name.
        import.meta.dirname ?? __dirname,
      ]
      return findPackageFile({ ...uri, from })
    }
    case 'https':
      return storeUrl(uri.url, uri.sha256, storeOf(shownUrl(uri.url), options))
    case 'hf': {
      const store = storeOf(model, options)
      return 'file' in uri
        ? storeHubFile(uri.repository, uri.file, store)
        : storeHubQuant(uri.repository, uri.quant, store)
    }
  }
}

function storeOf(model: string, options: ResolveModelOptions): Store {
  const { cacheDir = defaultModelCache(), signal, onProgress, fetch = globalThis.fetch } = options
  const access: Access = { model, fetch, signal, silenceMs: options.silenceMs ?? 30_000, hub: hubOf(options) }
  return { cacheDir: resolve(expandHome(cacheDir)), access, onProgress }
}

function hubOf(options: ResolveModelOptions): Access['hub'] {
  const { HF_ENDPOINT, HF_TOKEN } = process.env
  const endpoint = options.hfEndpoint || HF_ENDPOINT || 'https://huggingface.co'
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url !== undefined && isAllowedUrl(url)) {
    return { endpoint: url, token: options.hfToken || HF_TOKEN || undefined }
  }
  const message = `The hub '${endpoint}' of hfEndpoint or HF_ENDPOINT is no https URL, nor one of this machine.`
  throw new LlamaCppError('OPTION_INVALID', message, { option: 'hfEndpoint' })
}

function expandHome(path: string): string {
  const isWindows = process.platform === 'win32'
  return (isWindows ? /^~(?=$|[/\\])/ : /^~(?=$|\/)/).test(path) ? homedir() + path.slice(1) : path
}

function pathOfUrl(model: string): string {
  try {
    if (!/^file:\/\//i.test(model)) throw new TypeError('a file URL begins with file://')
    return fileURLToPath(model)
  } catch (error) {
    throw invalid(model, 'is no URL of a local file', error)
  }
}

const packagePath = /^((?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)\/(.+)$/i

function parseNpm(model: string, rest: string): ModelUri {
  const [, name, file] = packagePath.exec(rest) ?? []
  if (name === undefined || file === undefined) throw invalid(model, 'lacks a package or a file in it')
  if (!isSafeFilePath(file)) throw invalid(model, `names '${file}', which is no path inside a package`)
  return { kind: 'npm', package: name, file }
}

/**
 * What to write for a model whose name looks like one of the hub, `Qwen/Qwen3-0.6B-GGUF`, and is not there as a path.
 * Begins with a space, or is empty.
 */
export function hubHint(model: string): string {
  const [, repository, quant, file] = hubPath.exec(model) ?? []
  if (repository === undefined) return ''
  // `models/a.gguf` is a file in a folder.
  if (quant === undefined && file === undefined && /\.gguf$/i.test(repository)) return ''
  const rest = file === undefined ? `:${quant ?? 'Q4_K_M'}` : `/${file}`
  return ` For a model of the Hugging Face hub write 'hf:${repository}${rest}'.`
}

const hubPath = /^(\w[\w.-]*\/\w[\w.-]*)(?::([\w.-]+)|\/(.+))?$/

function parseHub(model: string, rest: string): ModelUri {
  const [, repository, quant, file] = hubPath.exec(rest) ?? []
  if (repository === undefined) throw invalid(model, 'lacks a repository, as in user/repository')
  if (quant !== undefined) return { kind: 'hf', repository, quant }
  if (file === undefined) throw invalid(model, 'names a repository, but no file or quantization in it')
  if (!/\.gguf$/i.test(file) || !isSafeFilePath(file)) {
    throw invalid(model, `names '${file}', which is no GGUF file inside a repository`)
  }
  return { kind: 'hf', repository, file }
}

function parseUrl(model: string): ModelUri {
  const url = URL.canParse(model) ? new URL(model) : undefined
  if (url === undefined) throw invalid(model, 'is no valid URL')
  if (url.username !== '' || url.password !== '')
    throw invalid(shownUrl(url), 'holds a name or password; no host gets those')
  if (!isAllowedUrl(url)) throw invalid(shownUrl(url), 'is not encrypted; http is for hosts on this machine')
  const fragment = url.hash.slice(1)
  const sha256 = /^sha256=([0-9a-f]{64})$/i.exec(fragment)?.[1]?.toLowerCase()
  if (fragment !== '' && sha256 === undefined) {
    throw invalid(shownUrl(url), `ends with '#${fragment}', which is not '#sha256=' and 64 hex digits`)
  }
  if (sha256 !== undefined && modelStem(url.pathname) !== url.pathname.replace(/\.gguf$/i, '')) {
    throw invalid(shownUrl(url), 'is split in several files, which one checksum cannot cover')
  }
  url.hash = ''
  return { kind: 'https', url, sha256 }
}

function invalid(model: string, problem: string, cause?: unknown): LlamaCppError {
  const message =
    `'${model}' ${problem}. A model is a path, 'npm:package/file.gguf', 'hf:user/repository/file.gguf', ` +
    `'hf:user/repository:Q4_K_M' or an https URL.`
  return new LlamaCppError('MODEL_URI_INVALID', message, { model, ...(cause === undefined ? {} : { cause }) })
}

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
