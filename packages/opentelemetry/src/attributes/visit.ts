import type { Attributes } from '@opentelemetry/api'
import { millrace } from '../conventions.ts'
import type { EventOf } from '../events.ts'
import { shortened, TextBudget } from './shortened.ts'

export type VisitEnd = EventOf<'componentEnd' | 'componentPause' | 'componentError'>

export function visitAttributes(start: EventOf<'componentStart'>): Attributes {
  return {
    [millrace.runId]: start.runId,
    [millrace.componentName]: start.component,
    [millrace.componentType]: start.componentType,
    [millrace.componentVisit]: start.visit,
  }
}

/** What went into a visit and came out, by socket, as JSON. */
export function visitContent(
  start: EventOf<'componentStart'>,
  end: VisitEnd,
  characters: number,
): Attributes {
  const json = (values: object) => JSON.stringify(shortened(values, new TextBudget(characters)))
  return {
    [millrace.componentInputs]: json(start.inputs),
    ...(end.type === 'componentEnd' ? { [millrace.componentOutputs]: json(end.outputs) } : {}),
  }
}
