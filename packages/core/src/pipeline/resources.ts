import { typeOf } from '../component/component.ts'
import type { CheckContext, Finding } from '../component/finding.ts'
import type { Resource } from '../component/holding/resource.ts'
import { checkPart } from '../graph/check.ts'
import type { GraphNode } from '../graph/graph.ts'
import type { Part } from '../run/loading.ts'

type Names = Readonly<Record<string, Resource>> | undefined

/** By a resource, the pipelines that have loaded it and not been closed since. */
type Users = WeakMap<Resource, Set<object>>

const key = Symbol.for('millrace.resources')

/** One for all copies of this package in the process, so that none closes what pipelines of another use. */
function users(): Users {
  const shared = globalThis as { [key]?: Users }
  shared[key] ??= new WeakMap()
  return shared[key]
}

/** What is loaded with a pipeline: resources, then components, those that others hold before their owners. */
export function partsToLoad(pipeline: object, nodes: readonly GraphNode[], names: Names): Part[] {
  return [...resourceParts(pipeline, nodes, names), ...nodes.flatMap((node) => [...heldOf(node), node])]
}

/**
 * What is closed with a pipeline: components, then resources. One that another pipeline uses, too, stays open until that
 * one is closed.
 */
export function partsToClose(pipeline: object, nodes: readonly GraphNode[], names: Names): Part[] {
  const components = nodes.flatMap((node) => [node, ...heldOf(node).reverse()])
  return [...components, ...resourceParts(pipeline, nodes, names)]
}

function heldOf(node: GraphNode): Part[] {
  return node.held.components.map(({ name, component }) => ({ name: `${node.name}.${name}`, component }))
}

function resourceParts(pipeline: object, nodes: readonly GraphNode[], names: Names): Part[] {
  return [...resourcesOf(nodes)].map((resource) => ({
    name: nameOf(resource, names),
    type: typeOf(resource),
    component: sharedBy(resource, pipeline),
  }))
}

function sharedBy(resource: Resource, pipeline: object): Part['component'] {
  return {
    warmUp: async (context) => {
      const using = users().get(resource) ?? new Set()
      users().set(resource, using.add(pipeline))
      await resource.warmUp?.(context)
    },
    close: async () => {
      const using = users().get(resource)
      using?.delete(pipeline)
      if (using === undefined || using.size === 0) await resource.close?.()
    },
  }
}

/** What the resources themselves find, and those that a name is given to for nothing. */
export async function checkResources(
  nodes: readonly GraphNode[],
  names: Names = {},
  context: CheckContext,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const used = resourcesOf(nodes)
  for (const resource of used) {
    const name = nameOf(resource, names)
    for (const { component: _, socket: __, ...finding } of await checkPart(
      resource,
      `the resource '${name}' (${typeOf(resource)})`,
      context,
    )) {
      findings.push({ ...finding, resource: name })
    }
  }
  for (const [name, resource] of Object.entries(names)) {
    if (used.has(resource)) continue
    const message = `No component names the resource '${name}' (${typeOf(resource)}).`
    findings.push({ level: 'warning', code: 'UNUSED_RESOURCE', message, resource: name })
  }
  return findings
}

/** The resources that components hold, each once. */
export function resourcesOf(nodes: readonly GraphNode[]): ReadonlySet<Resource> {
  return new Set(nodes.flatMap(({ held }) => held.resources))
}

function nameOf(resource: Resource, names: Names = {}): string {
  return Object.entries(names).find(([, named]) => named === resource)?.[0] ?? typeOf(resource)
}
