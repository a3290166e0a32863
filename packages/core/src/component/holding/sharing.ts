import type { WarmUpContext } from '../component.ts'
import type { Resource } from './resource.ts'

/** By what is shared, those that have loaded it and not closed it since. */
type Users = WeakMap<object, Set<object>>

const key = Symbol.for('millrace.resources')

/** One for all copies of this package in the process, so that none closes what pipelines of another use. */
function users(): Users {
  const shared = globalThis as { [key]?: Users }
  shared[key] ??= new WeakMap()
  return shared[key]
}

type Shared = Pick<Resource, 'warmUp' | 'close'>

/** Warms up a resource, a tool or a toolset for a pipeline or a component, which is from now on one of its users. */
export async function warmUpShared(shared: Shared, user: object, context?: WarmUpContext): Promise<void> {
  const using = users().get(shared) ?? new Set()
  users().set(shared, using.add(user))
  await shared.warmUp?.(context)
}

/** Closes it, unless it has other users: it is closed with the last one. */
export async function closeShared(shared: Shared, user: object): Promise<void> {
  const using = users().get(shared)
  using?.delete(user)
  if (using === undefined || using.size === 0) await shared.close?.()
}

/**
 * Warms up the tools and toolsets in the parameters of a component, for its `warmUp`. In a pipeline they are ready by then,
 * and a second call costs nothing; a component that is used alone makes them ready so.
 */
export async function warmUpTools(
  tools: readonly Shared[] = [],
  user: object,
  context?: WarmUpContext,
): Promise<void> {
  await Promise.all(tools.map((tool) => warmUpShared(tool, user, context)))
}

/** Closes those that nobody else uses any more, for the `close` of the component that warmed them up. */
export async function closeTools(tools: readonly Shared[] = [], user: object): Promise<void> {
  await Promise.all(tools.map((tool) => closeShared(tool, user)))
}
