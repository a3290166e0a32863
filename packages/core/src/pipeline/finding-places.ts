import type { Finding } from '../component/finding.ts'

/** Where something stands in a file. */
export type FindingPlace = Pick<Finding, 'line' | 'column' | 'file'>

const places = new WeakMap<object, (finding: Finding) => FindingPlace>()

/** Says where the findings of a pipeline stand. For the loader. */
export function setPlaces(pipeline: object, placeOf: (finding: Finding) => FindingPlace): void {
  places.set(pipeline, placeOf)
}

/** The findings with their places; one from a pipeline inside has its own already. */
export function withPlaces(pipeline: object, findings: Finding[]): Finding[] {
  const placeOf = places.get(pipeline)
  if (placeOf === undefined) return findings
  return findings.map((finding) =>
    finding.line === undefined ? { ...finding, ...placeOf(finding) } : finding,
  )
}
