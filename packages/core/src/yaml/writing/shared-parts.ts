import { type Component, type ComponentClass, typeOf } from '../../component/component.ts'
import { heldParts } from '../../component/holding/held.ts'
import type { Resource } from '../../component/holding/resource.ts'
import { isTool } from '../../component/tool.ts'
import { isToolset } from '../../component/toolset.ts'
import { PipelineComponent } from '../../pipeline/as-component.ts'
import type { Pipeline } from '../../pipeline/pipeline.ts'
import { filesOfHeld } from '../build.ts'

/** The file that a pipeline came from: see `IncludedPipeline`. */
export function fileOf({ initParameters }: Component): string | undefined {
  return (initParameters as { readonly file?: string } | undefined)?.file
}

/** Whether it is a tool or a toolset of a class, which a file can make: one of `tool` or `toolset` has a name at most. */
export function isOfToolClass(value: unknown): value is Resource {
  if (!isTool(value) && !isToolset(value)) return false
  return typeof (value.constructor as Partial<ComponentClass> | undefined)?.type === 'string'
}

/**
 * What a file has under `resources`, with the name of each: what the pipeline gives a name to, the resources that
 * components hold, and the tools of a class that several of them hold. Those of pipelines in it that its file has count,
 * too: they share them by the names at the top.
 *
 * @param isRegistered whether the file names this tool as one of a package
 */
export function sharedParts(
  pipeline: Pipeline,
  isRegistered: (tool: object) => boolean,
): ReadonlyMap<Resource, string> {
  const names = new Map<Resource, string>()
  for (const [shared, name] of foundIn(pipeline, isRegistered)) {
    const base = name ?? typeOf(shared).replace(/^./, (first) => first.toLowerCase())
    const taken = new Set(names.values())
    let free = base
    for (let number = 2; taken.has(free); number++) free = `${base}${number}`
    names.set(shared, free)
  }
  return names
}

/** With the name that a pipeline has for it. */
type Found = Map<Resource, string | undefined>

function foundIn(pipeline: Pipeline, isRegistered: (tool: object) => boolean): Found {
  const found: Found = new Map()
  const tools = new Set<object>()
  add(pipeline)
  return found

  function add(one: Pipeline): void {
    for (const [name, resource] of Object.entries(one.options.resources ?? {})) {
      // What a tool names stands above it.
      for (const above of heldParts(resource).resources) put(above)
      put(resource, name)
    }
    for (const component of one.names().map((name) => one.get(name))) {
      if (PipelineComponent.isInstance(component) && fileOf(component) === undefined) add(component.pipeline)
      const held = heldParts(component)
      for (const inner of held.pipelines) if (!filesOfHeld.has(inner)) add(inner)
      for (const resource of held.resources) put(resource)
      for (const { tool } of held.tools) {
        if (isOfToolClass(tool) && tools.has(tool) && !isRegistered(tool)) put(tool)
        tools.add(tool)
      }
    }
  }

  function put(shared: Resource, name?: string): void {
    found.set(shared, found.get(shared) ?? name)
  }
}
