import { describe, expect, test } from '@jest/globals'
import {
  DataError,
  DefinitionError,
  errorCodes,
  InputError,
  LoadError,
  MillraceError,
  RunError,
  ToolError,
} from '../src/errors.ts'

// A second copy of the module, as where two versions of the package are installed.
const copy: typeof import('../src/errors.ts') = await import(`../src/errors.ts?${'copy'}`)

const one = {
  data: new DataError('DATA_INVALID_MESSAGE', 'data'),
  tool: new ToolError('TOOL_FAILED', 'tool', { tool: 'add' }),
  connect: new DefinitionError('CONNECT_SELF', 'connect', { end: 'sender' }),
  input: new InputError('INPUT_MISSING', 'input'),
  run: new RunError('RUN_TIMEOUT', 'run', { component: 'llm', type: 'Model', visit: 2 }),
  load: new LoadError('LOAD_SYNTAX', 'load', {
    file: 'a.yaml',
    problems: [
      { code: 'LOAD_SYNTAX', message: 'first', line: 3, column: 5, path: 'components.llm' },
      { code: 'LOAD_SHAPE', message: 'second', line: 9 },
    ],
  }),
}

describe('an error', () => {
  test('has a name, a code and a message', () => {
    expect(Object.values(one).map(({ name, code, message }) => `${name} ${code} ${message}`)).toEqual([
      'DataError DATA_INVALID_MESSAGE data',
      'ToolError TOOL_FAILED tool',
      'DefinitionError CONNECT_SELF connect',
      'InputError INPUT_MISSING input',
      'RunError RUN_TIMEOUT run',
      'LoadError LOAD_SYNTAX load',
    ])
    expect(one.run.stack).toMatch(/^RunError: run\n/)
    expect(
      Object.values(one).every((error) => error instanceof MillraceError && error instanceof Error),
    ).toBe(true)
  })

  test('has the name of its class, also where that was made by others', () => {
    class AcmeError extends MillraceError<'ACME_BROKEN'> {}
    const error = new AcmeError('ACME_BROKEN', 'broken')
    expect([error.name, error.code]).toEqual(['AcmeError', 'ACME_BROKEN'])
  })

  test('has a cause only when it was given one', () => {
    const cause = new Error('why')
    expect(new RunError('RUN_TIMEOUT', 'run', { cause }).cause).toBe(cause)
    expect(new RunError('RUN_TIMEOUT', 'run', { cause: undefined })).toHaveProperty('cause', undefined)
    expect('cause' in one.run).toBe(false)
  })

  test('says where it happened, as far as that is known', () => {
    expect(one.tool.tool).toBe('add')
    expect(one.connect.end).toBe('sender')
    expect(one.run).toMatchObject({ component: 'llm', type: 'Model', visit: 2 })
    expect(new RunError('RUN_CLOSED', 'run')).toMatchObject({
      component: undefined,
      type: undefined,
      visit: undefined,
    })
  })

  test('of loading stands where its first problem does', () => {
    expect(one.load).toMatchObject({ file: 'a.yaml', line: 3, column: 5, path: 'components.llm' })
    expect(one.load.problems).toHaveLength(2)
    const bare = new LoadError('LOAD_NOT_FOUND', 'load')
    expect([bare.file, bare.line, bare.problems]).toEqual([undefined, undefined, []])
  })
})

describe('isInstance', () => {
  test('is what instanceof is within one copy', () => {
    expect(RunError.isInstance(one.run)).toBe(true)
    expect(MillraceError.isInstance(one.run)).toBe(true)
    expect(InputError.isInstance(one.run)).toBe(false)
  })

  test('knows the errors of another copy, which instanceof does not', () => {
    const foreign = new copy.RunError('RUN_TIMEOUT', 'run')
    expect(foreign instanceof RunError).toBe(false)
    expect(RunError.isInstance(foreign)).toBe(true)
    expect(MillraceError.isInstance(foreign)).toBe(true)
    expect(InputError.isInstance(foreign)).toBe(false)
  })

  test('refuses what only looks like an error of ours', () => {
    class RunError2 extends Error {
      override readonly name = 'RunError'
      readonly code = 'RUN_TIMEOUT'
    }
    for (const value of [new RunError2(), { ...one.run }, new Error('a'), undefined, null, 'RUN_TIMEOUT']) {
      expect(RunError.isInstance(value)).toBe(false)
      expect(MillraceError.isInstance(value)).toBe(false)
    }
  })
})

describe('every code', () => {
  test('has the beginning of a class, and a sentence', () => {
    for (const [code, meaning] of Object.entries(errorCodes)) {
      expect(code).toMatch(
        /^(DATA|TOOL|SOCKET|PATTERN|COMPONENT|REGISTRY|CONNECT|PIPELINE|INPUT|RUN|LOAD|DUMP)(_[A-Z0-9]+)+$/,
      )
      expect(meaning).toMatch(/^[A-Z$].*\.$/)
    }
  })
})
