import { listNames } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import { type Access, type Answer, refused, request, unlessSilent } from './model-request.ts'
import { modelStem, splitParts } from './model-split.ts'

/** A GGUF file in a repository of the hub. */
export interface HubFile {
  /** The path in the repository, with slashes. */
  readonly path: string
  readonly bytes: number | undefined
  readonly sha256: string | undefined
}

const mostPages = 50

/** Refuses what would leave its folder, hide, or not be a file name on some system; hosts send such lists, too. */
export function isSafeFilePath(path: string): boolean {
  return path
    .split('/')
    .every((name) => /^[^.\s\\/:*?"<>|\p{Cc}][^\\/:*?"<>|\p{Cc}]*$/u.test(name) && !/[. ]$/.test(name))
}

/** Where the hub has the current version of a file. */
export function hubFileUrl(repository: string, path: string, { hub }: Access): URL {
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  return new URL(`${hub.endpoint.href.replace(/\/+$/, '')}/${repository}/resolve/main/${encoded}`)
}

/**
 * The GGUF files of a repository.
 *
 * @throws LlamaCppError as for a download; `MODEL_NOT_FOUND` when there is no such repository
 */
export async function listHubFiles(repository: string, access: Access): Promise<readonly HubFile[]> {
  const root = access.hub.endpoint.href.replace(/\/+$/, '')
  const files: HubFile[] = []
  let next: URL | undefined = new URL(`${root}/api/models/${repository}/tree/main?recursive=true`)
  for (let page = 0; next !== undefined && page < mostPages; page += 1) {
    const url: URL = next
    const answer = await request(url, { accept: 'application/json' }, access)
    const { response } = answer
    if (response.status !== 200) {
      await response.body?.cancel()
      throw refused(url, response, access)
    }
    files.push(...(await readList(answer, access)))
    next = nextPage(response, url)
  }
  return files
}

async function readList({ response, stop }: Answer, access: Access): Promise<readonly HubFile[]> {
  let list: unknown
  try {
    list = await unlessSilent(response.json(), access.silenceMs, access.silenceMs)
  } catch (error) {
    stop()
    access.signal?.throwIfAborted()
    throw noList(access, error)
  }
  if (!Array.isArray(list)) throw noList(access, undefined)
  return list.flatMap(readFile)
}

function noList({ model, hub }: Access, cause: unknown): LlamaCppError {
  const message = `The model '${model}' could not be looked up: '${hub.endpoint.host}' sent no list of its files.`
  return new LlamaCppError('MODEL_DOWNLOAD_FAILED', message, { model, cause })
}

function readFile(entry: unknown): HubFile[] {
  const { type, path, size, lfs } = Object(entry)
  if (type !== 'file' || typeof path !== 'string' || !/\.gguf$/i.test(path) || !isSafeFilePath(path))
    return []
  const { oid } = Object(lfs)
  const sha256 = typeof oid === 'string' && /^[0-9a-f]{64}$/i.test(oid) ? oid : undefined
  return [{ path, bytes: typeof size === 'number' ? size : undefined, sha256 }]
}

/** The hub lists large repositories in pages, and names the next in a Link header. */
function nextPage({ headers }: Response, url: URL): URL | undefined {
  const link = /<([^>]+)>\s*;\s*rel="?next"?/.exec(headers.get('link') ?? '')?.[1]
  const next = link !== undefined && URL.canParse(link, url.href) ? new URL(link, url.href) : undefined
  return next?.origin === url.origin ? next : undefined
}

/**
 * The files of the one model in the list whose name has `quant` as a word of its own, as in `Q4_K_M`, or, when none
 * has, whose path has it anywhere; all its parts when it is split. Case does not count. An mmproj must be asked for.
 *
 * @throws LlamaCppError `MODEL_NOT_FOUND` when none fits or parts are missing, `MODEL_URI_INVALID` when several fit
 */
export function chooseQuant(files: readonly HubFile[], quant: string, model: string): readonly HubFile[] {
  const stems = [...new Set(files.map(({ path }) => modelStem(path)))]
  const models = stems.filter((stem) => /mmproj/i.test(quant) || !/mmproj/i.test(stem))
  const word = new RegExp(`(?<![a-z0-9_])${quant.replaceAll('.', '\\.')}(?![a-z0-9_])`, 'i')
  const named = models.filter((stem) => word.test(stem.split('/').at(-1) ?? ''))
  const inFolder = models.filter((stem) => word.test(stem))
  const loosely = models.filter((stem) => stem.toLowerCase().includes(quant.toLowerCase()))
  const fitting = [named, inFolder, loosely].find((some) => some.length > 0) ?? []
  const [stem] = fitting
  if (stem === undefined) throw noneFits(files, quant, model)
  if (fitting.length > 1) throw severalFit(files, fitting, model)
  return partsOf(files, stem, model)
}

function partsOf(files: readonly HubFile[], stem: string, model: string): readonly HubFile[] {
  const some = files.filter(({ path }) => modelStem(path) === stem)
  return splitParts(some[0]?.path ?? stem).map((path) => {
    const file = some.find((candidate) => candidate.path === path)
    if (file !== undefined) return file
    throw new LlamaCppError(
      'MODEL_NOT_FOUND',
      `The repository of '${model}' lacks '${path}', a part of it.`,
      { model },
    )
  })
}

function noneFits(files: readonly HubFile[], quant: string, model: string): LlamaCppError {
  const has =
    files.length === 0
      ? 'It has no GGUF files at all.'
      : `It has ${listNames(files.map(({ path }) => path))}.`
  const message = `The repository of '${model}' has no GGUF file with '${quant}' in its name. ${has}`
  return new LlamaCppError('MODEL_NOT_FOUND', message, { model })
}

function severalFit(files: readonly HubFile[], stems: readonly string[], model: string): LlamaCppError {
  const paths = files.map(({ path }) => path).filter((path) => stems.includes(modelStem(path)))
  const message =
    `'${model}' fits several models: ${listNames(paths)}. ` +
    `Name one, as in '${model.slice(0, model.lastIndexOf(':'))}/${paths[0]}'.`
  return new LlamaCppError('MODEL_URI_INVALID', message, { model })
}
