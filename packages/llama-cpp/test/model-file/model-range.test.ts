import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import {
  continues,
  noteFrom,
  PartFile,
  type PartNote,
  rangeHeaders,
} from '../../src/model-file/model-part.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

async function withPart(text: string, note: PartNote, work: (part: PartFile) => void): Promise<void> {
  await inTemporaryFolder(async (dir) => {
    const part = await PartFile.open(join(dir, 'm.part'), undefined)
    await part.restart(note)
    await part.append(Buffer.from(text))
    work(part)
    await part.close()
  })
}

const answer = (headers: Record<string, string>, sha256?: string) => ({
  response: new Response('', { headers }),
  sha256,
})

test('asks for the rest, on the condition that the file is the same', async () => {
  await withPart('', { validator: '"1"' }, (part) => expect(rangeHeaders(part)).toEqual({}))
  await withPart('abc', { validator: '"1"' }, (part) =>
    expect(rangeHeaders(part)).toEqual({ range: 'bytes=3-', 'if-range': '"1"' }),
  )
  await withPart('abc', { sha256: 'ab' }, (part) => expect(rangeHeaders(part)).toEqual({ range: 'bytes=3-' }))
})

test.each([
  ['that says nothing against it', { 'content-range': 'bytes 3-5/6' }, true],
  ['with the same ETag', { 'content-range': 'bytes 3-5/6', etag: '"1"' }, true],
  ['of unknown total', { 'content-range': 'bytes 3-5/*' }, true],
  ['with another ETag', { 'content-range': 'bytes 3-5/6', etag: '"2"' }, false],
  ['of another total', { 'content-range': 'bytes 3-6/7' }, false],
  ['from another place', { 'content-range': 'bytes 2-5/6' }, false],
  ['without a range', {}, false],
])('an answer %s is taken for the rest: %#', async (_which, headers, expected) => {
  await withPart('abc', { validator: '"1"', totalBytes: 6 }, (part) =>
    expect(continues(answer(headers as Record<string, string>), part)).toBe(expected),
  )
})

test('another promised checksum is another file', async () => {
  await withPart('abc', { sha256: 'aa' }, (part) => {
    const headers = { 'content-range': 'bytes 3-5/6' }
    expect([continues(answer(headers, 'aa'), part), continues(answer(headers, 'bb'), part)]).toEqual([
      true,
      false,
    ])
  })
})

test('notes a strong ETag, else the date, and the length of what is not encoded', () => {
  const date = 'Wed, 21 Oct 2015 07:28:00 GMT'
  expect(noteFrom(answer({ etag: '"1"', 'content-length': '6' }, 'ab'))).toEqual({
    validator: '"1"',
    sha256: 'ab',
    totalBytes: 6,
  })
  expect(
    noteFrom(
      answer({ etag: 'W/"1"', 'last-modified': date, 'content-length': '6', 'content-encoding': 'gzip' }),
    ),
  ).toEqual({ validator: date, sha256: undefined, totalBytes: undefined })
})
