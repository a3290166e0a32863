import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { decodeText, readTextFile, readTextStream } from '../../src/arguments/read-text.ts'
import { failureOf } from '../failure-of.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

describe('decodeText', () => {
  test('drops a byte order mark and the carriage returns of Windows', () => {
    expect(decodeText(Buffer.from('\uFEFFone\r\ntwo\r\n'), 'The file')).toBe('one\ntwo\n')
  })

  test('reads the UTF-16 that Windows PowerShell writes', () => {
    expect(decodeText(Buffer.from('\uFEFFgrün', 'utf16le'), 'The file')).toBe('grün')
  })

  test('refuses what is no text', async () => {
    expect(await failureOf(() => decodeText(Buffer.from([0x67, 0xff]), "The file 'a'"))).toBe(
      "USAGE_UNREADABLE: The file 'a' is not UTF-8 text. Save it in that encoding.",
    )
  })
})

describe('readTextFile', () => {
  test('reads a file', async () => {
    await inTemporaryFolder(async (dir) => {
      writeFileSync(join(dir, 'a.txt'), 'text')
      expect(await readTextFile(join(dir, 'a.txt'))).toBe('text')
    })
  })

  test('says why it cannot', async () => {
    await inTemporaryFolder(async (dir) => {
      const path = join(dir, 'no.txt')
      expect(await failureOf(() => readTextFile(path))).toBe(
        `USAGE_UNREADABLE: The file '${path}' cannot be read: ENOENT: no such file or directory.`,
      )
      expect(await failureOf(() => readTextFile(dir))).toBe(
        `USAGE_UNREADABLE: The file '${dir}' cannot be read: it is not a regular file.`,
      )
    })
  })
})

const unlessWindows = process.platform === 'win32' ? test.skip : test

unlessWindows(
  'a pipe that nobody writes into, or a device, is refused at once (skipped: no pipes on Windows)',
  async () => {
    await inTemporaryFolder(async (dir) => {
      const pipe = join(dir, 'pipe')
      execFileSync('mkfifo', [pipe])
      for (const path of [pipe, '/dev/zero']) {
        expect(await failureOf(() => readTextFile(path))).toBe(
          `USAGE_UNREADABLE: The file '${path}' cannot be read: it is not a regular file.`,
        )
      }
    })
  },
)

describe('readTextStream', () => {
  test('puts characters together that were cut in two', async () => {
    const [first, second] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)]
    expect(await readTextStream(Readable.from([first, second]), undefined)).toBe('ü')
  })

  test('does not wait for a stream that never ends once it is aborted', async () => {
    const controller = new AbortController()
    const endless = new Readable({ read() {} })
    const reading = readTextStream(endless, controller.signal)
    controller.abort(new TypeError('enough'))
    await expect(reading).rejects.toThrow('enough')
    expect(endless.destroyed).toBe(true)
  })
})
