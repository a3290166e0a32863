import { DefinitionError } from '../errors.ts'
import { unknownKey } from '../text/names.ts'
import { describeValue } from '../text/show.ts'
import type { Callback } from './callback.ts'
import type { ComponentClass } from './component.ts'
import type { ResourceClass } from './holding/resource.ts'
import { isTool, type Tool } from './tool.ts'
import { isToolset, type Toolset } from './toolset.ts'

/** What a package of components exports: plain data, so that a registry can be made from it without side effects. */
export interface ComponentPackage {
  readonly name: string
  readonly components: readonly ComponentClass[]
  readonly tools: readonly Tool[]
  readonly toolsets: readonly Toolset[]
  readonly callbacks: Readonly<Record<string, Callback>>
  readonly resources: readonly ResourceClass[]
}

export interface ComponentPackageDefinition {
  /** The npm name, which distinguishes two types of one name in files: `@acme/components/WordCount`. */
  readonly name: string
  /** @defaultValue none: a package may have tools alone */
  readonly components?: readonly ComponentClass[] | null
  /** Tools that files may name. */
  readonly tools?: readonly Tool[] | null
  /** Groups of tools that files may name as one, where they may name a tool. */
  readonly toolsets?: readonly Toolset[] | null
  /** Functions that files may name where a parameter takes a callback. */
  readonly callbacks?: Readonly<Record<string, Callback>> | null
  /** Classes of what components share: what files may declare under `resources`. */
  readonly resources?: readonly ResourceClass[] | null
}

const packageKeys = ['name', 'components', 'tools', 'toolsets', 'callbacks', 'resources']

/**
 * Makes the manifest of a package of components.
 *
 * @throws DefinitionError `COMPONENT_INVALID` for what is not a class with a type, a tool, a toolset or a function, and for
 * an unknown key;
 * `REGISTRY_DUPLICATE` for two of one name
 */
export function componentPackage(definition: ComponentPackageDefinition): ComponentPackage {
  const { name } = definition
  const unknown = Object.keys(definition).find((key) => !packageKeys.includes(key))
  if (unknown !== undefined) {
    throw new DefinitionError('COMPONENT_INVALID', `Package '${name}': ${unknownKey(unknown, packageKeys)}`)
  }
  const components = listOf(definition, 'components')
  const tools = listOf(definition, 'tools')
  const toolsets = listOf(definition, 'toolsets')
  const resources = listOf(definition, 'resources')
  const callbacks = definition.callbacks ?? {}
  for (const made of [...components, ...resources]) {
    if (typeof made !== 'function' || typeof made.type !== 'string' || made.type === '') {
      throw new DefinitionError(
        'COMPONENT_INVALID',
        `Package '${name}' lists ${typeof made === 'function' ? `the class '${made.name}'` : 'a value'} without a 'static readonly type'.`,
      )
    }
  }
  if (!tools.every(isTool)) {
    throw new DefinitionError(
      'COMPONENT_INVALID',
      `Package '${name}' lists a tool that was not made with tool({ … }).`,
    )
  }
  if (!toolsets.every(isToolset)) {
    throw new DefinitionError(
      'COMPONENT_INVALID',
      `Package '${name}' lists a toolset that was not made with toolset({ … }).`,
    )
  }
  for (const [callbackName, callback] of Object.entries(callbacks)) {
    if (typeof callback === 'function') continue
    throw new DefinitionError(
      'COMPONENT_INVALID',
      `Package '${name}' lists a callback '${callbackName}' that is not a function.`,
    )
  }
  refuseTwins(
    name,
    'component',
    components.map((component) => component.type),
  )
  refuseTwins(
    name,
    'tool',
    [...tools, ...toolsets].map((item) => item.name),
  )
  refuseTwins(
    name,
    'resource',
    resources.map(({ type }) => type),
  )
  return Object.freeze({ name, components, tools, toolsets, callbacks, resources })
}

function listOf<Key extends 'components' | 'tools' | 'toolsets' | 'resources'>(
  definition: ComponentPackageDefinition,
  key: Key,
): ComponentPackage[Key] {
  // The lists are those of the manifest; the cast is checked item by item.
  const list: unknown = definition[key] ?? []
  if (Array.isArray(list)) return list as unknown as ComponentPackage[Key]
  throw new DefinitionError(
    'COMPONENT_INVALID',
    `Package '${definition.name}' gives '${key}' as a list: [a, b], not as ${describeValue(list)}.`,
  )
}

function refuseTwins(owner: string, kind: string, names: readonly string[]): void {
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin === undefined) return
  throw new DefinitionError('REGISTRY_DUPLICATE', `Package '${owner}' has two ${kind}s called '${twin}'.`)
}
