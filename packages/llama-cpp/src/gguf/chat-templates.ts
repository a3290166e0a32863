import { readEntries } from './metadata-entries.ts'
import { readLongText, STRING } from './metadata-values.ts'

/** The chat templates in a model's file, by their keys in its metadata. */
export async function readChatTemplates(path: string): Promise<Readonly<Record<string, string>>> {
  const templates: [string, string][] = []
  await readEntries(path, async ({ key, type, length }, reader) => {
    if (type !== STRING || length !== undefined || !key.startsWith('tokenizer.chat_template')) return false
    templates.push([key, await readLongText(reader)])
    return true
  })
  return Object.fromEntries(templates)
}
