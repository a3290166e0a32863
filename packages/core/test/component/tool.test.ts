import { describe, expect, jest, test } from '@jest/globals'
import { z } from 'zod'
import { t } from '../../src/component/t.ts'
import { invokeTool, isTool, type ToolContext, tool } from '../../src/component/tool.ts'
import { ToolError } from '../../src/errors.ts'
import { jsonSchemaOf } from '../../src/schema/standard-schema.ts'
import { rejected, thrown } from './thrown.ts'

const parameters = t.object({
  city: t.string({ description: 'Where.' }),
  unit: t.optional(t.literal('celsius', 'fahrenheit'), { default: 'celsius' }),
})
const weather = tool({
  name: 'weather',
  description: 'Tells the weather.',
  parameters,
  run: ({ city, unit }) => `${city} ${unit}`,
})

describe('tool', () => {
  test('has the schema of its parameters, and is frozen', () => {
    expect(weather).toMatchObject({
      name: 'weather',
      description: 'Tells the weather.',
      parameters: {
        type: 'object',
        properties: {
          city: { type: 'string', description: 'Where.' },
          unit: { enum: ['celsius', 'fahrenheit'], default: 'celsius' },
        },
        required: ['city'],
        additionalProperties: false,
      },
    })
    expect(Object.isFrozen(weather)).toBe(true)
  })

  test('takes a JSON Schema as it is, also of draft 7 and with keywords of its author', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { q: { type: 'string', 'x-hint': 1 } },
    }
    const search = tool({ name: 'search', description: '', parameters: schema, run: () => 1 })
    expect(search.parameters).toBe(schema)
  })

  const definition = { name: 'add', description: 'Adds.', parameters: t.object({}), run: () => 1 }
  const unusable = "The parameters of tool 'add' cannot be used as a JSON Schema:"
  const badName = "a name has 1 to 64 letters, digits, '_' or '-'."

  test.each<[what: string, changes: object, message: string]>([
    ['an empty name', { name: '' }, `A tool cannot be called '': ${badName}`],
    ['a name with a space', { name: 'add up' }, `A tool cannot be called 'add up': ${badName}`],
    [
      'a name of 65 letters',
      { name: 'a'.repeat(65) },
      `A tool cannot be called '${'a'.repeat(65)}': ${badName}`,
    ],
    ['no name', { name: undefined }, `A tool cannot be called 'undefined': ${badName}`],
    ['no function', { run: undefined }, "Tool 'add' has no 'run' function."],
    ['no description', { description: undefined }, "Tool 'add' has no description for the model to read."],
    ['parameters that are no object', { parameters: t.string() }, `${unusable} its type is not 'object'.`],
    ['a schema without a type', { parameters: {} }, `${unusable} its type is not 'object'.`],
    [
      'a misspelt key',
      { descripton: 'x' },
      "Tool 'add': 'descripton' is unknown. Possible: 'name', 'description', 'parameters', 'run', 'inputsFromState' and 'outputsToState'. Did you mean 'description'?",
    ],
    [
      "a key of Haystack's",
      { outputsToString: {} },
      "Tool 'add': 'outputsToString' is unknown. Possible: 'name', 'description', 'parameters', 'run', 'inputsFromState' and 'outputsToState'. Did you mean 'outputsToState'?",
    ],
    [
      'a schema that is none',
      { parameters: { type: 'object', properties: { a: { $ref: '#/$defs/b' } } } },
      `${unusable} can't resolve reference #/$defs/b from id #.`,
    ],
  ])('refuses %s', (_, changes, message) => {
    expect(thrown(() => tool({ ...definition, ...changes } as never))).toBe(`TOOL_INVALID: ${message}`)
  })

  test('says in an error which tool it is, where that is known', () => {
    expect(() => tool({ ...definition, run: undefined as never })).toThrow(
      expect.objectContaining({ tool: 'add' }),
    )
  })
})

test('isTool knows what tool makes', () => {
  expect([weather, { ...weather }, { name: 'weather' }, null, 'weather'].map(isTool)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ])
})

describe('invokeTool', () => {
  test('gives what the function returns, or what its promise becomes', async () => {
    expect(await invokeTool(weather, { city: 'Paris', unit: 'fahrenheit' })).toBe('Paris fahrenheit')
    const later = tool({ ...weather, run: async ({ city }: Readonly<Record<string, unknown>>) => [city] })
    expect(await invokeTool(later, { city: 'Paris' })).toEqual(['Paris'])
  })

  test('fills in the defaults that t.object declares, and not those of a foreign schema', async () => {
    expect(await invokeTool(weather, { city: 'Paris' })).toBe('Paris celsius')
    const schema = { type: 'object', properties: { a: { type: 'integer', default: 1 } } }
    const foreign = tool({ name: 'f', description: '', parameters: schema, run: (args) => args })
    expect(await invokeTool(foreign, {})).toEqual({})
  })

  test('hands the signal to the function', async () => {
    const { signal } = new AbortController()
    const told = tool({ ...weather, run: (_: unknown, context: ToolContext) => context.signal })
    expect(await invokeTool(told, { city: 'a' }, { signal })).toBe(signal)
    expect(await invokeTool(told, { city: 'a' })).toMatchObject({ aborted: false })
  })

  test('refuses arguments before the call', async () => {
    let called = 0
    const counting = tool({ ...weather, run: () => called++ })
    expect(await rejected(() => invokeTool(counting, { town: 'Paris', unit: 'kelvin' }))).toBe(
      `TOOL_INVALID_ARGUMENTS: Tool 'weather' cannot take these arguments:
  arguments: 'city' is missing.
  arguments: 'town' is unknown. Possible: 'city' and 'unit'.
  unit: expected one of "celsius", "fahrenheit", got "kelvin".`,
    )
    expect(await rejected(() => invokeTool(counting, 'Paris' as never))).toBe(
      `TOOL_INVALID_ARGUMENTS: Tool 'weather' cannot take these arguments:
  arguments: expected object, got "Paris".`,
    )
    expect(called).toBe(0)
  })

  test.each<[what: string, cause: unknown, reason: string]>([
    ['an error', new Error('no connection'), 'no connection'],
    ['a text', 'no connection', 'no connection'],
  ])('tells that the function threw %s, with the cause', async (_, cause, reason) => {
    const failing = tool({
      ...weather,
      run: () => {
        throw cause
      },
    })
    const error = await invokeTool(failing, { city: 'Paris' }).catch((thrownError: unknown) => thrownError)
    expect(error).toBeInstanceOf(ToolError)
    expect(error).toMatchObject({
      code: 'TOOL_FAILED',
      message: `Tool 'weather' failed: ${reason}`,
      cause,
      tool: 'weather',
    })
  })

  test('rejects with the reason of an abort, untouched', async () => {
    const controller = new AbortController()
    const reason = { why: 'enough' }
    const aborted = tool({
      ...weather,
      run: () => {
        controller.abort(reason)
        throw new Error('stopped half-way')
      },
    })
    const { signal } = controller
    await expect(invokeTool(aborted, { city: 'Paris' }, { signal })).rejects.toBe(reason)
  })

  test('does not call the function when the signal has aborted already', async () => {
    let called = 0
    const counting = tool({ ...weather, run: () => called++ })
    const reason = new Error('too late')
    await expect(invokeTool(counting, { city: 'Paris' }, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    )
    expect(called).toBe(0)
  })
})

describe('a tool without parameters', () => {
  test('takes an empty object and nothing else', async () => {
    const now = tool({ name: 'now', description: 'Tells the time.', run: () => 12 })
    expect(now.parameters).toEqual({ type: 'object', properties: {}, additionalProperties: false })
    expect(await invokeTool(now, {})).toBe(12)
    expect(tool({ name: 'now', description: '', parameters: null, run: () => 12 }).parameters).toEqual(
      now.parameters,
    )
    expect(await rejected(() => invokeTool(now, { zone: 'CET' }))).toContain("'zone' is unknown")
  })
})

describe('a tool with a schema of another library', () => {
  const book = tool({
    name: 'book',
    description: 'Books a table.',
    parameters: z.object({
      guests: z.array(z.object({ name: z.string().min(2).describe('Who comes.') })),
      at: z.string().transform((text) => new Date(text)),
      smoking: z.boolean().default(false),
    }),
    run: ({ guests, at, smoking }) => [guests[0]?.name, at.getUTCFullYear(), smoking],
  })

  test('has its JSON Schema, of what a model gives', () => {
    expect(book.parameters).toEqual({
      type: 'object',
      properties: {
        guests: {
          type: 'array',
          items: {
            type: 'object',
            properties: { name: { type: 'string', minLength: 2, description: 'Who comes.' } },
            required: ['name'],
          },
        },
        at: { type: 'string' },
        smoking: { type: 'boolean', default: false },
      },
      required: ['guests', 'at'],
    })
  })

  test('runs with what the library makes of the arguments', async () => {
    expect(await invokeTool(book, { guests: [{ name: 'Nina' }], at: '2026-01-01' })).toEqual([
      'Nina',
      2026,
      false,
    ])
  })

  test('says what the library finds wrong, with the place', async () => {
    expect(await rejected(() => invokeTool(book, { guests: [{ name: 'N' }], at: 3 }))).toBe(
      `TOOL_INVALID_ARGUMENTS: Tool 'book' cannot take these arguments:
  guests[0].name: Too small: expected string to have >=2 characters
  at: Invalid input: expected string, received number`,
    )
  })

  /** A schema of no library: what the standard says, and no more. */
  const standard = (changes: object) => ({
    '~standard': {
      version: 1 as const,
      vendor: 'acme',
      validate: async (value: unknown) => ({ value }),
      jsonSchema: { input: () => ({ type: 'object' }) },
      ...changes,
    },
  })
  const made = (changes: object) =>
    tool({ name: 'add', description: '', parameters: standard(changes), run: (args) => args })

  test('may be a function, know only draft 7, answer later, and name places by objects', async () => {
    const parameters = Object.assign(() => {}, standard({}))
    expect(tool({ name: 'add', description: '', parameters, run: () => 1 }).parameters).toEqual({
      type: 'object',
    })
    const draft7 = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' }
    const input = ({ target }: { target: string }) => {
      if (target === 'draft-07') return draft7
      throw new Error('no such draft')
    }
    expect(made({ jsonSchema: { input } }).parameters).toEqual(draft7)
    const issues = [{ message: 'no', path: [{ key: 'a' }, 0, Symbol('s')] }, { message: 'never' }]
    expect(await rejected(() => invokeTool(made({ validate: async () => ({ issues }) }), {}))).toBe(
      `TOOL_INVALID_ARGUMENTS: Tool 'add' cannot take these arguments:
  a[0]["Symbol(s)"]: no
  arguments: never`,
    )
  })

  test('that throws when it checks has failed', async () => {
    const validate = () => {
      throw new Error('no network.')
    }
    expect(await rejected(() => invokeTool(made({ validate }), {}))).toBe(
      "TOOL_FAILED: Tool 'add' failed: no network.",
    )
  })

  test.each([
    [
      { jsonSchema: undefined },
      'this schema of acme implements Standard Schema, but no Standard JSON Schema. Newer versions',
    ],
    [
      {
        jsonSchema: {
          input: () => {
            throw new Error('a date has no JSON Schema.')
          },
        },
      },
      'this schema of acme has no JSON Schema: a date has no JSON Schema.',
    ],
    [{ jsonSchema: { input: () => ({ type: 'string' }) } }, "its type is not 'object'."],
  ])('without a JSON Schema of an object is refused: %j', (changes, message) => {
    expect(thrown(() => made(changes))).toContain(
      `TOOL_INVALID: The parameters of tool 'add' cannot be used as a JSON Schema: ${message}`,
    )
  })

  test('becomes a JSON Schema for parameters that are JSON, as those of t do', () => {
    expect(jsonSchemaOf(z.object({ name: z.string() }))).toEqual({
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
    })
    expect(jsonSchemaOf(t.string())).toEqual({ type: 'string' })
    const schema = { type: 'string' }
    expect(jsonSchemaOf(schema)).toBe(schema)
  })
})

describe('a tool whose schema has a pattern that needs backtracking', () => {
  const parameters = { type: 'object', properties: { a: { type: 'string', pattern: '(?!x)a' } } }

  function warned(make: () => unknown): unknown[] {
    const spy = jest.spyOn(process, 'emitWarning').mockReturnValue()
    make()
    const { calls } = spy.mock
    spy.mockRestore()
    return calls
  }

  test('is called without that check, and says so when it is made', async () => {
    let called = weather
    const make = () => {
      called = tool({ name: 'f', description: 'F.', parameters, run: ({ a }) => a })
    }
    expect(warned(make)).toEqual([
      [
        expect.stringMatching(
          /^Arguments of the tool 'f' are not checked by one of its patterns\. The pattern '\(\?!x\)a' cannot be matched without backtracking: it has the look-ahead '\(\?!…\)'\./,
        ),
        { code: 'MILLRACE_PATTERN_UNCHECKED' },
      ],
    ])
    expect(await invokeTool(called, { a: 'q' })).toBe('q')
    expect(await rejected(() => invokeTool(called, { a: 1 }))).toContain('TOOL_INVALID_ARGUMENTS')
    expect(called.parameters).toBe(parameters)
  })

  test('says nothing where the library of the schema checks the arguments', () => {
    const schema = z.object({ a: z.string().regex(/a(?=b)/) })
    const make = () => tool({ name: 'f', description: 'F.', parameters: schema, run: () => 'done' })
    expect(warned(make)).toEqual([])
    expect(jsonSchemaOf(schema)['properties']).toEqual({ a: { type: 'string', pattern: 'a(?=b)' } })
  })
})
