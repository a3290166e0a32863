import { type ComponentClass, typeOf } from '../component/component.ts'
import type { Resource } from '../component/holding/resource.ts'
import type { NameTable } from '../component/name-table.ts'
import { isTool } from '../component/tool.ts'
import { isToolset } from '../component/toolset.ts'
import { DefinitionError } from '../errors.ts'
import { componentNameFault } from '../graph/names.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { replaceHeld } from '../schema/named-values.ts'
import { checkValue } from '../schema/validate.ts'
import { withoutNulls } from '../schema/without-nulls.ts'
import { unknownName } from '../text/names.ts'
import { describeValue, messageOf } from '../text/show.ts'
import { unescaped } from './bounds/permissions.ts'
import { buildPipeline, filesOfHeld, parameterOf } from './build.ts'
import { checkTexts } from './check-texts.ts'
import {
  type DeclaredComponent,
  type Definition,
  type LoadContext,
  type ResourcesByName,
  readHeldPipeline,
} from './definition.ts'
import {
  type HeldScope,
  type PartClass,
  type ReadHeld,
  readHeldComponent,
  readHeldTool,
  toolNamed,
  withWay,
} from './held.ts'
import type { DocumentPath } from './problems.ts'

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
  const { report, place } = definition
  checkTexts(definition, context)
  const made = makeResources(definition, context, around)
  const scope: HeldScope = { ...context, report, place, resources: new Map([...around, ...made]) }
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
  { resources, report, place }: Definition,
  context: LoadContext,
  around: ResourcesByName,
): ResourcesByName {
  const made = new Map<string, Resource | undefined>()
  const names = resources.map(({ name }) => name)
  for (const declared of resources) {
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
    // A tool may name the resources above it.
    const below = names.slice(made.size)
    const scope: HeldScope = { ...context, report, place, resources: new Map([...around, ...made]), below }
    made.set(name, makePart(declared, path, scope))
  }
  return made
}

/** A resource, or a component or tool in a parameter. Undefined when something is wrong with it, which is then reported. */
function makePart<T extends object>(
  declared: Pick<DeclaredComponent, 'parameters'> & { readonly class: PartClass<T> | undefined },
  path: DocumentPath,
  scope: HeldScope,
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

function checkParameters(
  {
    class: declared,
    parameters,
  }: Pick<DeclaredComponent, 'parameters'> & {
    readonly class: Pick<ComponentClass, 'type' | 'parameters' | 'environment'> | undefined
  },
  top: DocumentPath,
  scope: HeldScope,
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
  const meant = Object.entries(parameters).map(([key, value]) => [
    key,
    declared.environment?.includes(key) ? value : unescaped(value),
  ])
  const present = withoutNulls(declared.parameters.type, Object.fromEntries(meant))
  const resolved = replaceHeld(declared.parameters.type, present, (type, value, path) => {
    switch (type.holds.kind) {
      case 'callback':
        if (typeof value === 'string') return find(registry.callbacks, value, path)
        return refuse(`expected the name of a registered callback, got ${describeValue(value)}.`, path)
      case 'tool': {
        if (typeof value === 'string') return findTool(value, path)
        const made = make(readHeldTool, path)
        if (made === undefined || isTool(made) || isToolset(made)) return made
        return refuse(`${typeOf(made)} is neither a tool nor a toolset.`, [...path, 'type'])
      }
      case 'resource':
        return findResource(type.name, value, path)
      case 'pipeline':
        return makePipeline(path)
      case 'component':
        return make((written, place) => readHeldComponent(type.name, written, place, scope), path)
    }
  }) as Readonly<Record<string, unknown>>
  report.atParts('LOAD_PARAMETERS', checkValue(declared.parameters, resolved), top)
  return resolved

  function make<T extends object>(read: ReadHeld<T>, path: DocumentPath): T | undefined {
    const place = [...top, ...path]
    const held = read(asWritten(path), place, scope)
    const made = held && makePart(held, place, scope)
    if (made === undefined) report.refuse(place)
    return made
  }

  /** As the file has it: its own parameters are read like these. */
  function asWritten(path: DocumentPath): unknown {
    return path.reduce<unknown>((around, key) => Object(around)[key], parameters)
  }

  function makePipeline(path: DocumentPath): Pipeline | undefined {
    const place = [...top, ...path]
    const written = asWritten(path)
    const inner = readHeldPipeline(written, report.within(place), scope.place, scope)
    const { file } = Object(written) as { readonly file?: string }
    const known = file === undefined ? scope.resources : new Map<string, never>()
    const made = inner && buildPipeline(checkDefinition(inner, scope, known), scope)
    if (made === undefined) report.refuse(place)
    else if (file !== undefined) filesOfHeld.set(made, file)
    return made
  }

  function findTool(named: string, path: DocumentPath): unknown {
    const found = toolNamed(named, scope)
    if ('fault' in found) return refuse(found.fault, path)
    // What is wrong with the resource is reported there.
    if (found.tool === undefined) report.refuse([...top, ...path])
    return found.tool
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
      if (scope.below?.includes(value)) {
        return refuse(
          `The resource '${value}' stands below. Move it up: a resource names those above it.`,
          path,
        )
      }
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
    return found instanceof DefinitionError ? refuse(withWay(found, table), path) : found.value
  }

  function refuse(message: string, path: DocumentPath): undefined {
    report.atValue('LOAD_PARAMETERS', message, [...top, ...path])
    report.refuse([...top, ...path])
  }
}
