import { isPlainObject, type JsonObject } from '../json.ts'
import type { PipelineComponent, PipelineMapping } from '../pipeline/as-component.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { checkValue, type ValueProblem } from '../schema/validate.ts'
import { asDefinitionError } from './as-definition-error.ts'
import { checkMapping } from './check-mapping.ts'
import { type DefinitionPlace, placeInside } from './definition-place.ts'
import type { FileComponent } from './file-components.ts'
import { type SubPipelineParameters, subPipelineShape } from './file-shape.ts'
import type { IncludedFile, IncludedFiles } from './included-files.ts'
import { IncludedPipeline } from './included-pipeline.ts'
import { MOST_LEVELS_OF_PIPELINES } from './limits.ts'
import type { PipelineDefinition } from './read-document.ts'
import type { Report } from './report.ts'

/** What makes a pipeline of a definition, and finds the definitions in other files. */
export interface SubPipelineLoader {
  readonly files: IncludedFiles
  /** Undefined when something is wrong with it, which is then reported. */
  load(definition: PipelineDefinition, place: DefinitionPlace): Pipeline | undefined
}

/**
 * Makes the component of type `Pipeline` that a file declares. Undefined when something is wrong with it, which is then
 * reported: all of what is inside, too.
 *
 * @throws LoadError `LOAD_LIMIT`
 */
export function makeSubPipeline(
  component: FileComponent,
  place: DefinitionPlace,
  around: Report,
  loader: SubPipelineLoader,
): PipelineComponent | undefined {
  const path = ['components', component.name, 'initParameters']
  const report = around.within(path)
  checkParameters(component, report)
  const { file, definition, inputs, outputs } = component.parameters as SubPipelineParameters
  if (place.levels >= MOST_LEVELS_OF_PIPELINES) {
    const message = `'${component.name}' would be the ${MOST_LEVELS_OF_PIPELINES + 1}th pipeline inside of another. ${MOST_LEVELS_OF_PIPELINES} are possible.`
    report.fail('LOAD_LIMIT', message, [])
  }
  const inner = file === undefined ? nested() : opened()
  const pipeline = inner && loader.load(inner.definition, inner.place)
  if (pipeline === undefined) return undefined
  checkMapping(pipeline, { inputs, outputs }, report)
  return report.has([]) ? undefined : make(pipeline)

  function nested(): IncludedFile | undefined {
    if (!isPlainObject(definition)) return undefined
    const value = definition as JsonObject
    return { definition: { value, report: report.within(['definition']) }, place: placeInside(place) }
  }

  function opened(): IncludedFile | undefined {
    if (typeof file !== 'string') return undefined
    return loader.files.open(file, place, { report, path: ['file'] })
  }

  function make(made: Pipeline): PipelineComponent | undefined {
    const mapping: PipelineMapping = {
      ...(inputs === undefined ? {} : { inputs }),
      ...(outputs === undefined ? {} : { outputs }),
    }
    try {
      return file === undefined
        ? made.asComponent(mapping as never)
        : new IncludedPipeline(made, file, mapping)
    } catch (error) {
      const { message } = asDefinitionError(error)
      report.atKey('LOAD_COMPONENT', message, inputs === undefined ? [] : ['inputs'], error)
      return undefined
    }
  }
}

function checkParameters({ name, entry, parameters }: FileComponent, report: Report): void {
  const problems = checkValue(subPipelineShape, parameters)
  report.atParts('LOAD_PARAMETERS', problems.map(withAdvice), [])
  if (parameters['file'] !== undefined && parameters['definition'] !== undefined) {
    const message = `'${name}' has both a 'file' and a 'definition'. Remove one of the two.`
    report.atKey('LOAD_PARAMETERS', message, ['definition'])
  }
  const isNamed = parameters['file'] !== undefined || parameters['definition'] !== undefined
  const isTold = problems.some(({ unknownKey = '' }) => isFileKey(unknownKey)) || isElsewhere(entry)
  if (isNamed || isTold) return
  const message = `'${name}' (Pipeline) lacks its pipeline: give a 'file' or a 'definition'.`
  report.atKey('LOAD_PARAMETERS', message, [])
}

/** The keys of a pipeline file are right one level deeper. */
function withAdvice(problem: ValueProblem): ValueProblem {
  const { unknownKey = '' } = problem
  if (!isFileKey(unknownKey)) return problem
  return { ...problem, message: `'${unknownKey}' belongs to the pipeline inside: put it under 'definition'.` }
}

function isFileKey(key: string): boolean {
  return ['components', 'connections', 'maxRunsPerComponent', 'metadata'].includes(key)
}

/** Parameters under another key, or of a kind that is none: both have been told. */
function isElsewhere({ initParameters, init_parameters }: FileComponent['entry']): boolean {
  if (initParameters === undefined || initParameters === null) return init_parameters !== undefined
  return !isPlainObject(initParameters)
}
