import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { readInputObject } from '../../src/arguments/json-file.ts'
import { failureOf } from '../failure-of.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

const { signal } = new AbortController()
const fromStdin = (text: string) => readInputObject('-', Readable.from([Buffer.from(text)]), signal)

describe('readInputObject', () => {
  test('reads the standard input, also as Windows writes it', async () => {
    expect(await fromStdin('\uFEFF{"a":\r\n1}\r\n')).toEqual({ a: 1 })
  })

  test('reads a file', async () => {
    await inTemporaryFolder(async (dir) => {
      writeFileSync(join(dir, 'in.json'), '{"a": 1}')
      expect(await readInputObject(join(dir, 'in.json'), Readable.from([]), signal)).toEqual({ a: 1 })
    })
  })

  test.each([
    ['', 'The standard input is empty. --input takes a JSON object, if only {}.'],
    [
      '[1]',
      'The standard input holds an array. --input takes a JSON object, as in {"prompt": {"country": "France"}}.',
    ],
    [
      'null',
      'The standard input holds null. --input takes a JSON object, as in {"prompt": {"country": "France"}}.',
    ],
    [
      '"a"',
      'The standard input holds a string. --input takes a JSON object, as in {"prompt": {"country": "France"}}.',
    ],
  ])('refuses %j', async (text, message) => {
    expect(await failureOf(() => fromStdin(text))).toBe(`INPUT_INVALID: ${message}`)
  })

  test('says where the text stops being JSON', async () => {
    expect(await failureOf(() => fromStdin('{"a": }'))).toMatch(
      /^INPUT_INVALID: The standard input is not JSON: Unexpected token/,
    )
  })
})
