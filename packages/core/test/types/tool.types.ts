// The argument types of tools.
import { t, tool, toolset } from '@millrace/core'
import { invokeTool } from '@millrace/core/component'
import { z } from 'zod'
import type { Equal, Expect, Flat } from './expect.ts'

const add = tool({
  name: 'add',
  description: 'Adds.',
  parameters: t.object({ a: t.number(), b: t.optional(t.number()), unit: t.literal('m', 'km') }),
  run: (args, context) => {
    const { a, b = 0, unit }: { readonly a: number; readonly b?: number; readonly unit: 'm' | 'km' } = args
    return [a + b, unit, context.signal.aborted]
  },
})

tool({
  name: 'wrong',
  description: '',
  parameters: t.object({ a: t.number() }),
  // @ts-expect-error there is no argument 'b'
  run: ({ b }) => b,
})

tool({
  name: 'wrong',
  description: '',
  parameters: t.object({ a: t.number() }),
  // @ts-expect-error a number has no length
  run: ({ a }) => a.length,
})

// From a JSON Schema the compiler knows no more than that it is an object.
type Foreign = Parameters<Parameters<typeof foreign>[0]['run']>[0]
const foreign = (definition: { run: (args: Readonly<Record<string, unknown>>) => unknown }) =>
  tool({ name: 'a', description: '', parameters: { type: 'object' }, ...definition })
export const loose = tool({
  name: 'loose',
  description: '',
  parameters: { type: 'object', properties: { q: { type: 'string' } } },
  run: ({ q }) => {
    const seen: unknown = q
    return seen
  },
})
export type Cases = [Expect<Equal<Flat<Foreign>, Flat<Readonly<Record<string, unknown>>>>>]

// Another library gives the types of what it makes of the arguments.
tool({
  name: 'of-zod',
  description: '',
  parameters: z.object({
    a: z.string(),
    at: z.string().transform((text) => new Date(text)),
    n: z.number().default(1),
  }),
  run: (args) => {
    type Known = Expect<Equal<typeof args, { a: string; at: Date; n: number }>>
    const { at }: { at: Date } = args
    // @ts-expect-error there is no argument 'b'
    return [at.getTime(), args.b, true satisfies Known]
  },
})

tool({ name: 'without', description: '', run: () => 1 })

export const called = [
  invokeTool(add, { a: 1 }),
  // @ts-expect-error the arguments are an object
  invokeTool(add, 1),
]

export const grouped = [
  toolset({ name: 'math', tools: [add] }),
  // @ts-expect-error a tool is made by tool(…)
  toolset({ name: 'math', tools: [{ name: 'add', description: '', parameters: {}, run: () => 1 }] }),
]
