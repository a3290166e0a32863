import { Document } from '@millrace/core'
import { describeValue } from '@millrace/core/component'
import type { App, RequestContext, Service } from '../http/context.ts'
import { readJson } from '../http/read-json.ts'
import { Usage } from './answer-parts.ts'
import { Fields, isObject } from './fields.ts'
import { onBothPaths } from './paths.ts'
import { findModel } from './served-models.ts'

const MOST_DOCUMENTS = 2048

/** `POST /v1/rerank`: documents sorted by a query, in the shape of Jina and Cohere, and with `texts` in that of TEI. */
export function addRerank(app: App, service: Service): void {
  app.on('POST', [...onBothPaths('/rerank', '/reranking'), '/v2/rerank'], (c) => rerank(c, service))
}

async function rerank(c: RequestContext, service: Service): Promise<Response> {
  const { value, body } = await readJson(c, service)
  const fields = new Fields(value)
  const model = fields.text('model')
  const query = fields.text('query')
  const texts = readTexts(fields)
  const most = fields.number('top_n', { least: 1, isWhole: true }) ?? texts.length
  const returnsDocuments = fields.boolean('return_documents') ?? false
  const returnsTexts = fields.boolean('return_text') ?? false
  const ranker = findModel(service.catalog, model, 'ranker')
  const usage = new Usage()
  const { result, id } = service.runs.start({
    pipeline: model,
    inputs: {
      query,
      documents: texts.map((content, index) => Document.create({ id: String(index), content })),
      ...(ranker.topK === undefined ? {} : { [ranker.topK.path]: texts.length }),
    },
    via: 'openai',
    signal: c.req.raw.signal,
    listener: (event) => usage.onEvent(event),
    body,
  })
  const { named, outputs } = await result
  const { name, component, socket } = ranker.output
  const given: unknown = Object.hasOwn(named, name)
    ? (named as Readonly<Record<string, unknown>>)[name]
    : (Object(outputs) as Record<string, Record<string, unknown>>)[component]?.[socket]
  const ranked = (Array.isArray(given) ? given : []).filter(Document.is).slice(0, most)
  const scores = ranked.map(({ id, score = 0 }) => ({ index: Number(id), score }))
  if (fields.get('texts') !== undefined) {
    return c.json(
      scores.map(({ index, score }) => ({ index, score, ...(returnsTexts ? { text: texts[index] } : {}) })),
    )
  }
  const { prompt_tokens = 0, total_tokens = 0 } = Usage.json([usage]) ?? {}
  return c.json({
    id,
    object: 'list',
    model,
    results: scores.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(returnsDocuments ? { document: { text: texts[index] } } : {}),
    })),
    usage: { prompt_tokens, total_tokens },
    meta: {},
  })
}

function readTexts(fields: Fields): readonly string[] {
  const name =
    fields.get('documents') === undefined && fields.get('texts') !== undefined ? 'texts' : 'documents'
  const given = fields.list(name) ?? []
  if (given.length === 0 || given.length > MOST_DOCUMENTS) {
    throw fields.wrong(name, `must be a list of 1 to ${MOST_DOCUMENTS} texts`)
  }
  return given.map((value, index) => {
    const text = isObject(value) ? value['text'] : value
    if (typeof text === 'string' && text !== '') return text
    throw fields.wrong(`${name}[${index}]`, `must be a text that is not empty, not ${describeValue(text)}`)
  })
}
