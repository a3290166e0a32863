import { randomUUID } from 'node:crypto'
import { open, rename, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { LlamaCppError } from '../errors.ts'
import { errnoOf } from '../model-unreadable.ts'
import { readRegularFile } from '../regular-file.ts'

const pollMs = 100
const heartbeatMs = 5_000
const staleMs = 30_000

export interface LockOptions {
  readonly signal?: AbortSignal | undefined
  /** Called again and again while another holds the lock. */
  readonly onWait?: () => Promise<void>
}

export interface Lock {
  /** @throws LlamaCppError when another took the lock, as it may from a process that was suspended for long */
  assertHeld(): Promise<void>
}

/**
 * Runs `work` while no other holder of the same lock file does: in this process, its threads, and others on any
 * machine that shares the folder. Waits as long as the holder lives. A holder is dead when its process is gone, or,
 * on another machine, when it gave no sign of life for half a minute.
 */
export async function withFileLock<Result>(
  path: string,
  options: LockOptions,
  work: (lock: Lock) => Promise<Result>,
): Promise<Result> {
  const { signal, onWait } = options
  const token = randomUUID()
  const watch = new HolderWatch(path)
  while (!(await tryToCreate(path, token))) {
    signal?.throwIfAborted()
    if (await watch.isDead()) await removeDead(path, watch.token)
    else {
      await onWait?.()
      await delay(pollMs, undefined, signal && { signal }).catch(() => signal?.throwIfAborted())
    }
  }
  const heartbeat = setInterval(() => void touch(path), heartbeatMs).unref()
  const isHeld = async () => (await readHolder(path))?.token === token
  try {
    return await work({
      assertHeld: async () => {
        if (!(await isHeld())) throw taken(path)
      },
    })
  } finally {
    clearInterval(heartbeat)
    if (await isHeld()) await rm(path, { force: true })
  }
}

interface Holder {
  readonly host: string
  readonly pid: number
  readonly token: string
}

async function tryToCreate(path: string, token: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx')
    const holder: Holder = { host: hostname(), pid: process.pid, token }
    await handle.writeFile(JSON.stringify(holder)).finally(() => handle.close())
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Follows who holds a lock, by this process's own clock: those of other machines may be wrong. */
class HolderWatch {
  token: string | undefined
  readonly #path: string
  #sign = ''
  #since = 0

  constructor(path: string) {
    this.#path = path
  }

  async isDead(): Promise<boolean> {
    const holder = await readHolder(this.#path)
    const modified = await stat(this.#path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    )
    const sign = `${holder?.token} ${modified}`
    if (sign !== this.#sign) {
      this.#sign = sign
      this.#since = performance.now()
    }
    this.token = holder?.token
    if (holder?.host === hostname() && !isRunning(holder.pid)) return true
    return performance.now() - this.#since > staleMs
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readRegularFile(path))
    const { host, pid, token } = Object(holder)
    return typeof host === 'string' && typeof pid === 'number' && typeof token === 'string'
      ? { host, pid, token }
      : undefined
  } catch {
    // Released this moment, or created this moment and not yet written.
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errnoOf(error) === 'EPERM'
  }
}

/** Two may find the same holder dead: only the one whose rename takes the dead lock removes it. */
async function removeDead(path: string, token: string | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return
  }
  const holder = await readHolder(aside)
  if (holder?.token === token) await rm(aside, { force: true })
  else await rename(aside, path)
}

async function touch(path: string): Promise<void> {
  const now = new Date()
  await utimes(path, now, now).catch(() => undefined)
}

function taken(path: string): LlamaCppError {
  return new LlamaCppError(
    'MODEL_DOWNLOAD_FAILED',
    `Another process took over the download that '${path}' guards, because this one had stood still. Try again.`,
    { path },
  )
}
