import {
  ChatMessage,
  type Component,
  type Document,
  type InputsOf,
  type JsonObject,
  type JsonValue,
  type ParametersOf,
  type RunContext,
  t,
} from '@millrace/core'
import { LinearPattern, messageOf, readParameters } from '@millrace/core/component'
import { type Answer, answerSocket } from '../answer.ts'
import { ComponentsError } from '../errors.ts'
import { type References, referencesIn } from './references.ts'

/**
 * Makes answers of the replies of a model: each with its question, its metadata, and the documents that it is taken from.
 *
 * `pattern` cuts the answer out of the reply: its group, or the whole match; nothing where it does not match.
 * `referencePattern`, such as `\[(\d+)\]`, finds the numbers of documents in the reply, counted from 1, and the answer has
 * those alone, or all of them with `meta.referenced`. Numbers that no document has are in `meta.unknownReferences` of the
 * answer. The documents are copies, with their number in `meta.sourceIndex`.
 *
 * @example
 * const builder = new AnswerBuilder({ referencePattern: '\\[(\\d+)\\]' })
 * const { answers } = await builder.run({ query: 'Where is Paris?', replies: ['In France [2].'], documents })
 */
export class AnswerBuilder implements Component {
  static readonly type = 'AnswerBuilder'
  static readonly description =
    'Makes answers of replies: with the question, the metadata, and the documents that they refer to.'
  static readonly parameters = t.object({
    /** A regular expression for the answer in a reply, with one group at most. All of the reply without it. */
    pattern: t.optional(t.string(), {
      description:
        'A regular expression for the answer in a reply, with one group at most. All of the reply without it.',
    }),
    /** A regular expression for numbers of documents in a reply, such as \[(\d+)\]. */
    referencePattern: t.optional(t.string(), {
      description: 'A regular expression for numbers of documents in a reply, such as \\[(\\d+)\\].',
    }),
    /** Whether the last reply alone is an answer. */
    lastMessageOnly: t.boolean({ default: false, description: 'Whether the last reply alone is an answer.' }),
    /** Whether an answer has those documents alone that it refers to. Needs referencePattern. */
    returnOnlyReferencedDocuments: t.boolean({
      default: true,
      description: 'Whether an answer has those documents alone that it refers to. Needs referencePattern.',
    }),
    /** Whether [2-4] and [1,3] refer to several documents. Needs referencePattern. */
    expandReferenceRanges: t.boolean({
      default: false,
      description: 'Whether [2-4] and [1,3] refer to several documents. Needs referencePattern.',
    }),
  })

  readonly initParameters: ParametersOf<typeof AnswerBuilder>
  readonly inputs = {
    /** What was asked. */
    query: t.string({ description: 'What was asked.' }),
    /** The replies of a generator, as texts or messages. */
    replies: t.described(
      t.union(t.array(t.string()), t.array(t.message())),
      'The replies of a generator, as texts or messages.',
    ),
    /** Metadata for each reply. That of messages is taken without it. */
    meta: t.optional(t.array(t.record(t.json())), {
      description: 'Metadata for each reply. That of messages is taken without it.',
    }),
    /** What the model was given to answer from. */
    documents: t.optional(t.array(t.document()), { description: 'What the model was given to answer from.' }),
    /** Replaces that of the component. */
    pattern: t.optional(t.string(), { description: 'Replaces that of the component.' }),
    /** Replaces that of the component. */
    referencePattern: t.optional(t.string(), { description: 'Replaces that of the component.' }),
  }
  readonly outputs = {
    /** One for each reply. */
    answers: t.array(answerSocket, { description: 'One for each reply.' }),
  }

  /** @throws ComponentsError `PATTERN_INVALID` */
  constructor(given: ParametersOf<typeof AnswerBuilder> = {}) {
    const parameters = readParameters(AnswerBuilder, given)
    this.initParameters = parameters
    if (parameters.pattern !== undefined) compilePattern(parameters.pattern, 'pattern')
    if (parameters.referencePattern !== undefined)
      compilePattern(parameters.referencePattern, 'referencePattern')
  }

  /** @throws ComponentsError `ANSWER_INVALID` or `PATTERN_INVALID` */
  async run(
    {
      query,
      replies,
      meta,
      documents = [],
      pattern = this.initParameters.pattern,
      referencePattern = this.initParameters.referencePattern,
    }: InputsOf<AnswerBuilder>,
    context?: RunContext,
  ): Promise<{ readonly answers: readonly Answer[] }> {
    if (meta !== undefined && meta.length > 0 && meta.length !== replies.length) {
      throw new ComponentsError(
        'ANSWER_INVALID',
        `'meta' has ${meta.length} entries, and 'replies' ${replies.length}. Give one for each reply.`,
      )
    }
    const { lastMessageOnly = false, expandReferenceRanges = false } = this.initParameters
    const answer = pattern === undefined ? undefined : compilePattern(pattern, 'pattern')
    const reference =
      referencePattern === undefined ? undefined : compilePattern(referencePattern, 'referencePattern')
    const first = lastMessageOnly ? Math.max(0, replies.length - 1) : 0
    const answers: Answer[] = []
    for (const [index, reply] of replies.slice(first).entries()) {
      const text = typeof reply === 'string' ? reply : ChatMessage.texts(reply).join('')
      const own = typeof reply === 'string' ? {} : reply.meta
      const references =
        reference &&
        (await referencesIn(text, reference, documents.length, expandReferenceRanges, context?.signal))
      answers.push({
        data: answer === undefined ? text : matchOf(text, answer),
        query,
        documents: this.#documents(documents, references),
        meta: {
          ...own,
          ...meta?.[first + index],
          ...unknownReferences(references),
          allMessages: replies as unknown as JsonValue,
        },
      })
    }
    return { answers }
  }

  #documents(documents: readonly Document[], references: References | undefined): Document[] {
    const { returnOnlyReferencedDocuments = true } = this.initParameters
    const numbered = documents.map((document, index): Document => {
      const isReferenced = references?.indexes.has(index)
      const referenced: JsonObject = isReferenced === undefined ? {} : { referenced: isReferenced }
      return { ...document, meta: { ...document.meta, sourceIndex: index + 1, ...referenced } }
    })
    if (references === undefined || !returnOnlyReferencedDocuments) return numbered
    return numbered.filter((_, index) => references.indexes.has(index))
  }
}

function unknownReferences(references: References | undefined): JsonObject {
  return references === undefined || references.unknown.length === 0
    ? {}
    : { unknownReferences: references.unknown }
}

function matchOf(text: string, pattern: LinearPattern): string {
  const match = pattern.first(text)
  return match?.group ?? match?.text ?? ''
}

function compilePattern(source: string, option: string): LinearPattern {
  let pattern: LinearPattern
  try {
    pattern = new LinearPattern(source)
  } catch (cause) {
    throw new ComponentsError('PATTERN_INVALID', `'${option}' cannot be read: ${messageOf(cause)}.`, {
      option,
      cause,
    })
  }
  if (pattern.groups <= 1) return pattern
  throw new ComponentsError(
    'PATTERN_INVALID',
    `'${option}' has ${pattern.groups} groups, and only one can be the answer. Write the others as (?:…).`,
    { option },
  )
}
