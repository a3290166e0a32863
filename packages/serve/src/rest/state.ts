import { ServeError } from '../errors.ts'
import type { App, Service } from '../http/context.ts'
import type { Metrics } from '../runs/metrics.ts'

/** `GET /health`: whether requests are taken; `/health/live`: whether the process answers; `/metrics`: for Prometheus. */
export function addState(app: App, { admission, catalog, isLoading }: Service, metrics: Metrics): void {
  for (const path of ['/health', '/v1/health', '/health/ready']) {
    app.get(path, (c) => {
      if (admission.isDraining)
        throw new ServeError('SERVE_SHUTTING_DOWN', 'The server ends.', { retryAfterS: 5 })
      if (isLoading()) {
        throw new ServeError('SERVE_LOADING', 'The models are being loaded.', { retryAfterS: 5 })
      }
      const entries = catalog.list()
      const broken = entries.filter(({ state }) => state === 'broken').length
      return c.json({ status: 'ok', pipelines: entries.length - broken, broken })
    })
  }
  app.get('/health/live', (c) => c.json({ status: 'ok' }))
  app.get('/metrics', (c) =>
    c.text(metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  )
}
