import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { FileContent } from '../../src/data/file-content.ts'
import { rejected } from '../component/thrown.ts'

const pdf = new Uint8Array(Buffer.from('%PDF-1.7'))

describe('the MIME type', () => {
  test.each([
    [{ mimeType: 'text/x-log', filename: 'a.pdf' }, 'text/x-log'],
    [{ filename: 'a.md' }, 'text/markdown'],
    [{ filename: 'a.unknown' }, 'application/pdf'],
    [{}, 'application/pdf'],
  ])('of %j with the bytes of a PDF is %s', (options, mimeType) => {
    expect(FileContent.fromBytes(pdf, options).mimeType).toBe(mimeType)
  })

  test('is application/octet-stream where nothing is known', () => {
    expect(FileContent.fromBytes(new Uint8Array(4)).mimeType).toBe('application/octet-stream')
  })
})

test('create takes base64, also of an empty file', () => {
  expect(FileContent.create({ base64: '', filename: 'empty.txt' })).toStrictEqual({
    type: 'file',
    base64: '',
    mimeType: 'text/plain',
    filename: 'empty.txt',
  })
})

test.each([
  [
    { base64: '%' },
    'DATA_INVALID_BASE64: Invalid file part: \'base64\': it is not strict base64: the character "%" at 0 is not of the standard alphabet.',
  ],
  [
    { base64: '', mimeType: 'pdf' },
    "DATA_INVALID_MEDIA: Invalid file part: 'mimeType': expected a MIME type such as 'application/pdf', got \"pdf\".",
  ],
])('create refuses %j', async (fields, message) => {
  expect(await rejected(async () => FileContent.create(fields))).toBe(message)
})

test('fromFile takes the name from the path, unless it is given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  try {
    const path = join(folder, 'report.pdf')
    await writeFile(path, pdf)
    expect(await FileContent.fromFile(path)).toStrictEqual({
      type: 'file',
      base64: 'JVBERi0xLjc=',
      mimeType: 'application/pdf',
      filename: 'report.pdf',
      meta: { filePath: path },
    })
    expect((await FileContent.fromFile(path, { filename: 'notes.md' })).mimeType).toBe('text/markdown')
    expect(await rejected(async () => FileContent.fromFile(path, { maxBytes: 1 }))).toBe(
      `DATA_UNREADABLE: Cannot read '${path}': its 8 bytes are more than the 1 bytes of 'maxBytes'.`,
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('fromBytes and toBytes are each other’s inverse', () => {
  expect([...FileContent.toBytes(FileContent.fromBytes(pdf))]).toEqual([...pdf])
})
