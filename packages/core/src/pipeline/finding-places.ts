import type { Finding } from '../component/finding.ts'

/** Where something stands in a file. */
export type FindingPlace = Pick<Finding, 'line' | 'column' | 'file'>

const places = new WeakMap<object, (finding: Finding) => FindingPlace>()

/** Says where the findings of a pipeline stand. For the loader. */
export function setPlaces(pipeline: object, placeOf: (finding: Finding) => FindingPlace): void {
  places.set(pipeline, placeOf)
}

/** The finding with its place; one from a pipeline inside has its own already. */
export function withPlace(pipeline: object, finding: Finding): Finding {
  const placeOf = places.get(pipeline)
  return placeOf === undefined || finding.line !== undefined ? finding : { ...finding, ...placeOf(finding) }
}
