import { createHash, type Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { ContextSpec, Engine, WeightsSpec } from '../engines/engine.ts'
import { openRegularFile } from '../regular-file.ts'

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
