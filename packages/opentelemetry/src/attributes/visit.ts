import type { Attributes } from '@opentelemetry/api'
import { componentSpanName, genAi, millrace } from '../conventions.ts'
import type { EventOf } from '../events.ts'
import { shortened, TextBudget } from './shortened.ts'

export type VisitEnd = EventOf<'componentEnd' | 'componentPause' | 'componentError'>

/** The conventions have a name for the work of an agent, and none for that of other components. */
export function visitName({ component, componentType }: EventOf<'componentStart'>): string {
  return componentType === 'Agent' ? `invoke_agent ${component}` : componentSpanName
}

export function visitAttributes(start: EventOf<'componentStart'>): Attributes {
  return {
    ...(start.componentType === 'Agent' && {
      [genAi.operationName]: 'invoke_agent',
      [genAi.agentName]: start.component,
    }),
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
