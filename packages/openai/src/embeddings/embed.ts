import type { JsonObject, RunContext } from '@millrace/core'
import { ask } from '../server/ask.ts'
import { bodyOf } from '../server/body.ts'
import { ReportedCall } from '../server/reported-call.ts'
import { resolveServer, type Server, type ServerParameters } from '../server/server.ts'
import { TimeLimits } from '../server/time-limits.ts'
import { normalized, readVectors, type Vectors } from './read-vectors.ts'

export interface EmbeddingParameters extends ServerParameters {
  readonly dimensions?: number | undefined
  readonly encodingFormat?: 'float' | 'base64' | undefined
  readonly normalize?: boolean | undefined
  readonly extraBody?: JsonObject | undefined
}

/** What the meta of an embedder says. `usage` is absent where the server sends none. Times are in milliseconds. */
export interface EmbeddingMeta {
  readonly model: string
  readonly usage?: { readonly promptTokens: number; readonly totalTokens: number }
  readonly timings: { readonly promptMs: number }
}

interface Embedded {
  readonly vectors: readonly (readonly number[])[]
  readonly meta: EmbeddingMeta
}

/**
 * The vectors of texts, asked for in batches, one after the other. `timeoutMs` is for each of them.
 *
 * @throws OpenAIError for what a server cannot do, and for time that is up
 * @throws the reason of the signal, untouched, when that aborts
 */
export async function embed(
  texts: readonly string[],
  parameters: EmbeddingParameters,
  context: RunContext,
  {
    batchSize = texts.length,
    onDone = () => {},
  }: { readonly batchSize?: number; readonly onDone?: (done: number, total: number) => void } = {},
): Promise<Embedded> {
  const started = performance.now()
  const server = resolveServer(parameters)
  const answers: Vectors[] = []
  for (let start = 0; start < texts.length; start += batchSize) {
    const batch = texts.slice(start, start + batchSize)
    answers.push(await embedBatch(batch, parameters, server, context))
    onDone(start + batch.length, texts.length)
  }
  const { normalize = true } = parameters
  const tokens = answers.map(({ promptTokens }) => promptTokens)
  const promptTokens = tokens.reduce<number>((sum, count = 0) => sum + count, 0)
  const isCounted = tokens.length > 0 && tokens.every((count) => count !== undefined)
  return {
    vectors: answers.flatMap(({ vectors }) => (normalize ? vectors.map(normalized) : vectors)),
    meta: {
      model: answers[0]?.model ?? server.model,
      ...(isCounted ? { usage: { promptTokens, totalTokens: promptTokens } } : {}),
      timings: { promptMs: Math.round((performance.now() - started) * 100) / 100 },
    },
  }
}

async function embedBatch(
  texts: readonly string[],
  parameters: EmbeddingParameters,
  server: Server,
  context: RunContext,
): Promise<Vectors> {
  const { timeoutMs = 600_000, maxRetries = 2, dimensions, encodingFormat = 'float', extraBody } = parameters
  const body = {
    model: server.model,
    input: texts,
    encoding_format: encodingFormat,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...extraBody,
  }
  const call = new ReportedCall(context, server, { operation: 'embeddings' })
  const limits = new TimeLimits(context.signal, server, timeoutMs)
  try {
    const response = await ask('embeddings', body, server, { limits, maxRetries })
    const found = readVectors(await bodyOf(response, server, limits.signal), texts.length, server)
    const { promptTokens, model: responseModel } = found
    call.end({
      ...(responseModel === undefined ? {} : { responseModel }),
      ...(promptTokens === undefined ? {} : { usage: { promptTokens } }),
    })
    return found
  } catch (error) {
    const reason = context.signal.aborted ? context.signal.reason : (limits.exceeded ?? error)
    call.end({ error: reason })
    throw reason
  } finally {
    limits.end()
  }
}
