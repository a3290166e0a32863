import {
  type CheckContext,
  type Component,
  type Finding,
  type ParametersOf,
  Pipeline,
  PipelineComponent,
  type PipelineMapping,
  t,
} from '@millrace/core'
import { checkValue, readParameters, readValue, typeOf } from '@millrace/core/component'
import {
  ComponentRunner,
  invalid,
  type RunnerFacts,
  refuseUnknown,
  runnerParameters,
} from './component-runner.ts'

/**
 * A component as a tool: Haystack's class of this name. The model gives its inputs as arguments, and reads its outputs.
 *
 * - The arguments are the inputs that stay open and that a model can write: `inputs` have a value of their own, tools,
 *   callbacks and images are left out, and messages and documents are texts. `arguments` names fewer. They are converted as a
 *   connection would convert them, so a text is a message where the component wants one.
 * - The model reads the only output, or all as JSON; `outputsToString` chooses. Of messages it reads the text.
 * - With the tool its component is warmed up, checked and closed. It is no part of a pipeline. It cannot pause: the model then
 *   reads an error. Calls of models and tools inside are reported as those of whoever runs the tool.
 *
 * @throws ComponentsError `TOOL_COMPONENT_INVALID`; ToolError `TOOL_INVALID` for a bad name; DefinitionError
 * `CONNECT_ALREADY_OWNED` for a component that a pipeline or another tool has
 * @example
 * const search = new ComponentTool({ component: new WebSearch({ topK: 3 }), description: 'Search the web.' })
 * const agent = new Agent({ chatGenerator, tools: [search] })
 */
export class ComponentTool extends ComponentRunner {
  static readonly type = 'ComponentTool'
  static readonly description = 'A component as a tool.'
  static readonly parameters = t.object({
    /** What runs. In a file: { type, initParameters }. */
    component: t.component({ description: 'What runs. In a file: { type, initParameters }.' }),
    /** What the model calls it by. Without it, the type of the component in snake case. */
    name: t.optional(t.string(), {
      description: 'What the model calls it by. Without it, the type of the component in snake case.',
    }),
    /** What the model reads to decide when to call it. Without it, the description of the component. */
    description: t.optional(t.string(), {
      description:
        'What the model reads to decide when to call it. Without it, the description of the component.',
    }),
    /** Values of inputs, which the model then does not give. */
    inputs: t.optional(t.record(t.unknown()), {
      description: 'Values of inputs, which the model then does not give.',
    }),
    ...runnerParameters,
  })
  readonly initParameters: ParametersOf<typeof ComponentTool>

  constructor(given: ParametersOf<typeof ComponentTool>) {
    const parameters = readParameters(ComponentTool, given)
    const { component, name = snakeCase(typeOf(component)), description, inputs, ...others } = parameters
    const facts = { name, sockets: component.inputs }
    super({
      ...others,
      ...facts,
      outputs: component.outputs,
      description: description ?? descriptionOf(component, name),
      fixed: readFixed(inputs, facts),
      connect: () => alone(component),
    })
    this.initParameters = parameters
  }

  /** What its component finds, with the parameter. */
  async check(context?: CheckContext): Promise<Finding[]> {
    const findings = await this.inner.pipeline.check(context)
    return findings.map(({ component: _, socket: __, option, ...finding }) => ({
      ...finding,
      option: option === undefined ? 'component' : `component.initParameters.${option}`,
    }))
  }
}

/** A pipeline of the component, with its sockets under their own names. */
function alone(component: Component): PipelineComponent {
  const type = typeOf(component)
  // What errors of a run call it.
  const name = /^[A-Za-z_][\w-]*$/.test(type) ? type : 'component'
  const path = (socket: string) => `${name}.${socket}`
  const mapping: PipelineMapping = {
    inputs: Object.fromEntries(Object.keys(component.inputs).map((socket) => [socket, [path(socket)]])),
    outputs: Object.fromEntries(Object.keys(component.outputs).map((socket) => [path(socket), socket])),
  }
  return new PipelineComponent(new Pipeline({ [name]: component }) as Pipeline, mapping)
}

/** `WebSearch` as `web_search`, `HTMLReader` as `html_reader`. */
function snakeCase(type: string): string {
  return type
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
}

function descriptionOf(component: Component, name: string): string {
  const { description } = component.constructor as { readonly description?: unknown }
  if (typeof description === 'string' && description !== '') return description
  throw invalid(
    { name },
    `${typeOf(component)} says nothing of what it does. Give a 'description' for the model.`,
  )
}

function readFixed(
  inputs: Readonly<Record<string, unknown>> | undefined,
  facts: Pick<RunnerFacts, 'name' | 'sockets'>,
): Readonly<Record<string, unknown>> | undefined {
  if (inputs === undefined) return undefined
  const read = Object.entries(inputs).map(([name, value]) => {
    refuseUnknown(facts, name, `inputs.${name}`)
    const socket = { ...(facts.sockets[name] as (typeof facts.sockets)[string]), receives: 'one' as const }
    const meant = readValue(socket.type, value)
    const [problem] = checkValue(socket, meant)
    if (problem === undefined) return [name, meant]
    throw invalid(facts, `The input '${name}': ${problem.message}`, `inputs.${name}`)
  })
  return Object.fromEntries(read)
}
