import { DataError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { listNames } from '../text/names.ts'
import { assertBase64, base64Pattern, checkBase64, fromBase64, toBase64 } from './base64.ts'
import { type Check, checkJsonObject, checkObject, checkOneOf } from './check.ts'
import { isCutOff } from './cut-off-image.ts'
import { defined } from './defined.ts'
import { type Guards, guards } from './guards.ts'
import { guessMimeType, imageMimeTypes } from './mime-type.ts'
import { defaultMaxBytes, defaultTimeoutMs, fetchBytes, readFileBytes } from './read-bytes.ts'

/** How closely OpenAI's models look at an image. Local models read all of it. */
export type ImageDetail = 'auto' | 'high' | 'low'

/** An image in a message, with its bytes. */
export type ImageContent = {
  readonly type: 'image'
  /** Strict base64 of the file: standard alphabet, padded, no white space. */
  readonly base64: string
  /** One of `imageMimeTypes`. */
  readonly mimeType: string
  readonly detail?: ImageDetail
  readonly meta?: JsonObject
}

export interface ImageContentOptions {
  /**
   * Taken as it is when given. A JPEG or a GIF that is cut off is refused all the same.
   * @defaultValue guessed from the first bytes
   */
  readonly mimeType?: string | undefined
  readonly detail?: ImageDetail | undefined
  readonly meta?: JsonObject | undefined
}

export interface ImageFromFileOptions extends ImageContentOptions {
  /** @defaultValue 20 MiB (20,971,520) */
  readonly maxBytes?: number | undefined
}

export interface ImageFromUrlOptions extends Omit<ImageContentOptions, 'mimeType'> {
  /**
   * For the whole answer, not only its first byte.
   * @defaultValue 10,000
   */
  readonly timeoutMs?: number | undefined
  /** @defaultValue 20 MiB (20,971,520) */
  readonly maxBytes?: number | undefined
  readonly signal?: AbortSignal | undefined
}

const details: readonly ImageDetail[] = ['auto', 'high', 'low']

/** JSON Schema 2020-12 of an `ImageContent`. */
export const imageContentSchema: JsonObject = {
  title: 'ImageContent',
  type: 'object',
  properties: {
    type: { const: 'image' },
    base64: { type: 'string', pattern: base64Pattern, minLength: 1 },
    mimeType: { enum: imageMimeTypes },
    detail: { enum: details },
    meta: { type: 'object' },
  },
  required: ['type', 'base64', 'mimeType'],
  additionalProperties: false,
}

const checkFilledBase64: Check = (value, place) =>
  value === '' ? `'${place}' is empty.` : checkBase64(value, place)

const optional = { detail: checkOneOf(details), meta: checkJsonObject }

export const checkImageContent = checkObject(
  { type: checkOneOf(['image']), base64: checkFilledBase64, mimeType: checkOneOf(imageMimeTypes) },
  optional,
)

const imageGuards: Guards<ImageContent> = guards('image part', 'DATA_INVALID_MEDIA', checkImageContent)

/** The fields beside `base64`, which is costly to check and always strict when we encoded it ourselves. */
const checkOptions = checkObject({}, { mimeType: checkOneOf(imageMimeTypes), ...optional })

/** What a server says when it does not know. */
const unknownKinds: readonly (string | undefined)[] = [
  undefined,
  'application/octet-stream',
  'binary/octet-stream',
]

export const ImageContent = {
  ...imageGuards,

  /** @throws DataError DATA_INVALID_BASE64, DATA_INVALID_MEDIA */
  create(fields: { readonly base64: string } & ImageContentOptions): ImageContent {
    assertBase64(fields.base64, 'image part')
    return makeImage('The image', fields.base64, fromBase64(fields.base64), fields)
  },

  /** @throws DataError DATA_INVALID_MEDIA */
  fromBytes(bytes: Uint8Array, options: ImageContentOptions = {}): ImageContent {
    return makeImage('The image', toBase64(bytes), bytes, options)
  },

  /**
   * `meta.filePath` is the path as given.
   * @throws DataError DATA_UNREADABLE, DATA_INVALID_MEDIA, DATA_INVALID_OPTION
   */
  async fromFile(path: string, options: ImageFromFileOptions = {}): Promise<ImageContent> {
    const { maxBytes = defaultMaxBytes, ...rest } = options
    const bytes = await readFileBytes(path, maxBytes)
    const meta = { filePath: path, ...options.meta }
    return makeImage(`'${path}'`, toBase64(bytes), bytes, { ...rest, meta })
  },

  /**
   * Fetches an http: or https: URL, following redirects. The MIME type is the server's; it is guessed from the
   * first bytes where the server sends none or `application/octet-stream`. `meta` gets `url` and `contentType`.
   * An abort rejects with the signal's reason.
   * @throws DataError DATA_UNREADABLE, DATA_INVALID_MEDIA, DATA_INVALID_OPTION
   */
  async fromUrl(url: string, options: ImageFromUrlOptions = {}): Promise<ImageContent> {
    const { timeoutMs = defaultTimeoutMs, maxBytes = defaultMaxBytes, signal, detail } = options
    const { bytes, mimeType } = await fetchBytes(url, {
      timeoutMs,
      maxBytes,
      signal,
      checkMimeType(sent) {
        if (!unknownKinds.includes(sent)) assertImageMimeType(`'${url}'`, sent as string)
      },
    })
    const meta = { url, ...defined({ contentType: mimeType }), ...options.meta }
    const known = unknownKinds.includes(mimeType) ? undefined : mimeType
    return makeImage(`'${url}'`, toBase64(bytes), bytes, { mimeType: known, detail, meta })
  },

  /** The file that the image was made from, in memory of its own. */
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
  const options = defined({ mimeType, detail, meta })
  const problem = checkOptions(options, '')
  if (problem !== undefined) throw new DataError('DATA_INVALID_MEDIA', `Invalid image part: ${problem}`)
  const guessed = guessMimeType(bytes)
  if (guessed !== undefined && isCutOff(bytes, guessed)) throw cutOff(subject, guessed)
  return {
    type: 'image',
    base64,
    mimeType: mimeType ?? imageMimeType(subject, guessed),
    ...defined({ detail, meta }),
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
  throw new DataError(
    'DATA_INVALID_MEDIA',
    `${subject} is not an image of a known kind: its MIME type is '${mimeType}'. Possible are ${listNames(imageMimeTypes, imageMimeTypes.length)}.`,
  )
}
