import {
  type ChatMessage,
  type Component,
  type InputsOf,
  type JsonObject,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  runHeld,
  t,
} from '@millrace/core'
import { aloneContext, countOf, messageOf, readParameters, typeOf } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { chatGenerator, conversationOf } from './chat-generator.ts'

/** A generator that failed, as the output `meta` says it. */
interface Failure {
  /** Its place in `generators`. */
  readonly index: number
  readonly type: string
  readonly error: unknown
}

/**
 * Asks the first of several chat generators that can answer: one after the other, until one does not fail. The small model
 * of this machine stands in for the large one, or for a server that is not there.
 *
 * What was streamed before a generator failed stays streamed; the chunks of the next one follow. An abort and a time limit of
 * the run end the component at once: nothing is asked then. All generators are loaded with the pipeline, and one that
 * cannot be loaded fails that; used alone they load when they are asked.
 *
 * @throws ComponentsError `GENERATORS_FAILED` with all causes when none can answer
 * @throws the reason of the signal, untouched, when that aborts
 * @example
 * const generator = new FallbackChatGenerator({
 *   generators: [new LlamaCppChatGenerator({ model: 'large.gguf' }), new LlamaCppChatGenerator({ model: 'small.gguf' })],
 * })
 */
export class FallbackChatGenerator implements Component {
  static readonly type = 'FallbackChatGenerator'
  static readonly description = 'Asks the first of several chat generators that can answer.'
  static readonly parameters = t.object({
    /** The chat generators, in the order in which they are asked. */
    generators: t.array(chatGenerator(), {
      minItems: 1,
      description: 'The chat generators, in the order in which they are asked.',
    }),
  })

  readonly inputs = {
    /** The conversation, or the text of one user message. */
    messages: t.described(
      t.union(t.array(t.message()), t.string()),
      'The conversation, or the text of one user message.',
    ),
    /** Options of this request, for each generator that is asked. */
    generationKwargs: t.optional(t.record(t.json()), {
      description: 'Options of this request, for each generator that is asked.',
    }),
    /** Replace those of the generators; an empty list means none. */
    tools: t.optional(t.tools(), {
      description: 'Replace those of the generators; an empty list means none.',
    }),
  }
  readonly outputs = {
    /** Of the generator that answered. */
    replies: t.array(t.message(), { description: 'Of the generator that answered.' }),
    /**
     * Which generator answered: successfulChatGeneratorIndex, successfulChatGeneratorType, totalAttempts; and
     * failedChatGenerators, with index, type and error.
     */
    meta: t.record(t.json(), {
      description:
        'Which generator answered: successfulChatGeneratorIndex, successfulChatGeneratorType, totalAttempts; and failedChatGenerators, with index, type and error.',
    }),
  }
  readonly initParameters: ParametersOf<typeof FallbackChatGenerator>

  constructor(given: ParametersOf<typeof FallbackChatGenerator>) {
    this.initParameters = readParameters(FallbackChatGenerator, given)
  }

  async run(
    { messages, generationKwargs, tools }: InputsOf<FallbackChatGenerator>,
    context: RunContext = aloneContext(FallbackChatGenerator),
  ): Promise<OutputsOf<FallbackChatGenerator>> {
    const request = { messages: conversationOf(messages), generationKwargs, tools }
    const failures: Failure[] = []
    for (const [index, generator] of this.initParameters.generators.entries()) {
      context.signal.throwIfAborted()
      const type = typeOf(generator)
      try {
        const { replies } = await runHeld(generator, request, context)
        if (failures.length > 0) context.warn('GENERATOR_FAILED', fallbackMessage(failures, type))
        const meta = {
          ...metaOf(failures),
          successfulChatGeneratorIndex: index,
          successfulChatGeneratorType: type,
        }
        return {
          replies: failures.length === 0 ? replies : replies.map((reply) => warned(reply, failures, type)),
          meta,
        }
      } catch (error) {
        context.signal.throwIfAborted()
        failures.push({ index, type, error })
      }
    }
    throw allFailed(failures)
  }
}

function metaOf(failures: readonly Failure[]): JsonObject {
  return {
    totalAttempts: failures.length + 1,
    failedChatGenerators: failures.map(({ index, type, error }) => ({
      index,
      type,
      error: messageOf(error),
    })),
  }
}

/** The reply with a warning in its meta, beside those that its generator put there. */
function warned(reply: ChatMessage, failures: readonly Failure[], type: string): ChatMessage {
  if (reply.role !== 'assistant') return reply
  const { warnings } = reply.meta ?? {}
  const known = Array.isArray(warnings) ? (warnings as readonly JsonObject[]) : []
  const warning = { code: 'GENERATOR_FAILED', message: fallbackMessage(failures, type) }
  return { ...reply, meta: { ...reply.meta, warnings: [...known, warning] } }
}

function fallbackMessage(failures: readonly Failure[], type: string): string {
  return `${type} answered, after ${countOf(failures.length, 'generator')} failed:${listOf(failures)}`
}

function allFailed(failures: readonly Failure[]): ComponentsError {
  const what =
    failures.length === 0
      ? 'There are no chat generators.'
      : failures.length === 1
        ? 'The one chat generator failed:'
        : `All ${failures.length} chat generators failed:`
  return new ComponentsError('GENERATORS_FAILED', `${what}${listOf(failures)}`, {
    cause: new AggregateError(failures.map(({ error }) => error)),
  })
}

function listOf(failures: readonly Failure[]): string {
  return failures
    .map(({ index, type, error }) => `\n  generators[${index}] (${type}): ${messageOf(error)}`)
    .join('')
}
