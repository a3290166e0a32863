import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'

const src = join(import.meta.dirname, '../src')

/** The packages that a file imports before anything runs, and those that its imports import. */
function packagesOf(file: string, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>()
  if (seen.has(file)) return packages
  seen.add(file)
  const statements = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^']*?from '([^']+)'/gm)
  for (const [, name = ''] of statements) {
    if (name.startsWith('.'))
      for (const found of packagesOf(join(dirname(file), name), seen)) packages.add(found)
    else if (!name.startsWith('node:')) packages.add(name)
  }
  return packages
}

test('the help and the version wait for nothing but commander', () => {
  expect(existsSync(join(src, 'main.ts'))).toBe(true)
  expect([...packagesOf(join(src, 'main.ts'))]).toEqual(['commander'])
})

test('the search above would find more', () => {
  expect([...packagesOf(join(src, 'commands/run-file.ts'))]).toEqual(
    expect.arrayContaining(['@millrace/core', '@millrace/llama-cpp', '@millrace/components']),
  )
})
