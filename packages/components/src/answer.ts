import { t, type ValueOf } from '@millrace/core'

/** The type of an answer, for sockets. */
export const answerSocket = t.object({
  /** The answer. */
  data: t.string({ description: 'The answer.' }),
  /** What was asked. */
  query: t.string({ description: 'What was asked.' }),
  /** What the answer is taken from. */
  documents: t.array(t.document(), { description: 'What the answer is taken from.' }),
  /** What the generator says of the reply, and what was found in it. */
  meta: t.record(t.json(), {
    description: 'What the generator says of the reply, and what was found in it.',
  }),
  /** How good it is, on the scale of whoever made it. */
  score: t.optional(t.number(), { description: 'How good it is, on the scale of whoever made it.' }),
})

/** A reply of a model with the question and the documents that it belongs to. */
export type Answer = ValueOf<typeof answerSocket>
