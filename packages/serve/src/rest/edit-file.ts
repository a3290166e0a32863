import { createHash } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import type { CatalogEntry } from '../catalog/catalog.ts'
import { isPipelineFile } from '../catalog/sources.ts'
import { ServeError } from '../errors.ts'
import type { App, Service } from '../http/context.ts'
import { readJson } from '../http/read-json.ts'

/**
 * `GET /pipelines/NAME/file`: its text. Where files may be edited, `PUT /pipelines/NAME/draft` holds another text as a pipeline
 * that can be tried, under the name that it answers, and `PUT /pipelines/NAME/file` writes it.
 */
export function addFiles(app: App, service: Service): void {
  const { catalog } = service
  app.get('/pipelines/:name/file', async (c) => {
    const file = fileOf(catalog.find(c.req.param('name')))
    return c.json(fileJson(file, await readFile(file, 'utf8'), catalog.isEditable))
  })
  app.put('/pipelines/:name/draft', async (c) => {
    const entry = catalog.find(c.req.param('name'))
    fileOf(entry)
    refuseReadOnly(catalog.isEditable)
    const text = textOf((await readJson(c, service)).value, 'text')
    const { name, state, findings } = await catalog.draft(entry.name, text)
    return c.json({ name, state, findings })
  })
  // One after the other: of two that save the same version, the second has to hear of the first.
  let saving: Promise<unknown> = Promise.resolve()
  app.put('/pipelines/:name/file', async (c) => {
    const file = fileOf(catalog.find(c.req.param('name')))
    refuseReadOnly(catalog.isEditable)
    const { value } = await readJson(c, service)
    const [text, version] = [textOf(value, 'text'), textOf(value, 'version')]
    const save = async () => {
      if (version !== versionOf(await readFile(file, 'utf8'))) {
        const message = `'${file}' was changed by somebody else since it was read. Read it again, and make the change there.`
        throw new ServeError('SERVE_FILE_CHANGED', message, { param: 'version' })
      }
      await replaceFile(file, text)
      await catalog.reload(file)
    }
    const saved = saving.then(save)
    saving = saved.catch(() => {})
    await saved
    return c.json(fileJson(file, text, true))
  })
}

/** The file of an entry that is one of YAML, not a model and not a pipeline of the caller. */
function fileOf({ name, file }: CatalogEntry): string {
  if (file !== undefined && isPipelineFile(file)) return file
  throw new ServeError('SERVE_NOT_FOUND', `The pipeline '${name}' is not from a pipeline file.`)
}

function refuseReadOnly(isEditable: boolean): void {
  if (isEditable) return
  const message =
    'Files are read only on this server. Whoever runs it can allow changes with --edit, in code with edit.'
  throw new ServeError('SERVE_READ_ONLY', message)
}

function textOf(body: Readonly<Record<string, unknown>>, name: string): string {
  const text = body[name]
  if (typeof text === 'string') return text
  throw new ServeError('SERVE_INVALID_VALUE', `'${name}' must be a text.`, { param: name })
}

function fileJson(path: string, text: string, editable: boolean): object {
  return { path, text, version: versionOf(text), editable }
}

function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** All of it or nothing: nobody reads half a file. */
async function replaceFile(file: string, text: string): Promise<void> {
  const { mode } = await stat(file)
  const beside = `${file}.${crypto.randomUUID().slice(0, 8)}.new`
  try {
    await writeFile(beside, text, { mode })
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}
