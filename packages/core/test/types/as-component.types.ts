// What the compiler knows of a pipeline that is a component of another one.

import type { InputsOf, OutputsOf } from '@millrace/core'
import { Pipeline, type Sockets, t } from '@millrace/core'
import type { Equal, Expect, Flat } from './expect.ts'
import { Model, makePipeline, Prompt, Router, Texts } from './parts.ts'

const inner = makePipeline()

const mapped = inner.asComponent({
  inputs: { country: ['prompt.country'], all: ['texts.text', 'more.any'], seed: ['llm.seed'] },
  outputs: { 'llm.replies': 'answers', 'prompt.words': 'count' },
})
type Mapped = typeof mapped
export type KnownSockets = [
  Expect<Equal<keyof Mapped['inputs'], 'country' | 'all' | 'seed'>>,
  Expect<Equal<keyof Mapped['outputs'], 'answers' | 'count'>>,
  Expect<
    Equal<
      Flat<InputsOf<Mapped>>,
      { readonly country: string; readonly all: string; readonly seed?: number | null }
    >
  >,
  Expect<Equal<OutputsOf<Mapped>['count'], number>>,
]

// Variadic inputs take one value, several sockets only what fits all of them.
const merged = inner.asComponent({
  inputs: { hint: ['llm.hints'], mode: ['texts.mode', 'texts.text'], first: ['texts.first'] },
})
type Merged = typeof merged
export type MergedSockets = [
  Expect<
    Equal<
      Flat<InputsOf<Merged>>,
      { readonly hint?: string; readonly mode: 'fast' | 'slow'; readonly first: string }
    >
  >,
  Expect<Equal<Merged['outputs'], Sockets>>,
]

// Wrong paths.
// @ts-expect-error there is no component 'promt'
inner.asComponent({ inputs: { country: ['promt.country'] } })
// @ts-expect-error there is no input 'contry'
inner.asComponent({ inputs: { country: ['prompt.contry'] } })
// @ts-expect-error an output is no input
inner.asComponent({ inputs: { country: ['prompt.words'] } })
// @ts-expect-error an input reaches a list of sockets
inner.asComponent({ inputs: { country: 'prompt.country' } })
// @ts-expect-error there is no output 'repleis'
inner.asComponent({ outputs: { 'llm.repleis': 'answers' } })
// @ts-expect-error there is no output 'repleis', and another that is right does not hide it
inner.asComponent({ outputs: { 'llm.repleis': 'answers', 'prompt.words': 'count' } })
// @ts-expect-error a name is a text
inner.asComponent({ outputs: { 'llm.replies': 1 } })

// In the pipeline around it.
const outer = new Pipeline({ sub: mapped, texts: new Texts(), prompt: new Prompt(), llm: new Model() })
outer.connect('texts.text', 'sub.country')
outer.connect('sub.answers', 'llm.messages')
outer.connect('sub.count', 'llm.seed')
// @ts-expect-error 'sub' has no input 'contry'
outer.connect('texts.text', 'sub.contry')
// @ts-expect-error 'sub' has no output 'replies'
outer.connect('sub.replies', 'llm.messages')
// @ts-expect-error a number is no text
outer.connect('prompt.words', 'sub.country')
// @ts-expect-error messages are no number
outer.connect('sub.answers', 'llm.seed')

export async function run() {
  const result = await outer.run({ sub: { country: 'France', seed: 1 } })
  // @ts-expect-error a country is a text
  await outer.run({ sub: { country: 1 } })
  return [result.get('sub.count').toFixed(), result.outputs.sub?.answers?.[0]?.role]
}

// Three deep, by the names that each gives.
const deep = new Pipeline({
  outer: outer.asComponent({ inputs: { land: ['sub.country'] }, outputs: { 'sub.count': 'n' } }),
})
const deepest = deep.asComponent({ inputs: { where: ['outer.land'] }, outputs: { 'outer.n': 'number' } })
export type Deep = [
  Expect<Equal<Flat<InputsOf<typeof deepest>>, { readonly where: string }>>,
  Expect<Equal<Flat<OutputsOf<typeof deepest>>, { readonly number: number }>>,
]
// @ts-expect-error the name is 'land'
deep.asComponent({ inputs: { where: ['outer.country'] } })

// Without a mapping only the names that a pipeline gives its inputs are known.
const named = new Pipeline({ prompt: new Prompt() }, { inputs: { where: ['prompt.country'] } })
const around = new Pipeline({ texts: new Texts(), sub: named.asComponent(), open: inner.asComponent() })
around.connect('texts.text', 'sub.where')
around.connect('texts.text', 'open.country')
// @ts-expect-error the name is 'where'
around.connect('texts.text', 'sub.country')

// Where components name their sockets at run time, all of their names are possible.
const dynamic = new Pipeline({ router: new Router(['a']), prompt: new Prompt() })
dynamic.asComponent({ inputs: { a: ['router.a'] }, outputs: { 'router.b': 'b' } })
// @ts-expect-error but there is no such component
dynamic.asComponent({ inputs: { a: ['route.a'] } })

// A pipeline of which nothing is known takes any mapping.
export function anyMapping(pipeline: Pipeline, mapping: { inputs: Record<string, string[]> }) {
  return [pipeline.asComponent(mapping), pipeline.asComponent({ outputs: { 'any.thing': 'x' } }), t.integer()]
}
