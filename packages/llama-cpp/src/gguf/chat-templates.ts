import { open } from 'node:fs/promises'
import { readText } from './gguf-metadata.ts'
import { GgufReader } from './gguf-reader.ts'
import { ARRAY, STRING, skipValues } from './skip-values.ts'

/** The chat templates in a model's file, by their keys in its metadata. */
export async function readChatTemplates(path: string): Promise<Readonly<Record<string, string>>> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const reader = new GgufReader(handle, path, size)
    await reader.load(24)
    reader.skip(16)
    const count = reader.uint64()
    reader.expectItems(count, 13)
    const templates: [string, string][] = []
    for (let index = 0; index < count; index += 1) {
      const key = await readText(reader)
      await reader.load(4)
      const type = reader.uint32()
      if (type === STRING && key.startsWith('tokenizer.chat_template')) {
        templates.push([key, await readText(reader)])
      } else if (type === ARRAY) {
        await reader.load(12)
        await skipValues(reader, reader.uint32(), reader.uint64())
      } else await skipValues(reader, type, 1)
    }
    return Object.fromEntries(templates)
  } finally {
    await handle.close()
  }
}
