import { expect, test } from '@jest/globals'
import { decodeUtf8, readFailure } from '../../src/yaml/file-text.ts'

test('UTF-8 becomes its text, with its byte order mark, and other bytes become nothing', () => {
  expect(decodeUtf8(new TextEncoder().encode('\uFEFFäß😀'))).toBe('\uFEFFäß😀')
  expect(decodeUtf8(new Uint8Array([0xc3]))).toBeUndefined()
})

test('a reason leaves out the path', () => {
  expect(readFailure(new RangeError("ENOENT: no such file, open '/srv/a'"))).toBe('ENOENT: no such file')
  expect(readFailure({ message: 'EIO: broken' })).toBe('EIO: broken')
  expect(readFailure('a text')).toBe('a text')
})
