// Where the compiler does not know names: loaded pipelines, and components with sockets from their parameters.
import { type Components, Pipeline } from '@millrace/core'
import type { Equal, Expect } from './expect.ts'
import { Model, Prompt, Router } from './parts.ts'

declare const loaded: Pipeline<Components>
declare const name: string

// A loaded pipeline takes every path with a dot; the check at run time takes over.
loaded.connect('prompt.prompt', 'llm.messages')
loaded.connect(`${name}.prompt`, `${name}.messages`)
// @ts-expect-error a bare string may have no dot
loaded.connect(name, 'llm.messages')
// @ts-expect-error a path has a dot
loaded.connect('prompt', 'llm.messages')
export const runs = [
  loaded.run({ prompt: { country: 'France' } }),
  loaded.run({ country: 'France' }),
  loaded.run(),
  // @ts-expect-error inputs are an object
  loaded.run('France'),
]
const results = await loaded.run()
const given = results.get('llm.replies')
// @ts-expect-error a path has a dot
results.get('llm')

// A typed pipeline may be handed to what takes any.
export function close(pipeline: Pipeline): Promise<void> {
  return pipeline.close()
}

// A component with sockets of its own choice takes and sends anything; its neighbours keep their types.
const pipeline = new Pipeline({ router: new Router(['a']), prompt: new Prompt(), llm: new Model() })
pipeline.connect('prompt.prompt', 'router.anything')
pipeline.connect('router.text/plain', 'prompt.country')
pipeline.connect('router.v1.5', 'llm.messages')
pipeline.connect('prompt.prompt', 'llm.messages')
// @ts-expect-error the other components have the names they have
pipeline.connect('prompt.promt', 'router.anything')
// @ts-expect-error a number is no message, whatever else there is in the pipeline
pipeline.connect('prompt.words', 'llm.messages')
export const dynamicRuns = [
  pipeline.run({ router: { anything: 1 }, prompt: { country: 'France' } }),
  pipeline.run({ anything: 1, country: 'France' }),
  // @ts-expect-error a country is a text, whatever else there is in the pipeline
  pipeline.run({ prompt: { country: 1 } }),
]
const dynamic = (await pipeline.run()).get('router.anything')

// Components that are added one after the other.
const grown = new Pipeline().add('prompt', new Prompt()).add('llm', new Model())
export const chained = grown.connect('prompt.prompt', 'llm.messages')

export type Cases = [
  Expect<Equal<typeof given, unknown>>,
  Expect<Equal<typeof dynamic, unknown>>,
  Expect<Equal<ReturnType<typeof chained.get<'prompt'>>, Prompt>>,
]
