// Components that the type tests connect. Nothing here is ever run.
import {
  ChatMessage,
  type Component,
  defineComponent,
  type InputsOf,
  type OutputsOf,
  Pipeline,
  type Sockets,
  t,
} from '@millrace/core'

export class Prompt implements Component {
  readonly inputs = { country: t.string(), tone: t.string({ default: 'dry' }) }
  readonly outputs = { prompt: t.array(t.message()), words: t.integer() }
  run({ country }: InputsOf<Prompt>): OutputsOf<Prompt> {
    return { prompt: [ChatMessage.user(country)], words: 1 }
  }
}

export class Model implements Component {
  readonly inputs = {
    messages: t.array(t.message()),
    seed: t.optional(t.union(t.integer(), t.null())),
    hints: t.variadic(t.string(), { default: [] }),
  }
  readonly outputs = { replies: t.array(t.message()), reply: t.message(), usage: t.json() }
  run({ messages }: InputsOf<Model>): OutputsOf<Model> {
    return { replies: messages, reply: ChatMessage.user('a'), usage: null }
  }
}

export const Texts = defineComponent({
  type: 'Texts',
  inputs: {
    text: t.string(),
    maybe: t.optional(t.string()),
    nullable: t.union(t.string(), t.null()),
    list: t.array(t.string()),
    lists: t.array(t.array(t.string())),
    message: t.message(),
    mode: t.optional(t.literal('fast', 'slow')),
    either: t.union(t.string(), t.message()),
    any: t.unknown(),
    json: t.json(),
    numbers: t.array(t.number()),
    anything: t.array(t.unknown()),
    jsons: t.array(t.json()),
    first: t.greedy(t.string()),
    cache: t.optional(t.custom<Map<string, string>>('Cache', (value) => value instanceof Map)),
  },
  outputs: {
    text: t.string(),
    nullable: t.union(t.string(), t.null()),
    list: t.array(t.string()),
    mode: t.literal('fast', 'slow'),
    lists: t.union(t.array(t.string()), t.array(t.message())),
    oneOrMany: t.union(t.integer(), t.array(t.integer())),
    any: t.unknown(),
    cache: t.custom<Map<string, string>>('Cache', (value) => value instanceof Map),
    document: t.document(),
  },
  run: () => {
    throw new Error('never run')
  },
})

/** A component whose sockets come from its parameters. */
export class Router implements Component {
  readonly inputs: Sockets
  readonly outputs: Sockets
  constructor(names: readonly string[]) {
    this.inputs = Object.fromEntries(names.map((name) => [name, t.unknown()]))
    this.outputs = this.inputs
  }
  run(inputs: InputsOf<Router>): OutputsOf<Router> {
    return inputs
  }
}

export function makePipeline() {
  return new Pipeline({ prompt: new Prompt(), llm: new Model(), texts: new Texts(), more: new Texts() })
}
