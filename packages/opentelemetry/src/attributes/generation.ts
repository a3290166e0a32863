import { isMessage } from './messages-json.ts'
import { asString, asValues, type Values } from './values.ts'

/** A visit that called a model: what its span is named after. */
export interface Generation {
  readonly operation: 'chat' | 'text_completion'
  readonly provider: string
  /** False when the model runs elsewhere, as far as is known. */
  readonly inProcess: boolean
  /** What each reply says about itself; empty when the visit failed. */
  readonly replyMetas: readonly Values[]
}

/** One visit, by its events; `outputs` are absent when it threw. */
export interface FinishedVisit {
  readonly componentType: string
  readonly inputs: Values
  readonly outputs?: Values | undefined
}

const llamaCpp = /^LlamaCpp(Chat)?Generator$/

/**
 * Whether a visit was a call of a model: the component is known as a generator (llama.cpp's are, and those that
 * `providers` names), or its replies say which model made them or how many tokens they took. A component that passes
 * on replies that it received is not one.
 */
export function generationOf(
  visit: FinishedVisit,
  providers: Readonly<Record<string, string>>,
): Generation | undefined {
  const { componentType, inputs, outputs } = visit
  const inProcess = llamaCpp.test(componentType)
  const named = Object.hasOwn(providers, componentType) ? providers[componentType] : undefined
  const replies = repliesOf(outputs)
  const replyMetas = metasOf(replies, outputs)
  const answered = replyMetas.some(namesModelOrUsage) && !replies.some((reply) => wasReceived(reply, inputs))
  const failedGenerator = outputs === undefined && (inProcess || named !== undefined)
  if (!answered && !failedGenerator) return undefined
  return {
    operation: isCompletion(replies, inputs) ? 'text_completion' : 'chat',
    provider: named ?? providerOf(componentType),
    inProcess,
    replyMetas,
  }
}

function repliesOf(outputs: Values | undefined): readonly unknown[] {
  const replies = outputs?.['replies']
  return Array.isArray(replies) ? replies : []
}

/** A message holds its meta; the meta of texts is another output. */
function metasOf(replies: readonly unknown[], outputs: Values | undefined): readonly Values[] {
  if (replies.every((reply) => typeof reply === 'string')) {
    const meta = outputs?.['meta']
    if (replies.length === 0 || meta === undefined) return []
    return (Array.isArray(meta) ? meta : [meta]).map(asValues)
  }
  return replies.map((reply) => asValues(isMessage(reply) ? reply.meta : undefined))
}

function namesModelOrUsage({ model, usage }: Values): boolean {
  return asString(model) !== undefined || (typeof usage === 'object' && usage !== null)
}

function wasReceived(reply: unknown, inputs: Values): boolean {
  if (typeof reply !== 'object') return false
  return Object.values(inputs).some(
    (value) => value === reply || (Array.isArray(value) && value.includes(reply)),
  )
}

function isCompletion(replies: readonly unknown[], inputs: Values): boolean {
  if (replies.length > 0) return typeof replies[0] === 'string'
  return !Object.hasOwn(inputs, 'messages') && Object.hasOwn(inputs, 'prompt')
}

/** Values of `gen_ai.provider.name` that the conventions define and that the type of a generator can be read as. */
const wellKnown = [
  'anthropic',
  'cohere',
  'deepseek',
  'groq',
  'mistral_ai',
  'moonshot_ai',
  'openai',
  'perplexity',
  'x_ai',
]

/**
 * `gen_ai.provider.name` for a generator of this type: `LlamaCppChatGenerator` gives `llama_cpp`,
 * `OpenAIChatGenerator` the `openai` of the conventions.
 */
export function providerOf(componentType: string): string {
  const name = componentType.replace(/(Chat)?Generator$/, '') || componentType
  const letters = name.toLowerCase()
  return (
    wellKnown.find((provider) => provider.replaceAll('_', '') === letters) ??
    name
      .replace(/([a-z\d])([A-Z])/g, '$1_$2')
      .replace(/[^A-Za-z\d]+/g, '_')
      .toLowerCase()
  )
}
