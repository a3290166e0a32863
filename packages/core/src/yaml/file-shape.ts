import { t } from '../component/t.ts'
import { LONGEST_TIMEOUT } from '../graph/policy.ts'
import { PipelineComponent } from '../pipeline/as-component.ts'
import type { Socket, ValueOf } from '../schema/socket.ts'

/** The type of a pipeline in a pipeline, which no registry needs to have. */
export const pipelineType: string = PipelineComponent.type

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

const initParameters = t.optional(t.union(t.record(t.json()), t.null()), {
  description: 'The parameters that it is made with.',
})

const resource = t.object({
  type: t.string({ description: 'The registered type of the resource.' }),
  initParameters,
})

/** A component in the parameters of another one. */
export const heldShape = t.object({
  type: t.string({ description: 'The registered type of the component.' }),
  initParameters,
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
    resources: t.optional(t.record(resource), {
      description: 'What components share, by the name that their parameters give.',
    }),
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
    inputs: t.optional(t.record(t.union(end, t.array(end))), {
      description:
        'Names that the pipeline gives to inputs: question: prompt.question, or a list of several.',
    }),
    outputs: t.optional(t.record(end), {
      description: 'Names that the pipeline gives to outputs: answer: llm.replies.',
    }),
  })
}

/** What stands for a pipeline in a parameter, whose file is a string as `file` says. */
export function heldPipelineShapeWith(file: Socket<string>) {
  return t.object({
    file: t.optional(file, {
      description:
        'A pipeline file ending in .yaml or .yml. A relative path starts from the folder of this file.',
    }),
    definition: t.optional(t.record(t.json()), {
      description: 'The pipeline itself, with the keys of a pipeline file. Give this or file.',
    }),
  })
}

/** What the loader checks of it; `definition` is checked as a file is. */
export const heldPipelineShape = heldPipelineShapeWith(t.string())

/** The shape of a sub-pipeline's parameters whose file and ends are strings as `file` and `end` say. */
export function subPipelineShapeWith(file: Socket<string>, end: Socket<string>) {
  return t.object({
    file: t.optional(file, {
      description:
        'A pipeline file ending in .yaml or .yml. A relative path starts from the folder of this file.',
    }),
    definition: t.optional(t.record(t.json()), {
      description: 'The pipeline itself, with the keys of a pipeline file. Give this or file.',
    }),
    inputs: t.optional(t.record(t.union(end, t.array(end))), {
      description:
        'The inputs of the component, each with the inputs inside that its value goes to: question: prompt.question, or a list of several. Absent: the names that the pipeline gives its inputs, or all its open inputs.',
    }),
    outputs: t.optional(t.record(t.string()), {
      description:
        'The outputs inside that the component gives, each with its name outside: llm.replies: answers. Absent: the names that the pipeline gives its outputs, or all its open outputs.',
    }),
  })
}

/** What the loader checks of a sub-pipeline's parameters; `definition` is checked as a file is. */
export const subPipelineShape = subPipelineShapeWith(t.string(), t.string())

/** The `initParameters` of a component of type `Pipeline`: a pipeline in a pipeline. */
export type SubPipelineParameters = ValueOf<typeof subPipelineShape>

/** What the loader checks first. Whether the ends make sense is for the graph to say, with better texts. */
export const fileShape = shapeWithEnds(t.string())

/** What a pipeline file holds: the JSON value of its YAML. */
export type PipelineFile = ValueOf<typeof fileShape>

/** A resource, or a component in the parameters of another one, as a file declares it. */
export type HeldEntry = ValueOf<typeof heldShape>

/** A component as a file declares it. */
export type ComponentEntry = ValueOf<typeof component>

export const minimalFile = `components:
  prompt:
    type: PromptBuilder
    initParameters: { template: 'Say {{ word }}.' }
  llm:
    type: LlamaCppGenerator
    initParameters: { model: model.gguf }
connections:
  - { sender: prompt.prompt, receiver: llm.prompt }`
