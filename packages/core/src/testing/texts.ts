import type { Component, ParametersOf } from '../component/component.ts'
import { defineComponent } from '../component/define-component.ts'
import type { Sockets } from '../component/socket.ts'
import { t } from '../component/t.ts'
import { StreamingChunk } from '../data/streaming-chunk.ts'

/** Streams `Hello! The value is 3.` as one chunk: for tests of what listens to a run. */
export const Greet = defineComponent({
  type: 'Greet',
  description: 'Passes a number on and greets.',
  parameters: t.object({
    message: t.string({
      default: 'Hello! The value is {value}.',
      description: 'The text; {value} is the number.',
    }),
  }),
  inputs: { value: t.integer(), message: t.optional(t.string()) },
  outputs: { value: t.integer() },
  run: ({ value, message }, context, { message: fixed = 'Hello! The value is {value}.' }) => {
    context.emit(StreamingChunk.create({ content: (message ?? fixed).replaceAll('{value}', String(value)) }))
    return { value }
  },
})

export const Hello = defineComponent({
  type: 'Hello',
  description: 'Greets a word.',
  inputs: { word: t.string() },
  outputs: { output: t.string() },
  run: ({ word }) => ({ output: `Hello, ${word}!` }),
})

export const Concatenate = defineComponent({
  type: 'Concatenate',
  description: 'Puts two texts, or two lists of texts, into one list.',
  inputs: {
    first: t.union(t.string(), t.array(t.string())),
    second: t.union(t.string(), t.array(t.string())),
  },
  outputs: { value: t.array(t.string()) },
  run: ({ first, second }) => ({ value: [first, second].flat() }),
})

export const TextSplitter = defineComponent({
  type: 'TextSplitter',
  description: 'Splits a sentence into its words.',
  inputs: { sentence: t.string() },
  outputs: { output: t.array(t.string()) },
  run: ({ sentence }) => ({ output: sentence.split(/\s+/).filter((word) => word !== '') }),
})

/** Variadic over texts. */
export const StringJoiner = defineComponent({
  type: 'StringJoiner',
  description: 'Joins the texts of all its senders with spaces.',
  inputs: { strings: t.variadic(t.string()) },
  outputs: { output: t.string() },
  run: ({ strings }) => ({ output: strings.join(' ') }),
})

/** Variadic over lists. */
export const StringListJoiner = defineComponent({
  type: 'StringListJoiner',
  description: 'Joins the lists of all its senders into one.',
  inputs: { lists: t.variadic(t.array(t.string())) },
  outputs: { output: t.array(t.string()) },
  run: ({ lists }) => ({ output: lists.flat() }),
})

const PLACE = /\{([A-Za-z_]\w*)\}/g

/** A template whose `{places}` are inputs. The smallest component that makes its sockets from its parameters. */
export class FString implements Component {
  static readonly type = 'FString'
  static readonly description = 'Fills the places of a template.'
  static readonly parameters = t.object({
    template: t.string({
      description: 'Each {name} in it is an input. An input called template goes before it.',
    }),
    optional: t.array(t.string(), {
      default: [],
      description: 'The places that stay empty when there is no value.',
    }),
  })
  readonly inputs: Sockets
  readonly outputs = { string: t.string() }
  readonly initParameters: ParametersOf<typeof FString>

  constructor(initParameters: ParametersOf<typeof FString>) {
    this.initParameters = initParameters
    const { template, optional = [] } = initParameters
    const places = [...new Set([...template.matchAll(PLACE)].map(([, name = '']) => name))]
    this.inputs = {
      ...Object.fromEntries(
        places.map((name) => [name, optional.includes(name) ? t.optional(t.unknown()) : t.unknown()]),
      ),
      template: t.optional(t.string()),
    }
  }

  run({ template, ...values }: Readonly<Record<string, unknown>>): { readonly string: string } {
    const text = typeof template === 'string' ? template : this.initParameters.template
    return { string: text.replace(PLACE, (_, name) => String(values[name] ?? '')) }
  }
}
