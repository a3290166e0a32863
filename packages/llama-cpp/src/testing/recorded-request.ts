import { createHash } from 'node:crypto'
import type { JsonObject, JsonValue } from '@millrace/core'
import type { ContextSpec, EmbeddingSpec, LoadingOptions, WeightsSpec } from '../engines/engine.ts'
import type { CallName } from '../engines/engine-calls.ts'
import type { Sampling } from '../engines/request.ts'

/** The calls that are recorded, and what their parameters are called in a recording; undefined for a request, whose fields have names. */
const recordedCalls = {
  chat: undefined,
  complete: undefined,
  countTokens: undefined,
  tokenize: ['text'],
  embed: ['texts', 'truncate'],
  rank: ['query', 'texts', 'truncate'],
} as const satisfies Partial<Record<CallName, readonly string[] | undefined>>

export type RecordedCall = keyof typeof recordedCalls
export type RecordedKind = 'open' | RecordedCall

/** What slots hold is kept by the engine, if at all. */
export function isRecorded(name: CallName): name is RecordedCall {
  return Object.hasOwn(recordedCalls, name)
}

/** The parameters of a call as one object. */
export function requestOf(name: RecordedCall, parameters: readonly unknown[]): object {
  const names = recordedCalls[name]
  if (!names) return parameters[0] as object
  return Object.fromEntries(names.map((field, index) => [field, parameters[index]]))
}

/** Whose answers are recorded. */
export interface RecordedModel {
  /** The name of the model without its folder, host or repository. */
  readonly model: string
  /** Options of the model that change what it says, where there are any. */
  readonly options: JsonObject
}

/** What an answer is recorded for: equal ones get the same answers. Plain JSON, the keys of every object sorted. */
export interface RecordedRequest extends RecordedModel {
  readonly kind: RecordedKind
  readonly request: JsonObject
}

/** `models/pocket.gguf`, `npm:package/pocket.gguf` and `https://host/pocket.gguf#sha256=…` are all `pocket.gguf`. */
export function recordedModelName(name: string): string {
  return (
    name
      .replace(/[?#].*$/, '')
      .split(/[/\\]/)
      .at(-1) || name
  )
}

/** How fast a model works, and where, is not part of what it says. */
export function recordedModel(
  { kvOverrides, modelPath }: WeightsSpec,
  spec: Partial<ContextSpec & EmbeddingSpec>,
  { modelName = modelPath }: LoadingOptions,
): RecordedModel {
  const options = asData({
    kvOverrides: Object.keys(kvOverrides).length === 0 ? undefined : kvOverrides,
    chatTemplate: spec.chatTemplate,
    lora: spec.lora && { file: recordedModelName(spec.lora.path), scale: spec.lora.scale },
    projector: spec.projector && recordedModelName(spec.projector.path),
    pooling: spec.pooling,
    ropeFreqBase: spec.ropeFreqBase,
    ropeFreqScale: spec.ropeFreqScale,
  }) as JsonObject
  return { model: recordedModelName(modelName), options }
}

export function recordedRequest(
  kind: RecordedKind,
  { model, options }: RecordedModel,
  request: object,
): RecordedRequest {
  // What a request leaves open, and lists of nothing, are left out: so a later version may ask for more.
  const asked = Object.entries(request).filter(
    ([, value]) => value !== undefined && JSON.stringify(value) !== '[]' && JSON.stringify(value) !== '{}',
  )
  const fields = asked.map(([name, value]) => {
    if (name === 'messages') return [name, (value as readonly object[]).map(withoutMeta)]
    if (name === 'sampling') return [name, withoutDrawnSeed(value as Sampling)]
    return [name, value]
  })
  return { kind, model, options, request: asData(Object.fromEntries(fields)) as JsonObject }
}

/** The name of the request among all others. */
export function hashOf({ kind, model, options, request }: RecordedRequest): string {
  return sha256(JSON.stringify([kind, model, options, request])).slice(0, 16)
}

/** A seed that nobody chose is another one at each run, and without chance it decides nothing. */
function withoutDrawnSeed({ seed, seedDrawn, ...sampling }: Sampling): object {
  return seedDrawn || sampling.temperature === 0 ? sampling : { ...sampling, seed }
}

/** What a message says, without what is not part of the conversation; media by their checksums. */
function withoutMeta(value: object): object {
  if (Array.isArray(value)) return value.map((part) => (isObject(part) ? withoutMeta(part) : part))
  const entries = Object.entries(value).filter(([name]) => name !== 'meta')
  return Object.fromEntries(
    entries.map(([name, field]) => {
      if (name === 'base64') return ['sha256', sha256(String(field))]
      // The arguments of a call are not ours: they may have fields of any name.
      return [name, isObject(field) && name !== 'arguments' ? withoutMeta(field) : field]
    }),
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** JSON with sorted keys, and without those that have no value. */
function asData(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(asData)
  if (!isObject(value)) return value as JsonValue
  const entries = Object.entries(value).filter(([, field]) => field !== undefined)
  entries.sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(entries.map(([name, field]) => [name, asData(field)]))
}
