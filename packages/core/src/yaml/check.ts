import type { ComponentClass } from '../component/component.ts'
import { environmentReferences, malformedReference } from '../component/environment.ts'
import type { NameTable } from '../component/name-table.ts'
import type { Registry } from '../component/registry.ts'
import { DefinitionError } from '../errors.ts'
import { componentNameFault } from '../graph/names.ts'
import { isPlainObject } from '../json.ts'
import { replaceHeld } from '../schema/named-values.ts'
import { checkValue } from '../schema/validate.ts'
import { listNames, unknownName } from '../text/names.ts'
import { describeValue, messageOf } from '../text/show.ts'
import { parameterOf } from './build.ts'
import {
  classOf,
  type DeclaredComponent,
  type Definition,
  type LoadContext,
  parametersOf,
  type ResourcesByName,
} from './definition.ts'
import { heldShape, pipelineType } from './file-shape.ts'
import type { DocumentPath, Report } from './problems.ts'

type CheckScope = Pick<LoadContext, 'registry' | 'limits' | 'usage'> & {
  readonly report: Report
  /** Those that parameters may name. */
  readonly resources: ResourcesByName
}

/**
 * Reports what is wrong with the names and the parameters of components, those of pipelines in the pipeline included.
 * Makes resources, and the components that parameters hold: constructors load nothing.
 *
 * @param around the resources of the pipelines that the definition stands in
 * @returns the definition with the parameters as constructors take them: values in the place of names
 */
export function checkDefinition(
  definition: Definition,
  context: LoadContext,
  around: ResourcesByName = new Map(),
): Definition {
  const { report } = definition
  checkEnvironment({ ...definition, registry: context.registry })
  const made = makeResources(definition, context, around)
  const scope: CheckScope = { ...context, report, resources: new Map([...around, ...made]) }
  const components = definition.components.map((component): DeclaredComponent => {
    const { name, inner, parameters } = component
    const path = ['components', name]
    const fault = componentNameFault(name)
    if (fault) report.atKey('LOAD_SHAPE', fault.message, path)
    if (inner !== undefined) {
      // Another file knows only its own.
      const known = parameters['file'] === undefined ? scope.resources : new Map<string, never>()
      return { ...component, inner: checkDefinition(inner, context, known) }
    }
    if (component.class === undefined) return component
    return { ...component, parameters: checkParameters(component, [...path, 'initParameters'], scope) }
  })
  return { ...definition, components, made }
}

function makeResources(
  { resources, report }: Definition,
  context: LoadContext,
  around: ResourcesByName,
): ResourcesByName {
  // A resource names no other one, whose order would count.
  const scope: CheckScope = { ...context, report, resources: new Map() }
  return new Map(
    resources.map((declared) => {
      const { name } = declared
      const path = ['resources', name]
      const fault = componentNameFault(name)
      if (fault) report.atKey('LOAD_SHAPE', fault.message.replace('component', 'resource'), path)
      if (around.has(name)) {
        report.atKey(
          'LOAD_SHAPE',
          `A pipeline around this one has a resource '${name}', too. Give it another name.`,
          path,
        )
      }
      return [name, makePart(declared, path, scope)] as const
    }),
  )
}

/** A resource, or a component in a parameter. Undefined when something is wrong with it, which is then reported. */
function makePart<T extends object>(
  declared: Pick<DeclaredComponent, 'entry' | 'parameters'> & { readonly class: PartClass<T> | undefined },
  path: DocumentPath,
  scope: CheckScope,
): T | undefined {
  const { report } = scope
  if (declared.class === undefined) return undefined
  const parameters = checkParameters(declared, [...path, 'initParameters'], scope)
  if (report.has(path)) return undefined
  try {
    return declared.class.parameters === undefined ? new declared.class() : new declared.class(parameters)
  } catch (error) {
    const message = `${declared.class.type} refused its parameters: ${messageOf(error)}`
    report.atKey('LOAD_COMPONENT', message, [...path, 'initParameters', ...parameterOf(error)], error)
    return undefined
  }
}

type PartClass<T> = Pick<ComponentClass, 'type' | 'parameters'> & (new (parameters?: object) => T)

function checkParameters(
  {
    entry,
    class: declared,
    parameters,
  }: Pick<DeclaredComponent, 'entry' | 'parameters'> & {
    readonly class: Pick<ComponentClass, 'type' | 'parameters'> | undefined
  },
  top: DocumentPath,
  scope: CheckScope,
): Readonly<Record<string, unknown>> {
  const { report, registry } = scope
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
  const resolved = replaceHeld(declared.parameters.type, parameters, (type, value, path) => {
    switch (type.holds.kind) {
      case 'callback':
        if (typeof value === 'string') return find(registry.callbacks, value, path)
        return refuse(`expected the name of a registered callback, got ${describeValue(value)}.`, path)
      case 'tools':
        return findTools(value, path)
      case 'resource':
        return findResource(type.name, value, path)
      case 'component': {
        const held = readHeld(type.name, value, [...top, ...path], scope)
        const made = held && makePart(held, [...top, ...path], scope)
        if (made === undefined) report.refuse([...top, ...path])
        return made
      }
    }
  }) as Readonly<Record<string, unknown>>
  report.atParts('LOAD_PARAMETERS', checkValue(declared.parameters, resolved), top)
  return resolved

  function findTools(value: unknown, path: DocumentPath): unknown {
    if (!Array.isArray(value))
      return refuse(`expected a list of names of registered tools, got ${describeValue(value)}.`, path)
    return value.map((item, index) => {
      if (typeof item === 'string') return find(registry.tools, item, [...path, index])
      return refuse(`expected the name of a registered tool, got ${describeValue(item)}.`, [...path, index])
    })
  }

  function findResource(expected: string, value: unknown, path: DocumentPath): unknown {
    const { resources } = scope
    if (typeof value !== 'string') {
      return refuse(
        `expected the name of a resource (${expected}), got ${describeValue(value)}. Declare it under 'resources' of the file.`,
        path,
      )
    }
    if (!resources.has(value)) {
      const declare = resources.size === 0 ? " Declare it under 'resources' of the file." : ''
      return refuse(`${unknownName('resource', value, resources.keys())}${declare}`, path)
    }
    const found = resources.get(value)
    // What is wrong with the resource is reported there.
    if (found === undefined) report.refuse([...top, ...path])
    return found
  }

  function find(table: NameTable<unknown>, named: string, path: DocumentPath): unknown {
    const found = table.find(named)
    return found instanceof DefinitionError ? refuse(found.message, path) : found.value
  }

  function refuse(message: string, path: DocumentPath): undefined {
    report.atValue('LOAD_PARAMETERS', message, [...top, ...path])
    report.refuse([...top, ...path])
  }
}

/** A component in a parameter, as the file declares it. Undefined for what is none, which is then reported. */
function readHeld(expected: string, value: unknown, path: DocumentPath, scope: CheckScope) {
  const { report, registry, limits, usage } = scope
  usage.components++
  if (usage.components > limits.maxComponents) {
    const message = `With this one there are ${usage.components} components, more than the ${limits.maxComponents} of 'maxComponents'.`
    report.stop(message, path)
  }
  if (!isPlainObject(value)) {
    const message = `expected a component (${expected}) as { type, initParameters }, got ${describeValue(value)}.`
    report.atValue('LOAD_PARAMETERS', message, path)
    return undefined
  }
  report.atParts('LOAD_SHAPE', checkValue(heldShape, value), path)
  const { type } = value
  if (type === pipelineType) {
    const message = `A pipeline cannot stand in a parameter of a file. In code a parameter takes pipeline.asComponent().`
    report.atValue('LOAD_PARAMETERS', message, [...path, 'type'])
    return undefined
  }
  const found = typeof type === 'string' ? classOf(type, report, [...path, 'type'], registry) : undefined
  return { entry: value, class: found, parameters: parametersOf(value) }
}

/**
 * Reports every `${env:NAME}` that is malformed, or that stands where no component would replace it. Whether the
 * variables are set is asked at `warmUp`, not here: a file can be checked on another machine.
 */
function checkEnvironment({
  value,
  report,
  components,
  resources,
  registry,
}: Definition & { readonly registry: Registry }): void {
  for (const { name, class: declared, isPipeline, parameters } of components) {
    if (declared === undefined && !isPipeline) continue
    // What a pipeline has inside is checked with its own components.
    const { definition: _, ...others } = parameters
    visitParameters(declared, isPipeline ? others : parameters, ['components', name, 'initParameters'])
  }
  for (const { name, class: declared, parameters } of resources) {
    if (declared !== undefined) visitParameters(declared, parameters, ['resources', name, 'initParameters'])
  }
  visit(value['metadata'], ['metadata'], false)

  /** What a parameter holds replaces the references in its own parameters. */
  function visitParameters(
    declared: Pick<ComponentClass, 'parameters' | 'environment'> | undefined,
    parameters: object,
    path: DocumentPath,
  ): void {
    const type = declared?.parameters?.type
    const own =
      type === undefined
        ? parameters
        : replaceHeld(type, parameters, (held, part, inside) => {
            if (held.holds.kind !== 'component' || !isPlainObject(part)) return part
            const found =
              typeof part['type'] === 'string' ? registry.components.find(part['type']) : undefined
            if (found === undefined || found instanceof DefinitionError) return null
            visitParameters(found.value, parametersOf(part), [...path, ...inside, 'initParameters'])
            return null
          })
    for (const [parameter, part] of Object.entries(own as object)) {
      visit(part, [...path, parameter], declared?.environment?.includes(parameter) ?? false)
    }
  }

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
