import type { RecordedAnswer } from './recorded-answer.ts'
import { hashOf, type RecordedRequest } from './recorded-request.ts'
import type { Recording } from './recording-file.ts'
import type { RecordingFolder } from './recording-folder.ts'

/** Gives recorded answers: to equal requests one after the other, and the last again and again. */
export class Replayer {
  readonly #folder: RecordingFolder
  readonly #read = new Map<string, Promise<Recording>>()
  readonly #given = new Map<string, number>()

  constructor(folder: RecordingFolder) {
    this.#folder = folder
  }

  /** @throws LlamaCppError `RECORDING_MISSING`, `RECORDING_INVALID` */
  async next(request: RecordedRequest): Promise<RecordedAnswer> {
    const hash = hashOf(request)
    const place = this.#given.get(hash) ?? 0
    this.#given.set(hash, place + 1)
    const reading = this.#read.get(hash) ?? this.#folder.find(request)
    this.#read.set(hash, reading)
    try {
      const { answers } = await reading
      return answers[Math.min(place, answers.length - 1)] as RecordedAnswer
    } catch (error) {
      // It may have been recorded by the next time.
      this.#read.delete(hash)
      this.#given.delete(hash)
      throw error
    }
  }
}
