import type { Component } from '../component/component.ts'
import { type HeldParts, heldParts } from '../component/holding/held.ts'
import { DefinitionError } from '../errors.ts'
import type { GraphNode } from '../graph/graph.ts'
import { PipelineComponent } from './as-component.ts'
import type { Pipeline } from './pipeline.ts'

type Owners = WeakMap<Component, { readonly pipeline: object; readonly name: string }>

const key = Symbol.for('millrace.owners')

/** One for all copies of this package in the process, so that no two of them own one component. */
function owners(): Owners {
  const shared = globalThis as { [key]?: Owners }
  shared[key] ??= new WeakMap()
  return shared[key]
}

function claim(component: Component, pipeline: object, name: string): void {
  const owner = owners().get(component)
  if (owner) {
    const where = owner.pipeline === pipeline ? 'this pipeline has it' : 'another pipeline has it'
    throw new DefinitionError(
      'CONNECT_ALREADY_OWNED',
      `'${name}' cannot be added: ${where} as '${owner.name}'. Make a new instance, or remove it there first.`,
    )
  }
  owners().set(component, { pipeline, name })
}

/**
 * Marks a component, and those that it holds, as parts of a pipeline. Their sockets then have one set of senders, and
 * closing the pipeline may close them.
 *
 * @throws DefinitionError `CONNECT_ALREADY_OWNED`; nothing is marked then
 */
export function claimNode(node: GraphNode, pipeline: object): void {
  const claimed: Component[] = []
  try {
    for (const [name, component] of membersOf(node)) {
      claim(component, pipeline, name)
      claimed.push(component)
    }
  } catch (error) {
    for (const component of claimed) owners().delete(component)
    throw error
  }
}

/**
 * Refuses a component that has this pipeline inside: it would never be done.
 *
 * @throws DefinitionError `CONNECT_SELF`
 */
export function checkOutside({ name, component, held }: GraphNode, pipeline: object): void {
  const inside = new Set(pipelinesIn(component, held))
  for (const inner of inside) {
    if (inner === pipeline) {
      throw new DefinitionError(
        'CONNECT_SELF',
        `'${name}' cannot be added: the pipeline would contain itself.`,
      )
    }
    for (const part of inner.names().map((innerName) => inner.get(innerName))) {
      for (const one of pipelinesIn(part, heldParts(part))) inside.add(one)
    }
  }
}

/**
 * All components of a pipeline, each once: those in the parameters of components and tools, and those of pipelines in
 * it, too.
 */
export function componentsIn(pipeline: Pipeline): readonly Component[] {
  const components = new Set<Component>()
  const pipelines = new Set([pipeline])
  for (const one of pipelines) {
    for (const component of one.names().map((name) => one.get(name))) {
      const held = heldParts(component)
      const inTools = held.tools.flatMap(({ tool }) => heldParts(tool).components)
      for (const part of [...held.components, ...inTools, { component }]) components.add(part.component)
      for (const inner of pipelinesIn(component, held)) pipelines.add(inner)
    }
  }
  return [...components]
}

function pipelinesIn(component: Component, held: HeldParts): Pipeline[] {
  const components = [component, ...held.components.map((one) => one.component)]
  const parts = components.filter((one) => PipelineComponent.isInstance(one))
  return [...parts.map((part) => part.pipeline), ...held.pipelines]
}

export function releaseNode(node: GraphNode): void {
  for (const [, component] of membersOf(node)) owners().delete(component)
}

function membersOf({ name, component, held }: GraphNode): (readonly [name: string, component: Component])[] {
  return [[name, component], ...held.components.map((one) => [`${name}.${one.name}`, one.component] as const)]
}
