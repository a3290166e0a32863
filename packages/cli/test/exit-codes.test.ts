import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { exitCodeLines, exitCodes } from '../src/exit-codes.ts'

test('the README lists the exit codes as the table has them', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const rows = [...readme.matchAll(/^\| (\d+) \| (.+) \|$/gm)].map(([, code, meaning]) => [code, meaning])
  expect(rows).toEqual(Object.entries(exitCodes))
})

test('the lines for the help have the codes one below the other', () => {
  expect(exitCodeLines().slice(0, 2)).toEqual([
    '    0  The command did what it was asked to do.',
    '    1  An unexpected internal error.',
  ])
  expect(exitCodeLines().at(-1)).toBe('  143  Stopped by SIGTERM.')
})
