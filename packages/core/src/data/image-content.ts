import { fromBase64, toBase64 } from '#platform'
import { DataError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import * as t from '../schema/builders.ts'
import type { Socket, ValueOf } from '../schema/socket.ts'
import { listNames } from '../text/names.ts'
import { assertBase64, assertBytes, filledBase64 } from './base64.ts'
import { isCutOff } from './cut-off-image.ts'
import { readDataUrl } from './data-url.ts'
import { completed, type Declared, declared, defined, given, type KeysOf } from './declared.ts'
import { guessMimeType, imageMimeTypes } from './mime-type.ts'
import { defaultMaxBytes, defaultTimeoutMs, fetchBytes, readFileBytes } from './read-bytes.ts'

const shape = t.object({
  type: t.literal('image'),
  /** Strict base64 of the file: standard alphabet, padded, no white space. */
  base64: filledBase64,
  mimeType: t.literal(...imageMimeTypes),
  detail: t.optional(t.literal('auto', 'high', 'low')),
  meta: t.optional(t.record(t.json())),
})

type Shape = ValueOf<typeof shape>

/** An image in a message, with its bytes. */
export type ImageContent = { [Key in keyof Shape]: Shape[Key] }
export const imageContent: Socket<ImageContent> = t.named('ImageContent', shape)

/** How closely OpenAI's models look at an image. Local models read all of it. */
export type ImageDetail = NonNullable<ImageContent['detail']>

export interface ImageContentOptions {
  /**
   * Taken as it is when given. A JPEG or a GIF that is cut off is refused all the same.
   * @defaultValue guessed from the first bytes
   */
  readonly mimeType?: string | null | undefined
  readonly detail?: ImageDetail | null | undefined
  readonly meta?: JsonObject | null | undefined
}

export interface ImageFromFileOptions extends ImageContentOptions {
  /** @defaultValue 20 MiB (20,971,520) */
  readonly maxBytes?: number | null | undefined
}

export interface ImageFromUrlOptions extends Omit<ImageContentOptions, 'mimeType'> {
  /**
   * For the whole answer, not only its first byte.
   * @defaultValue 10,000
   */
  readonly timeoutMs?: number | null | undefined
  /** @defaultValue 20 MiB (20,971,520) */
  readonly maxBytes?: number | null | undefined
  readonly signal?: AbortSignal | null | undefined
}

const known = { mimeType: true, detail: true, meta: true } as const

const imageReaders: Declared<ImageContent> = declared(
  'image part',
  'DATA_INVALID_MEDIA',
  imageContent,
  completeImage,
)

function givenOptions<Options extends object>(options: Options, keys: KeysOf<Options>) {
  return given('image part', 'DATA_INVALID_MEDIA', options, keys, 'image')
}

/** What a server says when it does not know. */
const unknownKinds: readonly (string | undefined)[] = [
  undefined,
  'application/octet-stream',
  'binary/octet-stream',
]

export const ImageContent = {
  ...imageReaders,

  /** @throws DataError DATA_INVALID_BASE64, DATA_INVALID_MEDIA */
  create(fields: { readonly base64: string } & ImageContentOptions): ImageContent {
    const { base64, ...options } = givenOptions(fields, { base64: true, ...known })
    assertBase64(base64, 'image part')
    return makeImage('The image', base64, fromBase64(base64), options)
  },

  /** @throws DataError DATA_INVALID_MEDIA */
  fromBytes(bytes: Uint8Array, options: ImageContentOptions = {}): ImageContent {
    assertBytes(bytes, 'image part', 'ImageContent')
    return makeImage('The image', toBase64(bytes), bytes, givenOptions(options, known))
  },

  /**
   * `meta.filePath` is the path as given.
   * @throws DataError DATA_UNREADABLE, DATA_INVALID_MEDIA, DATA_INVALID_OPTION
   */
  async fromFile(path: string, options: ImageFromFileOptions = {}): Promise<ImageContent> {
    const { maxBytes = defaultMaxBytes, ...rest } = givenOptions(options, { maxBytes: true, ...known })
    const bytes = await readFileBytes(path, maxBytes)
    const meta = { filePath: path, ...rest.meta }
    return makeImage(`'${path}'`, toBase64(bytes), bytes, { ...rest, meta })
  },

  /**
   * Fetches an http: or https: URL, following redirects, or reads a base64 data: URL. The MIME type is the server's; it is
   * guessed from the first bytes where the server sends none or `application/octet-stream`. `meta` gets `url` and
   * `contentType`, but for a data: URL, which is all in the image. An abort rejects with the signal's reason.
   * @throws DataError DATA_UNREADABLE, DATA_INVALID_MEDIA, DATA_INVALID_OPTION
   */
  async fromUrl(url: string, options: ImageFromUrlOptions = {}): Promise<ImageContent> {
    const {
      timeoutMs = defaultTimeoutMs,
      maxBytes = defaultMaxBytes,
      signal,
      detail,
      meta: own,
    } = givenOptions(options, { timeoutMs: true, maxBytes: true, signal: true, detail: true, meta: true })
    const inUrl = readDataUrl(url)
    if (inUrl !== undefined) return ImageContent.create({ ...inUrl, detail, meta: own })
    const { bytes, mimeType } = await fetchBytes(url, {
      timeoutMs,
      maxBytes,
      signal,
      checkMimeType(sent) {
        if (!unknownKinds.includes(sent)) assertImageMimeType(`'${url}'`, sent as string)
      },
    })
    const meta = { url, ...defined({ contentType: mimeType }), ...own }
    const known = unknownKinds.includes(mimeType) ? undefined : mimeType
    return makeImage(`'${url}'`, toBase64(bytes), bytes, { mimeType: known, detail, meta })
  },

  /** The bytes of the file that the image was made from, in a new buffer. */
  toBytes(image: ImageContent): Uint8Array {
    return fromBase64(image.base64)
  },
}

/** `base64` is strict already, and that of the bytes. */
function makeImage(
  subject: string,
  base64: string,
  bytes: Uint8Array,
  { mimeType, detail, meta }: ImageContentOptions,
): ImageContent {
  if (base64 === '') throw new DataError('DATA_INVALID_MEDIA', `${subject} is empty.`)
  const options = defined({ detail, meta })
  // All but the base64, which is costly to check and strict already.
  imageReaders.validate({ type: 'image', base64: 'AAAA', mimeType: mimeType ?? 'image/png', ...options })
  const guessed = guessMimeType(bytes)
  if (guessed !== undefined && isCutOff(bytes, guessed)) throw cutOff(subject, guessed)
  return {
    type: 'image',
    base64,
    mimeType: mimeType ?? imageMimeType(subject, guessed),
    ...options,
  }
}

function cutOff(subject: string, mimeType: string): DataError {
  const message = `${subject} is cut off: it begins as '${mimeType}' and ends before its picture does. Copy or download it again.`
  return new DataError('DATA_INVALID_MEDIA', message)
}

function imageMimeType(subject: string, guessed: string | undefined): string {
  if (guessed !== undefined) {
    assertImageMimeType(subject, guessed)
    return guessed
  }
  throw new DataError(
    'DATA_INVALID_MEDIA',
    `${subject} is not an image of a known kind: its first bytes fit none. If it is an image all the same, make it with ImageContent.fromBytes and its 'mimeType'.`,
  )
}

function assertImageMimeType(subject: string, mimeType: string): void {
  if (imageMimeTypes.includes(mimeType)) return
  const hint = mimeType === 'application/pdf' ? ' A PDF is a file: make it with FileContent.' : ''
  throw new DataError(
    'DATA_INVALID_MEDIA',
    `${subject} is not an image of a known kind: its MIME type is '${mimeType}'. Possible are ${listNames(imageMimeTypes, imageMimeTypes.length)}.${hint}`,
  )
}

/** `type` and the MIME type may be left out, or `base64` be a data: URL, which has both. */
export function completeImage(value: unknown): unknown {
  const fields = completed(value, { type: 'image' })
  const { base64, mimeType } = Object(fields) as { readonly base64?: unknown; readonly mimeType?: unknown }
  if (typeof base64 !== 'string') return fields
  const inUrl = readDataUrl(base64)
  if (inUrl !== undefined) return { mimeType: inUrl.mimeType, ...(fields as object), base64: inUrl.base64 }
  const guessed = mimeType === undefined ? guessMimeType(fromBase64(base64.slice(0, 24))) : undefined
  return guessed === undefined ? fields : { ...(fields as object), mimeType: guessed }
}
