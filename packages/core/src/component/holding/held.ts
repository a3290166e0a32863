import { InputError, RunError } from '../../errors.ts'
import { isPlainObject } from '../../json.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import { replaceHeld } from '../../schema/named-values.ts'
import type { ObjectOf, Sockets } from '../../schema/socket.ts'
import { checkValue, type ValueProblem } from '../../schema/validate.ts'
import { listNames } from '../../text/names.ts'
import { describeValue, formatPath } from '../../text/show.ts'
import { type Component, type ComponentClass, isComponent, typeOf } from '../component.ts'
import type { RunContext } from '../run-context.ts'
import { isTool, type Tool } from '../tool.ts'
import { isToolset, type Toolset } from '../toolset.ts'
import type { ComponentOf } from './component-shape.ts'
import type { Resource } from './resource.ts'

/** A component in the parameters of another one. */
export interface HeldComponent {
  /** Where its owner has it, as in `generators[0]`; deeper `generators[0].generators[1]`. */
  readonly name: string
  /** Where a file has it, as in `generators[0].initParameters.generators[1]`, from the parameters of the owner. */
  readonly path: string
  readonly component: Component
}

/** A tool or a toolset in the parameters of a component, or of one that it holds. */
export interface HeldTool {
  /** As of a component, as in `tools[0]`. */
  readonly name: string
  readonly path: string
  readonly tool: Tool | Toolset
}

/** What the parameters of a component hold, and those of the components among it, innermost first. */
export interface HeldParts {
  readonly components: readonly HeldComponent[]
  readonly tools: readonly HeldTool[]
  /** Each once; those in the parameters of tools, too. */
  readonly resources: readonly Resource[]
  /** Those in the parameters of tools, too. */
  readonly pipelines: readonly Pipeline[]
}

const NOTHING: HeldParts = { components: [], tools: [], resources: [], pipelines: [] }

/** Found by the declaration of the class; parameters that it does not declare hold nothing. */
export function heldParts(component: Resource): HeldParts {
  return partsOf(component, [])
}

/** @param owners those around, so that a component in its own parameters ends the search */
function partsOf(component: Resource, owners: readonly Resource[]): HeldParts {
  const { parameters } = Object(component.constructor) as Partial<ComponentClass>
  const { initParameters } = component
  if (parameters === undefined || initParameters === undefined) return NOTHING
  const around = [...owners, component]
  const components: HeldComponent[] = []
  const tools: HeldTool[] = []
  const resources = new Set<Resource>()
  const pipelines: Pipeline[] = []
  replaceHeld(parameters.type, initParameters, (type, value, path) => {
    const { kind } = type.holds
    if (kind === 'resource' && typeof value === 'object' && value !== null) resources.add(value)
    if (kind === 'pipeline') pipelines.push(value as Pipeline)
    const name = formatPath(path)
    if (kind === 'tool' && (isTool(value) || isToolset(value))) {
      tools.push({ name, path: name, tool: value })
      if (!around.includes(value)) addShared(partsOf(value, around))
    }
    if (kind !== 'component' || !isComponent(value) || around.includes(value)) return value
    const inside = partsOf(value, around)
    const within = <Part extends HeldComponent | HeldTool>(part: Part): Part => ({
      ...part,
      name: `${name}.${part.name}`,
      path: `${name}.initParameters.${part.path}`,
    })
    components.push(...inside.components.map(within), { name, path: name, component: value })
    tools.push(...inside.tools.map(within))
    addShared(inside)
    return value
  })
  const found = components.length + tools.length + resources.size + pipelines.length
  return found === 0 ? NOTHING : { components, tools, resources: [...resources], pipelines }

  /** What is not of its holder alone. The components and tools in the parameters of a tool are. */
  function addShared(inside: HeldParts): void {
    for (const resource of inside.resources) resources.add(resource)
    pipelines.push(...inside.pipelines)
  }
}

type Values = Readonly<Record<string, unknown>>

/**
 * Runs a component that another one holds. What goes in and what comes out is checked against its sockets. It gets the
 * context of its owner: it stops with the same signal, and what it emits streams as the owner's, at the owner's visit. It
 * cannot pause the run.
 *
 * @param inputs those of the shape, and others that this component has
 * @param options `streams: false` drops what it emits, where that is not what the owner answers
 * @throws InputError `INPUT_UNKNOWN`, `INPUT_INVALID` or `INPUT_MISSING` for what does not fit its inputs
 * @throws RunError `RUN_INVALID_OUTPUT` for what does not fit its outputs
 * @throws what it throws
 */
export async function runHeld<Inputs extends Sockets, Outputs extends Sockets>(
  component: ComponentOf<Inputs, Outputs>,
  inputs: ObjectOf<Inputs> & Values,
  context: RunContext,
  { streams = true }: { readonly streams?: boolean } = {},
): Promise<ObjectOf<Outputs>> {
  const given = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined))
  checkInputs(component, given)
  const outputs: unknown = await component.run(
    given as ObjectOf<Inputs>,
    contextFor(component, context, streams),
  )
  checkOutputs(component, outputs, context)
  return outputs as ObjectOf<Outputs>
}

/** The context of the owner. It has getters and private fields, which a copy would lose. */
function contextFor(component: Component, context: RunContext, streams: boolean): RunContext {
  return new Proxy(context, {
    get: (target, key) => {
      if (key === 'emit' && !streams) return () => {}
      // The pause would be that of the owner, which knows nothing of it.
      if (key === 'pause') return () => cannotPause(component, target)
      if (key === 'resumed') return undefined
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function cannotPause(component: Component, { component: { name, type }, visit }: RunContext): never {
  throw new RunError(
    'RUN_INVALID_PAUSE',
    `${typeOf(component)} cannot pause: it runs as a part of '${name}' (${type}).`,
    { component: name, type, visit },
  )
}

function checkInputs(component: Component, given: Values): void {
  const type = typeOf(component)
  const { inputs } = component
  for (const [name, value] of Object.entries(given)) {
    const socket = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    if (socket === undefined) {
      throw new InputError(
        'INPUT_UNKNOWN',
        `${type} has no input '${name}'. Inputs: ${listNames(Object.keys(inputs))}.`,
      )
    }
    const problems = checkValue(socket, value)
    if (problems.length === 0) continue
    throw new InputError('INPUT_INVALID', `The input '${name}' of ${type} is wrong:${listOf(name, problems)}`)
  }
  const missing = Object.entries(inputs).filter(
    ([name, socket]) => !(socket.optional || Object.hasOwn(given, name)),
  )
  if (missing.length === 0) return
  throw new InputError(
    'INPUT_MISSING',
    `${type} got no value for ${listNames(missing.map(([name]) => name))}.`,
  )
}

function checkOutputs(component: Component, outputs: unknown, context: RunContext): void {
  const fault = outputFault(component, outputs)
  if (fault === undefined) return
  const { name, type } = context.component
  throw new RunError('RUN_INVALID_OUTPUT', `${typeOf(component)}, which '${name}' (${type}) runs, ${fault}`, {
    component: name,
    type,
    visit: context.visit,
  })
}

function outputFault({ outputs: declared }: Component, outputs: unknown): string | undefined {
  if (!isPlainObject(outputs)) return `returned ${describeValue(outputs)}, not an object of its outputs.`
  for (const [name, socket] of Object.entries(declared)) {
    const value = Object.hasOwn(outputs, name) ? outputs[name] : undefined
    if (value === undefined) {
      if (socket.optional) continue
      return `left out its output '${name}'.`
    }
    const problems = checkValue(socket, value)
    if (problems.length > 0) return `returned a wrong output '${name}':${listOf(name, problems)}`
  }
  return undefined
}

function listOf(name: string, problems: readonly ValueProblem[]): string {
  return problems.map(({ path, message }) => `\n  ${formatPath([name, ...path])}: ${message}`).join('')
}
