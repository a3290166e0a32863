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
  // Newer clients ask here first, and show their user the text.
  app.on(['GET', 'POST', 'DELETE'], onBothPaths('/responses/*'), () => {
    const message =
      "This server does not have the Responses API: use POST /v1/chat/completions. Clients have an option for it, as 'API type: chat completions'."
    throw new ServeError('SERVE_NOT_FOUND', message)
  })
}
