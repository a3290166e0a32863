import { basename } from 'node:path'
import { DataError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { assertBase64, base64Pattern, checkBase64, fromBase64, toBase64 } from './base64.ts'
import { type Check, checkJsonObject, checkObject, checkOneOf, checkString, describeValue } from './check.ts'
import { defined } from './defined.ts'
import { type Guards, guards } from './guards.ts'
import { guessMimeType, mimeTypeOfName } from './mime-type.ts'
import { defaultMaxBytes, readFileBytes } from './read-bytes.ts'

/** A file in a message, such as a PDF. Hosted models read some kinds; llama.cpp reads none. */
export type FileContent = {
  readonly type: 'file'
  /** Strict base64 of the file; empty for an empty file. */
  readonly base64: string
  /** `type/subtype`, without parameters. */
  readonly mimeType: string
  readonly filename?: string
  readonly meta?: JsonObject
}

export interface FileContentOptions {
  /** @defaultValue by the extension of the file name, then by the first bytes, then `application/octet-stream` */
  readonly mimeType?: string | undefined
  /** For the model to see. `fromFile` takes the last part of the path when it is not given. */
  readonly filename?: string | undefined
  readonly meta?: JsonObject | undefined
}

export interface FileFromFileOptions extends FileContentOptions {
  /** @defaultValue 20 MiB (20,971,520) */
  readonly maxBytes?: number | undefined
}

const mimeTypePattern = '^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+$'
const mimeTypeExpression = new RegExp(mimeTypePattern)

/** JSON Schema 2020-12 of a `FileContent`. */
export const fileContentSchema: JsonObject = {
  title: 'FileContent',
  type: 'object',
  properties: {
    type: { const: 'file' },
    base64: { type: 'string', pattern: base64Pattern },
    mimeType: { type: 'string', pattern: mimeTypePattern },
    filename: { type: 'string' },
    meta: { type: 'object' },
  },
  required: ['type', 'base64', 'mimeType'],
  additionalProperties: false,
}

const checkMimeType: Check = (value, place) => {
  if (typeof value === 'string' && mimeTypeExpression.test(value)) return undefined
  return `'${place}' must be a MIME type such as 'application/pdf', not ${describeValue(value)}.`
}

const optional = { filename: checkString, meta: checkJsonObject }

export const checkFileContent = checkObject(
  { type: checkOneOf(['file']), base64: checkBase64, mimeType: checkMimeType },
  optional,
)

const fileGuards: Guards<FileContent> = guards('file part', 'DATA_INVALID_MEDIA', checkFileContent)

/** The fields beside `base64`, which is costly to check and always strict when we encoded it ourselves. */
const checkOptions = checkObject({ mimeType: checkMimeType }, optional)

export const FileContent = {
  ...fileGuards,

  /** @throws DataError DATA_INVALID_BASE64, DATA_INVALID_MEDIA */
  create(fields: { readonly base64: string } & FileContentOptions): FileContent {
    assertBase64(fields.base64, 'file part')
    // The signature is in the first 16 bytes: 24 characters hold them.
    return makeFile(fields.base64, fromBase64(fields.base64.slice(0, 24)), fields)
  },

  /** @throws DataError DATA_INVALID_MEDIA */
  fromBytes(bytes: Uint8Array, options: FileContentOptions = {}): FileContent {
    return makeFile(toBase64(bytes), bytes, options)
  },

  /**
   * `meta.filePath` is the path as given.
   * @throws DataError DATA_UNREADABLE, DATA_INVALID_MEDIA, DATA_INVALID_OPTION
   */
  async fromFile(path: string, options: FileFromFileOptions = {}): Promise<FileContent> {
    const { maxBytes = defaultMaxBytes, mimeType, filename = basename(path) } = options
    const bytes = await readFileBytes(path, maxBytes)
    return makeFile(toBase64(bytes), bytes, { mimeType, filename, meta: { filePath: path, ...options.meta } })
  },

  /** The file itself, in memory of its own. */
  toBytes(file: FileContent): Uint8Array {
    return fromBase64(file.base64)
  },
}

/** `base64` is strict already; `start` is at least the first bytes of it. */
function makeFile(base64: string, start: Uint8Array, options: FileContentOptions): FileContent {
  const { filename, meta } = options
  const mimeType =
    options.mimeType ?? mimeTypeOfName(filename ?? '') ?? guessMimeType(start) ?? 'application/octet-stream'
  const fields = { mimeType, ...defined({ filename, meta }) }
  const problem = checkOptions(fields, '')
  if (problem !== undefined) throw new DataError('DATA_INVALID_MEDIA', `Invalid file part: ${problem}`)
  return { type: 'file', base64, ...fields }
}
