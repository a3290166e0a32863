import { invalid, makeSocket } from '../../schema/make-socket.ts'
import type { Socket } from '../../schema/socket.ts'
import type { Component, ComponentClass } from '../component.ts'

/**
 * What several components of a pipeline share, such as a store of documents or a connection: made once, warmed up before
 * the components and closed after them. Parameters that hold one are made with `t.resource`. Pipelines may share it, too:
 * it is closed with the last one that uses it.
 */
export type Resource = Pick<Component, 'initParameters' | 'warmUp' | 'check' | 'close' | 'toJSON'> & {
  /** Called with the name that a pipeline or its file gives it, before it is warmed up. */
  useName?(name: string): void
}

/** A class of resources, as the registry and the loader see it. */
export interface ResourceClass
  extends Pick<
    ComponentClass,
    'type' | 'description' | 'parameters' | 'environment' | 'urls' | 'servers' | 'commands'
  > {
  // biome-ignore lint/suspicious/noExplicitAny: each class has other parameters; the loader checks them first.
  new (parameters?: any): Resource
}

/**
 * A resource that a parameter holds. In code it is the object itself, the same for all components that share it; in a file
 * it is the name of one of the `resources` of the file.
 *
 * @param name what messages call it, such as `DocumentStore`
 * @param check whether an object is one, by what it has
 * @example
 * static readonly parameters = t.object({ store: t.resource<DocumentStore>('DocumentStore', isDocumentStore) })
 */
export function resource<T extends object>(
  name: string,
  check: (value: object) => boolean,
  options?: { readonly description?: string },
): Socket<T> {
  if (typeof name !== 'string' || name === '') throw invalid('t.resource needs a name, as messages print it.')
  if (typeof check !== 'function')
    throw invalid(`t.resource('${name}') needs a function that checks a value.`)
  const isOne = (value: unknown) => typeof value === 'object' && value !== null && check(value)
  return makeSocket(
    't.resource',
    { kind: 'named', name, check: isOne, holds: { kind: 'resource' } },
    { ...options },
  ) as Socket<T>
}
