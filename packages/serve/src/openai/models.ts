import { ServeError } from '../errors.ts'
import type { App, Service } from '../http/context.ts'
import { onBothPaths } from './paths.ts'
import { listModels, rolesOf } from './served-models.ts'

/** `GET /v1/models`, and one of them by its id. */
export function addModels(app: App, { catalog }: Service): void {
  const created = Math.floor(Date.now() / 1000)
  const models = () =>
    listModels(catalog).map(({ name, description, pipeline }) => ({
      id: name,
      object: 'model',
      created,
      owned_by: 'millrace',
      description,
      roles: pipeline === undefined ? [] : Object.keys(rolesOf(pipeline)),
    }))
  app.on('GET', onBothPaths('/models'), (c) => c.json({ object: 'list', data: models() }))
  app.on('GET', onBothPaths('/models/:id{.+}'), (c) => {
    const id = c.req.param('id')
    const found = models().find((model) => model.id === id)
    if (found !== undefined) return c.json(found)
    throw new ServeError('SERVE_PIPELINE_UNKNOWN', `There is no model '${id}'.`, { param: 'model' })
  })
}
