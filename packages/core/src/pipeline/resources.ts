import { typeOf } from '../component/component.ts'
import type { CheckContext, Finding } from '../component/finding.ts'
import type { HeldTool } from '../component/holding/held.ts'
import type { Resource } from '../component/holding/resource.ts'
import { closeShared, warmUpShared } from '../component/holding/sharing.ts'
import { isTool } from '../component/tool.ts'
import { isToolset } from '../component/toolset.ts'
import { checkPart, ofHeld } from '../graph/check.ts'
import type { GraphNode } from '../graph/graph.ts'
import type { Part } from '../run/loading.ts'

type Names = Readonly<Record<string, Resource>> | undefined

/** What is loaded with a pipeline: resources and tools, then components, those that others hold before their owners. */
export function partsToLoad(pipeline: object, nodes: readonly GraphNode[], names: Names): Part[] {
  return [...sharedParts(pipeline, nodes, names), ...nodes.flatMap((node) => [...heldOf(node), node])]
}

/**
 * What is closed with a pipeline: components, then tools and resources. One that another pipeline uses, too, stays open
 * until that one is closed.
 */
export function partsToClose(pipeline: object, nodes: readonly GraphNode[], names: Names): Part[] {
  const components = nodes.flatMap((node) => [node, ...heldOf(node).reverse()])
  return [...components, ...sharedParts(pipeline, nodes, names).reverse()]
}

function heldOf(node: GraphNode): Part[] {
  return node.held.components.map(({ name, component }) => ({ name: `${node.name}.${name}`, component }))
}

function sharedParts(pipeline: object, nodes: readonly GraphNode[], names: Names): Part[] {
  return [...sharedBy(nodes)].map((shared) => ({
    name: nameOf(shared, names),
    type: kindOf(shared),
    component: {
      warmUp: (context) => warmUpShared(shared, pipeline, context),
      close: () => closeShared(shared, pipeline),
    },
  }))
}

/** What the resources and the tools themselves find, and the resources that nobody names. */
export async function checkResources(
  nodes: readonly GraphNode[],
  names: Names = {},
  context: CheckContext,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const used = sharedBy(nodes)
  const places = placesOfTools(nodes)
  for (const shared of used) {
    const name = nameOf(shared, names)
    const place = Object.values(names).includes(shared) ? undefined : places.get(shared)
    const label =
      place === undefined
        ? `the resource '${name}' (${kindOf(shared)})`
        : `'${place.owner}.${place.held.name}' (${kindOf(shared)})`
    for (const { component: _, socket: __, ...finding } of await checkPart(shared, label, context)) {
      if (place === undefined) findings.push({ ...finding, resource: name })
      else findings.push({ ...ofHeld(place.held, kindOf(shared), finding), component: place.owner })
    }
  }
  for (const [name, resource] of Object.entries(names)) {
    if (used.has(resource)) continue
    const message = `No component names the resource '${name}' (${kindOf(resource)}).`
    findings.push({ level: 'warning', code: 'UNUSED_RESOURCE', message, resource: name })
  }
  return findings
}

/** Where tools stand that are no resources of the file. */
function placesOfTools(nodes: readonly GraphNode[]) {
  const places = new Map<Resource, { readonly owner: string; readonly held: HeldTool }>()
  for (const { name: owner, held } of nodes) {
    for (const one of held.tools) {
      if (!places.has(one.tool)) places.set(one.tool, { owner, held: one })
    }
  }
  return places
}

/** The resources that components hold, then their tools and toolsets, each once. */
function sharedBy(nodes: readonly GraphNode[]): ReadonlySet<Resource> {
  return new Set<Resource>([
    ...nodes.flatMap(({ held }) => held.resources),
    ...nodes.flatMap(({ held }) => held.tools.map(({ tool }) => tool)),
  ])
}

function nameOf(shared: Resource, names: Names = {}): string {
  const named = Object.entries(names).find(([, resource]) => resource === shared)?.[0]
  return named ?? (isTool(shared) || isToolset(shared) ? shared.name : typeOf(shared))
}

function kindOf(shared: Resource): string {
  const type = typeOf(shared)
  if (type !== 'Object') return type
  return isTool(shared) ? 'Tool' : isToolset(shared) ? 'Toolset' : type
}
