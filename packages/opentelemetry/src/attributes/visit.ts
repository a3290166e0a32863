import type { Component } from '@millrace/core'
import { type Attributes, SpanKind } from '@opentelemetry/api'
import { componentSpanName, genAi, millrace } from '../conventions.ts'
import type { EventOf } from '../events.ts'
import { type Generation, generationOf } from './generation.ts'
import { messagesJson } from './messages-json.ts'
import { requestAttributes, requestedModel } from './request.ts'
import { responseAttributes } from './response.ts'
import { shortened, TextBudget } from './shortened.ts'
import { asValues, type Values } from './values.ts'

/** A visit that is over, by its events. */
export interface Visit {
  readonly start: EventOf<'componentStart'>
  readonly end: EventOf<'componentEnd' | 'componentError'>
  /** When the first piece of a reply was sent, if one was; in the time of the events. */
  readonly firstChunkTime?: number | undefined
}

/** What is read of a pipeline. Every `Pipeline` has it. */
export interface PipelineParts {
  names(): readonly string[]
  get(name: string): Component
}

export interface DescriptionOptions {
  readonly providers: Readonly<Record<string, string>>
  readonly pipeline: PipelineParts | undefined
}

export interface VisitDescription {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: Attributes
  readonly generation: Generation | undefined
}

/** What the span of a visit is called and says, its content apart. */
export function describeVisit(visit: Visit, options: DescriptionOptions): VisitDescription {
  const { runId, component, componentType, visit: number, inputs } = visit.start
  const attributes: Attributes = {
    [millrace.runId]: runId,
    [millrace.componentName]: component,
    [millrace.componentType]: componentType,
    [millrace.componentVisit]: number,
  }
  const generation = generationOf({ componentType, inputs, outputs: outputsOf(visit) }, options.providers)
  if (generation === undefined) {
    return { name: componentSpanName, kind: SpanKind.INTERNAL, attributes, generation }
  }
  const parameters = initParametersOf(visit.start, options.pipeline)
  const { operation, provider, inProcess, replyMetas } = generation
  const response = responseAttributes(replyMetas)
  const model = requestedModel(parameters) ?? response[genAi.responseModel]
  Object.assign(
    attributes,
    { [genAi.operationName]: operation, [genAi.providerName]: provider },
    model === undefined ? {} : { [genAi.requestModel]: model },
    requestAttributes(parameters, inputs),
    response,
    streamAttributes(visit),
  )
  return {
    name: model === undefined ? operation : `${operation} ${model}`,
    kind: inProcess ? SpanKind.INTERNAL : SpanKind.CLIENT,
    attributes,
    generation,
  }
}

/** What went into a visit and came out, as JSON: of a model's call its messages, else the values of the sockets. */
export function visitContent(
  visit: Visit,
  generation: Generation | undefined,
  characters: number,
): Attributes {
  const { inputs } = visit.start
  const outputs = outputsOf(visit)
  if (generation === undefined) {
    const json = (values: Values) => JSON.stringify(shortened(values, new TextBudget(characters)))
    return {
      [millrace.componentInputs]: json(inputs),
      ...(outputs === undefined ? {} : { [millrace.componentOutputs]: json(outputs) }),
    }
  }
  const asked = inputs[generation.operation === 'chat' ? 'messages' : 'prompt']
  return {
    ...(asked === undefined ? {} : { [genAi.inputMessages]: messagesJson(asked, 'user', characters) }),
    ...(outputs === undefined
      ? {}
      : { [genAi.outputMessages]: messagesJson(outputs['replies'], 'assistant', characters) }),
  }
}

function outputsOf({ end }: Visit): Values | undefined {
  return end.type === 'componentEnd' ? end.outputs : undefined
}

function streamAttributes({ start, firstChunkTime }: Visit): Attributes {
  if (firstChunkTime === undefined) return {}
  return {
    [genAi.requestStream]: true,
    [genAi.responseTimeToFirstChunk]: (firstChunkTime - start.time) / 1000,
  }
}

/** The same name may belong to another component in another pipeline: the type must be the same, too. */
function initParametersOf(start: Visit['start'], pipeline: PipelineParts | undefined): Values {
  if (!pipeline?.names().includes(start.component)) return {}
  const component = pipeline.get(start.component)
  const type = asValues(component.constructor)['type'] ?? component.constructor.name
  return type === start.componentType ? asValues(component.initParameters) : {}
}
