import { checkValue, type ValueProblem } from '../schema/validate.ts'
import { fileShape, haystackKey } from './file-shape.ts'
import type { LoadLimits, Spent } from './limits.ts'
import type { PipelineDefinition } from './read-document.ts'

/**
 * Reports keys that are unknown or missing and values of the wrong kind. Parameters are not looked at.
 *
 * @throws LoadError `LOAD_LIMIT` for too many components
 */
export function checkShape(
  { value, report }: PipelineDefinition,
  { maxComponents }: Required<LoadLimits>,
  spent: Spent,
): void {
  const count = Object.keys(Object(value['components'])).length
  const isFirst = spent.components === 0
  spent.components += count
  if (spent.components > maxComponents) {
    const has = isFirst
      ? `The file has ${count} components`
      : `With these there are ${spent.components} components`
    report.fail('LOAD_LIMIT', `${has}, more than the ${maxComponents} of 'maxComponents'.`, ['components'])
  }
  report.atParts('LOAD_SHAPE', checkValue(fileShape, value).map(withHaystack), [])
}

function withHaystack(problem: ValueProblem): ValueProblem {
  const message = problem.unknownKey === undefined ? undefined : haystackKey(problem.unknownKey)
  return message === undefined ? problem : { ...problem, message }
}
