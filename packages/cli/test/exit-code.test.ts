import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { InputError, LoadError, OptionError, RunError } from '@millrace/core'
import { LlamaCppError, type LlamaCppErrorCode, llamaCppErrorCodes } from '@millrace/llama-cpp'
import { McpError } from '@millrace/mcp'
import { CliError, type CliErrorCode, cliErrorCodes } from '../src/errors.ts'
import { exitCodeOf } from '../src/exit-code-of.ts'
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

const failed = (cause: unknown) => new RunError('RUN_COMPONENT_FAILED', 'It failed.', { cause })

describe('exitCodeOf', () => {
  test('has a code for every code of the command line', () => {
    const codes = Object.keys(cliErrorCodes) as CliErrorCode[]
    expect(Object.fromEntries(codes.map((code) => [code, exitCodeOf(new CliError(code, '…'))]))).toEqual({
      USAGE_INVALID: 2,
      USAGE_UNREADABLE: 3,
      OUTPUT_FAILED: 3,
      CHAT_UNANSWERED: 6,
      STOPPED_BY_INTERRUPT: 130,
      STOPPED_BY_TERMINATION: 143,
      STOPPED_BY_READER: 0,
    })
  })

  test('is 3 for a file that was refused, and 4 for inputs', () => {
    expect(exitCodeOf(new LoadError('LOAD_SYNTAX', '…'))).toBe(3)
    expect(exitCodeOf(new InputError('INPUT_MISSING', '…'))).toBe(4)
  })

  test('is 5 for everything about models and engines, also inside of a RunError', () => {
    const codes = (Object.keys(llamaCppErrorCodes) as LlamaCppErrorCode[]).filter((code) =>
      /^(MODEL|ENGINE|OUT)_/.test(code),
    )
    for (const code of codes) {
      expect([code, exitCodeOf(new LlamaCppError(code, '…'))]).toEqual([code, 5])
      expect([code, exitCodeOf(failed(failed(new LlamaCppError(code, '…'))))]).toEqual([code, 5])
    }
    expect(codes.length).toBeGreaterThan(8)
  })

  test('is 4 for an option that came with the inputs', () => {
    expect(exitCodeOf(failed(new LlamaCppError('OPTION_UNSUPPORTED', '…')))).toBe(4)
  })

  test('is 6 for a component that failed, a blocked run and a timeout', () => {
    expect(exitCodeOf(failed(new TypeError('…')))).toBe(6)
    expect(exitCodeOf(failed(new McpError('MCP_CONNECT_FAILED', '…')))).toBe(6)
    // Of `millrace mcp`, outside of a run.
    expect(exitCodeOf(new McpError('MCP_SDK_MISSING', '…'))).toBe(6)
    expect(exitCodeOf(failed(new LlamaCppError('CONTEXT_OVERFLOW', '…')))).toBe(6)
    expect(exitCodeOf(new RunError('RUN_BLOCKED', '…'))).toBe(6)
    expect(exitCodeOf(new RunError('RUN_TIMEOUT', '…'))).toBe(6)
  })

  test('is 1 for what nobody expected', () => {
    expect(exitCodeOf(new TypeError('…'))).toBe(1)
    expect(exitCodeOf(new OptionError('PIPELINE_INVALID_OPTION', '…'))).toBe(1)
    expect(exitCodeOf('a string')).toBe(1)
  })

  test('ends on a cause that leads back to itself', () => {
    const error = failed(undefined)
    Object.defineProperty(error, 'cause', { value: error })
    expect(exitCodeOf(error)).toBe(6)
  })
})
