import { checkValue, type ValueProblem } from '../component/validate.ts'
import { fileShape, haystackKey } from './file-shape.ts'
import type { LoadLimits } from './limits.ts'
import type { PipelineDocument } from './read-document.ts'

/**
 * Reports keys that are unknown or missing and values of the wrong kind. Parameters are not looked at.
 *
 * @throws LoadError `LOAD_LIMIT` for too many components
 */
export function checkShape(
  { value, nodes, problems, report }: PipelineDocument,
  { maxComponents }: Required<LoadLimits>,
): void {
  const count = Object.keys(Object(value['components'])).length
  if (count > maxComponents) {
    const message = `The file has ${count} components, more than the ${maxComponents} of 'maxComponents'.`
    problems.fail('LOAD_LIMIT', message, nodes.keyAt(['components']))
  }
  report.atParts('LOAD_SHAPE', checkValue(fileShape, value).map(withHaystack), [])
}

function withHaystack(problem: ValueProblem): ValueProblem {
  const message = problem.unknownKey === undefined ? undefined : haystackKey(problem.unknownKey)
  return message === undefined ? problem : { ...problem, message }
}
