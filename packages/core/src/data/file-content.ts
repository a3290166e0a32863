import { basename, fromBase64, toBase64 } from '#platform'
import type { JsonObject } from '../json.ts'
import * as t from '../schema/builders.ts'
import type { Socket, ValueOf } from '../schema/socket.ts'
import { assertBase64, assertBytes, base64 } from './base64.ts'
import { completed, type Declared, declared, defined, given } from './declared.ts'
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
  readonly mimeType?: string | null | undefined
  /** For the model to see. `fromFile` takes the last part of the path when it is not given. */
  readonly filename?: string | null | undefined
  readonly meta?: JsonObject | null | undefined
}

export interface FileFromFileOptions extends FileContentOptions {
  /** @defaultValue 20 MiB (20,971,520) */
  readonly maxBytes?: number | null | undefined
}

const known = { mimeType: true, filename: true, meta: true } as const

const fileReaders: Declared<FileContent> = declared(
  'file part',
  'DATA_INVALID_MEDIA',
  fileContent,
  completeFile,
)

export const FileContent = {
  ...fileReaders,

  /** @throws DataError DATA_INVALID_BASE64, DATA_INVALID_MEDIA */
  create(fields: { readonly base64: string } & FileContentOptions): FileContent {
    const { base64, ...options } = given('file part', 'DATA_INVALID_MEDIA', fields, {
      base64: true,
      ...known,
    })
    assertBase64(base64, 'file part')
    return makeFile(base64, startOf(base64), options)
  },

  /** @throws DataError DATA_INVALID_MEDIA */
  fromBytes(bytes: Uint8Array, options: FileContentOptions = {}): FileContent {
    assertBytes(bytes, 'file part', 'FileContent')
    return makeFile(toBase64(bytes), bytes, given('file part', 'DATA_INVALID_MEDIA', options, known))
  },

  /**
   * `meta.filePath` is the path as given.
   * @throws DataError DATA_UNREADABLE, DATA_INVALID_MEDIA, DATA_INVALID_OPTION
   */
  async fromFile(path: string, options: FileFromFileOptions = {}): Promise<FileContent> {
    const {
      maxBytes = defaultMaxBytes,
      mimeType,
      filename = basename(path),
      meta,
    } = given('file part', 'DATA_INVALID_MEDIA', options, { maxBytes: true, ...known })
    const bytes = await readFileBytes(path, maxBytes)
    return makeFile(toBase64(bytes), bytes, { mimeType, filename, meta: { filePath: path, ...meta } })
  },

  /** The bytes of the file, in a new buffer. */
  toBytes(file: FileContent): Uint8Array {
    return fromBase64(file.base64)
  },
}

/** `base64` is strict already; `start` is at least the first bytes of it. */
function makeFile(base64: string, start: Uint8Array, options: FileContentOptions): FileContent {
  const { filename, meta } = options
  const mimeType = options.mimeType ?? guessFileType(filename ?? '', start)
  const fields = { mimeType, ...defined({ filename, meta }) }
  // All but the base64, which is costly to check and strict already.
  fileReaders.validate({ type: 'file', base64: '', ...fields })
  return { type: 'file', base64, ...fields }
}

function guessFileType(filename: string, start: Uint8Array): string {
  return mimeTypeOfName(filename) ?? guessMimeType(start) ?? 'application/octet-stream'
}

/** The first bytes of a file. The longest signature is in the first 16: 24 characters hold them. */
function startOf(base64: string): Uint8Array {
  return fromBase64(base64.slice(0, 24))
}

/** The MIME type may be left out, where it can be guessed. */
export function completeFile(value: unknown): unknown {
  const fields = completed(value, { type: 'file' })
  const { base64, mimeType, filename } = Object(fields) as { readonly [key: string]: unknown }
  if (mimeType !== undefined || typeof base64 !== 'string') return fields
  return { ...(fields as object), mimeType: guessFileType(String(filename ?? ''), startOf(base64)) }
}
