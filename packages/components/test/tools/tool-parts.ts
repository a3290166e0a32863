// Components that are made tools, and a call of such a tool.
import {
  ChatMessage,
  componentPackage,
  Document,
  defineComponent,
  type Finding,
  type InputsOf,
  type ParametersOf,
  Pipeline,
  Registry,
  type RunEvent,
  StreamingChunk,
  type Tool,
  ToolCall,
  t,
} from '@millrace/core'
import { standardComponents } from '../../src/standard-components.ts'
import { ToolInvoker } from '../../src/tools/tool-invoker.ts'

/** What happened to searches, in order. */
export const log: string[] = []

export class WebSearch {
  static readonly type = 'WebSearch'
  static readonly description = 'Searches the web.'
  static readonly parameters = t.object({ site: t.string({ default: 'all' }) })
  readonly inputs = {
    query: t.string({ description: 'What to look for.' }),
    topK: t.integer({ default: 3, minimum: 1 }),
    tools: t.optional(t.tools()),
    onHit: t.optional(t.callback()),
  }
  readonly outputs = { documents: t.array(t.document()), count: t.integer() }
  readonly initParameters: ParametersOf<typeof WebSearch>

  constructor(initParameters: ParametersOf<typeof WebSearch> = {}) {
    this.initParameters = initParameters
  }

  warmUp(): void {
    log.push('warm')
  }

  close(): void {
    log.push('close')
  }

  check(): Finding[] {
    return this.initParameters.site === 'gone'
      ? [{ level: 'error', code: 'GONE', message: 'No such site.', option: 'site' }]
      : []
  }

  run({ query, topK = 3 }: InputsOf<WebSearch>) {
    const hits = Array.from({ length: topK }, (_, hit) => Document.create({ content: `${query} ${hit}` }))
    return { documents: hits, count: hits.length }
  }
}

/** A model, as far as a tool sees one. */
export const Oracle = defineComponent({
  type: 'Oracle',
  description: 'Knows.',
  inputs: { messages: t.union(t.array(t.message()), t.string()), generationKwargs: t.optional(t.json()) },
  outputs: { replies: t.array(t.message()) },
  run: ({ messages }, { emit, modelCall, warn }) => {
    emit(StreamingChunk.create({ content: 'mumble' }))
    modelCall({ operation: 'chat', provider: 'oracle', model: 'm', durationMs: 1 })
    warn('VAGUE', 'it is vague')
    return { replies: [ChatMessage.assistant(`You said ${JSON.stringify(messages)}`)] }
  },
})

export const Listener = defineComponent({
  type: 'Listener',
  description: 'Listens.',
  inputs: { messages: t.array(t.message()), documents: t.array(t.document()), image: t.optional(t.image()) },
  outputs: { heard: t.string() },
  run: ({ messages, documents }) => ({
    heard: `${ChatMessage.text(messages[0])} and ${documents.map(({ content }) => content)}`,
  }),
})

export const Asker = defineComponent({
  type: 'Asker',
  description: 'Asks.',
  inputs: { text: t.string() },
  outputs: { text: t.string() },
  run: (_, context) =>
    context.pause({ questions: [{ id: 'q', kind: 'approval', prompt: 'May I?' }] }) as never,
})

/** What a model reads of one call, and what the run of the invoker reported. */
export async function call(tool: Tool, args: object, state?: Record<string, unknown>) {
  const events: RunEvent[] = []
  const pipeline = new Pipeline({ invoker: new ToolInvoker({ tools: [tool] }) })
  const calling = ChatMessage.assistant({
    toolCalls: [ToolCall.create({ name: tool.name, arguments: args as never })],
  })
  const { outputs } = await pipeline.run(
    { invoker: { messages: [calling], ...(state && { state }) } },
    { onEvent: (event) => void events.push(event) },
  )
  const [message] = outputs.invoker?.toolMessages ?? []
  const [answer] = ChatMessage.toolCallResults(message)
  return { result: answer?.result, error: answer?.error, state: outputs.invoker?.state, events }
}

const own = componentPackage({ name: 'own', components: [WebSearch, Listener] })
export const registry = new Registry([standardComponents, own])
