import { setImmediate } from 'node:timers/promises'
import type { BatchOptions, EmbeddingSpec, Engine, WeightsSpec } from '../src/engines/engine.ts'
import { TextSlots } from '../src/engines/text-slots.ts'

/**
 * An engine that embeds and ranks by rule: a vector is [length of the text, 1], a score one over the length, a token a
 * character, and a context holds ten. It remembers what it was asked for.
 */
export class ScriptedTexts implements Engine {
  readonly name = 'node-llama-cpp'
  readonly loads: WeightsSpec[] = []
  readonly opened: EmbeddingSpec[] = []
  readonly texts: string[] = []
  readonly queries: string[] = []
  readonly truncates: boolean[] = []
  /** Called before each text; a promise holds it. */
  before: ((text: string) => void | Promise<void>) | undefined

  async load(spec: WeightsSpec) {
    this.loads.push(spec)
    return {
      device: 'cpu',
      bytes: 1_600_000,
      trainedContext: 10,
      open: () => Promise.reject(new RangeError('the script has no chats')),
      openEmbedding: async (opened: EmbeddingSpec) => {
        this.opened.push(opened)
        const slots = this.#slots(opened)
        return {
          contextSize: 10,
          dimensions: 2,
          embed: (texts: readonly string[], options: BatchOptions) =>
            this.#map(slots, texts, options, (text) => ({ vector: [text.length, 1] })),
          dispose: () => slots.close(),
        }
      },
      openRanking: async (opened: EmbeddingSpec) => {
        this.opened.push(opened)
        const slots = this.#slots(opened)
        return {
          contextSize: 10,
          rank: (query: string, texts: readonly string[], options: BatchOptions) => {
            this.queries.push(query)
            return this.#map(slots, texts, options, (text) => ({ score: 1 / text.length }))
          },
          dispose: () => slots.close(),
        }
      },
      dispose: async () => {},
    }
  }

  #slots({ slots }: EmbeddingSpec): TextSlots<number> {
    return new TextSlots(Array.from({ length: slots }, (_, index) => index))
  }

  #map<Result>(
    slots: TextSlots<number>,
    texts: readonly string[],
    options: BatchOptions,
    answer: (text: string) => Result,
  ) {
    this.truncates.push(options.truncate)
    return slots.map(texts, options, async (_, text) => {
      this.texts.push(text)
      await this.before?.(text)
      await setImmediate()
      return { ...answer(text), tokens: Math.min(text.length, 10), truncated: text.length > 10 }
    })
  }
}
