import { rename, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import { checkGgufHeader, type GgufHeader } from '../gguf/gguf-header.ts'
import { makeFolder } from '../make-folder.ts'
import { errnoOf } from '../model-unreadable.ts'
import { type Lock, withFileLock } from './model-lock.ts'
import { PartFile } from './model-part.ts'
import { isFile } from './model-path.ts'
import { type OnProgress, throttled } from './model-progress.ts'
import { continues, noteFrom, rangeHeaders } from './model-range.ts'
import { type Access, refused, request, shownUrl, unlessSilent } from './model-request.ts'

export interface Download {
  readonly url: URL
  /** Where the finished file goes; it never exists unfinished. */
  readonly target: string
  /** The checksum that the file must have; without it, the one that the hub sends is used. */
  readonly sha256?: string | undefined
  readonly access: Access
  readonly onProgress?: OnProgress | undefined
}

// How many connections in a row may break before they bring anything worth a connection.
const mostFruitless = 3
/** A connection that brings less while it may be silent is as good as none. */
const leastBytes = 1024
/** What may stand behind the tensors of a model. */
const mostExcess = 1024 * 1024

/**
 * Brings a model file to `target`, if it isn't there. What an earlier attempt left in `target.part` is continued
 * when the server still has the same file. A connection that breaks is taken up again as long as new ones
 * bring something. One download of a target runs at a time; the others wait for it and use its file.
 *
 * @throws LlamaCppError `MODEL_DOWNLOAD_FAILED`, `MODEL_NOT_FOUND`, `MODEL_CHECKSUM_MISMATCH`, or what
 * {@link checkGgufHeader} has against the file; the reason of the signal, untouched
 */
export async function download(job: Download): Promise<void> {
  const { target, access } = job
  access.signal?.throwIfAborted()
  if (await isFile(target)) return
  const progress = throttled(job.onProgress)
  const onWait = async () => {
    const { bytes, totalBytes } = await PartFile.peek(partOf(target))
    progress({ downloadedBytes: bytes, totalBytes })
  }
  try {
    await makeFolder(dirname(target))
    await withFileLock(`${target}.lock`, { signal: access.signal, onWait }, async (lock) => {
      if (!(await isFile(target))) await fetchAndCheck(job, lock, progress)
    })
  } catch (error) {
    access.signal?.throwIfAborted()
    throw diskFailure(error, job)
  }
}

function partOf(target: string): string {
  return `${target}.part`
}

async function fetchAndCheck(job: Download, lock: Lock, report: OnProgress): Promise<void> {
  const part = await PartFile.open(partOf(job.target), job.access.signal)
  let sha256: string
  try {
    await fetchAll(job, part, report)
    sha256 = await part.seal()
  } finally {
    await part.close()
    if (part.bytes === 0) await PartFile.remove(part.path)
  }
  await lock.assertHeld()
  await check(job, part, sha256)
  await rename(part.path, job.target)
  await PartFile.removeNote(part.path)
}

async function fetchAll(job: Download, part: PartFile, report: OnProgress): Promise<void> {
  let fruitless = 0
  while (part.bytes === 0 || part.bytes !== part.note.totalBytes) {
    const before = part.bytes
    const broken = await fetchMore(job, part, report)
    if (broken === undefined) return
    fruitless = part.bytes >= before + leastBytes ? 0 : fruitless + 1
    if (fruitless === mostFruitless) throw brokenOff(job, part, broken)
  }
}

function brokenOff({ access }: Download, { bytes, note }: PartFile, cause: unknown): LlamaCppError {
  const total = note.totalBytes === undefined ? '' : ` of ${note.totalBytes}`
  const reason = errnoOf(cause) ?? messageOf(cause)
  return failure(
    access,
    `The download of '${access.model}' broke off after ${bytes}${total} bytes (${reason}). ` +
      'What arrived is kept: try again to continue.',
    cause,
  )
}

/** Continues or begins the file with one request. Returns what broke the connection, or undefined at the end. */
async function fetchMore(job: Download, part: PartFile, report: OnProgress): Promise<unknown> {
  const answer = await request(job.url, rangeHeaders(part), job.access)
  const { status, body } = answer.response
  if (part.bytes > 0 && (status === 416 || (status === 206 && !continues(answer, part)))) {
    await body?.cancel()
    await part.restart({})
    return fetchMore(job, part, report)
  }
  const isContent = status === 200 || (status === 206 && part.bytes > 0)
  if (!isContent) {
    await body?.cancel()
    throw refused(job.url, answer.response, job.access)
  }
  if (status === 200) await part.restart(noteFrom(answer))
  await requireSpace(job, part, part.note.totalBytes)
  report({ downloadedBytes: part.bytes, totalBytes: part.note.totalBytes })
  return body === null ? undefined : pour(body, job, part, report)
}

async function requireSpace(
  { target, access }: Download,
  { bytes }: PartFile,
  totalBytes: number | undefined,
): Promise<void> {
  if (totalBytes === undefined) return
  const disk = await statfs(dirname(target)).catch(() => undefined)
  const [missing, free] = [totalBytes - bytes, disk === undefined ? Infinity : disk.bavail * disk.bsize]
  if (missing <= free) return
  throw new LlamaCppError(
    'MODEL_DOWNLOAD_FAILED',
    `The model '${access.model}' needs ${missing} more bytes, and the disk of '${dirname(target)}' has ${free} left. ` +
      'Free some space, or name another `cacheDir`.',
    { model: access.model, path: target, expected: missing, actual: free },
  )
}

async function pour(
  body: ReadableStream<Uint8Array>,
  job: Download,
  part: PartFile,
  report: OnProgress,
): Promise<unknown> {
  const { signal, silenceMs } = job.access
  const reader = body.getReader()
  const heard = { bytes: part.bytes, at: performance.now() }
  let nextLook = Math.max(mostExcess, 2 * part.bytes)
  try {
    while (true) {
      const left = heard.at + silenceMs - performance.now()
      const next = await unlessSilent(reader.read(), left, silenceMs).catch((error: unknown) => ({ error }))
      signal?.throwIfAborted()
      if ('error' in next) return next.error
      if (next.done) break
      await part.append(next.value)
      if (part.bytes >= heard.bytes + leastBytes)
        Object.assign(heard, { bytes: part.bytes, at: performance.now() })
      if (part.bytes >= nextLook) nextLook = Math.max(2 * part.bytes, await lookAtBeginning(job, part))
      report({ downloadedBytes: part.bytes, totalBytes: part.note.totalBytes })
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
  const { totalBytes } = part.note
  if (totalBytes !== undefined && part.bytes < totalBytes) return 'the connection closed early'
  report({ downloadedBytes: part.bytes, totalBytes: totalBytes ?? part.bytes })
  return undefined
}

/**
 * Ends a download that cannot become a model, or goes on where the model has ended: a server may send without an end.
 * Returns how long the file must be, as far as its beginning tells.
 */
async function lookAtBeginning(job: Download, part: PartFile): Promise<number> {
  try {
    refuseExcess(await checkGgufHeader(part.path))
    return part.bytes
  } catch (error) {
    if (!LlamaCppError.isInstance(error)) throw error
    if (error.code === 'MODEL_UNSUPPORTED') return part.bytes
    if (error.code === 'MODEL_TRUNCATED') {
      const needed = Number(error.expected)
      await requireSpace(job, part, needed)
      return needed
    }
    await PartFile.remove(part.path)
    throw useless(job, error)
  }
}

function refuseExcess({ requiredBytes, fileBytes }: GgufHeader): void {
  if (fileBytes <= requiredBytes + mostExcess) return
  throw new LlamaCppError(
    'MODEL_DAMAGED',
    `The model ends after ${requiredBytes} bytes, and more than ${mostExcess} others follow.`,
    { actual: fileBytes, expected: requiredBytes },
  )
}

/** Only a file that can be a model, and is the promised one, may enter the cache. Any other is deleted. */
async function check(job: Download, part: PartFile, sha256: string): Promise<void> {
  const promised = (job.sha256 ?? part.note.sha256)?.toLowerCase()
  try {
    if (promised !== undefined && promised !== sha256) throw mismatch(job, promised, sha256)
    refuseExcess(await checkGgufHeader(part.path))
  } catch (error) {
    // A version that we can't read yet is still the file that was asked for.
    if (error instanceof LlamaCppError && error.code === 'MODEL_UNSUPPORTED') return
    await PartFile.remove(part.path)
    throw error instanceof LlamaCppError && error.code !== 'MODEL_CHECKSUM_MISMATCH'
      ? useless(job, error)
      : error
  }
}

function mismatch({ access, target }: Download, expected: string, actual: string): LlamaCppError {
  return new LlamaCppError(
    'MODEL_CHECKSUM_MISMATCH',
    `The model '${access.model}' arrived with the sha256 ${actual}, and ${expected} was promised. ` +
      'It was deleted. Try again, or check where the sum comes from.',
    { model: access.model, path: target, expected, actual },
  )
}

function useless({ url, access, target }: Download, cause: LlamaCppError): LlamaCppError {
  const message = `What '${shownUrl(url)}' sent is no usable model, and was deleted. ${cause.message}`
  return new LlamaCppError(cause.code, message, { model: access.model, path: target, cause })
}

function failure({ model }: Access, message: string, cause: unknown): LlamaCppError {
  return new LlamaCppError('MODEL_DOWNLOAD_FAILED', message, { model, cause })
}

/** What the file system said while writing; anything else passes as it is. */
function diskFailure(error: unknown, { access, target }: Download): unknown {
  const isSystemError = typeof error === 'object' && error !== null && 'syscall' in error
  if (!isSystemError) return error
  const reason = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(errnoOf(error) ?? '')
    ? 'the disk is full. What arrived is kept: free some space and try again'
    : messageOf(error)
  const message = `The model '${access.model}' cannot be stored in '${dirname(target)}': ${reason}, or name another \`cacheDir\`.`
  return new LlamaCppError('MODEL_DOWNLOAD_FAILED', message, {
    model: access.model,
    path: target,
    cause: error,
  })
}
