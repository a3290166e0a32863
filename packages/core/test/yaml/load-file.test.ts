import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { LoadError } from '../../src/errors.ts'
import type { LoadLimits } from '../../src/yaml/limits.ts'
import { loadPipelineFile } from '../../src/yaml/load-file.ts'
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
  expect(told).toMatchInlineSnapshot(`
"LOAD_UNKNOWN_TYPE: /p.yaml:1:29: components.echo.type: No component type 'Ekko' is registered. Registered: 'Echo', 'Add', 'Join', 'Keep' and 'Model'. Did you mean 'Echo'?
  1 | components: { echo: { type: Ekko } }
    |                             ^"
`)
})

test('a file that is not there is LOAD_NOT_FOUND with its path', async () => {
  const error: LoadError = await loadPipelineFile('no/such/file.yaml', { registry }).catch(
    (refused) => refused,
  )
  expect([error.code, error.file]).toEqual(['LOAD_NOT_FOUND', 'no/such/file.yaml'])
  expect(error.message).toMatchInlineSnapshot(
    `"no/such/file.yaml: The file cannot be read: Error: ENOENT: no such file or directory."`,
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

test('bytes that are not UTF-8 are LOAD_SYNTAX', async () => {
  const { told } = await load(new Uint8Array([0x61, 0x3a, 0x20, 0xff]))
  expect(told).toBe('LOAD_SYNTAX: /p.yaml: The file is not UTF-8 text. Save it in that encoding.')
})

test('a byte order mark and CRLF change nothing', async () => {
  const { pipeline } = await load('\uFEFFcomponents:\r\n  echo:\r\n    type: Echo\r\n')
  expect(pipeline?.names()).toEqual(['echo'])
})
