import type { Document, JsonValue } from '@millrace/core'
import { OpenAIError } from '../errors.ts'

export interface DocumentTextOptions {
  readonly metaFieldsToEmbed?: readonly string[]
  readonly embeddingSeparator?: string
}

/**
 * The text of a document that is embedded: the meta fields that it has, and its content. A field that is not a text is
 * written as JSON; null counts as absent.
 *
 * @throws OpenAIError `OPENAI_INPUT_INVALID` for a document without any of them
 */
export function documentText(
  { id, content, meta }: Document,
  { metaFieldsToEmbed = [], embeddingSeparator = '\n' }: DocumentTextOptions,
): string {
  const fields = metaFieldsToEmbed.flatMap((name) => (Object.hasOwn(meta, name) ? [textOf(meta[name])] : []))
  const parts = [...fields, content ?? ''].filter((part) => part !== '')
  if (parts.length > 0) return parts.join(embeddingSeparator)
  const lacking =
    metaFieldsToEmbed.length === 0
      ? "no content. Name keys of its meta in 'metaFieldsToEmbed', or leave it out."
      : `neither content nor any of the meta fields ${metaFieldsToEmbed.map((name) => `'${name}'`).join(', ')}. Leave it out.`
  throw new OpenAIError('OPENAI_INPUT_INVALID', `Document '${id}' has no text: it has ${lacking}`)
}

function textOf(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
