import { environmentReferences, malformedReference } from '../component/environment.ts'
import type { NameTable } from '../component/name-table.ts'
import type { Registry } from '../component/registry.ts'
import { DefinitionError } from '../errors.ts'
import { componentNameFault } from '../graph/names.ts'
import { checkValue } from '../schema/validate.ts'
import { withoutNulls } from '../schema/without-nulls.ts'
import { listNames } from '../text/names.ts'
import { describeValue } from '../text/show.ts'
import { isFetched, type Permissions, referenceFault, unescaped, urlFault } from './bounds/permissions.ts'
import type { DeclaredComponent, Definition } from './definition.ts'
import { replaceNamed } from './named-values.ts'
import type { DocumentPath } from './problems.ts'

/**
 * Reports what is wrong with the names and the parameters of components, those of pipelines in the pipeline included.
 *
 * @returns the definition with the parameters as constructors take them: callbacks and tools in the place of their names
 */
export function checkDefinition(
  definition: Definition,
  registry: Registry,
  permissions: Permissions,
): Definition {
  checkTexts(definition, permissions)
  const components = definition.components.map((component): DeclaredComponent => {
    const { name, inner } = component
    const fault = componentNameFault(name)
    if (fault) definition.report.atKey('LOAD_SHAPE', fault.message, ['components', name])
    if (inner !== undefined) return { ...component, inner: checkDefinition(inner, registry, permissions) }
    if (component.class === undefined) return component
    return { ...component, parameters: checkParameters(component, definition, registry) }
  })
  return { ...definition, components }
}

function checkParameters(
  { name, class: declared, parameters }: DeclaredComponent,
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
  const meant = Object.entries(parameters).map(([key, value]) => [
    key,
    declared.environment?.includes(key) ? value : unescaped(value),
  ])
  const present = withoutNulls(declared.parameters.type, Object.fromEntries(meant))
  const resolved = replaceNamed(declared.parameters.type, present, {
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
    if (!(found instanceof DefinitionError)) return found.value
    const way =
      table.names().length > 0 ? '' : ' Add the package that has it with --package, in code to the registry.'
    return refuse(`${found.message}${way}`, path)
  }

  function refuse(message: string, path: DocumentPath): undefined {
    report.atValue('LOAD_PARAMETERS', message, [...top, ...path])
    report.refuse([...top, ...path])
  }
}

/**
 * Reports every `${env:NAME}` that is malformed, not allowed, or stands where no component would replace it, and every
 * URL that is not allowed. Whether the variables are set is asked at `warmUp`, not here: a file can be checked on another
 * machine.
 */
function checkTexts({ value, report, components }: Definition, permissions: Permissions): void {
  for (const { name, class: declared, isPipeline, parameters } of components) {
    if (declared === undefined && !isPipeline) continue
    const top = ['components', name, 'initParameters']
    for (const [parameter, part] of Object.entries(parameters)) {
      // What a pipeline has inside is checked with its own components.
      if (isPipeline && parameter === 'definition') continue
      const replaces = declared?.environment?.includes(parameter) ?? false
      eachText(part, [parameter], (text, path, isKey) => {
        const fault =
          replaces && !isKey ? referenceFault(text, permissions) : misplaced(text, { report, components })
        if (fault !== undefined) refuse('LOAD_ENVIRONMENT', fault, [...top, ...path])
        else if (!isKey && isFetched(declared, path)) {
          const risk = urlFault(text, permissions)
          if (risk !== undefined) refuse('LOAD_PARAMETERS', risk, [...top, ...path])
        }
      })
    }
  }
  eachText(value['metadata'], ['metadata'], (text, path) => {
    const fault = misplaced(text, { report, components })
    if (fault !== undefined) refuse('LOAD_ENVIRONMENT', fault, path)
  })

  function refuse(code: 'LOAD_ENVIRONMENT' | 'LOAD_PARAMETERS', message: string, path: DocumentPath): void {
    report.atValue(code, message, path)
    report.refuse(path)
  }
}

type OnText = (text: string, path: DocumentPath, isKey: boolean) => void

/** Calls `onText` with each text in a value, keys first. */
function eachText(part: unknown, path: DocumentPath, onText: OnText): void {
  if (typeof part === 'string') onText(part, path, false)
  else if (typeof part === 'object' && part !== null) {
    for (const [key, inside] of Object.entries(part)) {
      const below = [...path, Array.isArray(part) ? Number(key) : key]
      if (!Array.isArray(part)) onText(key, below, true)
      eachText(inside, below, onText)
    }
  }
}

/** What is wrong with a reference in a text that is not looked at when a component warms up. */
function misplaced(text: string, definition: Pick<Definition, 'report' | 'components'>): string | undefined {
  if (!text.includes('${env:')) return undefined
  const [name] = environmentReferences(text)
  const reference = malformedReference(text) ?? (name === undefined ? undefined : `\${env:${name}}`)
  if (reference === undefined) return undefined
  return `'${reference}' would not be replaced here; text that is meant so begins with $\${env:. ${possiblePlaces(definition)}`
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
