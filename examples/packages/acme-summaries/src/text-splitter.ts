import { defineComponent, t } from '@millrace/core'
import { splitText } from './split-text.ts'
import { SummaryError } from './summary-error.ts'

const question = 'length'

/**
 * Divides a text into parts that a model can read, at the ends of paragraphs or sentences. Each part is a request to a model:
 * before there are too many, the run pauses and asks.
 *
 * @throws SummaryError `SUMMARY_REFUSED` when the answer is neither `all` nor `first`
 * @example
 * new TextSplitter({ maxCharacters: 2000 }).run({ text })
 */
export const TextSplitter = defineComponent({
  type: 'TextSplitter',
  description: 'Divides a text into parts that a model can read, and asks before there are too many.',
  parameters: {
    /** The most characters of a part. A token is about four of them in English. */
    maxCharacters: t.integer({
      default: 3000,
      minimum: 100,
      description: 'The most characters of a part. A token is about four of them in English.',
    }),
    /** With more parts than this the run pauses, and asks. */
    maxParts: t.integer({
      default: 50,
      minimum: 1,
      description: 'With more parts than this the run pauses, and asks.',
    }),
  },
  inputs: {
    /** The text. */
    text: t.string({ description: 'The text.' }),
  },
  outputs: {
    /** The parts in order. */
    parts: t.array(t.string(), { description: 'The parts in order.' }),
  },
  run({ text }, context, { maxCharacters = 3000, maxParts = 50 }) {
    const parts = splitText(text, maxCharacters)
    if (parts.length <= maxParts) return { parts }
    const answer = context.resumed?.answers[question]
    if (answer === undefined) {
      return context.pause({
        questions: [
          {
            id: question,
            kind: 'choice',
            prompt: `The text has ${parts.length} parts, each of which is a request to the model. Summarize all, or the first ${maxParts}?`,
            data: { parts: parts.length, maxParts, answers: ['all', 'first'] },
          },
        ],
      })
    }
    if (answer === 'all') return { parts }
    if (answer === 'first') {
      context.warn('TEXT_CUT', `of ${parts.length} parts the last ${parts.length - maxParts} were left out.`)
      return { parts: parts.slice(0, maxParts) }
    }
    throw new SummaryError(
      'SUMMARY_REFUSED',
      `The text has ${parts.length} parts, and the answer was ${JSON.stringify(answer)}, neither "all" nor "first".`,
    )
  },
})
