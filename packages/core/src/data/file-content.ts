import { basename, fromBase64, toBase64 } from '#platform'
import type { JsonObject } from '../json.ts'
import * as t from '../schema/builders.ts'
import type { Socket, ValueOf } from '../schema/socket.ts'
import { assertBase64, base64 } from './base64.ts'
import { type Declared, declared, defined } from './declared.ts'
import { guessMimeType, mimeTypeOfName } from './mime-type.ts'
import { defaultMaxBytes, readFileBytes } from './read-bytes.ts'

const subtype = '[A-Za-z0-9!#$&^_.+-]+'

const shape = t.object({
  type: t.literal('file'),
  /** Strict base64 of the file; empty for an empty file. */
  base64,
  /** `type/subtype`, without parameters. */
  mimeType: t.named(
    "a MIME type such as 'application/pdf'",
    t.string({ pattern: `^${subtype}/${subtype}$` }),
  ),
  filename: t.optional(t.string()),
  meta: t.optional(t.record(t.json())),
})

type Shape = ValueOf<typeof shape>

/** A file in a message, such as a PDF. Hosted models read some kinds; llama.cpp reads none. */
export type FileContent = { [Key in keyof Shape]: Shape[Key] }
export const fileContent: Socket<FileContent> = t.named('FileContent', shape)

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

const fileReaders: Declared<FileContent> = declared('file part', 'DATA_INVALID_MEDIA', fileContent)

export const FileContent = {
  ...fileReaders,

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

  /** The bytes of the file, in a new buffer. */
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
  // All but the base64, which is costly to check and strict already.
  fileReaders.validate({ type: 'file', base64: '', ...fields })
  return { type: 'file', base64, ...fields }
}
