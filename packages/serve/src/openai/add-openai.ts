import { ServeError } from '../errors.ts'
import type { App, Service } from '../http/context.ts'
import { addChatCompletions } from './chat-completions.ts'
import { addCompletions } from './completions.ts'
import { addEmbeddings } from './embeddings.ts'
import { addModels } from './models.ts'
import { onBothPaths } from './paths.ts'
import { addRerank } from './rerank.ts'

/** OpenAI's protocol: served pipelines as models. */
export function addOpenAI(app: App, service: Service): void {
  addModels(app, service)
  addChatCompletions(app, service)
  addCompletions(app, service)
  addEmbeddings(app, service)
  addRerank(app, service)
  const posted = ['/chat/completions', '/completions', '/embeddings', '/rerank', '/reranking']
  app.on(['GET', 'PUT', 'PATCH', 'DELETE'], onBothPaths(...posted), (c) => {
    const message = `${c.req.path} is asked with POST, not ${c.req.method}.`
    throw new ServeError('SERVE_METHOD', message, { allow: ['POST'] })
  })
}
