import type { Component } from '../component/component.ts'
import { DefinitionError } from '../errors.ts'

type Owners = WeakMap<Component, { readonly pipeline: object; readonly name: string }>

const key = Symbol.for('millrace.owners')

/** One for all copies of this package in the process, so that no two of them own one component. */
function owners(): Owners {
  const shared = globalThis as { [key]?: Owners }
  shared[key] ??= new WeakMap()
  return shared[key]
}

/**
 * Marks a component as part of a pipeline. Its sockets then have one set of senders, and closing the pipeline may
 * close it.
 *
 * @throws DefinitionError `CONNECT_ALREADY_OWNED`
 */
export function claim(component: Component, pipeline: object, name: string): void {
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

export function release(component: Component): void {
  owners().delete(component)
}
