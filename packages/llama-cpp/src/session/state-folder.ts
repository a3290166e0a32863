import { createHash, type Hash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ContextSpec, Engine, LoadingOptions, ModelContext, WeightsSpec } from '../engines/engine.ts'
import { makeFolder } from '../make-folder.ts'
import { withFileLock } from '../model-file/model-lock.ts'
import { openRegularFile, readRegularFile } from '../regular-file.ts'

interface Manifest {
  readonly version: 1
  readonly fingerprint: string
  /** The folder, beside the manifest, that has the files. */
  readonly folder: string
  /** The SHA-256 of each file. */
  readonly files: Readonly<Record<string, string>>
}

type Stateful = Pick<ModelContext, 'saveState' | 'loadState'>

/**
 * Keeps what slots hold in a folder: a cache, of which any part may be missing. Each model with its options has a
 * folder of its own in it, so that components can share one; of equal components the last to save wins. The files are
 * written beside those that are there, and count from the moment when the manifest names them: whatever is cut off, the
 * old ones stay. Checksums find what broke, not what somebody put there: engines trust what they read, so the folder
 * must be one's own.
 */
export class StateFolder {
  /** Where the files of this model and these options are. */
  readonly path: string
  readonly #fingerprint: string

  constructor(folder: string, fingerprint: string) {
    this.path = join(folder, fingerprint.slice(0, 16))
    this.#fingerprint = fingerprint
  }

  /** Resolves with how many slots were written. Where none hold anything, what is there stays. */
  async save(context: Stateful, options: LoadingOptions = {}): Promise<number> {
    await makeFolder(this.path)
    return this.#locked(options, async () => {
      const folder = randomUUID()
      await mkdir(join(this.path, folder))
      try {
        const count = await context.saveState(join(this.path, folder), options)
        if (count > 0) await this.#name(folder)
        return count
      } finally {
        await this.#sweep()
      }
    })
  }

  /** Resolves with how many slots were filled: none where nothing was saved for this model and these options. */
  async load(context: Stateful, options: LoadingOptions = {}): Promise<number> {
    if ((await this.#manifest()) === undefined) return 0
    return this.#locked(options, async () => {
      const manifest = await this.#manifest()
      if (manifest === undefined) return 0
      const folder = join(this.path, manifest.folder)
      const found = await checksums(folder)
      if (JSON.stringify(found) !== JSON.stringify(manifest.files)) throw new RangeError('a file was changed')
      return context.loadState(folder, options)
    })
  }

  #locked<Result>({ signal }: LoadingOptions, work: () => Promise<Result>): Promise<Result> {
    return withFileLock(join(this.path, 'lock'), { signal }, work)
  }

  async #manifest(): Promise<Manifest | undefined> {
    const text = await readRegularFile(join(this.path, 'manifest.json')).catch(() => undefined)
    if (text === undefined) return undefined
    const manifest = JSON.parse(text) as Partial<Manifest> | null
    const { version, fingerprint, folder, files } = manifest ?? {}
    const isOurs = version === 1 && fingerprint === this.#fingerprint
    if (!isOurs || !/^[\w-]+$/.test(String(folder)) || typeof files !== 'object') return undefined
    return manifest as Manifest
  }

  async #name(folder: string): Promise<void> {
    const files = await checksums(join(this.path, folder))
    const manifest: Manifest = { version: 1, fingerprint: this.#fingerprint, folder, files }
    const path = join(this.path, 'manifest.json')
    await writeFile(`${path}.new`, JSON.stringify(manifest))
    await rename(`${path}.new`, path)
  }

  /** Removes the folders that the manifest does not name: those before, and those that were cut off. */
  async #sweep(): Promise<void> {
    const named = (await this.#manifest().catch(() => undefined))?.folder
    const entries = await readdir(this.path, { withFileTypes: true })
    const old = entries.filter((entry) => entry.isDirectory() && entry.name !== named)
    await Promise.all(old.map(({ name }) => rm(join(this.path, name), { recursive: true, force: true })))
  }
}

/** The SHA-256 of each file of a folder, in the order of their names. */
async function checksums(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder)).sort()
  const sums = names.map(async (name) => {
    const hash = createHash('sha256')
    const file = await openRegularFile(join(folder, name))
    await pipeline(file.createReadStream(), hash)
    return [name, hash.digest('hex')] as const
  })
  return Object.fromEntries(await Promise.all(sums))
}

const blockBytes = 4096
const blocks = 256

/**
 * What two contexts must have in common for one to read what the other wrote: the model and its adapter, the engine,
 * and every option that changes what is kept of a token or how it is laid out. The number of slots is one: llama.cpp
 * refuses the state of a slot in a context with another number. In hexadecimal digits.
 */
export async function stateFingerprint(
  engine: Engine['name'],
  weights: WeightsSpec,
  context: ContextSpec,
): Promise<string> {
  const { nCtx, slots, flashAttn, swaFull, typeK, typeV, ropeFreqBase, ropeFreqScale, lora } = context
  const hash = createHash('sha256')
  const options = {
    nCtx,
    slots,
    flashAttn,
    swaFull,
    typeK,
    typeV,
    ropeFreqBase,
    ropeFreqScale,
    lora: lora?.scale,
  }
  hash.update(JSON.stringify({ engine, kvOverrides: weights.kvOverrides, ...options }))
  await addFile(hash, weights.modelPath)
  if (lora) await addFile(hash, lora.path)
  return hash.digest('hex')
}

/** Adds the length of a file, its start, its end, and blocks spread evenly in between: gigabytes take too long. */
async function addFile(hash: Hash, path: string): Promise<void> {
  const file = await openRegularFile(path)
  try {
    const { size } = await file.stat()
    hash.update(`${size} `)
    const step = Math.max(blockBytes, Math.floor((size - blockBytes) / (blocks - 1)))
    for (let start = 0; start < size; start += step) await addBlock(hash, file, start)
  } finally {
    await file.close()
  }
}

async function addBlock(hash: Hash, file: FileHandle, start: number): Promise<void> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(blockBytes), 0, blockBytes, start)
  hash.update(buffer.subarray(0, bytesRead))
}
