import { Document, type RunResult } from '@millrace/core'
import { describeValue } from '@millrace/core/component'
import { ServeError } from '../errors.ts'
import type { App, RequestContext, Service } from '../http/context.ts'
import { readJson } from '../http/read-json.ts'
import { Usage } from './answer-parts.ts'
import { Fields } from './fields.ts'
import { onBothPaths } from './paths.ts'
import { type Embedder, findModel } from './served-models.ts'

/** As many as OpenAI takes. */
const MOST_TEXTS = 2048

/** How many runs for one request go on at once, where each takes one text. */
const AT_ONCE = 4

/** `POST /v1/embeddings`: vectors of texts. */
export function addEmbeddings(app: App, service: Service): void {
  app.on('POST', onBothPaths('/embeddings'), (c) => embed(c, service))
}

async function embed(c: RequestContext, service: Service): Promise<Response> {
  const { value, body } = await readJson(c, service)
  const fields = new Fields(value)
  const model = fields.text('model')
  const texts = readTexts(fields)
  const encoding = fields.choice('encoding_format', ['float', 'base64']) ?? 'float'
  const dimensions = fields.number('dimensions', { least: 1, isWhole: true })
  const embedder = findModel(service.catalog, model, 'embedder')
  const usage = new Usage()
  const run = async (input: unknown, signal: AbortSignal) => {
    const { result } = service.runs.start({
      pipeline: model,
      inputs: { [embedder.input]: input },
      via: 'openai',
      signal,
      listener: (event) => usage.onEvent(event),
      body,
    })
    return result
  }
  const vectors = await vectorsOf(embedder, texts, run, c.req.raw.signal)
  const wrong = vectors.find(({ length }) => dimensions !== undefined && length !== dimensions)
  if (wrong !== undefined) {
    throw fields.unsupported(
      'dimensions',
      `must be ${wrong.length}, as many as the vectors of this model have`,
    )
  }
  const { prompt_tokens = 0, total_tokens = 0 } = Usage.json([usage]) ?? {}
  return c.json({
    object: 'list',
    model,
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'base64' ? base64Of(vector) : vector,
    })),
    usage: { prompt_tokens, total_tokens },
  })
}

function readTexts(fields: Fields): readonly string[] {
  const given = fields.get('input')
  const texts: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (texts.length === 0 || texts.length > MOST_TEXTS) {
    throw fields.wrong('input', `must be a text, or a list of 1 to ${MOST_TEXTS} texts`)
  }
  return texts.map((text, index) => {
    const place = Array.isArray(given) ? `input[${index}]` : 'input'
    if (typeof text === 'number' || Array.isArray(text)) {
      const why =
        'must be a text: ids of tokens are those of another model. LangChain sends texts with check_embedding_ctx_length=False'
      throw fields.unsupported(place, why)
    }
    if (typeof text === 'string' && text !== '') return text
    throw fields.wrong(place, `must be a text that is not empty, not ${describeValue(text)}`)
  })
}

type Run = (input: unknown, signal: AbortSignal) => Promise<RunResult>

async function vectorsOf(
  embedder: Embedder,
  texts: readonly string[],
  run: Run,
  signal: AbortSignal,
): Promise<(readonly number[])[]> {
  if (embedder.takesDocuments) {
    const documents = texts.map((content, index) => Document.create({ id: String(index), content }))
    const embedded = givenBy(embedder, await run(documents, signal))
    const byId = new Map(
      (Array.isArray(embedded) ? embedded : []).filter(Document.is).map((one) => [one.id, one]),
    )
    return documents.map(({ id }) => vectorOf(byId.get(id)?.embedding))
  }
  const vectors: (readonly number[])[] = []
  const stop = new AbortController()
  const both = AbortSignal.any([signal, stop.signal])
  const rest = texts.entries()
  const work = async () => {
    for (const [index, text] of rest) vectors[index] = vectorOf(givenBy(embedder, await run(text, both)))
  }
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, texts.length) }, work))
  } catch (error) {
    stop.abort(error)
    throw error
  }
  return vectors
}

/** What the embedder gave. A vector of half a text is not the vector of the text. */
function givenBy({ output: { component, socket, name } }: Embedder, { named, outputs }: RunResult): unknown {
  const all = (Object(outputs) as Record<string, Record<string, unknown>>)[component] ?? {}
  const { truncated } = Object(all['meta']) as { readonly truncated?: unknown }
  if (truncated === true || (typeof truncated === 'number' && truncated > 0)) {
    const message =
      'A text is longer than the context of the model. Send it in parts, or raise nCtx in the file.'
    throw new ServeError('SERVE_CONTEXT_OVERFLOW', message, { param: 'input' })
  }
  return Object.hasOwn(named, name) ? (named as Readonly<Record<string, unknown>>)[name] : all[socket]
}

function vectorOf(value: unknown): readonly number[] {
  if (Array.isArray(value) && value.length > 0) return value
  throw new ServeError('SERVE_FAILED', 'The pipeline gave no vector for a text.')
}

/** The numbers as 32-bit floats, the lowest byte first. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [index, number] of vector.entries()) bytes.writeFloatLE(number, index * 4)
  return bytes.toString('base64')
}
