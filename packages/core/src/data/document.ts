import { createHash } from 'node:crypto'
import type { JsonObject } from '../json.ts'
import { canonicalJson } from './canonical-json.ts'
import {
  checkFilledString,
  checkJsonObject,
  checkListOf,
  checkNumber,
  checkObject,
  checkString,
} from './check.ts'
import { defined } from './defined.ts'
import { type Guards, guards } from './guards.ts'

/** A piece of knowledge: what retrievers find, rankers order and prompt builders show. */
export type Document = {
  readonly id: string
  readonly content?: string
  readonly meta: JsonObject
  /** How well it answers the query it was found with; the scale is the retriever's or the ranker's. */
  readonly score?: number
  readonly embedding?: readonly number[]
}

export interface DocumentFields {
  /** @defaultValue the SHA-256 of content and meta */
  readonly id?: string | undefined
  readonly content?: string | undefined
  /** @defaultValue `{}` */
  readonly meta?: JsonObject | undefined
  readonly score?: number | undefined
  readonly embedding?: readonly number[] | undefined
}

/** JSON Schema 2020-12 of a `Document`. */
export const documentSchema: JsonObject = {
  title: 'Document',
  type: 'object',
  properties: {
    id: { type: 'string', minLength: 1 },
    content: { type: 'string' },
    meta: { type: 'object' },
    score: { type: 'number' },
    embedding: { type: 'array', items: { type: 'number' } },
  },
  required: ['id', 'meta'],
  additionalProperties: false,
}

const checkDocument = checkObject(
  { id: checkFilledString, meta: checkJsonObject },
  { content: checkString, score: checkNumber, embedding: checkListOf(checkNumber) },
)

const documentGuards: Guards<Document> = guards('document', 'DATA_INVALID_DOCUMENT', checkDocument)

export const Document = {
  ...documentGuards,

  /**
   * When no id is given it is the SHA-256, in lower-case hexadecimal, of the UTF-8 bytes of the canonical JSON
   * (RFC 8785: sorted keys, no white space) of `{ "content": …, "meta": … }`, with null for content that is absent.
   * So documents with equal content and meta have equal ids, in whatever order the keys of `meta` stand and whatever
   * their score and embedding are.
   * @throws DataError DATA_INVALID_DOCUMENT
   */
  create(fields: DocumentFields): Document {
    const { id, content, meta = {}, score, embedding } = fields
    const rest = { ...defined({ content }), meta, ...defined({ score, embedding }) }
    // Checked before it is hashed: what is not JSON has no canonical text.
    const document = documentGuards.validate({ id: id ?? 'not known yet', ...rest })
    return id === undefined ? { ...document, id: contentId(document) } : document
  },
}

function contentId({
  content = null,
  meta,
}: {
  readonly content?: string | null
  readonly meta: JsonObject
}): string {
  return createHash('sha256').update(canonicalJson({ content, meta })).digest('hex')
}
