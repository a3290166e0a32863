import type { JsonValue } from '../json.ts'
import type { Document } from './document.ts'

export interface DocumentTextOptions {
  readonly metaFieldsToEmbed?: readonly string[]
  readonly embeddingSeparator?: string
}

/**
 * The text of a document that is embedded or ranked: the meta fields that it has, and its content. A field that is not
 * a text is written as JSON; null counts as absent.
 *
 * @param refuse makes the error for a document without any of them
 */
export function documentText(
  { id, content, meta }: Document,
  { metaFieldsToEmbed = [], embeddingSeparator = '\n' }: DocumentTextOptions,
  refuse: (message: string) => Error,
): string {
  const fields = metaFieldsToEmbed.flatMap((name) => (Object.hasOwn(meta, name) ? [textOf(meta[name])] : []))
  const parts = [...fields, content ?? ''].filter((part) => part !== '')
  if (parts.length > 0) return parts.join(embeddingSeparator)
  const fieldless =
    metaFieldsToEmbed.length === 0
      ? "no content. Name keys of its meta in 'metaFieldsToEmbed', or leave it out."
      : `neither content nor any of the meta fields ${metaFieldsToEmbed.map((name) => `'${name}'`).join(', ')}. Leave it out.`
  throw refuse(`Document '${id}' has no text: it has ${fieldless}`)
}

function textOf(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
