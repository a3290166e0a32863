import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { PartFile } from '../../src/model-file/model-part.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Leaves the beginning of a download behind. */
async function leave(path: string, text: string, note = {}): Promise<void> {
  const part = await PartFile.open(path, undefined)
  await part.restart(note)
  await part.append(Buffer.from(text))
  await part.close()
}

test('continues what an earlier attempt left, with the checksum of all of it', async () => {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'm.part')
    await leave(path, 'abc', { validator: '"1"', totalBytes: 6 })
    const part = await PartFile.open(path, undefined)
    expect([part.bytes, part.note]).toEqual([3, { validator: '"1"', sha256: undefined, totalBytes: 6 }])
    await part.append(Buffer.from('def'))
    expect(await part.seal()).toBe(sha256('abcdef'))
    await part.close()
    expect(readFileSync(path, 'utf8')).toBe('abcdef')
  })
})

test.each([
  ['without a validator or a checksum', 'abc', JSON.stringify({ totalBytes: 6 })],
  ['longer than the file', 'abcdefg', JSON.stringify({ validator: '"1"', totalBytes: 6 })],
  ['whose note is half written', 'abc', '{"validator":"'],
  ['that is missing', undefined, JSON.stringify({ validator: '"1"', totalBytes: 6 })],
])('begins anew after a part %s', async (_which, text, note) => {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'm.part')
    if (text !== undefined) writeFileSync(path, text)
    writeFileSync(`${path}.json`, note)
    const part = await PartFile.open(path, undefined)
    expect(part.bytes).toBe(0)
    expect(await part.seal()).toBe(sha256(''))
    await part.close()
  })
})

test('restarts with the checksum of the new bytes alone', async () => {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'm.part')
    await leave(path, 'abc', { validator: '"1"' })
    const part = await PartFile.open(path, undefined)
    await part.restart({ validator: '"2"' })
    await part.append(Buffer.from('xy'))
    expect([part.bytes, await part.seal()]).toEqual([2, sha256('xy')])
    await part.close()
    expect(await PartFile.peek(path)).toEqual({ bytes: 2, totalBytes: undefined })
  })
})

test('stops reading what is there when it is aborted', async () => {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'm.part')
    await leave(path, 'abc', { validator: '"1"' })
    const reason = new RangeError('enough')
    await expect(PartFile.open(path, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(readFileSync(path, 'utf8')).toBe('abc')
  })
})

test('is removed with its note', async () => {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'm.part')
    await leave(path, 'abc')
    await PartFile.remove(path)
    expect([existsSync(path), existsSync(`${path}.json`)]).toEqual([false, false])
    expect(await PartFile.peek(path)).toEqual({ bytes: 0, totalBytes: undefined })
  })
})
