import { kindOfBody, unreadableError } from '../server/failures.ts'
import { objectOf, type Server } from '../server/server.ts'

export interface Vectors {
  /** In the order of the texts. */
  readonly vectors: readonly (readonly number[])[]
  readonly model: string | undefined
  readonly promptTokens: number | undefined
}

/**
 * Reads an answer to a request for vectors, as numbers or as base64, whatever was asked for.
 *
 * @throws OpenAIError `OPENAI_ANSWER_UNREADABLE` for what is not one vector for each text, all of one length
 */
export function readVectors(body: string, count: number, server: Server): Vectors {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw unreadableError(server, kindOfBody(body), body)
  }
  const { data, model, usage } = objectOf(value)
  if (!Array.isArray(data)) throw unreadableError(server, "JSON without 'data'", body)
  const vectors: (readonly number[])[] = []
  for (const [position, item] of data.entries()) {
    const { index, embedding } = objectOf(item)
    vectors[typeof index === 'number' ? index : position] = numbersOf(embedding)
  }
  const fault = faultOf(vectors, count, data.length)
  if (fault !== undefined) throw unreadableError(server, fault, body)
  const tokens = objectOf(usage)['prompt_tokens']
  return {
    vectors,
    model: typeof model === 'string' && model !== '' ? model : undefined,
    promptTokens: typeof tokens === 'number' ? tokens : undefined,
  }
}

/** Numbers, or the base64 of little-endian floats of 32 bits. Empty for what is neither. */
function numbersOf(embedding: unknown): readonly number[] {
  if (Array.isArray(embedding)) return embedding as readonly number[]
  if (typeof embedding !== 'string') return []
  const bytes = Buffer.from(embedding, 'base64')
  return Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readFloatLE(index * 4))
}

/** The vector with the Euclidean length 1. A vector of zeros stays as it is. */
export function normalized(vector: readonly number[]): readonly number[] {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length === 0 ? vector : vector.map((value) => value / length)
}

/** Why these are not one vector for each text, all of one length; undefined where they are. */
function faultOf(
  vectors: readonly (readonly number[] | undefined)[],
  count: number,
  given: number,
): string | undefined {
  if (given !== count) return `${given} vectors for ${count} texts`
  const [first] = vectors
  for (const [index, vector] of Array.from(vectors).entries()) {
    if (vector === undefined) return `JSON without a vector for text ${index}: two have the same index`
    if (vector.length === 0 || !vector.every(Number.isFinite))
      return `JSON whose vector ${index} is not a list of numbers`
    if (vector.length !== first?.length)
      return `vectors of several lengths, ${first?.length} and ${vector.length}`
  }
  return vectors.length === count ? undefined : 'JSON with an index beyond the texts'
}
