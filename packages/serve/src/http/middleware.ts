import { messageOf } from '@millrace/core/component'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { httpErrorOf } from '../http-error.ts'
import type { App, RequestContext } from './context.ts'

/** Errors of every way in, in one shape. */
export function answerErrors(app: App, log: (line: string) => void): void {
  app.onError((error, c) => answerError(c, error, log))
}

/** An error as an answer. What only whoever runs the server should read goes to the log. */
export function answerError(c: RequestContext, error: unknown, log: (line: string) => void): Response {
  const { status, headers, body } = httpErrorOf(error)
  if (status === 500) log(`${c.get('requestId') ?? ''} ${messageOf(error)}`.trim())
  return c.json(body, status as ContentfulStatusCode, headers)
}
