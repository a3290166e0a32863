import {
  ChatMessage,
  type Component,
  type InputsOf,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  StreamingChunk,
  t,
} from '@millrace/core'
import { aloneContext } from '@millrace/core/component'

/** Answers what it was made with, or fails with it, and remembers what it was asked. */
export class ExampleChatGenerator implements Component {
  static readonly type = 'ExampleChatGenerator'
  static readonly parameters = t.object({ reply: t.optional(t.string()), error: t.optional(t.string()) })
  readonly inputs = {
    messages: t.union(t.array(t.message()), t.string()),
    generationKwargs: t.optional(
      t.object({ seed: t.optional(t.integer()), responseFormat: t.optional(t.json()) }),
    ),
    tools: t.optional(t.tools()),
  }
  readonly outputs = { replies: t.array(t.message()) }
  readonly initParameters: ParametersOf<typeof ExampleChatGenerator>
  readonly asked: InputsOf<ExampleChatGenerator>[] = []

  constructor(initParameters: ParametersOf<typeof ExampleChatGenerator> = {}) {
    this.initParameters = initParameters
  }

  run(
    inputs: InputsOf<ExampleChatGenerator>,
    { signal, emit }: RunContext = aloneContext(ExampleChatGenerator),
  ): OutputsOf<ExampleChatGenerator> {
    signal.throwIfAborted()
    this.asked.push(inputs)
    const { reply = 'Hello.', error } = this.initParameters
    emit(StreamingChunk.create({ content: error ?? reply }))
    if (error !== undefined) throw new Error(error)
    return { replies: [ChatMessage.assistant(reply)] }
  }
}
