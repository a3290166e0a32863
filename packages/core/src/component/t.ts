import { chatMessage } from '../data/chat-message.ts'
import { documentSocket } from '../data/document.ts'
import { imageContent } from '../data/image-content.ts'
import { streamingChunk } from '../data/streaming-chunk.ts'
import {
  array,
  boolean,
  described,
  greedy,
  integer,
  json,
  literal,
  nothing,
  number,
  object,
  optional,
  record,
  string,
  union,
  unknown,
  variadic,
} from '../schema/builders.ts'
import { invalid, makeSocket } from '../schema/make-socket.ts'
import type { Socket } from '../schema/socket.ts'
import type { Callback } from './callback.ts'
import { component } from './holding/component-shape.ts'
import { pipeline } from './holding/pipeline-parameter.ts'
import { resource } from './holding/resource.ts'
import { isTool, type Tool } from './tool.ts'
import { isToolset, type Toolset } from './toolset.ts'

interface DescribedOptions {
  readonly description?: string
}

/** What `typeName` prints for types that are not made by `t.custom`. */
const ownNames: ReadonlySet<string> = new Set([
  ...['string', 'number', 'integer', 'boolean', 'null', 'unknown', 'JSON'],
  ...['ChatMessage', 'ImageContent', 'Document', 'StreamingChunk', 'Tool', 'Callback', 'Pipeline'],
])

/**
 * A value that is not JSON, such as a database handle. It is compared by `name` and checked by `check`; a pipeline
 * with such a value in flight cannot be saved as a snapshot.
 */
function custom<T>(name: string, check: (value: unknown) => boolean, options?: DescribedOptions): Socket<T> {
  if (typeof name !== 'string' || name === '' || ownNames.has(name)) {
    throw invalid(`t.custom cannot be called '${name}': it needs a name that no type of ours has.`)
  }
  if (typeof check !== 'function') throw invalid(`t.custom('${name}') needs a function that checks a value.`)
  return makeSocket('t.custom', { kind: 'named', name, check }, { ...options }) as Socket<T>
}

const aTool = makeSocket('t.tools', {
  kind: 'named',
  name: 'Tool',
  check: isToolOrSet,
  holds: { kind: 'tool' },
})

/**
 * Tools and toolsets. In a file each is the name of a registered one, the name of a resource of the file that is one, or
 * `{ type, initParameters }` of a class of resources that makes one.
 */
function tools(options?: DescribedOptions): Socket<readonly (Tool | Toolset)[]> {
  return array(aTool, { ...options }) as Socket<readonly (Tool | Toolset)[]>
}

/**
 * A function. A pipeline file gives the name of a callback that its registry knows.
 *
 * @example
 * static readonly parameters = t.object({ streamingCallback: t.optional(t.callback<StreamingCallback>()) })
 */
function callback<T extends Callback = Callback>(options?: DescribedOptions): Socket<T> {
  return makeSocket(
    't.callback',
    { kind: 'named', name: 'Callback', check: isFunction, holds: { kind: 'callback' } },
    { ...options },
  ) as Socket<T>
}

// One function each for all sockets: a validator is compiled once per check.
function isToolOrSet(value: unknown): boolean {
  return isTool(value) || isToolset(value)
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function data<T>(builder: string, { type }: Socket<T>) {
  return (options?: DescribedOptions): Socket<T> => makeSocket(builder, type, { ...options }) as Socket<T>
}

/**
 * Builds the type of a socket, a field or a parameter. One expression gives the static TypeScript type, the JSON
 * Schema that validates values and files, and the name that messages print.
 *
 * @example
 * readonly inputs = { text: t.string({ description: 'What to count.' }), limit: t.integer({ default: 10 }) }
 */
export const t = {
  string,
  number,
  integer,
  boolean,
  null: nothing,
  unknown,
  json,
  literal,
  array,
  object,
  record,
  union,
  optional,
  described,
  variadic,
  greedy,
  custom,
  tools,
  callback,
  component,
  pipeline,
  resource,
  message: data('t.message', chatMessage),
  image: data('t.image', imageContent),
  document: data('t.document', documentSocket),
  chunk: data('t.chunk', streamingChunk),
} as const
