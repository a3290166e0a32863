import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LlamaCppError } from '../errors.ts'
import { fileNameOf, repositoryFolder, urlFolder } from './model-cache.ts'
import { type Download, download } from './model-download.ts'
import { chooseQuant, type HubFile, hubFileUrl, isSafeFilePath, listHubFiles } from './model-hub.ts'
import { insteadOf, isFile } from './model-path.ts'
import { joined, type OnProgress } from './model-progress.ts'
import type { Access } from './model-request.ts'
import { splitParts } from './model-split.ts'

/** The folder of downloaded models, and how to fill it. */
export interface Store {
  readonly cacheDir: string
  readonly access: Access
  readonly onProgress?: OnProgress | undefined
}

/** The file behind a URL, with all its siblings when it is a part of a split model. Returns the first. */
export async function storeUrl(url: URL, sha256: string | undefined, store: Store): Promise<string> {
  const paths = splitParts(url.pathname)
  const files = urlTargets(url, sha256, store.cacheDir).map((target, index) => {
    const part = withPath(url, paths[index] ?? url.pathname)
    return { url: atHub(part, store), target, sha256, bytes: undefined }
  })
  return fetchAll(files, store)
}

interface StoredFile extends Pick<Download, 'url' | 'target' | 'sha256'> {
  readonly bytes: number | undefined
}

/** Downloads what is not there, one after the other. Returns the first. */
async function fetchAll(files: readonly StoredFile[], { access, onProgress }: Store): Promise<string> {
  const progressOf = joined(
    onProgress,
    files.map(({ bytes }) => bytes),
  )
  for (const [index, { url, target, sha256 }] of files.entries()) {
    await download({ url, target, sha256, access, onProgress: progressOf(index) })
  }
  return files[0]?.target ?? ''
}

/** Where the file behind a URL is kept, with all its siblings when it is a part of a split model. */
export function urlTargets(
  url: URL,
  sha256: string | undefined,
  cacheDir: string,
): readonly [string, ...string[]] {
  return splitParts(join(urlFolder(cacheDir, firstPart(url), sha256), fileNameOf(url)))
}

function withPath(url: URL, pathname: string): URL {
  const copy = new URL(url)
  copy.pathname = pathname
  return copy
}

/** All parts of one model share a folder, whichever of them the user named. */
function firstPart(url: URL): URL {
  return withPath(url, splitParts(url.pathname)[0])
}

/** The page of a file, which people copy from the browser, is not the file. */
function atHub(url: URL, { access: { hub } }: Store): URL {
  const page = /^(\/[^/]+\/[^/]+)\/blob\/(.+)$/.exec(url.pathname)
  return page === null || url.origin !== hub.endpoint.origin
    ? url
    : withPath(url, `${page[1]}/resolve/${page[2]}`)
}

/** A file of the hub by its path, with all its siblings when it is a part of a split model. Returns the first. */
export async function storeHubFile(repository: string, file: string, store: Store): Promise<string> {
  const files = splitParts(file).map((path): HubFile => ({ path, bytes: undefined, sha256: undefined }))
  try {
    return await storeHubFiles(repository, files, store)
  } catch (error) {
    const isMissing =
      error instanceof LlamaCppError && error.code === 'MODEL_NOT_FOUND' && error.status !== undefined
    throw isMissing ? await withAlternatives(repository, file, store.access, error) : error
  }
}

/**
 * The one model of a repository whose name has the quantization. What was chosen is noted in the cache: the second
 * time needs no network, and gives the same file when the repository has got others by then.
 */
export async function storeHubQuant(repository: string, quant: string, store: Store): Promise<string> {
  const known = await chosenForQuant(repository, quant, store.cacheDir)
  if (known !== undefined) return known
  const chosen = chooseQuant(await listHubFiles(repository, store.access), quant, store.access.model)
  const path = await storeHubFiles(repository, chosen, store)
  const note = quantNote(repositoryFolder(store.cacheDir, repository), quant)
  await writeFile(note, JSON.stringify(chosen.map((file) => file.path)))
  return path
}

/** The model that was chosen for a quantization earlier, if all of it is still there. */
export async function chosenForQuant(
  repository: string,
  quant: string,
  cacheDir: string,
): Promise<string | undefined> {
  const dir = repositoryFolder(cacheDir, repository)
  return readChoice(quantNote(dir, quant), dir)
}

function quantNote(dir: string, quant: string): string {
  return join(dir, `.quant-${quant.toLowerCase()}.json`)
}

async function storeHubFiles(repository: string, files: readonly HubFile[], store: Store): Promise<string> {
  const dir = repositoryFolder(store.cacheDir, repository)
  const stored = files.map(({ path, sha256, bytes }) => {
    const url = hubFileUrl(repository, path, store.access)
    return { url, target: join(dir, ...path.split('/')), sha256, bytes }
  })
  return fetchAll(stored, store)
}

/** The first file of what was chosen earlier, if all of it is still there. */
async function readChoice(note: string, dir: string): Promise<string | undefined> {
  let paths: unknown
  try {
    paths = JSON.parse(await readFile(note, 'utf8'))
  } catch {
    return undefined
  }
  if (!Array.isArray(paths) || paths.length === 0) return undefined
  for (const path of paths) {
    if (typeof path !== 'string' || !isSafeFilePath(path) || !(await isFile(join(dir, ...path.split('/'))))) {
      return undefined
    }
  }
  return join(dir, ...String(paths[0]).split('/'))
}

/** Says what the repository has instead of a missing file, if it can be asked. */
async function withAlternatives(
  repository: string,
  file: string,
  access: Access,
  error: LlamaCppError,
): Promise<LlamaCppError> {
  const files = await listHubFiles(repository, access).catch((listing: unknown) => {
    access.signal?.throwIfAborted()
    return listing instanceof LlamaCppError ? undefined : Promise.reject(listing)
  })
  if (files === undefined) return error
  const paths = files.map(({ path }) => path)
  const instead = paths.length === 0 ? ' It has no GGUF files at all.' : insteadOf(file, paths)
  const message = `The repository '${repository}' has no file '${file}'.${instead}`
  return new LlamaCppError('MODEL_NOT_FOUND', message, { model: access.model, status: 404, cause: error })
}
