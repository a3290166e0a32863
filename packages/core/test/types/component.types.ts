// The types that a component author meets.
import {
  type Component,
  type ComponentClass,
  componentPackage,
  defineComponent,
  type InputsOf,
  type OutputsOf,
  type ParametersOf,
  Pipeline,
  t,
} from '@millrace/core'
import type { Equal, Expect, Flat } from './expect.ts'
import { Model, type Prompt, Texts } from './parts.ts'

class Count implements Component {
  static readonly type = 'Count'
  static readonly parameters = t.object({ least: t.integer({ default: 1 }), unit: t.string() })
  readonly inputs = { text: t.string(), words: t.variadic(t.string(), { default: [] }) }
  readonly outputs = { count: t.integer(), note: t.optional(t.string()) }
  readonly initParameters: ParametersOf<typeof Count>
  constructor(initParameters: ParametersOf<typeof Count>) {
    this.initParameters = initParameters
  }
  run({ text, words = [] }: InputsOf<Count>): OutputsOf<Count> {
    return { count: text.length + words.length }
  }
}

export type Readers = [
  Expect<Equal<Flat<InputsOf<Count>>, { readonly text: string; readonly words?: readonly string[] }>>,
  Expect<Equal<Flat<OutputsOf<Count>>, { readonly count: number; readonly note?: string }>>,
  Expect<Equal<Flat<ParametersOf<typeof Count>>, { readonly unit: string; readonly least?: number }>>,
  Expect<Equal<OutputsOf<Prompt>['words'], number>>,
  Expect<Equal<InputsOf<Component>, { readonly [name: string]: unknown }>>,
]

// What `run` may return.
export class Outputs implements Component {
  readonly inputs = {}
  readonly outputs = { text: t.string(), count: t.integer(), note: t.optional(t.string()) }
  run(): OutputsOf<Outputs> {
    return { text: 'a', count: 1, note: 'b' }
  }
  wrongType(): OutputsOf<Outputs> {
    // @ts-expect-error a count is a number
    return { text: 'a', count: '1' }
  }
  wrongName(): OutputsOf<Outputs> {
    // @ts-expect-error there is no output 'txt'
    return { text: 'a', count: 1, txt: 'a' }
  }
  missing(): OutputsOf<Outputs> {
    // @ts-expect-error an output that is not optional is always given
    return { text: 'a' }
  }
  async later(): Promise<OutputsOf<Outputs>> {
    return { text: 'a', count: 1 }
  }
}

// What `run` gets.
export class Inputs implements Component {
  readonly inputs = { text: t.string(), limit: t.integer({ default: 1 }) }
  readonly outputs = {}
  run({ text, limit = 1 }: InputsOf<Inputs>): OutputsOf<Inputs> {
    return { ...[text.length, limit.toFixed()] }
  }
  // @ts-expect-error there is no input 'txt'
  wrongName({ txt }: InputsOf<Inputs>) {
    return txt
  }
  undefinedYet({ limit }: InputsOf<Inputs>) {
    // @ts-expect-error nobody may have given it when the component is used alone
    return limit.toFixed()
  }
}

// Parameters.
export const made = [
  new Count({ unit: 'words' }),
  new Count({ unit: 'words', least: 2 }),
  // @ts-expect-error 'unit' is mandatory
  new Count({ least: 2 }),
  // @ts-expect-error 'least' is a number
  new Count({ unit: 'words', least: '2' }),
  // @ts-expect-error there is no parameter 'units'
  new Count({ unit: 'words', units: 'words' }),
]

// A function as a component: its run is typed by the declarations.
const Shout = defineComponent({
  type: 'Shout',
  parameters: t.object({ mark: t.optional(t.string()) }),
  inputs: { text: t.string(), times: t.optional(t.literal(1, 2)) },
  outputs: { text: t.string(), loud: t.optional(t.boolean()) },
  run: ({ text, times }, { signal, visit }, { mark }) => {
    const seen: [string, 1 | 2 | undefined, AbortSignal, number, string | undefined] = [
      text,
      times,
      signal,
      visit,
      mark,
    ]
    return { text: String(seen) }
  },
})
const Strict = defineComponent({
  type: 'Strict',
  parameters: t.object({ limit: t.integer() }),
  inputs: {},
  outputs: {},
  run: (_inputs, _context, { limit }) => ({ ...[limit.toFixed()] }),
})
// Parameters are written as inputs are, too.
const Repeat = defineComponent({
  type: 'Repeat',
  parameters: { times: t.integer(), mark: t.string({ default: '!' }) },
  inputs: { text: t.string() },
  outputs: { text: t.string() },
  run: ({ text }, _context, { times, mark = '' }) => ({ text: text.repeat(times) + mark }),
})
export const repeated = [
  new Repeat({ times: 2 }),
  // @ts-expect-error a mandatory parameter
  new Repeat({ mark: '?' }),
  // @ts-expect-error 'times' is a number
  new Repeat({ times: '2' }),
]
export type Repeated = Expect<
  Equal<Flat<ParametersOf<typeof Repeat>>, { readonly times: number; readonly mark?: string }>
>

export const defined = [
  new Shout(),
  new Shout({ mark: '!' }),
  new Strict({ limit: 1 }),
  // @ts-expect-error a mark is a text
  new Shout({ mark: 1 }),
  // @ts-expect-error a mandatory parameter
  new Strict(),
]
export type Defined = [
  Expect<Equal<Flat<ParametersOf<typeof Shout>>, { readonly mark?: string }>>,
  Expect<
    Equal<Flat<InputsOf<InstanceType<typeof Shout>>>, { readonly text: string; readonly times?: 1 | 2 }>
  >,
  Expect<
    Equal<Flat<OutputsOf<InstanceType<typeof Shout>>>, { readonly text: string; readonly loud?: boolean }>
  >,
]
defineComponent({
  type: 'Wrong',
  inputs: {},
  outputs: { text: t.string() },
  // @ts-expect-error a text is no number
  run: () => ({ text: 1 }),
})
defineComponent({
  type: 'Wrong',
  inputs: { text: t.string() },
  outputs: {},
  // @ts-expect-error there is no input 'txt'
  run: ({ txt }) => ({ ...[txt] }),
})

// A component of a defined class has named sockets in a pipeline.
const pipeline = new Pipeline({ shout: new Shout(), model: new Model() })
pipeline.connect('shout.text', 'model.messages')
// @ts-expect-error 'shout' has no output 'txt'
pipeline.connect('shout.txt', 'model.messages')

// What a package lists.
const untyped = class implements Component {
  readonly inputs = {}
  readonly outputs = {}
  run() {
    return {}
  }
}
export const classes: readonly ComponentClass[] = [Count, Shout, Strict, Texts]
export const packaged = [
  componentPackage({ name: 'acme', components: [Count, Shout] }),
  // @ts-expect-error a class without a type
  componentPackage({ name: 'acme', components: [untyped] }),
  // @ts-expect-error a component is not its class
  componentPackage({ name: 'acme', components: [new Shout()] }),
]
