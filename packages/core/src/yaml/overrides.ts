import type { ComponentClass } from '../component/component.ts'
import type { ResourceClass } from '../component/holding/resource.ts'
import type { Registry } from '../component/registry.ts'
import { OptionError } from '../errors.ts'
import { isPlainObject, type JsonValue } from '../json.ts'
import { replaceHeld } from '../schema/named-values.ts'
import type { SocketType } from '../schema/socket-type.ts'
import { didYouMean, listNames } from '../text/names.ts'
import { formatPath } from '../text/show.ts'
import { type DeclaredComponent, type Definition, parametersOf } from './definition.ts'
import { heldClass } from './held.ts'
import type { DocumentPath } from './problems.ts'

/**
 * Parameters by where they belong: the component, then the parameter, as in `llm.model` or `llm.generationKwargs.seed`.
 * For a component of a pipeline in the pipeline the name of that comes first: `sub.llm.model`. Items of lists have their
 * number, from 0, and so have the components and tools that a parameter holds: `fallback.generators[0].model`. A value is what the file
 * would have in that place; `undefined` takes a parameter out.
 */
export type Overrides = Readonly<Record<string, JsonValue | undefined>>

/** A component, or a tool in place, whose parameters can be overridden. */
export interface OverridableComponent {
  /** With the names of the pipelines that it is in, or of what holds it, as in `sub.llm` and `fallback.generators[0]`. */
  readonly name: string
  readonly class: ComponentClass | ResourceClass
}

interface Override {
  readonly name: string
  /** The rest of the name, from the definition that it is looked up in. */
  readonly path: DocumentPath
  readonly value: JsonValue | undefined
}

/** The components of a definition, those of a pipeline in it in its place, those that another one holds after it. */
export function overridableComponents(
  { components }: Definition,
  registry: Registry,
  around = '',
): OverridableComponent[] {
  return components.flatMap(({ name, class: declared, inner, parameters }) => {
    if (inner !== undefined) return overridableComponents(inner, registry, `${around}${name}.`)
    return declared === undefined ? [] : withHeld(`${around}${name}`, declared, parameters, registry)
  })
}

function withHeld(
  name: string,
  declared: ComponentClass | ResourceClass,
  parameters: object,
  registry: Registry,
): OverridableComponent[] {
  const found: OverridableComponent[] = [{ name, class: declared }]
  if (declared.parameters === undefined) return found
  replaceHeld(declared.parameters.type, parameters, ({ holds }, value, path) => {
    const held = heldClass(holds, value, registry)
    if (held) {
      found.push(...withHeld(`${name}.${formatPath(path)}`, held, parametersOf(Object(value)), registry))
    }
    return value
  })
  return found
}

/**
 * The definition with other parameters. Names that lead to no parameter are reported; whether the values fit is checked
 * with those of the file.
 *
 * @throws OptionError `PIPELINE_INVALID_OPTION` for a name that is not of the form `component.parameter`
 */
export function withOverrides(definition: Definition, overrides: Overrides, registry: Registry): Definition {
  const all = Object.entries(overrides).map(([name, value]) => ({ name, path: segmentsOf(name), value }))
  const malformed = all.find(({ path }) => path.length < 2 || path.includes(''))
  if (malformed !== undefined) {
    const message = `overrides has '${malformed.name}', which is not component.parameter. Write it as in 'llm.model'.`
    throw new OptionError('PIPELINE_INVALID_OPTION', message)
  }
  return overridden(definition, all, registry)
}

/** `generators[0].model` as `generators`, 0 and `model`. */
function segmentsOf(name: string): DocumentPath {
  return name.split('.').flatMap((part) => {
    const [, key = part, indexes = ''] = /^(.*?)((?:\[\d{1,9}\])+)$/s.exec(part) ?? []
    return [key, ...[...indexes.matchAll(/\d+/g)].map(([index]) => Number(index))]
  })
}

function overridden(definition: Definition, overrides: readonly Override[], registry: Registry): Definition {
  const { report } = definition
  const names = definition.components.map(({ name }) => name)
  for (const { name, path } of overrides) {
    const component = String(path[0])
    if (names.includes(component)) continue
    const message = `The override '${name}' names no component of this ${report.whole}. Components: ${listNames(names)}.${didYouMean(component, names)}`
    report.atNoPlace('LOAD_PARAMETERS', message)
  }
  const changed: { readonly name: string; readonly path: DocumentPath }[] = []
  const components = definition.components.map((component) => {
    const own = overrides
      .filter(({ path }) => path[0] === component.name)
      .map((override) => ({ ...override, path: override.path.slice(1) }))
    if (own.length === 0) return component
    return component.isPipeline ? withInner(component, own) : withParameters(component, own)
  })
  return { ...definition, components, report: report.withOverrides(changed) }

  function withInner(component: DeclaredComponent, own: readonly Override[]): DeclaredComponent {
    const { inner } = component
    const [tooShort] = own.filter(({ path }) => path.length < 2)
    if (tooShort !== undefined) {
      const message = `The override '${tooShort.name}' names no parameter: '${component.name}' is a pipeline. Name a component in it, then a parameter of that.`
      report.atNoPlace('LOAD_PARAMETERS', message)
    }
    if (inner === undefined || tooShort !== undefined) return component
    return { ...component, inner: overridden(inner, own, registry), isChanged: true }
  }

  function withParameters(component: DeclaredComponent, own: readonly Override[]): DeclaredComponent {
    let { parameters } = component
    const type = component.class?.parameters?.type
    for (const { name, path, value } of own) {
      const place: (string | number)[] = []
      const next = withValue({ around: parameters, type, path, value, registry, place })
      if (next === undefined) {
        const message = `The override '${name}' leads into a value of '${component.name}' that is not a mapping, or to an item that is not there. Items are written as in 'stop[0]'.`
        report.atNoPlace('LOAD_PARAMETERS', message)
      } else parameters = next as Parameters
      changed.push({ name, path: ['components', component.name, 'initParameters', ...place] })
    }
    return { ...component, parameters }
  }
}

type Parameters = Readonly<Record<string, unknown>>

interface Change {
  readonly around: unknown
  /** What `around` is declared to be, where that is known. */
  readonly type: SocketType | undefined
  readonly path: DocumentPath
  readonly value: JsonValue | undefined
  readonly registry: Registry
  /** Gets the path of the value as the file has it. */
  readonly place: (string | number)[]
}

/** `around` with the value in it. Undefined where something on the way is not a mapping, or has no such item. */
function withValue(change: Change): unknown {
  const { around, type, path, value, registry, place } = change
  const holds = type?.kind === 'named' ? type.holds : undefined
  const held = holds && heldClass(holds, around, registry)
  if (held && isPlainObject(around)) {
    place.push('initParameters')
    const inside = withValue({ ...change, around: parametersOf(around), type: held.parameters?.type })
    return inside && { ...around, initParameters: inside }
  }
  const [key = '', ...rest] = path
  place.push(key)
  const isThere = Object.hasOwn(Object(around), key)
  if (Array.isArray(around)) {
    if (typeof key !== 'number' || !isThere) return undefined
    const item =
      rest.length === 0
        ? value
        : withValue({ ...change, around: around[key], type: partOf(type, key), path: rest })
    return item === undefined ? undefined : around.with(key, item)
  }
  if (!isPlainObject(around) || typeof key === 'number') return value === undefined ? around : undefined
  if (value === undefined && !isThere) return around
  const { [key]: old, ...others } = around
  if (rest.length === 0) return value === undefined ? others : { ...around, [key]: value }
  const inside = withValue({ ...change, around: isThere ? old : {}, type: partOf(type, key), path: rest })
  return inside && { ...around, [key]: inside }
}

/** The type of a part, through unions of one type and null. */
function partOf(type: SocketType | undefined, key: string | number): SocketType | undefined {
  switch (type?.kind) {
    case 'array':
      return type.items
    case 'record':
      return type.values
    case 'object':
      return Object.hasOwn(type.fields, key) ? type.fields[key]?.type : undefined
    case 'union': {
      const [member, ...others] = type.members.filter(({ kind }) => kind !== 'null')
      return others.length === 0 ? partOf(member, key) : undefined
    }
    default:
      return undefined
  }
}
