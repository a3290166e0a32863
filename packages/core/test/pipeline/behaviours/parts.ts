import type { Component, ParametersOf } from '../../../src/component/component.ts'
import { defineComponent } from '../../../src/component/define-component.ts'
import type { RunContext } from '../../../src/component/run-context.ts'
import { t } from '../../../src/component/t.ts'
import type { Sockets } from '../../../src/schema/socket.ts'

/** A generator that says one thing on each visit. */
export const Scripted = defineComponent({
  type: 'Scripted',
  parameters: t.object({ replies: t.array(t.string()) }),
  inputs: { prompt: t.string() },
  outputs: { reply: t.string() },
  run: (_inputs, { visit }, { replies }) => ({ reply: replies[visit - 1] ?? '(nothing more)' }),
})

/** Sends a text to the first output whose word it has; the empty word is in every text. */
export class Route implements Component {
  static readonly type = 'Route'
  static readonly parameters = t.object({ words: t.record(t.string()) })
  readonly inputs = { text: t.string() }
  readonly outputs: Sockets
  readonly initParameters: ParametersOf<typeof Route>

  constructor(initParameters: ParametersOf<typeof Route>) {
    this.initParameters = initParameters
    this.outputs = Object.fromEntries(
      Object.keys(initParameters.words).map((name) => [name, t.optional(t.string())]),
    )
  }

  run({ text }: { readonly text: string }): Record<string, string> {
    const found = Object.entries(this.initParameters.words).find(([, word]) => text.includes(word))
    return found ? { [found[0]]: text } : {}
  }
}

/** Finds two texts for a query. */
export const Search = defineComponent({
  type: 'Search',
  parameters: t.object({ source: t.string({ default: 'web' }) }),
  inputs: { query: t.string(), filter: t.optional(t.string()) },
  outputs: { documents: t.array(t.string()) },
  run: ({ query, filter }, _context: RunContext, { source = 'web' }) => ({
    documents: [`${source}: ${query}`, ...(filter === undefined ? [] : [`only ${filter}`])],
  }),
})

/** Joins lists in one array socket. */
export const Collect = defineComponent({
  type: 'Collect',
  inputs: { documents: t.array(t.string()) },
  outputs: { documents: t.array(t.string()) },
  run: ({ documents }) => ({ documents }),
})

/** Turns a text into the list of its lines. */
export const Convert = defineComponent({
  type: 'Convert',
  parameters: t.object({ kind: t.string() }),
  inputs: { source: t.string() },
  outputs: { documents: t.array(t.string()) },
  run: ({ source }, _context, { kind }) => ({
    documents: source.split('\n').map((line) => `${kind} ${line}`),
  }),
})
