import { type Component, type InputsOf, type ParametersOf, t } from '@millrace/core'
import { readParameters } from '@millrace/core/component'
import { type Answer, answerSocket } from '../answer.ts'

/**
 * Makes one list of the answers of several generators, in the order of the connections, or the best ones first.
 *
 * @example
 * const pipeline = new Pipeline({ small, large, join: new AnswerJoiner({ topK: 3, sortByScore: true }) })
 *   .connect('small.answers', 'join.answers')
 *   .connect('large.answers', 'join.answers')
 */
export class AnswerJoiner implements Component {
  static readonly type = 'AnswerJoiner'
  static readonly description = 'Makes one list of the answers that its senders send.'
  static readonly parameters = t.object({
    /** How many answers are kept. All without it. */
    topK: t.optional(t.integer({ minimum: 1 }), {
      description: 'How many answers are kept. All without it.',
    }),
    /** Whether the answers with the highest score come first; those without one come last. */
    sortByScore: t.boolean({
      default: false,
      description: 'Whether the answers with the highest score come first; those without one come last.',
    }),
  })

  readonly initParameters: ParametersOf<typeof AnswerJoiner>
  readonly inputs = {
    /** The answers. */
    answers: t.variadic(t.array(answerSocket), { description: 'The answers.' }),
    /** How many answers are kept in this run. */
    topK: t.optional(t.integer({ minimum: 0 }), { description: 'How many answers are kept in this run.' }),
  }
  readonly outputs = {
    /** All answers, or the first of them. */
    answers: t.array(answerSocket, { description: 'All answers, or the first of them.' }),
  }

  constructor(given: ParametersOf<typeof AnswerJoiner> = {}) {
    const parameters = readParameters(AnswerJoiner, given)
    this.initParameters = parameters
  }

  run({ answers, topK = this.initParameters.topK }: InputsOf<AnswerJoiner>): {
    readonly answers: readonly Answer[]
  } {
    const all = answers.flat()
    if (this.initParameters.sortByScore === true) all.sort((a, b) => scoreOf(b) - scoreOf(a) || 0)
    return { answers: topK === undefined ? all : all.slice(0, topK) }
  }
}

function scoreOf({ score = Number.NEGATIVE_INFINITY }: Answer): number {
  return score
}
