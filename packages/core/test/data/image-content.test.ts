import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ImageContent } from '../../src/data/image-content.ts'
import { rejected } from '../component/thrown.ts'
import { withServer } from './web-server.ts'

/** One grey pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=='
const pngBytes = new Uint8Array(Buffer.from(png, 'base64'))

const kinds =
  "'image/png', 'image/jpeg', 'image/jpg', 'image/gif', 'image/webp', 'image/bmp', 'image/tiff', 'image/jp2', 'image/icns', 'image/x-icon', 'image/mpo', 'image/palm', 'image/sgi', 'image/x-pcx', 'image/x-portable-anymap', 'image/x-tga', 'image/vnd.adobe.photoshop', 'image/xbm' and 'image/xpm'"
const quoted = kinds.replaceAll("'", '"').replace(' and ', ', ')

async function withFile<T>(name: string, bytes: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  try {
    const path = join(folder, name)
    await writeFile(path, bytes)
    return await use(path)
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('create', () => {
  test('guesses the MIME type from the first bytes and leaves out what is absent', () => {
    expect(ImageContent.create({ base64: png, detail: undefined })).toStrictEqual({
      type: 'image',
      base64: png,
      mimeType: 'image/png',
    })
  })

  test('takes a given MIME type as it is, whatever the bytes begin with', () => {
    const image = ImageContent.create({
      base64: png,
      mimeType: 'image/x-tga',
      detail: 'low',
      meta: { page: 1 },
    })
    expect(image).toStrictEqual({
      type: 'image',
      base64: png,
      mimeType: 'image/x-tga',
      detail: 'low',
      meta: { page: 1 },
    })
  })

  test.each([
    [
      { base64: 'AAA' },
      "DATA_INVALID_BASE64: Invalid image part: 'base64': it is not strict base64: its length, 3, is not a multiple of four.",
    ],
    [{ base64: '' }, 'DATA_INVALID_MEDIA: The image is empty.'],
    [
      { base64: 'aGVsbG8=' },
      "DATA_INVALID_MEDIA: The image is not an image of a known kind: its first bytes fit none. If it is an image all the same, make it with ImageContent.fromBytes and its 'mimeType'.",
    ],
    [
      { base64: png, mimeType: 'image/jpegg' },
      `DATA_INVALID_MEDIA: Invalid image part: 'mimeType': expected one of ${quoted}, got "image/jpegg". Did you mean 'image/jpeg'?`,
    ],
    [
      { base64: png, mimeType: 'text/plain' },
      `DATA_INVALID_MEDIA: Invalid image part: 'mimeType': expected one of ${quoted}, got "text/plain".`,
    ],
  ])('refuses %j', async (fields, message) => {
    expect(await rejected(async () => ImageContent.create(fields as { base64: string }))).toBe(message)
  })
})

test('fromBytes and toBytes are each other’s inverse', () => {
  const image = ImageContent.fromBytes(pngBytes, { detail: 'high' })
  expect(image).toStrictEqual({ type: 'image', base64: png, mimeType: 'image/png', detail: 'high' })
  expect([...ImageContent.toBytes(image)]).toEqual([...pngBytes])
})

describe('fromFile', () => {
  test('keeps the path in meta, beside what the caller puts there', async () => {
    await withFile('pixel', pngBytes, async (path) => {
      expect(await ImageContent.fromFile(path, { meta: { page: 1 } })).toStrictEqual({
        type: 'image',
        base64: png,
        mimeType: 'image/png',
        meta: { filePath: path, page: 1 },
      })
    })
  })

  test('names a file that is no image, one that is empty, and what an image of another kind is', async () => {
    const refusal = (bytes: string) =>
      withFile('x.png', Buffer.from(bytes, 'latin1'), async (path) =>
        (await rejected(async () => ImageContent.fromFile(path))).replace(path, 'x.png'),
      )
    expect(await refusal('hello')).toMatchInlineSnapshot(
      `"DATA_INVALID_MEDIA: 'x.png' is not an image of a known kind: its first bytes fit none. If it is an image all the same, make it with ImageContent.fromBytes and its 'mimeType'."`,
    )
    expect(await refusal('')).toBe("DATA_INVALID_MEDIA: 'x.png' is empty.")
    expect(await refusal('\0\0\0\x18ftypheic')).toBe(
      `DATA_INVALID_MEDIA: 'x.png' is not an image of a known kind: its MIME type is 'image/heic'. Possible are ${kinds}.`,
    )
  })

  test('takes a MIME type for kinds that no first bytes give away', async () => {
    await withFile('old.tga', new Uint8Array(18), async (path) => {
      const image = await ImageContent.fromFile(path, { mimeType: 'image/x-tga' })
      expect(image.mimeType).toBe('image/x-tga')
    })
  })

  test('obeys maxBytes and names a path that does not exist', async () => {
    await withFile('pixel.png', pngBytes, async (path) => {
      expect(await rejected(async () => ImageContent.fromFile(path, { maxBytes: 10 }))).toBe(
        `DATA_UNREADABLE: Cannot read '${path}': its 67 bytes are more than the 10 bytes of 'maxBytes'.`,
      )
    })
    expect(await rejected(async () => ImageContent.fromFile('no/such.png'))).toBe(
      "DATA_UNREADABLE: Cannot read 'no/such.png': ENOENT: no such file or directory.",
    )
  })
})

test('a PDF is not an image, and how to make a file of it is said', async () => {
  await withFile('a.png', Buffer.from('%PDF-1.7\n'), async (path) => {
    expect(await rejected(() => ImageContent.fromFile(path))).toMatch(
      /its MIME type is 'application\/pdf'\. Possible are .* A PDF is a file: make it with FileContent\.$/,
    )
  })
})

describe('fromUrl', () => {
  test('reads a data: URL with parameters, without a network', async () => {
    const url = `data:image/png;charset=utf-8;name=dot.png;base64,${png}`
    expect(await ImageContent.fromUrl(url, { detail: 'low' })).toStrictEqual({
      type: 'image',
      base64: png,
      mimeType: 'image/png',
      detail: 'low',
    })
  })

  test.each([
    ['image/jpeg; q=1', 'image/jpeg', { contentType: 'image/jpeg' }],
    ['application/octet-stream', 'image/png', { contentType: 'application/octet-stream' }],
    [undefined, 'image/png', {}],
  ])('a server that says %s gives %s', async (sent, mimeType, meta) => {
    await withServer(
      (_, response) => {
        if (sent !== undefined) response.setHeader('content-type', sent)
        response.end(pngBytes)
      },
      async (url) => {
        expect(await ImageContent.fromUrl(url, { detail: 'low', meta: { page: 1 } })).toStrictEqual({
          type: 'image',
          base64: png,
          mimeType,
          detail: 'low',
          meta: { url, ...meta, page: 1 },
        })
      },
    )
  })

  test('a page is refused with its MIME type, before its body comes', async () => {
    await withServer(
      (_, response) => response.setHeader('content-type', 'text/html').flushHeaders(),
      async (url) => {
        expect(await rejected(async () => ImageContent.fromUrl(url))).toBe(
          `DATA_INVALID_MEDIA: '${url}' is not an image of a known kind: its MIME type is 'text/html'. Possible are ${kinds}.`,
        )
      },
    )
  })

  test('limits and the signal are passed on', async () => {
    expect(await rejected(async () => ImageContent.fromUrl('http://x', { timeoutMs: 0 }))).toMatch(
      'timeoutMs',
    )
    expect(await rejected(async () => ImageContent.fromUrl('http://x', { maxBytes: 0 }))).toMatch('maxBytes')
    const signal = AbortSignal.abort('enough')
    await expect(ImageContent.fromUrl('http://x', { signal })).rejects.toBe('enough')
  })
})
