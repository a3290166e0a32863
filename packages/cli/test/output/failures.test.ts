import { describe, expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import { LoadError, Registry, RunError } from '@millrace/core'
import { loadPipeline } from '@millrace/core/yaml'
import { CliError } from '../../src/errors.ts'
import { failureText } from '../../src/output/failure-text.ts'
import { printWarnings } from '../../src/print-warnings.ts'
import { FakeTerminal } from '../fake-terminal.ts'

const brief = { verbose: false }
const packageHint =
  '\n\nComponents, tools and callbacks of your own come with --package, as in --package ./tools.js\n'

describe('failureText', () => {
  test('is the message of an error of ours, without its stack', () => {
    expect(failureText(new RunError('RUN_TIMEOUT', 'It took too long.'), brief)).toBe(
      'Error: It took too long.\n',
    )
  })

  test('does not call it an error when somebody stopped the run', () => {
    expect(failureText(new CliError('STOPPED_BY_INTERRUPT', 'Aborted.'), brief)).toBe('Aborted.\n')
  })

  test('begins with the place in the file, for those who make links of it', () => {
    const error = new LoadError('LOAD_SHAPE', "a.yaml:1:1: 'x' is unknown.\n   1 | x: 1\n     | ^")
    expect(failureText(error, brief)).toBe("a.yaml:1:1: 'x' is unknown.\n   1 | x: 1\n     | ^\n")
  })

  test.each<[string, boolean]>([
    ['{ type: ToolInvoker, initParameters: { tools: [add] } }', true],
    ['{ type: Weather }', true],
    ['{ type: ToolInvokr }', false],
    ['{ type: ToolInvoker, initParameters: { tool: [add] } }', false],
  ])('tells how to add what the file names and nobody knows: %s', (component, hinted) => {
    const registry = new Registry([standardComponents])
    let failure: unknown
    try {
      loadPipeline(`components:\n  a: ${component}\n`, { registry })
    } catch (error) {
      failure = error
    }
    expect(failureText(failure, brief).endsWith(packageHint)).toBe(hinted)
  })

  test('says of what nobody expected that it was not', () => {
    expect(failureText(new RangeError('Oh.'), brief)).toBe(
      'Unexpected error: Oh.\nThis should not happen. Run it again with --verbose for the details, and report them.\n',
    )
    expect(failureText('Oh.', brief)).toMatch(/^Unexpected error: Oh\.\n/)
  })

  test('shows stacks and causes with verbose', () => {
    const cause = new RangeError('Beneath.')
    const error = new RunError('RUN_COMPONENT_FAILED', 'Above.', { cause })
    const lines = failureText(error, { verbose: true }).split('\n')
    expect(lines.filter((line) => !line.startsWith('    at '))).toEqual([
      'Error: Above.',
      '',
      'RunError [RUN_COMPONENT_FAILED]',
      '',
      'Caused by RangeError: Beneath.',
      '',
    ])
    expect(lines.filter((line) => line.includes('failures.test.ts')).length).toBeGreaterThanOrEqual(2)
  })

  test('shows no control characters', () => {
    expect(failureText(new RunError('RUN_BLOCKED', 'a\u001B[2Jb'), brief)).toBe('Error: a\uFFFD[2Jb\n')
  })
})

const warning = (name: string) => Object.assign(new Error('It has no effect.'), { name })

test('a warning is printed without the words of Node.js', () => {
  const terminal = new FakeTerminal()
  terminal.on('warning', () => terminal.stderr.write('(node:1) Warning: …'))
  printWarnings(terminal)
  terminal.emit('warning', warning('Warning'))
  terminal.emit('warning', warning('ExperimentalWarning'))
  expect(terminal.stderr.text).toBe('Warning: It has no effect.\n')
})

test('a warning takes the place of a progress bar', () => {
  const terminal = new FakeTerminal({ isTTY: true })
  printWarnings(terminal)
  terminal.emit('warning', warning('Warning'))
  expect(terminal.stderr.text).toBe('\r\u001B[KWarning: It has no effect.\n')
})
