import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { LoadError } from '../../src/errors.ts'
import type { LoadLimits } from '../../src/yaml/bounds/limits.ts'
import { loadPipelineFile } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'

/** The outcome of loading a file with these bytes: the pipeline, or the error with the folder taken out. */
async function load(bytes: string | Uint8Array, limits: LoadLimits = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  const path = join(folder, 'p.yaml')
  try {
    await writeFile(path, bytes)
    return { folder, path, pipeline: await loadPipelineFile(path, { registry, limits }) }
  } catch (error) {
    if (!LoadError.isInstance(error)) throw error
    return { folder, path, error, told: `${error.code}: ${error.message.replaceAll(folder, '')}` }
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a file becomes its pipeline, whose relative paths start from the folder of the file', async () => {
  const { folder, pipeline } = await load('components: { echo: { type: Echo } }')
  expect(pipeline?.names()).toEqual(['echo'])
  expect(pipeline?.options.baseDir).toBe(folder)
})

test('errors have the path of the file', async () => {
  const { path, error, told } = await load('components: { echo: { type: Ekko } }')
  expect(error?.file).toBe(path)
  expect(told).toMatch(/^LOAD_UNKNOWN_TYPE: \/p\.yaml:1:29: components\.echo\.type: /)
})

test('a file that is not there is LOAD_NOT_FOUND with its path', async () => {
  const error: LoadError = await loadPipelineFile('no/such/file.yaml', { registry }).catch(
    (refused) => refused,
  )
  expect([error.code, error.file]).toEqual(['LOAD_NOT_FOUND', 'no/such/file.yaml'])
  expect(error.message).toMatchInlineSnapshot(
    `"no/such/file.yaml: The file cannot be read: ENOENT: no such file or directory."`,
  )
  expect(error.cause).toMatchObject({ code: 'ENOENT' })
})

test('a folder is LOAD_NOT_FOUND too', async () => {
  await expect(loadPipelineFile(tmpdir(), { registry })).rejects.toMatchObject({ code: 'LOAD_NOT_FOUND' })
})

test('a file that is too large is not read to its end', async () => {
  const { told } = await load('{}  ', { maxBytes: 3 })
  expect(told).toBe("LOAD_LIMIT: /p.yaml: The file is larger than the 3 bytes of 'maxBytes'.")
  expect((await load('{} ', { maxBytes: 3 })).pipeline).toBeDefined()
})

test('a device that never ends is stopped at maxBytes', async () => {
  const found = loadPipelineFile('/dev/zero', { registry, limits: { maxBytes: 1000 } })
  await expect(found).rejects.toMatchObject({ code: 'LOAD_LIMIT' })
})

test('a text in the place of the file is loaded as if it were saved', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  try {
    const path = join(folder, 'not-saved.yaml')
    await writeFile(join(folder, 'sub.yaml'), 'components: { echo: { type: Echo } }')
    const including = (file: string) =>
      `components: { sub: { type: Pipeline, initParameters: { file: ${file} } } }`
    const pipeline = await loadPipelineFile(path, { registry, text: including('sub.yaml') })
    expect(pipeline.names()).toEqual(['sub'])
    await mkdir(join(folder, 'folder.yaml'))
    const found = loadPipelineFile(path, { registry, text: including('folder.yaml') })
    await expect(found).rejects.toThrow(`${path}:1:62`)
    await expect(found).rejects.toThrow('it is not a regular file')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('bytes that are not UTF-8 are LOAD_SYNTAX', async () => {
  const { told } = await load(new Uint8Array([0x61, 0x3a, 0x20, 0xff]))
  expect(told).toBe('LOAD_SYNTAX: /p.yaml: The file is not UTF-8 text. Save it in that encoding.')
})

test('a byte order mark and CRLF change nothing', async () => {
  const { pipeline } = await load('\uFEFFcomponents:\r\n  echo:\r\n    type: Echo\r\n')
  expect(pipeline?.names()).toEqual(['echo'])
})

describe('a file that includes others', () => {
  const add = 'components: { add: { type: Add } }'
  const including = (name: string) =>
    `components: { sub: { type: Pipeline, initParameters: { file: ${name} } } }`

  async function loadFolder(files: Readonly<Record<string, string>>, limits: LoadLimits = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-'))
    try {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, name)), { recursive: true })
        await writeFile(join(folder, name), text)
      }
      return { pipeline: await loadPipelineFile(join(folder, 'main.yaml'), { registry, limits }) }
    } catch (error) {
      if (!LoadError.isInstance(error)) throw error
      return { error, told: error.message.replaceAll(folder, '') }
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  test('finds them from its own folder', async () => {
    const { pipeline } = await loadFolder({
      'main.yaml': including('sub/a.yaml'),
      'sub/a.yaml': including('../b.yml'),
      'b.yml': `\uFEFF${add}`,
    })
    expect((await pipeline?.run({ value: 1 }))?.outputs).toEqual({ sub: { sum: 2 } })
  })

  test('is refused with what is wrong in them', async () => {
    const { told } = await loadFolder({ 'main.yaml': including('a.yaml'), 'a.yaml': 'connections: {}' })
    expect(told).toMatch(/^\/a\.yaml:1:14: connections: expected /)
  })

  test('is refused where they are not there, or are no files', async () => {
    const { error: missing } = await loadFolder({ 'main.yaml': including('a.yaml') })
    expect(missing?.code).toBe('LOAD_NOT_FOUND')
    const { told } = await loadFolder({ 'main.yaml': including('a.yaml'), 'a.yaml/b.yaml': add })
    expect(told).toContain("The file '/a.yaml' cannot be read: it is not a regular file.")
  })

  test('reads no more of them than maxBytes', async () => {
    const files = { 'main.yaml': including('a.yaml'), 'a.yaml': `${add} #${'x'.repeat(200_000)}` }
    const { error, told } = await loadFolder(files, { maxBytes: 100_000 })
    expect(error?.code).toBe('LOAD_LIMIT')
    expect(told).toContain("With this file there are more than the 100000 bytes of 'maxBytes'.")
    expect((await loadFolder(files)).pipeline?.names()).toEqual(['sub'])
  })
})
