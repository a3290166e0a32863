import { sha256 } from '#platform'
import { DataError } from '../errors.ts'
import { isPlainObject, type JsonObject, type JsonValue } from '../json.ts'
import * as t from '../schema/builders.ts'
import type { Socket, ValueOf } from '../schema/socket.ts'
import { completed, type Declared, declared, defined, given } from './declared.ts'

const shape = t.object({
  id: t.string({ minLength: 1 }),
  content: t.optional(t.string()),
  meta: t.record(t.json()),
  /** How well it answers the query it was found with; the scale is the retriever's or the ranker's. */
  score: t.optional(t.number()),
  embedding: t.optional(t.array(t.number())),
})

type Shape = ValueOf<typeof shape>

/** A piece of knowledge: what retrievers find, rankers order and prompt builders show. */
export type Document = { [Key in keyof Shape]: Shape[Key] }
export const documentSocket: Socket<Document> = t.named('Document', shape)

export interface DocumentFields {
  /** @defaultValue the SHA-256 of content and meta */
  readonly id?: string | null | undefined
  readonly content?: string | null | undefined
  /** @defaultValue `{}` */
  readonly meta?: JsonObject | null | undefined
  readonly score?: number | null | undefined
  /** A typed array becomes a plain one, which is JSON. */
  readonly embedding?: readonly number[] | Float32Array | Float64Array | null | undefined
}

const known = { id: true, content: true, meta: true, score: true, embedding: true } as const

const documentReaders: Declared<Document> = declared(
  'document',
  'DATA_INVALID_DOCUMENT',
  documentSocket,
  completeDocument,
)

export const Document = {
  ...documentReaders,

  /**
   * When no id is given it is the SHA-256, in lower-case hexadecimal, of the UTF-8 bytes of the canonical JSON
   * (RFC 8785: sorted keys, no white space) of `{ "content": …, "meta": … }`, with null for content that is absent.
   * So documents with equal content and meta have equal ids, in whatever order the keys of `meta` stand and whatever
   * their score and embedding are.
   * @throws DataError DATA_INVALID_DOCUMENT
   */
  create(fields: DocumentFields): Document {
    const {
      id,
      content,
      meta = {},
      score,
      embedding,
    } = given('document', 'DATA_INVALID_DOCUMENT', fields, known)
    const rest = { ...defined({ content }), meta, ...defined({ score, embedding: plainVector(embedding) }) }
    // Checked before it is hashed: what is not JSON has no canonical text.
    const document = documentReaders.validate({ id: id ?? 'not known yet', ...rest })
    return id === undefined ? { ...document, id: contentId(document) } : document
  },
}

/** A text is a document of that content. An id and `meta` may be left out; keys of Haystack's that are null are. */
export function completeDocument(value: unknown): unknown {
  const fields = typeof value === 'string' ? { content: value } : completed(value, { meta: {} })
  if (!isPlainObject(fields)) return fields
  const { id, embedding } = fields
  if (id !== undefined && !ArrayBuffer.isView(embedding)) return fields
  try {
    return Document.create(fields)
  } catch (error) {
    if (!DataError.isInstance(error)) throw error
    // What is wrong is for the check to say; that the id is missing is not.
    return { id: 'not known', ...fields }
  }
}

function plainVector(vector: unknown): readonly number[] | undefined {
  const isTyped = ArrayBuffer.isView(vector) && !(vector instanceof DataView)
  // The cast is checked: what is not a list of numbers is refused as an embedding.
  return isTyped ? Array.from(vector as Float32Array) : (vector as readonly number[] | undefined)
}

function contentId({
  content = null,
  meta,
}: {
  readonly content?: string | null
  readonly meta: JsonObject
}): string {
  return sha256(canonicalJson({ content, meta }))
}

/**
 * The one JSON text of a value: no white space, the keys of every object sorted by UTF-16 code units, strings
 * and numbers as `JSON.stringify` writes them (RFC 8785).
 */
function canonicalJson(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] as JsonValue)}`)
  return `{${entries.join(',')}}`
}

/** `Array.isArray` does not narrow readonly arrays. */
function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
