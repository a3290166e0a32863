import type { ComponentClass } from '../component/component.ts'
import type { Resource, ResourceClass } from '../component/holding/resource.ts'
import type { NameTable } from '../component/name-table.ts'
import type { Registry } from '../component/registry.ts'
import { DefinitionError } from '../errors.ts'
import { isPlainObject, type JsonObject } from '../json.ts'
import type { SocketType } from '../schema/socket-type.ts'
import { checkValue, type ValueProblem } from '../schema/validate.ts'
import { withoutNulls } from '../schema/without-nulls.ts'
import { didYouMean, nearest } from '../text/names.ts'
import { describeValue } from '../text/show.ts'
import { type LoadLimits, MOST_LEVELS_OF_PIPELINES, type Usage } from './bounds/limits.ts'
import type { Permissions } from './bounds/permissions.ts'
import { fileShape, heldPipelineShape, pipelineType, subPipelineShape } from './file-shape.ts'
import { camelCased, haystackKey, insteadOfType, pythonClass, type RenamedKey } from './hints/haystack.ts'
import { withoutOtherNotations } from './hints/other-notations.ts'
import type { DefinitionPlace, IncludedFiles } from './include.ts'
import type { DocumentPath, Report } from './problems.ts'

/** A pipeline as a file writes it down: a whole file, or a pipeline in the pipeline. */
export interface Definition {
  readonly value: JsonObject
  /** Takes paths from the top of the definition. */
  readonly report: Report
  readonly place: DefinitionPlace
  readonly components: readonly DeclaredComponent[]
  readonly resources: readonly DeclaredResource[]
  /** The resources by name, when they were made. */
  readonly made?: ResourcesByName
}

/** Undefined for one in which something is wrong, which is then reported. */
export type ResourcesByName = ReadonlyMap<string, Resource | undefined>

/** A resource that a file declares, as far as it could be read. */
export interface DeclaredResource {
  readonly name: string
  readonly entry: Readonly<Record<string, unknown>>
  /** Undefined when the file has no type for it that is registered. */
  readonly class: ResourceClass | undefined
  readonly parameters: Readonly<Record<string, unknown>>
}

/** A component that a file declares, as far as it could be read. */
export interface DeclaredComponent {
  readonly name: string
  readonly entry: Readonly<Record<string, unknown>>
  /** Undefined for a pipeline in the pipeline, and when the file has no type for it that is registered. */
  readonly class: ComponentClass | undefined
  readonly parameters: Readonly<Record<string, unknown>>
  readonly isPipeline: boolean
  /** The pipeline that it is; undefined when something is wrong with it, which is then reported. */
  readonly inner: Definition | undefined
  /** Whether overrides changed a pipeline that the file includes, so that it is no longer what that other file says. */
  readonly isChanged: boolean
}

/** What all definitions of one load share. */
export interface LoadContext {
  readonly registry: Registry
  readonly limits: Required<LoadLimits>
  readonly usage: Usage
  readonly files: IncludedFiles
  readonly permissions: Permissions
}

/**
 * Finds the components of a definition with their classes, and the pipelines in it, those of other files included.
 * Reports keys that are unknown or missing, values of the wrong kind, and types that are not registered. Parameters are
 * not looked at, except those of pipelines.
 *
 * @throws LoadError `LOAD_LIMIT`
 */
export function readDefinition(
  { value: written, report }: Pick<Definition, 'value' | 'report'>,
  place: DefinitionPlace,
  context: LoadContext,
): Definition {
  const { value: shaped, renamed } = camelCased(fileShape.type, written)
  const value = withoutOtherNotations(withoutNulls(fileShape.type, shaped), report)
  countComponents(value, report, context)
  checkMostRuns(value, report, context)
  report.atParts('LOAD_SHAPE', checkValue(fileShape, value).map(inWordsOfHaystack), [])
  const allRenamed = [...renamed]
  const declared = isPlainObject(value['components']) ? Object.entries(value['components']) : []
  const resources = readResources(value, report, context.registry)
  const components = declared.flatMap(([name, entry]): DeclaredComponent[] => {
    if (!isPlainObject(entry)) return []
    const { type } = entry
    const isPipeline = type === pipelineType
    const found =
      typeof type === 'string' && !isPipeline
        ? classOf(type, report, ['components', name, 'type'], context.registry)
        : undefined
    const declares = isPipeline ? subPipelineShape : found?.parameters
    const given = camelCased(declares?.type ?? NOTHING, parametersOf(entry), [
      'components',
      name,
      'initParameters',
    ])
    allRenamed.push(...given.renamed)
    const parameters = isPipeline ? withoutNulls(subPipelineShape.type, given.value) : given.value
    const inner = isPipeline ? readInner({ name, entry, parameters }, report, place, context) : undefined
    return [{ name, entry, class: found, parameters, isPipeline, inner, isChanged: false }]
  })
  reportRenamed(allRenamed, report)
  return { value, report, place, components, resources }
}

/** Of a type that is not known, nothing is. */
const NOTHING: SocketType = { kind: 'unknown' }

/** All keys that are in snake_case are one mistake. */
function reportRenamed(renamed: readonly RenamedKey[], report: Report): void {
  const [first, ...others] = renamed
  if (first === undefined) return
  const more = [...new Map(others.map(({ written, name }) => [written, name]))]
    .filter(([written]) => written !== first.written)
    .map(([written, name]) => `'${written}' is '${name}'`)
  const rest = more.length === 0 ? '' : ` Keys are in camelCase, and ${shortList(more)}.`
  const message = `'${first.written}' is Haystack's name of this key. Here it is '${first.name}'.${rest}`
  report.atKey(first.path.length > 3 ? 'LOAD_PARAMETERS' : 'LOAD_SHAPE', message, first.path)
}

function shortList(parts: readonly string[]): string {
  const shown = parts.slice(0, 10)
  const left = parts.length - shown.length
  return left > 0 ? `${shown.join(', ')} and so on` : shown.join(', ')
}

function readResources(value: JsonObject, report: Report, registry: Registry): DeclaredResource[] {
  const declared = isPlainObject(value['resources']) ? Object.entries(value['resources']) : []
  return declared.flatMap(([name, entry]): DeclaredResource[] => {
    if (!isPlainObject(entry)) return []
    const { type } = entry
    const path = ['resources', name, 'type']
    const found = typeof type === 'string' ? resourceClassOf(type, report, path, registry) : undefined
    return [{ name, entry, class: found, parameters: parametersOf(entry) }]
  })
}

/** The class of a resource, or of a tool in a parameter. Undefined for a type that is not registered, which is reported. */
export function resourceClassOf(
  type: string,
  report: Report,
  path: DocumentPath,
  registry: Registry,
  hintFor: () => string = () => '',
): ResourceClass | undefined {
  return findIn(registry.resources, type, report, path, hintFor)
}

/** None where they are absent, or not a mapping, which is reported. */
export function parametersOf({
  initParameters,
}: DeclaredComponent['entry']): DeclaredComponent['parameters'] {
  return isPlainObject(initParameters) ? initParameters : {}
}

function countComponents(value: JsonObject, report: Report, { limits, usage }: LoadContext): void {
  const count =
    Object.keys(Object(value['components'])).length + Object.keys(Object(value['resources'])).length
  const isFirst = usage.components === 0
  usage.components += count
  if (usage.components <= limits.maxComponents) return
  const has = isFirst
    ? `The file has ${count} components`
    : `With these there are ${usage.components} components`
  report.stop(`${has}, more than the ${limits.maxComponents} of 'maxComponents'.`, ['components'])
}

function checkMostRuns(
  { maxRunsPerComponent: runs }: JsonObject,
  report: Report,
  { limits }: LoadContext,
): void {
  if (typeof runs !== 'number' || runs <= limits.maxRunsPerComponent) return
  const message = `A component may run ${runs} times, more than the ${limits.maxRunsPerComponent} of 'maxRunsPerComponent' in the limits of the loader.`
  report.stop(message, ['maxRunsPerComponent'])
}

function inWordsOfHaystack(problem: ValueProblem): ValueProblem {
  const message = problem.unknownKey === undefined ? undefined : haystackKey(problem.unknownKey)
  return message === undefined ? problem : { ...problem, message }
}

/** The class of a component. Undefined for a type that is not registered, which is reported at `path`. */
export function classOf(
  type: string,
  report: Report,
  path: DocumentPath,
  registry: Registry,
): ComponentClass | undefined {
  return findIn(registry.components, type, report, path, () => hint(type, registry))
}

function findIn<T>(
  table: NameTable<T>,
  type: string,
  report: Report,
  path: DocumentPath,
  hintFor: () => string,
): T | undefined {
  const found = table.find(type)
  if (!(found instanceof DefinitionError)) return found.value
  report.atValue('LOAD_UNKNOWN_TYPE', `${found.message}${hintFor()}`, path)
  // What else is wrong with the component is said at once.
  const meant = table.find(pythonClass(type) ?? '')
  return meant instanceof DefinitionError ? undefined : meant.value
}

function hint(type: string, registry: Registry): string {
  if (!(registry.resources.find(type) instanceof DefinitionError)) {
    return ` '${type}' is a resource: declare it under 'resources', and give its name to the components that use it.`
  }
  const short = pythonClass(type)
  if (short !== undefined && registry.types().includes(short)) {
    return `\n'${type}' is a Python class, as in files of Haystack; here the type is called '${short}'.`
  }
  const instead = insteadOfType(type)
  if (instead !== undefined) return `\n'${short ?? type}' is a component of Haystack. ${instead}.`
  if (registry.types().length === 0)
    return ' Give loadPipeline a registry with the packages that the file needs.'
  return nearest(type, registry.types()) === undefined ? didYouMean(type, [pipelineType]) : ''
}

type SubPipeline = Pick<DeclaredComponent, 'name' | 'entry' | 'parameters'>

/** The pipeline that a component of the type `Pipeline` is: written in place, or in another file. */
function readInner(
  component: SubPipeline,
  around: Report,
  place: DefinitionPlace,
  context: LoadContext,
): Definition | undefined {
  const { name, parameters } = component
  const report = around.within(['components', name, 'initParameters'])
  checkSubPipeline(component, report)
  return openInner(`'${name}'`, parameters, report, place, context)
}

/** A pipeline in a parameter, as a file writes it: `{ file }` or `{ definition }`. Undefined for anything else, which is reported. */
export function readHeldPipeline(
  written: unknown,
  report: Report,
  place: DefinitionPlace,
  context: LoadContext,
): Definition | undefined {
  if (!isPlainObject(written)) {
    const message = `expected a pipeline as { file } or { definition }, got ${describeValue(written)}.`
    report.atValue('LOAD_PARAMETERS', message, [])
    return undefined
  }
  const problems = checkValue(heldPipelineShape, written)
  report.atParts('LOAD_PARAMETERS', problems.map(oneLevelDeeper), [])
  if (problems.length > 0) return undefined
  if ((written['file'] === undefined) === (written['definition'] === undefined)) {
    report.atValue('LOAD_PARAMETERS', "A pipeline has either a 'file' or a 'definition'.", [])
    return undefined
  }
  return openInner('This pipeline', written, report, place, context)
}

function openInner(
  label: string,
  { file, definition }: Readonly<Record<string, unknown>>,
  report: Report,
  place: DefinitionPlace,
  context: LoadContext,
): Definition | undefined {
  if (place.levels >= MOST_LEVELS_OF_PIPELINES) {
    const message = `${label} would be the ${MOST_LEVELS_OF_PIPELINES + 1}th pipeline inside another. ${MOST_LEVELS_OF_PIPELINES} are possible.`
    report.stop(message, [])
  }
  if (typeof file === 'string') {
    // Nothing replaces it here, which is reported with the parameters.
    if (file.includes('${env:')) return undefined
    const opened = context.files.open(file, place, report)
    return opened && readDefinition(opened.document, opened.place, context)
  }
  if (file !== undefined || !isPlainObject(definition)) return undefined
  const inside = { value: definition as JsonObject, report: report.within(['definition']) }
  return readDefinition(inside, { ...place, levels: place.levels + 1 }, context)
}

function checkSubPipeline({ name, entry, parameters }: SubPipeline, report: Report): void {
  const problems = checkValue(subPipelineShape, parameters)
  report.atParts('LOAD_PARAMETERS', problems.map(oneLevelDeeper), [])
  if (parameters['file'] !== undefined && parameters['definition'] !== undefined) {
    const message = `'${name}' has both a 'file' and a 'definition'. Remove one of the two.`
    report.atKey('LOAD_PARAMETERS', message, ['definition'])
  }
  const isNamed = parameters['file'] !== undefined || parameters['definition'] !== undefined
  const isReported = problems.some(({ unknownKey = '' }) => isFileKey(unknownKey)) || isElsewhere(entry)
  if (isNamed || isReported) return
  const message = `'${name}' (Pipeline) lacks its pipeline: give a 'file' or a 'definition'.`
  report.atKey('LOAD_PARAMETERS', message, [])
}

/** The keys of a pipeline file are right one level deeper. */
function oneLevelDeeper(problem: ValueProblem): ValueProblem {
  const { unknownKey = '' } = problem
  if (!isFileKey(unknownKey)) return problem
  return { ...problem, message: `'${unknownKey}' belongs to the pipeline inside: put it under 'definition'.` }
}

function isFileKey(key: string): boolean {
  return ['components', 'connections', 'maxRunsPerComponent', 'metadata'].includes(key)
}

/** Parameters of a wrong kind, which is reported already. */
function isElsewhere({ initParameters }: DeclaredComponent['entry']): boolean {
  return initParameters !== undefined && initParameters !== null && !isPlainObject(initParameters)
}
