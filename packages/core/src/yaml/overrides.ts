import type { ComponentClass } from '../component/component.ts'
import { OptionError } from '../errors.ts'
import { isPlainObject, type JsonValue } from '../json.ts'
import { didYouMean, listNames } from '../text/names.ts'
import type { DeclaredComponent, Definition } from './definition.ts'
import type { DocumentPath } from './problems.ts'

/**
 * Parameters by where they belong: the component, then the parameter, as in `llm.model` or `llm.generationKwargs.seed`.
 * For a component of a pipeline in the pipeline the name of that comes first: `sub.llm.model`. A value is what the file
 * would have in that place; `undefined` takes a parameter out.
 */
export type Overrides = Readonly<Record<string, JsonValue | undefined>>

/** A component whose parameters can be overridden. */
export interface OverridableComponent {
  /** With the names of the pipelines that it is in, as in `sub.llm`. */
  readonly name: string
  readonly class: ComponentClass
}

interface Override {
  readonly name: string
  /** The rest of the name, from the definition that it is looked up in. */
  readonly path: readonly string[]
  readonly value: JsonValue | undefined
}

/** The components of a definition, those of a pipeline in it in its place. */
export function overridableComponents({ components }: Definition, around = ''): OverridableComponent[] {
  return components.flatMap(({ name, class: declared, inner }) => {
    if (declared !== undefined) return [{ name: `${around}${name}`, class: declared }]
    return inner === undefined ? [] : overridableComponents(inner, `${around}${name}.`)
  })
}

/**
 * The definition with other parameters. Names that lead to no parameter are reported; whether the values fit is checked
 * with those of the file.
 *
 * @throws OptionError `PIPELINE_INVALID_OPTION` for a name that is not of the form `component.parameter`
 */
export function withOverrides(definition: Definition, overrides: Overrides): Definition {
  const all = Object.entries(overrides).map(([name, value]) => ({ name, path: name.split('.'), value }))
  const malformed = all.find(({ path }) => path.length < 2 || path.includes(''))
  if (malformed !== undefined) {
    const message = `overrides has '${malformed.name}', which is not component.parameter. Write it as in 'llm.model'.`
    throw new OptionError('PIPELINE_INVALID_OPTION', message)
  }
  return overridden(definition, all)
}

function overridden(definition: Definition, overrides: readonly Override[]): Definition {
  const { report } = definition
  const names = definition.components.map(({ name }) => name)
  for (const { name, path } of overrides) {
    const [component = ''] = path
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
    return { ...component, inner: overridden(inner, own), isChanged: true }
  }

  function withParameters(component: DeclaredComponent, own: readonly Override[]): DeclaredComponent {
    let { parameters } = component
    for (const { name, path, value } of own) {
      const next = withValue(parameters, path, value)
      if (next === undefined) {
        const message = `The override '${name}' leads into a value of '${component.name}' that is not a mapping.`
        report.atNoPlace('LOAD_PARAMETERS', message)
      } else parameters = next
      changed.push({ name, path: ['components', component.name, 'initParameters', ...path] })
    }
    return { ...component, parameters }
  }
}

type Parameters = Readonly<Record<string, unknown>>

/** Undefined where a value on the way is not a mapping. */
function withValue(
  parameters: Parameters,
  [key = '', ...rest]: readonly string[],
  value: JsonValue | undefined,
): Parameters | undefined {
  if (value === undefined && !Object.hasOwn(parameters, key)) return parameters
  const { [key]: old, ...others } = parameters
  if (rest.length === 0) return value === undefined ? others : { ...parameters, [key]: value }
  const around = Object.hasOwn(parameters, key) ? old : {}
  if (!isPlainObject(around)) return value === undefined ? parameters : undefined
  const inside = withValue(around, rest, value)
  return inside && { ...parameters, [key]: inside }
}
