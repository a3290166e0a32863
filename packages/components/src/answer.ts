import { t, type ValueOf } from '@millrace/core'

/** The type of an answer, for sockets. */
export const answerSocket = t.object({
  data: t.string({ description: 'The answer.' }),
  query: t.string({ description: 'What was asked.' }),
  documents: t.array(t.document(), { description: 'What the answer is taken from.' }),
  meta: t.record(t.json(), {
    description: 'What the generator says of the reply, and what was found in it.',
  }),
  score: t.optional(t.number(), { description: 'How good it is, on the scale of whoever made it.' }),
})

/** A reply of a model with the question and the documents that it belongs to. */
export type Answer = ValueOf<typeof answerSocket>
