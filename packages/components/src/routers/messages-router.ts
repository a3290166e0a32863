import {
  ChatMessage,
  type Component,
  type InputsOf,
  type JsonObject,
  type OptionalSocket,
  type RunContext,
  runHeld,
  type Socket,
  t,
} from '@millrace/core'
import { aloneContext, readParameters, typeOf } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { type ChatGenerator, chatGenerator, conversationOf } from '../generators/chat-generator.ts'
import { JsonReader } from '../json-reader.ts'

export interface MessagesRouterParameters<Label extends string = string> {
  /** Classifies the messages. It needs the input generationKwargs, with which it is held to the labels. */
  readonly generator: ChatGenerator
  /** What each label means, by the name of the output where the messages go. */
  readonly labels: { readonly [name in Label]: string }
  /**
   * Stands before the messages. Without it: a text that lists the labels with what they mean.
   *
   * @defaultValue a text that lists the labels with what they mean
   */
  readonly systemPrompt?: string
}

type Routed<Label extends string> = { readonly [name in Label]?: readonly ChatMessage[] } & {
  readonly label: string
}

/**
 * Asks a model which of several labels fits a conversation, and sends that the way of the label. The model is held to the
 * labels by `generationKwargs.responseFormat`, so that it can answer nothing else.
 *
 * @throws ComponentsError `ROUTE_INVALID` for labels that cannot be outputs, and a generator that cannot be held to them
 * @throws ComponentsError `ROUTE_NOT_FOUND` for a reply without a label, such as one that was cut off
 * @example
 * const router = new MessagesRouter({
 *   generator: new LlamaCppChatGenerator({ model: 'model.gguf', generationKwargs: { temperature: 0 } }),
 *   labels: { complaint: 'The customer is angry.', praise: 'The customer is happy.' },
 * })
 */
export class MessagesRouter<const Label extends string> implements Component {
  static readonly type = 'MessagesRouter'
  static readonly description = 'Sends messages the way of a label that a model chooses.'
  static readonly parameters = t.object({
    generator: chatGenerator(
      'Classifies the messages. It needs the input generationKwargs, with which it is held to the labels.',
    ),
    /** What each label means, by the name of the output where the messages go. */
    labels: t.record(t.string(), {
      description: 'What each label means, by the name of the output where the messages go.',
    }),
    /** Stands before the messages. Without it: a text that lists the labels with what they mean. */
    systemPrompt: t.optional(t.string(), {
      description:
        'Stands before the messages. Without it: a text that lists the labels with what they mean.',
    }),
  })

  readonly inputs = {
    /** The conversation, or the text of one user message. */
    messages: t.described(
      t.union(t.array(t.message()), t.string()),
      'The conversation, or the text of one user message.',
    ),
  }
  readonly outputs: { readonly [name in Label]: OptionalSocket<readonly ChatMessage[]> } & {
    readonly label: Socket<string>
  }
  readonly initParameters: MessagesRouterParameters<Label>
  readonly #reader: JsonReader
  readonly #schema: JsonObject

  constructor(given: MessagesRouterParameters<Label>) {
    const parameters = readParameters(MessagesRouter, given)
    this.initParameters = parameters
    const labels = Object.keys(parameters.labels)
    checkLabels(labels)
    checkGenerator(parameters.generator)
    this.#schema = {
      type: 'object',
      properties: { label: { enum: labels } },
      required: ['label'],
      additionalProperties: false,
    }
    this.#reader = new JsonReader(this.#schema, 'labels')
    const route = t.optional(t.array(t.message()))
    this.outputs = {
      ...Object.fromEntries(labels.map((name) => [name, route])),
      /** The label that the model chose. */
      label: t.string({ description: 'The label that the model chose.' }),
    } as never
  }

  async run(
    { messages }: InputsOf<MessagesRouter<Label>>,
    context: RunContext = aloneContext(MessagesRouter),
  ): Promise<Routed<Label>> {
    const { generator, labels, systemPrompt = promptOf(labels) } = this.initParameters
    const conversation = conversationOf(messages)
    const request = {
      messages: [ChatMessage.system(systemPrompt), ...conversation.filter(({ role }) => role !== 'system')],
      generationKwargs: { responseFormat: { type: 'jsonObject', schema: this.#schema } },
    }
    const { replies } = await runHeld(generator, request, context, { streams: false })
    const [reply] = replies
    const text = (reply && ChatMessage.text(reply)) ?? ''
    const read = this.#reader.read(
      text,
      reply?.role === 'assistant' && reply.meta?.['finishReason'] === 'length',
    )
    if (read.problems !== undefined) {
      throw new ComponentsError(
        'ROUTE_NOT_FOUND',
        `${typeOf(generator)} chose no label: ${read.problems.join(' ')}`,
      )
    }
    const { label } = read.data as { readonly label: Label }
    return { [label]: conversation, label } as unknown as Routed<Label>
  }
}

function checkLabels(labels: readonly string[]): void {
  const problem =
    labels.length < 2
      ? 'has fewer than two labels, so that there is nothing to choose'
      : labels.includes('label')
        ? "has a label 'label', an output that every MessagesRouter has"
        : undefined
  if (problem !== undefined) throw invalid(`'labels' ${problem}.`, 'labels')
}

/** Undefined where the parameters are wrong in another way, which is checked when the component gets into a pipeline. */
function checkGenerator(generator: ChatGenerator | undefined): void {
  if (generator?.inputs === undefined || 'generationKwargs' in generator.inputs) return
  const message = `'generator' (${typeOf(generator)}) has no input 'generationKwargs', so that nothing could hold it to the labels.`
  throw invalid(message, 'generator')
}

function invalid(message: string, option: string): ComponentsError {
  return new ComponentsError('ROUTE_INVALID', message, { option })
}

function promptOf(labels: Readonly<Record<string, string>>): string {
  const list = Object.entries(labels).map(([name, meaning]) => `- ${name}: ${meaning}`)
  return `Choose the label that fits best. Answer with JSON alone: {"label": "…"}. The labels are:\n${list.join('\n')}`
}
