import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { writeFile } from '../../src/output/write-file.ts'
import { failureOf } from '../failure-of.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

test('a file is written anew, and what hinders that is told', async () => {
  await inTemporaryFolder(async (dir) => {
    const file = join(dir, 'a.txt')
    await writeFile(file, 'a longer text')
    await writeFile(file, 'ß\n')
    expect(readFileSync(file, 'utf8')).toBe('ß\n')
    expect(await failureOf(() => writeFile(dir, ''))).toBe(
      `OUTPUT_FAILED: The file '${dir}' cannot be written: EISDIR: illegal operation on a directory.`,
    )
  })
})
