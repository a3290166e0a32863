import { posix } from 'node:path'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import * as browser from '../../src/platform/browser.ts'
import * as node from '../../src/platform/node.ts'

test('a browser has what Node.js has', () => {
  const { ...same }: { readonly [Name in keyof typeof browser]: unknown } & Omit<typeof node, 'readFile'> =
    browser
  expect(Object.keys(same).sort()).toEqual(Object.keys(node).sort())
})

test('paths are taken apart and put together as Node.js does', () => {
  // What two slashes mean differs: POSIX leaves it open at the beginning.
  const path = fc
    .array(fc.constantFrom('/', 'a', 'b.yaml', '.c', '..', '.', 'd.e.'), { maxLength: 7 })
    .map((pieces) => pieces.join('').replace(/\/+/g, '/'))
  fc.assert(
    fc.property(path, path, (one, other) => {
      expect(browser.isAbsolute(one)).toBe(posix.isAbsolute(one))
      expect(browser.dirname(one)).toBe(posix.dirname(one))
      expect(browser.basename(one)).toBe(posix.basename(one))
      expect(browser.extname(one)).toBe(posix.extname(one))
      expect(browser.resolve(one, other)).toBe(posix.resolve('/', one, other))
      expect(browser.relative(one, other)).toBe(
        posix.relative(posix.resolve('/', one), posix.resolve('/', other)),
      )
      expect(`${browser.join(one, other)}/`.replace('//', '/')).toBe(
        `${posix.join(one, other)}/`.replace('//', '/'),
      )
    }),
    { numRuns: 2000 },
  )
})

test('hashes, sizes and base64 are those of Node.js', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 300 })
  fc.assert(
    fc.property(text, fc.uint8Array({ maxLength: 200 }), (any, bytes) => {
      expect(browser.sha256(any)).toBe(node.sha256(any))
      expect(browser.byteLength(any)).toBe(node.byteLength(any))
      expect(browser.toBase64(bytes)).toBe(node.toBase64(bytes))
      expect(browser.fromBase64(node.toBase64(bytes))).toEqual(bytes)
    }),
  )
  for (const length of [55, 56, 63, 64, 119, 120, 100_000]) {
    expect(browser.sha256('x'.repeat(length))).toBe(node.sha256('x'.repeat(length)))
  }
  expect(browser.toBase64(new Uint8Array(100_000))).toBe(node.toBase64(new Uint8Array(100_000)))
})

test('a browser reads no file, and says so', async () => {
  for (const read of [browser.readFile, browser.sizeOfFile]) {
    await expect(read('a.yaml')).rejects.toThrow('there are no files in a browser')
  }
  await expect(browser.readStart('a.yaml', 1)).rejects.toThrow('there are no files in a browser')
  expect(() => browser.readStartSync('a.yaml', 1)).toThrow('there are no files in a browser')
})
