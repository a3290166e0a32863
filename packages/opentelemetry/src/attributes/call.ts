import type { ModelCall } from '@millrace/core'
import { type Attributes, SpanKind } from '@opentelemetry/api'
import { genAi, millrace, server } from '../conventions.ts'
import type { EventOf } from '../events.ts'
import { messagesJson } from './messages-json.ts'
import { requestAttributes } from './request.ts'
import { finishReasonOf, present, responseAttributes } from './response.ts'
import { shortened, TextBudget } from './shortened.ts'

/** A call of a model or of a tool that is over. */
export type CallEvent = EventOf<'modelCall' | 'toolCall'>

export interface CallDescription {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: Attributes
}

/** `rerank` is not among the operations of the conventions, which allow others. */
const operations = {
  chat: 'chat',
  textCompletion: 'text_completion',
  embeddings: 'embeddings',
  rerank: 'rerank',
} as const satisfies Record<ModelCall['operation'], string>

/**
 * What the span of a call is called and says, its content apart.
 *
 * @param firstChunkMs when the first piece of a reply was sent, if one was, after the call had begun
 */
export function describeCall(event: CallEvent, firstChunkMs: number | undefined): CallDescription {
  const { runId, component, componentType, visit } = event
  const inner = event.call.component ?? { name: component, type: componentType }
  const common = {
    [millrace.runId]: runId,
    [millrace.componentName]: inner.name,
    [millrace.componentType]: inner.type,
    [millrace.componentVisit]: visit,
  }
  const { name, kind, attributes } =
    event.type === 'modelCall' ? describeModelCall(event.call, firstChunkMs) : describeToolCall(event)
  return { name, kind, attributes: { ...common, ...attributes } }
}

function describeModelCall(call: ModelCall, firstChunkMs: number | undefined): CallDescription {
  const operation = operations[call.operation]
  return {
    name: `${operation} ${call.model}`,
    kind: call.server === undefined ? SpanKind.INTERNAL : SpanKind.CLIENT,
    attributes: {
      [genAi.operationName]: operation,
      [genAi.providerName]: call.provider,
      [genAi.requestModel]: call.model,
      ...requestAttributes(call.options),
      ...responseAttributes(call),
      ...present({ [server.address]: call.server?.address, [server.port]: call.server?.port }),
      ...(firstChunkMs === undefined
        ? {}
        : { [genAi.requestStream]: true, [genAi.responseTimeToFirstChunk]: firstChunkMs / 1000 }),
    },
  }
}

function describeToolCall({ call: { call } }: EventOf<'toolCall'>): CallDescription {
  return {
    name: `execute_tool ${call.name}`,
    kind: SpanKind.INTERNAL,
    attributes: {
      [genAi.operationName]: 'execute_tool',
      [genAi.toolName]: call.name,
      [genAi.toolType]: 'function',
      ...present({ [genAi.toolCallId]: call.id }),
    },
  }
}

/** The messages of a model's call, or the arguments and the result of a tool's, as JSON. */
export function callContent(event: CallEvent, characters: number): Attributes {
  if (event.type === 'toolCall') {
    const { call, result } = event.call
    const json = (value: unknown) => JSON.stringify(shortened(value, new TextBudget(characters)))
    return present({
      [genAi.toolCallArguments]: json(call.arguments),
      [genAi.toolCallResult]: result === undefined ? undefined : json(result),
    })
  }
  const { input, replies, finishReason } = event.call
  const reason = finishReason === undefined ? undefined : finishReasonOf(finishReason)
  return present({
    [genAi.inputMessages]: input === undefined ? undefined : messagesJson(input, 'user', characters),
    [genAi.outputMessages]:
      replies === undefined ? undefined : messagesJson(replies, 'assistant', characters, reason),
  })
}
