import { environmentReferences, malformedReference } from '../component/environment.ts'
import type { NameTable } from '../component/name-table.ts'
import type { Registry } from '../component/registry.ts'
import { DefinitionError } from '../errors.ts'
import { componentNameFault } from '../graph/names.ts'
import { checkValue } from '../schema/validate.ts'
import { listNames } from '../text/names.ts'
import { describeValue } from '../text/show.ts'
import type { DeclaredComponent, Definition } from './definition.ts'
import { replaceNamed } from './named-values.ts'
import type { DocumentPath } from './problems.ts'

/**
 * Reports what is wrong with the names and the parameters of components, those of pipelines in the pipeline included.
 *
 * @returns the definition with the parameters as constructors take them: callbacks and tools in the place of their names
 */
export function checkDefinition(definition: Definition, registry: Registry): Definition {
  checkEnvironment(definition)
  const components = definition.components.map((component): DeclaredComponent => {
    const { name, inner } = component
    const fault = componentNameFault(name)
    if (fault) definition.report.atKey('LOAD_SHAPE', fault.message, ['components', name])
    if (inner !== undefined) return { ...component, inner: checkDefinition(inner, registry) }
    if (component.class === undefined) return component
    return { ...component, parameters: checkParameters(component, definition, registry) }
  })
  return { ...definition, components }
}

function checkParameters(
  { name, entry, class: declared, parameters }: DeclaredComponent,
  { report }: Definition,
  registry: Registry,
): Readonly<Record<string, unknown>> {
  const top = ['components', name, 'initParameters']
  if (declared?.parameters === undefined) {
    for (const key of Object.keys(parameters)) {
      report.atKey('LOAD_PARAMETERS', `'${key}' is unknown: ${declared?.type} takes no parameters.`, [
        ...top,
        key,
      ])
    }
    return {}
  }
  // What a Haystack file calls by another name isn't missing; that the name is wrong is reported already.
  if (entry['initParameters'] === undefined && entry['init_parameters'] !== undefined) return {}
  const resolved = replaceNamed(declared.parameters.type, parameters, {
    callback: (value, path) => {
      if (typeof value === 'string') return find(registry.callbacks, value, path)
      return refuse(`expected the name of a registered callback, got ${describeValue(value)}.`, path)
    },
    tools: (value, path) => {
      if (!Array.isArray(value))
        return refuse(`expected a list of names of registered tools, got ${describeValue(value)}.`, path)
      return value.map((item, index) => {
        if (typeof item === 'string') return find(registry.tools, item, [...path, index])
        return refuse(`expected the name of a registered tool, got ${describeValue(item)}.`, [...path, index])
      })
    },
  }) as Readonly<Record<string, unknown>>
  report.atParts('LOAD_PARAMETERS', checkValue(declared.parameters, resolved), top)
  return resolved

  function find(table: NameTable<unknown>, named: string, path: DocumentPath): unknown {
    const found = table.find(named)
    return found instanceof DefinitionError ? refuse(found.message, path) : found.value
  }

  function refuse(message: string, path: DocumentPath): undefined {
    report.atValue('LOAD_PARAMETERS', message, [...top, ...path])
    report.refuse([...top, ...path])
  }
}

/**
 * Reports every `${env:NAME}` that is malformed, or that stands where no component would replace it. Whether the
 * variables are set is asked at `warmUp`, not here: a file can be checked on another machine.
 */
function checkEnvironment({ value, report, components }: Definition): void {
  for (const { name, class: declared, isPipeline, parameters } of components) {
    if (declared === undefined && !isPipeline) continue
    for (const [parameter, part] of Object.entries(parameters)) {
      // What a pipeline has inside is checked with its own components.
      if (isPipeline && parameter === 'definition') continue
      const possible = declared?.environment?.includes(parameter) ?? false
      visit(part, ['components', name, 'initParameters', parameter], possible)
    }
  }
  visit(value['metadata'], ['metadata'], false)

  function visit(part: unknown, path: DocumentPath, possible: boolean): void {
    if (typeof part === 'string') checkText(part, path, possible)
    else if (typeof part === 'object' && part !== null) {
      for (const [key, inside] of Object.entries(part)) {
        const below = [...path, Array.isArray(part) ? Number(key) : key]
        if (!Array.isArray(part)) checkText(key, below, false)
        visit(inside, below, possible)
      }
    }
  }

  function checkText(text: string, path: DocumentPath, possible: boolean): void {
    if (!text.includes('${env:')) return
    const malformed = malformedReference(text)
    if (possible && malformed === undefined) return
    const message = possible
      ? `'${malformed}' is not a reference to an environment variable. Write \${env:NAME}, with a name of letters, digits and '_'.`
      : `'${malformed ?? `\${env:${environmentReferences(text)[0]}}`}' would not be replaced here. ${possiblePlaces({ report, components })}`
    report.atValue('LOAD_ENVIRONMENT', message, path)
    report.refuse(path)
  }
}

function possiblePlaces({ report, components }: Pick<Definition, 'report' | 'components'>): string {
  const paths = components.flatMap(({ name, class: declared }) =>
    (declared?.environment ?? []).map((parameter) =>
      report.written(['components', name, 'initParameters', parameter]),
    ),
  )
  return paths.length === 0
    ? `No component of this ${report.whole} replaces it in its parameters.`
    : `In this ${report.whole} it is possible in ${listNames(paths)}.`
}
