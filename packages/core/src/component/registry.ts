import { DefinitionError } from '../errors.ts'
import { didYouMean, listNames } from '../text/names.ts'
import type { Callback } from './callback.ts'
import type { ComponentClass } from './component.ts'
import type { ComponentPackage } from './component-package.ts'
import type { Tool } from './tool.ts'
import type { Toolset } from './toolset.ts'

/**
 * The components, tools and callbacks that a pipeline file may name. A value that the caller makes: there is no
 * global registry, and looking a name up never imports code.
 *
 * @example
 * const registry = new Registry([standardComponents, llamaCppComponents])
 */
export class Registry {
  readonly packages: readonly ComponentPackage[]
  readonly #components = new Map<string, { owner: string; component: ComponentClass }[]>()

  /** @throws DefinitionError `REGISTRY_DUPLICATE` when two packages have one name */
  constructor(packages: readonly ComponentPackage[]) {
    this.packages = packages
    const owners = new Set<string>()
    for (const { name: owner, components } of packages) {
      if (owners.has(owner)) {
        throw new DefinitionError('REGISTRY_DUPLICATE', `Package '${owner}' is in the registry twice.`)
      }
      owners.add(owner)
      for (const component of components) {
        const entry = { owner, component }
        this.#components.set(component.type, [...(this.#components.get(component.type) ?? []), entry])
        this.#components.set(`${owner}/${component.type}`, [entry])
      }
    }
  }

  /** Every short name by which a component can be written, and `package/Type` where a short name is shared. */
  types(): string[] {
    const names: string[] = []
    for (const [name, entries] of this.#components) {
      const [first] = entries
      if (first === undefined || name !== first.component.type) continue
      if (entries.length === 1) names.push(name)
      else names.push(...entries.map(({ owner }) => `${owner}/${name}`))
    }
    return names
  }

  /**
   * The class for a type as files write it.
   *
   * @throws DefinitionError `REGISTRY_UNKNOWN` or `REGISTRY_AMBIGUOUS`
   */
  component(type: string): ComponentClass {
    const entries = this.#components.get(type) ?? []
    const [first, second] = entries
    if (first === undefined) {
      throw new DefinitionError(
        'REGISTRY_UNKNOWN',
        `No component type '${type}' is registered. Registered: ${listNames(this.types(), 60)}.${didYouMean(type, this.#components.keys())}`,
      )
    }
    if (second !== undefined) {
      const choices = entries.map(({ owner }) => `${owner}/${type}`)
      throw new DefinitionError(
        'REGISTRY_AMBIGUOUS',
        `Several packages have a '${type}'. Write ${listNames(choices)}.`,
      )
    }
    return first.component
  }

  /** The name that finds this class again: short where it is the only one of its name. */
  nameOf(component: ComponentClass): string | undefined {
    const entries = this.#components.get(component.type) ?? []
    const own = entries.find((entry) => entry.component === component)
    if (own === undefined) return undefined
    return entries.length === 1 ? component.type : `${own.owner}/${component.type}`
  }

  /**
   * The tool, or the toolset, of a name.
   *
   * @throws DefinitionError `REGISTRY_UNKNOWN` or `REGISTRY_AMBIGUOUS`
   */
  tool(name: string): Tool | Toolset {
    const all = this.packages.flatMap((owner) =>
      [...owner.tools, ...owner.toolsets].map((value) => ({ owner: owner.name, name: value.name, value })),
    )
    return only('tool', name, all)
  }

  /** @throws DefinitionError `REGISTRY_UNKNOWN` or `REGISTRY_AMBIGUOUS` */
  callback(name: string): Callback {
    const all = this.packages.flatMap((owner) =>
      Object.entries(owner.callbacks).map(([own, value]) => ({ owner: owner.name, name: own, value })),
    )
    return only('callback', name, all)
  }
}

interface Entry<T> {
  readonly owner: string
  readonly name: string
  readonly value: T
}

function only<T>(kind: string, name: string, all: readonly Entry<T>[]): T {
  const found = all.filter((entry) => entry.name === name || `${entry.owner}/${entry.name}` === name)
  const [first, second] = found
  if (first === undefined) {
    const known = [...new Set(all.map((entry) => entry.name))]
    throw new DefinitionError(
      'REGISTRY_UNKNOWN',
      `No ${kind} '${name}' is registered. Registered: ${listNames(known, 60)}.${didYouMean(name, known)}`,
    )
  }
  if (second !== undefined) {
    const choices = found.map((entry) => `${entry.owner}/${entry.name}`)
    throw new DefinitionError(
      'REGISTRY_AMBIGUOUS',
      `Several packages have a ${kind} '${name}'. Write ${listNames(choices)}.`,
    )
  }
  return first.value
}
