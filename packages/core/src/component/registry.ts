import { DefinitionError } from '../errors.ts'
import type { Callback } from './callback.ts'
import type { ComponentClass } from './component.ts'
import type { ComponentPackage } from './component-package.ts'
import type { ResourceClass } from './holding/resource.ts'
import { NameTable } from './name-table.ts'
import type { Tool } from './tool.ts'
import type { Toolset } from './toolset.ts'

/**
 * The components, tools, callbacks and resources that a pipeline file may name. A value that the caller makes: there is no
 * global registry, and looking a name up never imports code.
 *
 * @example
 * const registry = new Registry([standardComponents, llamaCppComponents])
 */
export class Registry {
  readonly packages: readonly ComponentPackage[]
  /** The names that a file may use for a component, by its type. */
  readonly components: NameTable<ComponentClass>
  /** The names that a file may use for a tool, or for a toolset, which stands wherever a tool may. */
  readonly tools: NameTable<Tool | Toolset>
  readonly callbacks: NameTable<Callback>
  /** The names that a file may use for a resource, by its type. */
  readonly resources: NameTable<ResourceClass>

  /** @throws DefinitionError `REGISTRY_DUPLICATE` when two packages have one name */
  constructor(packages: readonly ComponentPackage[]) {
    this.packages = packages
    const owners = packages.map(({ name }) => name)
    const twin = owners.find((name, index) => owners.indexOf(name) !== index)
    if (twin !== undefined) {
      throw new DefinitionError('REGISTRY_DUPLICATE', `Package '${twin}' is in the registry twice.`)
    }
    this.components = new NameTable(
      'component type',
      packages.flatMap(({ name: owner, components }) =>
        components.map((value) => ({ owner, name: value.type, value })),
      ),
    )
    this.tools = new NameTable(
      'tool',
      packages.flatMap(({ name: owner, tools, toolsets }) =>
        [...tools, ...toolsets].map((value) => ({ owner, name: value.name, value })),
      ),
    )
    this.callbacks = new NameTable(
      'callback',
      packages.flatMap(({ name: owner, callbacks }) =>
        Object.entries(callbacks).map(([name, value]) => ({ owner, name, value })),
      ),
    )
    this.resources = new NameTable(
      'resource type',
      // A package that another copy of this one made may know none.
      packages.flatMap(({ name: owner, resources = [] }) =>
        resources.map((value) => ({ owner, name: value.type, value })),
      ),
    )
  }

  /** Every short name by which a component can be written, and `package/Type` where a short name is shared. */
  types(): string[] {
    return this.components.names()
  }

  /**
   * The class for a type as files write it.
   *
   * @throws DefinitionError `REGISTRY_UNKNOWN` or `REGISTRY_AMBIGUOUS`
   */
  component(type: string): ComponentClass {
    return found(this.components.find(type))
  }

  /** The name that finds this class again: short where it is the only one of its name. */
  nameOf(component: ComponentClass): string | undefined {
    return this.components.namesOf(component)[0]
  }

  /**
   * The tool, or the toolset, of a name.
   *
   * @throws DefinitionError `REGISTRY_UNKNOWN` or `REGISTRY_AMBIGUOUS`
   */
  tool(name: string): Tool | Toolset {
    return found(this.tools.find(name))
  }

  /** @throws DefinitionError `REGISTRY_UNKNOWN` or `REGISTRY_AMBIGUOUS` */
  callback(name: string): Callback {
    return found(this.callbacks.find(name))
  }
}

function found<T>(entry: { readonly value: T } | DefinitionError): T {
  if (entry instanceof DefinitionError) throw entry
  return entry.value
}
