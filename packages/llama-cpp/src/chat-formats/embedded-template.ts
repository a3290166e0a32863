import { didYouMean, listNames } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'

const KEY = 'tokenizer.chat_template'

/**
 * The template that a model brings in its file, by name. The one without a name is `default`.
 *
 * @param metadata of the GGUF, with keys like `tokenizer.chat_template.tool_use`, or nested as far as one likes
 * @throws LlamaCppError `OPTION_INVALID` with the names that there are
 */
export function embeddedTemplate(metadata: object, name: string): string {
  const templates = embeddedTemplates(metadata)
  const template = templates.get(name)
  if (template !== undefined) return template
  throw new LlamaCppError(
    'OPTION_INVALID',
    `Option 'modelKwargs.chatFormat' asks for the chat template '${name}' of the model, which its file has not. Its templates: ${listNames(templates.keys())}.${didYouMean(name, templates.keys())}`,
    { option: 'modelKwargs.chatFormat' },
  )
}

function embeddedTemplates(metadata: object): ReadonlyMap<string, string> {
  const templates = new Map<string, string>()
  collect(metadata, '', templates)
  return templates
}

function collect(value: unknown, key: string, found: Map<string, string>): void {
  if (typeof value === 'string') {
    if (key === KEY) found.set('default', value)
    else if (key.startsWith(`${KEY}.`)) found.set(key.slice(KEY.length + 1), value)
    return
  }
  const mayLead = KEY.startsWith(key) || key.startsWith(KEY)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !mayLead) return
  for (const [part, inner] of Object.entries(value))
    collect(inner, key === '' ? part : `${key}.${part}`, found)
}
