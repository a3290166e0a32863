import type { Socket } from '../component/socket.ts'
import { t } from '../component/t.ts'
import type { JsonObject, JsonValue } from '../data/json.ts'
import { LONGEST_TIMEOUT } from '../pipeline/policy.ts'

/** A component as a file declares it. */
export interface ComponentEntry {
  readonly type: string
  /** Absent or null: there are none. */
  readonly initParameters?: JsonObject | null
  readonly retry?: { readonly attempts: number; readonly backoffMs?: number; readonly on?: readonly string[] }
  readonly timeoutMs?: number
}

/** A connection as a file declares it: both ends as `component.socket`. */
export interface ConnectionEntry {
  readonly sender: string
  readonly receiver: string
}

/** What a pipeline file holds: the JSON value of its YAML. */
export interface PipelineFile {
  readonly metadata?: { readonly [key: string]: JsonValue }
  readonly maxRunsPerComponent?: number
  readonly components?: { readonly [name: string]: ComponentEntry }
  readonly connections?: readonly ConnectionEntry[]
  readonly inputs?: { readonly [name: string]: readonly string[] }
  readonly outputs?: { readonly [name: string]: string }
}

const wholeNumber = { maximum: Number.MAX_SAFE_INTEGER }

const retry = t.object({
  attempts: t.integer({
    ...wholeNumber,
    minimum: 1,
    description: 'How often the component is called in all, the first time included.',
  }),
  backoffMs: t.optional(
    t.integer({
      ...wholeNumber,
      minimum: 0,
      description: 'The wait before the second attempt in milliseconds. It doubles with each further one.',
    }),
  ),
  on: t.optional(t.array(t.string()), {
    description: 'Codes or names of the errors that are tried again. Absent: all but aborts.',
  }),
})

const component = t.object({
  type: t.string({
    description: 'The registered type, such as ChatPromptBuilder or @acme/components/WordCount.',
  }),
  initParameters: t.optional(t.union(t.record(t.json()), t.null()), {
    description: 'The parameters that the component is made with.',
  }),
  retry: t.optional(retry, { description: 'Whether the component is tried again when it fails.' }),
  timeoutMs: t.optional(
    t.number({
      exclusiveMinimum: 0,
      maximum: LONGEST_TIMEOUT,
      description: 'The longest one visit may take in milliseconds, all attempts together.',
    }),
  ),
})

/** The shape of a file whose ends of connections are strings as `end` says. */
export function shapeWithEnds(end: Socket<string>) {
  return t.object({
    metadata: t.optional(t.record(t.json()), { description: 'Anything that the pipeline carries along.' }),
    maxRunsPerComponent: t.optional(
      t.integer({
        ...wholeNumber,
        minimum: 1,
        description: 'How often one component may run within one run. 100 when absent.',
      }),
    ),
    components: t.optional(t.record(component), { description: 'The components by name.' }),
    connections: t.optional(
      t.array(
        t.object({
          sender: t.described(end, 'The output that sends, as component.socket.'),
          receiver: t.described(end, 'The input that receives, as component.socket.'),
        }),
      ),
      { description: 'From outputs to inputs. The order decides where several values meet in one input.' },
    ),
    inputs: t.optional(t.record(t.array(end)), {
      description: 'Names of its own that the pipeline gives to inputs: question: [prompt.question].',
    }),
    outputs: t.optional(t.record(end), {
      description: 'Names of its own that the pipeline gives to outputs: answer: llm.replies.',
    }),
  })
}

/** What the loader checks first. Whether the ends make sense is for the pipeline to say, with better texts. */
export const fileShape = shapeWithEnds(t.string()) satisfies Socket<PipelineFile>

export const minimalFile = `components:
  prompt:
    type: PromptBuilder
    initParameters: { template: 'Say {{ word }}.' }
  llm:
    type: LlamaCppGenerator
    initParameters: { model: model.gguf }
connections:
  - { sender: prompt.prompt, receiver: llm.prompt }`

const haystackKeys: Readonly<Record<string, string>> = {
  init_parameters: "'init_parameters' is Haystack's name of this key. Here it is 'initParameters'.",
  max_runs_per_component:
    "'max_runs_per_component' is Haystack's name of this key. Here it is 'maxRunsPerComponent'.",
  max_loops_allowed: "'max_loops_allowed' was Haystack's name of this key. Here it is 'maxRunsPerComponent'.",
  connection_type_validation:
    "'connection_type_validation' is a key of Haystack. Here the types of connections are always checked: remove it.",
}

/** What to say of a key that only a Haystack file has. */
export function haystackKey(key: string): string | undefined {
  return Object.hasOwn(haystackKeys, key) ? haystackKeys[key] : undefined
}

/** The class name at the end of a dotted Python path; undefined for other types. */
export function pythonClass(type: string): string | undefined {
  return /^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)*\.([A-Z][A-Za-z0-9_]*)$/.exec(type)?.[1]
}
