import type { JsonObject } from '@millrace/core'
import { objectOf } from '../server/server.ts'
import { Choice, type Piece } from './choice.ts'

/** Everything that a server answered to one request, as far as it has come. */
export class Answer {
  readonly #choices = new Map<number, Choice>()
  #model: string | undefined
  #id: string | undefined
  #created: number | undefined
  #usage: JsonObject | undefined
  #timings: JsonObject | undefined

  /** Takes a chunk, or the whole of an answer in one piece, and gives what it added to the first reply. */
  take(part: Readonly<Record<string, unknown>>): Piece[] {
    const { model, id, created, usage, timings, choices } = part
    if (typeof model === 'string' && model !== '') this.#model = model
    if (typeof id === 'string' && id !== '') this.#id = id
    if (typeof created === 'number') this.#created = created
    this.#usage = usageOf(usage) ?? this.#usage
    this.#timings = timingsOf(timings) ?? this.#timings
    if (!Array.isArray(choices)) return []
    return choices.flatMap((item) => {
      const choice = objectOf(item)
      const index = typeof choice['index'] === 'number' ? choice['index'] : 0
      const known = this.#choices.get(index) ?? new Choice()
      this.#choices.set(index, known)
      const pieces = known.take(choice, objectOf(choice['delta'] ?? choice['message']))
      return index === 0 ? pieces : []
    })
  }

  /** In the order of their numbers. */
  get choices(): readonly Choice[] {
    return [...this.#choices].sort(([one], [other]) => one - other).map(([, choice]) => choice)
  }

  get model(): string | undefined {
    return this.#model
  }

  get id(): string | undefined {
    return this.#id
  }

  get usage(): JsonObject | undefined {
    return this.#usage
  }

  get timings(): JsonObject | undefined {
    return this.#timings
  }

  /** What all replies say of the answer. */
  meta(): JsonObject {
    return {
      ...(this.#id === undefined ? {} : { responseId: this.#id }),
      ...(this.#created === undefined ? {} : { created: this.#created }),
      ...(this.#timings === undefined ? {} : { timings: this.#timings }),
    }
  }
}

function usageOf(value: unknown): JsonObject | undefined {
  const sent = objectOf(value)
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: total } = sent
  if (typeof promptTokens !== 'number' || typeof completionTokens !== 'number') return undefined
  const { cached_tokens: cached } = objectOf(sent['prompt_tokens_details'])
  const { reasoning_tokens: reasoning } = objectOf(sent['completion_tokens_details'])
  return {
    promptTokens,
    completionTokens,
    totalTokens: typeof total === 'number' ? total : promptTokens + completionTokens,
    ...(typeof cached === 'number' ? { cachedTokens: cached } : {}),
    ...(typeof reasoning === 'number' ? { reasoningTokens: reasoning } : {}),
  }
}

/** llama-server says how long it took. */
function timingsOf(value: unknown): JsonObject | undefined {
  const sent = objectOf(value)
  const named = {
    promptMs: 'prompt_ms',
    predictedMs: 'predicted_ms',
    tokensPerSecond: 'predicted_per_second',
  }
  const entries = Object.entries(named).flatMap(([name, sentName]) => {
    const time = sent[sentName]
    return typeof time === 'number' && Number.isFinite(time) ? [[name, Math.round(time * 100) / 100]] : []
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
