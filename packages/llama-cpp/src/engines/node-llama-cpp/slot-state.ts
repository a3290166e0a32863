import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type * as Binding from 'node-llama-cpp'
import type { LoadingOptions } from '../engine.ts'

interface Natives {
  readonly binding: Pick<typeof Binding, 'getModuleVersion'>
  readonly llama: Pick<Binding.Llama, 'llamaCppRelease'>
}

const writerName = 'writer.json'
const stateName = /^slot-\d+\.state$/

/** Writes each slot that holds tokens into a file of its own. Resolves with how many they were. */
export async function saveSlots(
  slots: readonly Binding.LlamaContextSequence[],
  folder: string,
  natives: Natives,
  { signal }: LoadingOptions,
): Promise<number> {
  const filled = slots.filter((slot) => slot.nextTokenIndex > 0)
  for (const [index, slot] of filled.entries()) {
    signal?.throwIfAborted()
    await slot.saveStateToFile(join(folder, `slot-${String(index).padStart(3, '0')}.state`))
  }
  await writeFile(join(folder, writerName), await writerOf(natives))
  return filled.length
}

/**
 * Reads the files of a folder into slots, one each, as far as there are slots. Files that another version of the
 * binding or of llama.cpp wrote are left alone: to read them could end the process.
 */
export async function loadSlots(
  slots: readonly Binding.LlamaContextSequence[],
  folder: string,
  natives: Natives,
  { signal }: LoadingOptions,
): Promise<number> {
  const writer = await readFile(join(folder, writerName), 'utf8').catch(() => undefined)
  if (writer !== (await writerOf(natives))) return 0
  const names = (await readdir(folder)).filter((name) => stateName.test(name)).sort()
  const pairs = slots.slice(0, names.length).map((slot, index) => [slot, names[index] as string] as const)
  for (const [slot, name] of pairs) {
    signal?.throwIfAborted()
    try {
      await slot.loadStateFromFile(join(folder, name), { acceptRisk: true })
    } catch (cause) {
      // Half a state may be in the slot.
      await slot.clearHistory()
      throw cause
    }
  }
  return pairs.length
}

async function writerOf({ binding, llama }: Natives): Promise<string> {
  const { repo, release } = llama.llamaCppRelease
  return JSON.stringify({ binding: await binding.getModuleVersion(), llamaCpp: `${repo} ${release}` })
}
