import {
  type Component,
  type Document,
  type InputsOf,
  type ObjectSocket,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  t,
} from '@millrace/core'
import { aloneContext, documentText } from '@millrace/core/component'
import type { RankingContext } from '../engines/engine.ts'
import { LlamaCppError } from '../errors.ts'
import { modelUrls } from '../options/parameters.ts'
import { documentParameters, textParameters } from '../options/text-parameters.ts'
import { embeddingMeta, truncatedCount } from '../replies/embedding-meta.ts'
import { ReportedCall } from '../replies/reported-call.ts'
import type { GivenEngine } from '../session/choose-engine.ts'
import { ranking, TextComponent, textless } from './text-component.ts'

const topK = t.integer({ minimum: 1, default: 10, description: 'The most documents that come out.' })
const scoreThreshold = t.optional(t.number(), { description: 'Leaves out documents with a lower score.' })

const ownParameters = {
  /** The most documents that come out. */
  topK,
  /** Leaves out documents with a lower score. */
  scoreThreshold,
  /** Goes in front of every query. */
  queryPrefix: t.string({ default: '', description: 'Goes in front of every query.' }),
  /** Goes behind it. */
  querySuffix: t.string({ default: '', description: 'Goes behind it.' }),
  /** Goes in front of the text of every document. */
  documentPrefix: t.string({ default: '', description: 'Goes in front of the text of every document.' }),
  /** Goes behind it. */
  documentSuffix: t.string({ default: '', description: 'Goes behind it.' }),
}

/**
 * Sorts documents by how well they answer a query, with a reranker that llama.cpp runs, on engine and process as
 * `LlamaCppTextEmbedder`; `slots` of them at once. Each gets a `score` from 0 to 1, the best comes first, and equal ones
 * keep their order. As in Haystack's rankers, of several documents with one id the one with the highest score so far is
 * ranked.
 *
 * @throws LlamaCppError as `LlamaCppTextEmbedder`; `MODEL_UNSUPPORTED` for a model that was not made to rank,
 * `OPTION_INVALID` for an empty query, a `topK` below 1 or a document without any text
 * @example
 * const ranker = new LlamaCppRanker({ model: 'bge-reranker-v2-m3-Q8_0.gguf', topK: 3 })
 * const { documents } = await ranker.run({ query: 'What is the capital of France?', documents: found })
 */
export class LlamaCppRanker
  extends TextComponent<RankingContext, ParametersOf<typeof LlamaCppRanker>>
  implements Component
{
  static readonly type = 'LlamaCppRanker'
  static readonly description = 'Sorts documents by how well they answer a query, with a GGUF model.'
  static readonly parameters: ObjectSocket<
    typeof textParameters & typeof documentParameters & typeof ownParameters
  > = t.object({ ...textParameters, ...ownParameters, ...documentParameters })
  /** In these `${env:NAME}` is replaced when the model is loaded. */
  static readonly environment: readonly string[] = ['model', 'modelKwargs']
  static readonly urls: readonly string[] = modelUrls

  readonly inputs = {
    /** The question, which must not be empty. */
    query: t.string({ description: 'The question, which must not be empty.' }),
    /** What may answer it. Of several with one id one is kept. */
    documents: t.array(t.document(), {
      description: 'What may answer it. Of several with one id one is kept.',
    }),
    /** Replaces that of the component. */
    topK: t.optional(t.integer(), { description: 'Replaces that of the component.' }),
    /** Replaces that of the component. */
    scoreThreshold: t.optional(t.number(), { description: 'Replaces that of the component.' }),
  }
  readonly outputs = {
    /** The best ones with their `score`, best first. */
    documents: t.array(t.document(), { description: 'The best ones with their `score`, best first.' }),
    /** The model, the engine, tokens, times, and how many texts were cut off. */
    meta: t.json({ description: 'The model, the engine, tokens, times, and how many texts were cut off.' }),
  }

  /** @param engine for tests: in place of the one that the parameters ask for, or what to make of that */
  constructor(parameters: ParametersOf<typeof LlamaCppRanker>, engine?: GivenEngine) {
    super(LlamaCppRanker, parameters, engine, ranking)
  }

  async run(
    inputs: InputsOf<LlamaCppRanker>,
    run: RunContext = aloneContext(LlamaCppRanker),
  ): Promise<OutputsOf<LlamaCppRanker>> {
    const parameters = this.initParameters
    const { queryPrefix = '', querySuffix = '', documentPrefix = '', documentSuffix = '' } = parameters
    const most = inputs.topK ?? parameters.topK ?? 10
    const threshold = inputs.scoreThreshold ?? parameters.scoreThreshold ?? Number.NEGATIVE_INFINITY
    if (most < 1) throw invalid('topK', `Input 'topK' is ${most}: it must be at least 1.`)
    if (inputs.query === '') throw invalid('query', "Input 'query' is empty: there is nothing to rank by.")
    const documents = oneForEachId(inputs.documents)
    const texts = documents.map(
      (document) => documentPrefix + documentText(document, parameters, textless) + documentSuffix,
    )
    const { signal } = run
    return this.use(run, async ({ context, ...from }) => {
      const started = performance.now()
      const query = queryPrefix + inputs.query + querySuffix
      const call = new ReportedCall(run, { ...from, operation: 'rerank' })
      const scores = await call.answer(() =>
        context.rank(query, texts, { signal, truncate: parameters.truncate ?? true }),
      )
      const meta = embeddingMeta(from, scores, started)
      call.end(meta)
      const ranked = documents
        .map((document, index) => ({ ...document, score: scores[index]?.score ?? 0 }))
        .filter(({ score }) => score >= threshold)
        .sort((a, b) => b.score - a.score)
      return {
        documents: ranked.slice(0, most),
        meta: { ...meta, truncated: truncatedCount(scores) },
      }
    })
  }
}

/** At the place of the first. A document without a score gives way to one with any. */
function oneForEachId(documents: readonly Document[]): readonly Document[] {
  const kept = new Map<string, Document>()
  for (const document of documents) {
    const present = kept.get(document.id)
    if (!present || scoreOf(document) > scoreOf(present)) kept.set(document.id, document)
  }
  return [...kept.values()]
}

const scoreOf = ({ score = Number.NEGATIVE_INFINITY }: Document) => score

function invalid(option: string, message: string): LlamaCppError {
  return new LlamaCppError('OPTION_INVALID', message, { option })
}
