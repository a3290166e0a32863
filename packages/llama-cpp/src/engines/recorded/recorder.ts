import type { RecordedAnswer } from './recorded-answer.ts'
import { hashOf, type RecordedRequest } from './recorded-request.ts'
import { writeRecording } from './recording-file.ts'
import type { RecordingFolder } from './recording-folder.ts'

interface AskedBefore {
  /** In the order in which they were asked; undefined where there is no answer yet, or none to keep. */
  readonly answers: (RecordedAnswer | undefined)[]
  writing: Promise<void>
}

/** Writes answers down. What was in a file before the first answer of this process is replaced. */
export class Recorder {
  readonly #folder: RecordingFolder
  readonly #asked = new Map<string, AskedBefore>()

  constructor(folder: RecordingFolder) {
    this.#folder = folder
  }

  /** Takes the place of an answer among those to equal requests. The function that comes back fills it. */
  begin(request: RecordedRequest): (answer: RecordedAnswer) => Promise<void> {
    const hash = hashOf(request)
    const asked = this.#asked.get(hash) ?? { answers: [], writing: Promise.resolve() }
    this.#asked.set(hash, asked)
    const place = asked.answers.push(undefined) - 1
    return (answer) => {
      asked.answers[place] = answer
      const path = this.#folder.fileOf(request)
      const write = () => writeRecording(path, request, withoutRepeats(asked.answers))
      // One after the other, also after one that failed.
      asked.writing = asked.writing.then(write, write)
      return asked.writing
    }
  }
}

/** The last answer is given again and again, so it need not be there more than once. */
function withoutRepeats(answers: readonly (RecordedAnswer | undefined)[]): RecordedAnswer[] {
  const given = answers.filter((answer) => answer !== undefined)
  const texts = given.map((answer) => JSON.stringify(answer))
  let end = given.length
  while (end > 1 && texts[end - 1] === texts[end - 2]) end--
  return given.slice(0, end)
}
