import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { FileContent, Pipeline } from '@millrace/core'
import { testComponent } from '@millrace/core/testing'
import { FileTypeRouter } from '../../src/routers/file-type-router.ts'

const dir = mkdtempSync(join(tmpdir(), 'millrace-types-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** A path to a file that is there. */
function made(name: string): string {
  writeFileSync(join(dir, name), '')
  return join(dir, name)
}

function file(mimeType: string): FileContent {
  return FileContent.create({ base64: '', mimeType })
}

describe('FileTypeRouter', () => {
  testComponent(() => new FileTypeRouter({ mimeTypes: ['text/plain', 'image/*'] }), {
    test,
    inputs: [{ sources: [made('a.txt'), join(dir, 'b.txt'), file('image/png')] }],
  })

  test('finds the kind of a path by its extension, and that of a file in it', async () => {
    const router = new FileTypeRouter({ mimeTypes: ['text/plain', 'application/pdf', 'image/*', 'audio/.*'] })
    const paths = ['a.txt', 'B.TXT', 'c.pdf', 'd.jpg', 'e.mp3', 'f.docx', 'no extension', '.txt'].map(made)
    const [txt, upper, pdf, jpg, mp3, docx, bare, hidden] = paths
    const inside = file('image/png')
    expect(await router.run({ sources: [...paths, inside] })).toEqual({
      'text/plain': [txt, upper, hidden],
      'application/pdf': [pdf],
      'image/*': [jpg, inside],
      'audio/.*': [mp3],
      unclassified: [docx, bare],
    })
  })

  test.each([
    ['text/plain', 'text/plain'],
    ['image/svg+xml', 'image/svg+xml'],
    ['image/svg+zip', 'image/.*'],
    ['application/x-log', 'application/.+'],
    ['video/mp4', 'unclassified'],
  ])(
    '%s goes to %s: an exact entry wins, then the first pattern for the whole type',
    async (type, output) => {
      const mimeTypes = ['image/.*', 'image/svg+xml', 'text/plain', 'application/.+', '.+/x-log']
      const router = new FileTypeRouter({ mimeTypes })
      const source = file(type)
      expect(await router.run({ sources: [source] })).toEqual({ [output]: [source] })
    },
  )

  test('compares without case and parameters', async () => {
    const router = new FileTypeRouter({ mimeTypes: ['TEXT/plain; charset=utf-8'] })
    const source = { ...file('text/plain'), mimeType: 'Text/Plain; charset=latin1' }
    expect(await router.run({ sources: [source] })).toEqual({ 'TEXT/plain; charset=utf-8': [source] })
  })

  test('takes the older names of types for the same', async () => {
    const router = new FileTypeRouter({ mimeTypes: ['audio/x-wav', 'application/gzip'] })
    const [wav, gzip] = [made('a.wav'), file('application/x-gzip')]
    expect(await router.run({ sources: [wav, gzip] })).toEqual({
      'audio/x-wav': [wav],
      'application/gzip': [gzip],
    })
  })

  test('knows further extensions', async () => {
    const router = new FileTypeRouter({
      mimeTypes: ['text/x-log', 'text/x-note'],
      additionalMimeTypes: { 'text/x-log': '.log', 'text/x-note': '.TXT' },
    })
    const [log, txt] = [made('x.LOG'), made('y.txt')]
    expect(await router.run({ sources: [log, txt] })).toEqual({ 'text/x-log': [log], 'text/x-note': [txt] })
  })

  test('sends paths without a file to failed, or fails', async () => {
    const gone = join(dir, 'gone.txt')
    const mimeTypes = ['text/plain']
    expect(await new FileTypeRouter({ mimeTypes }).run({ sources: [gone] })).toEqual({ failed: [gone] })
    await expect(
      new FileTypeRouter({ mimeTypes, raiseOnFailure: true }).run({ sources: [gone] }),
    ).rejects.toThrow(
      expect.objectContaining({
        code: 'SOURCE_NOT_FOUND',
        message: `There is no file '${gone}', or it cannot be read.`,
      }),
    )
  })

  test.each([
    ['image/(', /'image\/\(' in 'mimeTypes\[0\]' is neither a MIME type nor a regular expression/],
    [
      'image/(?!png)',
      /is neither a MIME type nor a regular expression for one: The pattern .* it has the look-ahead/,
    ],
    ['failed', /'failed' is an output that every FileTypeRouter has/],
  ])('refuses %s', (name, message) => {
    expect(() => new FileTypeRouter({ mimeTypes: [name] })).toThrow(
      expect.objectContaining({
        code: 'ROUTE_INVALID',
        option: 'mimeTypes[0]',
        message: expect.stringMatching(message),
      }),
    )
  })

  test.each([
    [
      { mimeTypes: [] },
      'mimeTypes',
      "'mimeTypes' must be a list with at least one MIME type, such as text/plain or image/*.",
    ],
    ...[
      ['text/plain', 'text/plain'],
      ['text/plain', 'Text/Plain; charset=utf-8'],
      ['audio/wav', 'audio/x-wav'],
      ['image/*', 'Image/*'],
      ['text/(a|b)', 'text/(a|b)'],
    ].map(
      ([first, second]) =>
        [
          { mimeTypes: ['a/b', first, second] },
          'mimeTypes[2]',
          `'mimeTypes[2]' is '${second}', the same type as '${first}' in 'mimeTypes[1]': nothing would leave there. Leave one of them out.`,
        ] as const,
    ),
    [
      { mimeTypes: ['a/b'], additionalMimeTypes: { 'text/a': '.a', 'text/b': '.A' } },
      'additionalMimeTypes.text/b',
      "'additionalMimeTypes' has the extension '.a' for 'text/a' and for 'text/b'. A file is of one type.",
    ],
  ])('refuses %j, where one of two would be ignored', (parameters, option, message) => {
    expect(() => new FileTypeRouter(parameters as never)).toThrow(
      expect.objectContaining({ code: 'ROUTE_INVALID', option, message }),
    )
  })

  test('ends with a pattern that a matcher with backtracking would not end with', async () => {
    const router = new FileTypeRouter({ mimeTypes: ['text/(?:a+)+'] })
    const source = file(`text/${'a'.repeat(200)}!`)
    expect(await router.run({ sources: [source] })).toEqual({ unclassified: [source] })
  })

  test('is connected by its MIME types', async () => {
    const pipeline = new Pipeline({
      first: new FileTypeRouter({ mimeTypes: ['text/.*'] }),
      second: new FileTypeRouter({ mimeTypes: ['text/plain'] }),
    }).connect('first.text/.*', 'second.sources')
    const sources = [made('p.txt'), made('q.csv')]
    const result = await pipeline.run({ first: { sources } })
    expect(result.outputs).toEqual({ second: { 'text/plain': [sources[0]], unclassified: [sources[1]] } })
  })
})
