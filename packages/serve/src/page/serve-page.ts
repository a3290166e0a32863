import { ServeError } from '../errors.ts'
import type { App, RequestContext } from '../http/context.ts'
import { type PageFile, readBuiltPage } from './built-page.ts'

/** What the page may do: files and addresses of its own, and pictures of the user. Nothing of a model is ever loaded or run. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** `GET /`: the page, and its files under `/assets`, whose names change with what is in them. */
export function addPage(app: App): void {
  let files: ReadonlyMap<string, PageFile> | undefined
  const find = (path: string): PageFile => {
    files ??= readBuiltPage()
    const file = files.get(path)
    if (file !== undefined) return file
    const message =
      files.size === 0
        ? "The page of this server was not built. 'pnpm build' builds it; packages have it."
        : `The page has no file '${path.slice(0, 200)}'.`
    throw new ServeError('SERVE_NOT_FOUND', message)
  }
  app.get('/', (c) => answerFile(c, find('index.html'), 'no-cache'))
  app.get('/assets/:file', (c) =>
    answerFile(c, find(`assets/${c.req.param('file')}`), 'public, max-age=31536000, immutable'),
  )
}

function answerFile(c: RequestContext, { type, etag, bodies }: PageFile, caching: string): Response {
  const headers = {
    etag,
    vary: 'Accept-Encoding',
    'cache-control': caching,
    'content-security-policy': POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
  }
  if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers)
  const encoding = encodingOf(c.req.header('accept-encoding'))
  return c.body(bodies[encoding], 200, {
    ...headers,
    'content-type': type,
    ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
  })
}

/** The best that a client takes; one that says nothing gets the file as it is. */
function encodingOf(accept = ''): keyof PageFile['bodies'] {
  const taken = accept
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .filter((part) => !/;\s*q=0(?:\.0*)?$/.test(part))
    .map((part) => part.split(';')[0]?.trim())
  return taken.includes('br') ? 'br' : taken.includes('gzip') ? 'gzip' : 'identity'
}
