import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import { Document, type PipelineOptions, type Sockets, t } from '@millrace/core'
import { parseAssignment } from '../../src/arguments/assignment.ts'
import { collectInputs } from '../../src/arguments/collect-inputs.ts'
import { failureOf } from '../failure-of.ts'
import { samplePipeline } from '../parts.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

function collect(
  sockets: Sockets,
  set: readonly string[],
  object: Readonly<Record<string, unknown>> = {},
  options: PipelineOptions = {},
  stdin = '',
) {
  return collectInputs(samplePipeline(sockets, options), object, set.map(parseAssignment), {
    stdin: Readable.from([Buffer.from(stdin)]),
  })
}

const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

describe('collectInputs', () => {
  test('reads texts by the types of their sockets', async () => {
    const sockets = { count: t.integer(), options: t.optional(t.json()) }
    expect(await collect(sockets, ['country=France', 'user.count=3', 'options={"a": 1}'])).toEqual({
      maker: { country: 'France' },
      user: { count: 3, options: { a: 1 } },
    })
  })

  test('takes inputs by component and by name, and --set wins socket by socket', async () => {
    const sockets = { count: t.integer(), limit: t.integer() }
    const nested = { maker: { country: 'France' }, user: { count: 1, limit: 2 } }
    const expected = { maker: { country: 'Peru' }, user: { count: 1, limit: 2 } }
    expect(await collect(sockets, ['country=Peru'], nested)).toEqual(expected)
    const flat = { country: 'France', count: 1, limit: 2 }
    expect(await collect(sockets, ['maker.country=Peru'], flat)).toEqual(expected)
  })

  test('gives a value to every socket behind a name', async () => {
    const options = { inputs: { both: ['maker.country', 'user.other'] } }
    expect(await collect({ other: t.string() }, ['both=a'], {}, options)).toEqual({
      maker: { country: 'a' },
      user: { other: 'a' },
    })
  })

  test('puts entries into an object, by the types of its fields, over what is given for the whole', async () => {
    const sockets = {
      options: t.object({
        heat: t.number(),
        stop: t.optional(t.array(t.string())),
        deep: t.optional(t.record(t.json())),
      }),
    }
    const set = [
      'country=a',
      'user.options.heat=1',
      'options.stop=x',
      'options.deep.on=true',
      'options.deep.a=b',
    ]
    const options = { heat: 1, stop: ['x'], deep: { on: true, a: 'b' } }
    expect(await collect(sockets, set)).toEqual({ maker: { country: 'a' }, user: { options } })
    const whole = ['country=a', 'options={"heat": 2, "stop": ["y"]}', 'options.heat:=3']
    expect(await collect(sockets, whole)).toMatchObject({ user: { options: { heat: 3, stop: ['y'] } } })
    expect(await failureOf(() => collect(sockets, ['country=a', 'options.heat=hot']))).toBe(
      `INPUT_INVALID: Input 'options.heat' (number): expected number, got "hot".`,
    )
    expect(
      await failureOf(() => collect(sockets, ['country=a', 'options.heat=1', 'options.haet=1'])),
    ).toMatch(/'haet' is unknown\. Possible: 'heat', /)
  })

  test('reads a text from the standard input, without the end of its last line', async () => {
    const inputs = await collect({}, ['country=@-'], {}, {}, 'Sri\nLanka\n')
    expect(inputs).toEqual({ maker: { country: 'Sri\nLanka' } })
  })

  test('reads an image for an input that takes any value, as a variable of a template does', async () => {
    await inTemporaryFolder(async (dir) => {
      writeFileSync(join(dir, 'dot.png'), Buffer.from(pixel, 'base64'))
      const inputs = await collect({ photo: t.unknown() }, ['country=a', `photo=@${join(dir, 'dot.png')}`])
      expect(inputs).toMatchObject({ user: { photo: { type: 'image', mimeType: 'image/png' } } })
    })
  })

  test('makes one list of what is set several times', async () => {
    const sockets = { texts: t.array(t.string()) }
    expect(await collect(sockets, ['country=a', 'texts=a', 'texts=b', 'texts=["c", "d"]'])).toEqual({
      maker: { country: 'a' },
      user: { texts: ['a', 'b', 'c', 'd'] },
    })
  })

  test('reads texts, JSON and images from files', async () => {
    await inTemporaryFolder(async (dir) => {
      writeFileSync(join(dir, 'a.txt'), '\uFEFFlong\r\ntext')
      writeFileSync(join(dir, 'a.json'), '["a"]')
      writeFileSync(join(dir, 'a.png'), Buffer.from(pixel, 'base64'))
      const sockets = { texts: t.array(t.string()), any: t.unknown(), images: t.array(t.image()) }
      const set = [`country=@${join(dir, 'a.txt')}`, `texts=@${join(dir, 'a.json')}`, 'any:=[1]']
      const inputs = await collect(sockets, [...set, `images=@${join(dir, 'a.png')}`])
      expect(inputs).toMatchObject({
        maker: { country: 'long\ntext' },
        user: { texts: ['a'], any: [1], images: [{ type: 'image', mimeType: 'image/png', base64: pixel }] },
      })
    })
  })

  test('reads JSON as people write it', async () => {
    const sockets = { documents: t.array(t.document()) }
    const object = { country: 'a', documents: ['one', { content: 'two', meta: { page: 2 } }] }
    expect(await collect(sockets, [], object)).toEqual({
      maker: { country: 'a' },
      user: {
        documents: [
          Document.create({ content: 'one' }),
          Document.create({ content: 'two', meta: { page: 2 } }),
        ],
      },
    })
  })

  test('says what is missing, and what to add to the command', async () => {
    expect(await failureOf(() => collect({}, []))).toBe(
      'INPUT_MISSING: An input is missing:\n  country (string): A country.\nGive it with --set country=…',
    )
    const options = { inputs: { land: ['maker.country'] } }
    expect(await failureOf(() => collect({ count: t.integer() }, [], {}, options))).toBe(
      'INPUT_MISSING: Inputs are missing:\n  land (string): A country.\n  count (integer)\nGive them with --set land=… --set count=…',
    )
  })

  test('tells everything that is wrong at once', async () => {
    const sockets = { count: t.integer(), limit: t.integer() }
    expect(
      await failureOf(() => collect(sockets, ['count=many', 'contry=a'], { user: { limit: '3' } })),
    ).toBe(`INPUT_UNKNOWN: The inputs are wrong:
- 'contry' is neither a component nor an open input. Components: 'maker' and 'user'. Open inputs: 'country', 'count' and 'limit'. Did you mean 'country'?
- Input 'limit' (integer): expected integer, got "3".
- Input 'count' (integer): expected integer, got "many".
- An input is missing:
    country (string): A country.
  Give it with --set country=…`)
  })

  test.each<[string, Sockets, string[], Readonly<Record<string, unknown>>, string]>([
    [
      'a value that is no object for a component',
      {},
      [],
      { maker: 'France' },
      `INPUT_INVALID: The inputs are wrong:
- 'maker' is a component: its inputs are an object with 'country'.
- An input is missing:
    country (string): A country.
  Give it with --set country=…`,
    ],
    [
      'components mixed with names',
      {},
      [],
      { maker: { country: 'France' }, country: 'Peru' },
      "INPUT_AMBIGUOUS: 'maker' is a component, but 'country' is not. Give the inputs by component, { prompt: { country } }, or all by name, { country }.",
    ],
    [
      'a text that is set twice',
      {},
      ['country=a', 'country=b'],
      {},
      'INPUT_AMBIGUOUS: --set country is given 2 times, and its socket takes one value.',
    ],
    [
      'anything that is set twice',
      { any: t.unknown() },
      ['country=a', 'any=b', 'any=c'],
      {},
      `INPUT_AMBIGUOUS: --set any is given 2 times, and its socket takes one value. For a list, write --set 'any:=["…", "…"]'.`,
    ],
    [
      'a socket that is set by two names',
      {},
      ['country=a', 'maker.country=b'],
      {},
      "INPUT_AMBIGUOUS: Two inputs reach 'maker.country', by two of its names. Give one of them.",
    ],
    [
      'a file that is not there',
      {},
      ['country=@/no/such/file'],
      {},
      "USAGE_UNREADABLE: The file '/no/such/file' cannot be read: ENOENT: no such file or directory.",
    ],
    [
      'an image that is not there',
      { image: t.image() },
      ['country=a', 'image=@/no/such/file.png'],
      {},
      "USAGE_UNREADABLE: --set user.image=@/no/such/file.png: Cannot read '/no/such/file.png': ENOENT: no such file or directory.",
    ],
  ])('refuses %s', async (_, sockets, set, object, failure) => {
    expect(await failureOf(() => collect(sockets, set, object))).toBe(failure)
  })
})
