// What `run` takes and what a result gives, for the compiler.
import {
  type ChatMessage,
  defineComponent,
  type JsonValue,
  Pipeline,
  type RunResult,
  type Snapshot,
  t,
} from '@millrace/core'
import type { Equal, Expect } from './expect.ts'
import { type Model, makePipeline, type Prompt } from './parts.ts'

const pipeline = makePipeline()
declare const message: ChatMessage

// By component.
export const nested = [
  pipeline.run({ prompt: { country: 'France' } }),
  pipeline.run({ prompt: { country: 'France', tone: 'warm' }, llm: { seed: null } }),
  pipeline.run({ prompt: {} }),
  pipeline.run({}),
  pipeline.run(),
  // @ts-expect-error a country is a text
  pipeline.run({ prompt: { country: 1 } }),
  // @ts-expect-error 'prompt' has no input 'contry'
  pipeline.run({ prompt: { contry: 'France' } }),
  // @ts-expect-error there is no component or input 'promt'
  pipeline.run({ promt: { country: 'France' } }),
  // @ts-expect-error the inputs of a component are an object
  pipeline.run({ prompt: 'France' }),
  // @ts-expect-error an absent value is left out, not undefined
  pipeline.run({ prompt: { country: undefined } }),
  // @ts-expect-error an output is no input
  pipeline.run({ prompt: { words: 1 } }),
]

// By socket name.
export const flat = [
  pipeline.run({ country: 'France' }),
  pipeline.run({ country: 'France', messages: [message], seed: 1 }),
  pipeline.run({ mode: 'fast' }),
  // @ts-expect-error a country is a text
  pipeline.run({ country: 1 }),
  // @ts-expect-error there is no input 'contry'
  pipeline.run({ contry: 'France' }),
  // @ts-expect-error there is no such mode
  pipeline.run({ mode: 'quick' }),
]

// What a connection would convert, and data as people write it.
export const written = [
  pipeline.run({ llm: { messages: 'Hi' } }),
  pipeline.run({ messages: message }),
  pipeline.run({ messages: ['Hi', { role: 'assistant', content: 'Hello' }, message] }),
  pipeline.run({ messages: { role: 'user', content: 'Hi', name: null } }),
  pipeline.run({ prompt: { country: message } }),
  pipeline.run({ list: 'one' }),
  pipeline.run({ list: message }),
  pipeline.run({ text: message, message: 'Hi' }),
  // @ts-expect-error there is no role 'usr'
  pipeline.run({ messages: { role: 'usr', content: 'Hi' } }),
  // @ts-expect-error a number is no message
  pipeline.run({ messages: 5 }),
  // @ts-expect-error a list of several messages is no text
  pipeline.run({ prompt: { country: [message, message] } }),
  // @ts-expect-error only one list is put around a value
  pipeline.run({ lists: 'one' }),
]

const Search = defineComponent({
  type: 'Search',
  inputs: { documents: t.array(t.document()), vector: t.optional(t.array(t.number())) },
  outputs: {},
  run: () => ({}),
})
const search = new Pipeline({ store: new Search() })
export const documents = [
  search.run({ documents: [{ content: 'x' }] }),
  search.run({ documents: { content: 'x', meta: null } }),
  search.run({ documents: ['x'], vector: new Float32Array(3) }),
  // @ts-expect-error a document has no 'contnet'
  search.run({ documents: [{ contnet: 'x' }] }),
]

// A variadic socket gets one element from the caller too.
export const elements = [
  pipeline.run({ llm: { hints: 'short' } }),
  pipeline.run({ hints: 'short' }),
  // @ts-expect-error the caller gives one element, not the list
  pipeline.run({ llm: { hints: ['short'] } }),
  // @ts-expect-error the caller gives one element, not the list
  pipeline.run({ hints: ['short'] }),
]

// Lists may be readonly.
const messages: readonly ChatMessage[] = [message]
export const frozen = pipeline.run({ llm: { messages } })

// Options that name components.
export const included = [
  pipeline.run({}, { includeOutputsFrom: ['llm'] }),
  // @ts-expect-error there is no component 'lm'
  pipeline.run({}, { includeOutputsFrom: ['lm'] }),
]

// `stream` takes the same.
export const streamed = [
  pipeline.stream({ prompt: { country: 'France' } }),
  // @ts-expect-error a country is a text
  pipeline.stream({ prompt: { country: 1 } }),
]

declare const result: RunResult<{ readonly prompt: Prompt; readonly llm: Model }>
const replies = result.get('llm.replies')
const reply = result.get('llm.reply')
const words = result.get('prompt.words')
const usage = result.get('llm.usage')
// @ts-expect-error 'llm' has no output 'answers'
result.get('llm.answers')
// @ts-expect-error there is no component 'lm'
result.get('lm.replies')

const kept = result.outputs.prompt?.words
// @ts-expect-error 'prompt' has no output 'letters'
export const letters = result.outputs.prompt?.letters

export type Cases = [
  Expect<Equal<typeof replies, readonly ChatMessage[]>>,
  Expect<Equal<typeof reply, ChatMessage>>,
  Expect<Equal<typeof words, number>>,
  Expect<Equal<typeof usage, JsonValue>>,
  Expect<Equal<typeof kept, number | undefined>>,
]

// A result is completed or paused, and only the paused one has a snapshot.
export async function paused(running: Promise<RunResult>): Promise<void> {
  const result = await running
  if (result.status === 'paused') {
    type _ = Expect<Equal<typeof result.snapshot, Snapshot>>
    await pipeline.resume(result.snapshot, { answers: { 'prompt.country': 'France' } })
  } else {
    type _ = Expect<Equal<typeof result.snapshot, undefined>>
  }
}

// What pauses needs no outputs.
export const Asks = defineComponent({
  type: 'Asks',
  inputs: {},
  outputs: { answer: t.json() },
  run: (_, { pause, resumed }) => {
    if (resumed) return { answer: resumed.answers['name'] ?? null }
    // @ts-expect-error a question has a prompt
    if (resumed) return pause({ questions: [{ id: 'name', kind: 'text' }] })
    return pause({ state: { step: 1 }, questions: [{ id: 'name', kind: 'text', prompt: 'Who?' }] })
  },
})
