import {
  type Component,
  defineComponent,
  Pipeline,
  type PipelineOptions,
  type Sockets,
  t,
  type VisitTrace,
} from '@millrace/core'

/** A component with these sockets; it is only looked at. */
export function part(type: string, inputs: Sockets, outputs: Sockets): Component {
  return new (defineComponent({ type, inputs, outputs, run: () => ({}) }))()
}

/** The connections are written as in `a.out -> b.in`. */
export function pipelineOf(
  components: Readonly<Record<string, Component>>,
  connections: readonly string[] = [],
  options: PipelineOptions = {},
): Pipeline {
  const pipeline = new Pipeline(components, options)
  for (const connection of connections) {
    const [from, to] = connection.split(' -> ') as [`${string}.${string}`, `${string}.${string}`]
    pipeline.connect(from, to)
  }
  return pipeline
}

export function visit(component: string, more: Partial<VisitTrace> = {}): VisitTrace {
  return { component, type: 'Any', visit: 1, start: 0, durationMs: 10, inputs: {}, outputs: {}, ...more }
}

/** Two components; a default, a conversion, and something open on both sides. */
export function question(): Pipeline {
  return pipelineOf(
    {
      prompt: part(
        'PromptBuilder',
        { country: t.string({ description: 'Of which to ask.' }), style: t.string({ default: 'brief' }) },
        { prompt: t.string() },
      ),
      llm: part(
        'ChatGenerator',
        { messages: t.array(t.message()), tools: t.optional(t.tools()) },
        { replies: t.array(t.message()) },
      ),
    },
    ['prompt.prompt -> llm.messages'],
  )
}

/** Everything at once: a greedy and a variadic socket, a loop, conversions, and names of the pipeline. */
export function agent(): Pipeline {
  const messages = t.array(t.message())
  return pipelineOf(
    {
      prompt: part('PromptBuilder', { query: t.string() }, { prompt: t.string() }),
      joiner: part('BranchJoiner', { value: t.greedy(messages) }, { value: messages }),
      llm: part('ChatGenerator', { messages, tools: t.optional(t.tools()) }, { replies: messages }),
      router: part('ToolRouter', { messages }, { call: messages, answer: messages }),
      tools: part('ToolInvoker', { messages, retries: t.integer({ default: 2 }) }, { results: messages }),
      log: part(
        'Log',
        { lines: t.variadic(t.string()), level: t.integer({ default: 1 }) },
        { count: t.integer() },
      ),
    },
    [
      'prompt.prompt -> joiner.value',
      'joiner.value -> llm.messages',
      'llm.replies -> router.messages',
      'router.call -> tools.messages',
      'tools.results -> joiner.value',
      'router.answer -> log.lines',
      'prompt.prompt -> log.lines',
    ],
    { inputs: { question: ['prompt.query'] }, outputs: { lines: 'log.count' } },
  )
}

/** A chain of `size` components, where each third one also sends back two steps and forward three. */
export function chain(size: number): Pipeline {
  const components: Record<string, Component> = {}
  const connections: string[] = []
  for (let index = 0; index < size; index++) {
    components[`step${index}`] = part(
      'Step',
      { value: t.integer({ default: 0 }), extra: t.variadic(t.integer(), { default: [] }) },
      { value: t.integer() },
    )
    if (index > 0) connections.push(`step${index - 1}.value -> step${index}.value`)
    if (index % 3 === 2) connections.push(`step${index}.value -> step${index - 2}.extra`)
    if (index % 3 === 0 && index >= 3) connections.push(`step${index - 3}.value -> step${index}.extra`)
  }
  return pipelineOf(components, connections)
}
