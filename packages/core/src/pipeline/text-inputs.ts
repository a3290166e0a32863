import type { ComponentClass } from '../component/component.ts'
import { conversionBetween } from '../component/conversion.ts'
import { ChatMessage } from '../data/chat-message.ts'
import type { PipelineInput } from '../graph/inputs.ts'
import type { SocketType } from '../schema/socket-type.ts'
import { fitsType } from '../schema/validate.ts'
import type { Pipeline } from './pipeline.ts'

const conversation = [ChatMessage.user('…'), ChatMessage.assistant('…')]
const TEXT: SocketType = { kind: 'string' }

/** Whether a whole conversation fits. A variable of a template takes any value, and would print it: only its name tells. */
export function takesConversation({ type, name, socket }: PipelineInput): boolean {
  if (type.kind === 'unknown') return name === 'messages' || socket === 'messages'
  return fitsType(type, conversation)
}

/** Whether it is for what a person says: a text, or messages. */
function takesText({ type }: PipelineInput): boolean {
  if (type.kind === 'json') return false
  if (type.kind === 'unknown' || fitsType(type, '…')) return true
  const made = conversionBetween(TEXT, type)?.name
  return made === 'textToMessage' || made === 'textToMessages'
}

/** An input that would replace a parameter, such as a template, is for who knows its name. */
function replacesParameter(pipeline: Pipeline, { component, socket }: PipelineInput): boolean {
  const { parameters } = Object(pipeline.get(component).constructor) as Partial<ComponentClass>
  return parameters?.type.kind === 'object' && Object.hasOwn(parameters.type.fields, socket)
}

/**
 * The inputs that may be meant where one text is given without a name, each name once: those that a run needs, else those
 * that the pipeline names, else those that are left.
 */
export function textInputs(pipeline: Pipeline, given: ReadonlySet<string> = new Set()): PipelineInput[] {
  const named = new Set(Object.keys(pipeline.options.inputs ?? {}))
  const open = pipeline.inputs().filter((input) => !given.has(input.path) && takesText(input))
  const tiers = [
    open.filter(({ mandatory }) => mandatory),
    open.filter(({ name }) => named.has(name)),
    open.filter((input) => !replacesParameter(pipeline, input)),
  ]
  const inputs = tiers.find((tier) => tier.length > 0) ?? []
  return inputs.filter(({ name }, index) => inputs.findIndex((other) => other.name === name) === index)
}
