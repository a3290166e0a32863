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
  const [first] = vectors
  const isWhole =
    vectors.length === count &&
    Array.from(vectors).every(
      (vector) => vector?.length > 0 && vector.length === first?.length && vector.every(Number.isFinite),
    )
  if (!isWhole) {
    throw unreadableError(
      server,
      `not one vector for each of ${count} texts, all of one length: it has ${data.length}`,
      body,
    )
  }
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
