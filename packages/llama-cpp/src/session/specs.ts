import { chatFormatTemplate, isEmbeddedFormat } from '../chat-formats/chat-format.ts'
import type { ContextSpec, WeightsSpec } from '../engines/engine.ts'
import { grantedThreads } from '../engines/threads.ts'
import { checkGgufHeader } from '../gguf/gguf-header.ts'
import { cacheTypes, type LoadOptions, numaStrategies } from '../options/options.ts'
import { projectorSpec } from './projector.ts'

/** The parameters that say how large a context is and how it is worked on. */
export interface ContextParameters {
  readonly nCtx?: number
  readonly nBatch?: number
  readonly slots?: number
  readonly chatHandlerName?: string
  readonly modelClipPath?: string
}

/** Files that belong to a context besides the model, found on disk. */
export interface ContextFiles {
  readonly loraPath?: string | undefined
  /** Of a draft model. */
  readonly draftPath?: string | undefined
  readonly projectorPath?: string | undefined
  /** Templates that the model's file brings, where one of them is asked for. */
  readonly templates?: Readonly<Record<string, string>> | undefined
}

/** What a chat or completion context is made with. */
export function contextSpec(
  parameters: ContextParameters,
  load: LoadOptions,
  { loraPath, draftPath, projectorPath, templates }: ContextFiles,
): ContextSpec {
  return {
    nCtx: load.nCtx ?? parameters.nCtx ?? 0,
    nBatch: load.nBatch ?? parameters.nBatch ?? 512,
    slots: parameters.slots ?? 1,
    nThreads: grantedThreads(load.nThreads),
    nUbatch: load.nUbatch,
    ropeFreqBase: load.ropeFreqBase || undefined,
    ropeFreqScale: load.ropeFreqScale || undefined,
    chatTemplate: load.chatTemplate ?? formatTemplate(load.chatFormat, templates),
    draft: draftSpec(load.draftModel, draftPath),
    projector: undefined,
    flashAttn: load.flashAttn ?? false,
    swaFull: load.swaFull,
    noPerf: load.noPerf,
    typeK: cacheTypeName(load.typeK),
    typeV: cacheTypeName(load.typeV),
    lora: loraPath === undefined ? undefined : { path: loraPath, scale: load.loraScale ?? 1 },
    ...(projectorPath === undefined
      ? {}
      : projectorSpec({ ...parameters, modelKwargs: load }, projectorPath)),
  }
}

/** Undefined for the template of the model, and while it is not known what templates its file has. */
function formatTemplate(
  format: string | undefined,
  templates: ContextFiles['templates'],
): string | undefined {
  if (format === undefined || (isEmbeddedFormat(format) && templates === undefined)) return undefined
  return chatFormatTemplate(format, templates)
}

function draftSpec(given: LoadOptions['draftModel'], path: string | undefined): ContextSpec['draft'] {
  if (given === undefined) return undefined
  const options = typeof given === 'string' ? undefined : given
  const numPredTokens = options?.numPredTokens ?? 10
  if (path !== undefined) return { kind: 'model', path, numPredTokens }
  const maxNgramSize = options?.type === 'promptLookup' ? options.maxNgramSize : undefined
  return { kind: 'promptLookup', maxNgramSize: maxNgramSize ?? 2, numPredTokens }
}

/** A cache type by its name, where it was given by its number. */
function cacheTypeName(given: LoadOptions['typeK']): ContextSpec['typeK'] {
  const names = Object.keys(cacheTypes) as (keyof typeof cacheTypes)[]
  return typeof given === 'number' ? names.find((name) => cacheTypes[name] === given) : given
}

/** What decides whether two components share one load, with llama-cpp-python's defaults. */
export function weightsSpec(modelPath: string, load: LoadOptions, risky = false): WeightsSpec {
  return {
    modelPath,
    nGpuLayers: load.nGpuLayers ?? 0,
    useMmap: load.useMmap ?? load.loraPath === undefined,
    useMlock: load.useMlock ?? false,
    kvOverrides: load.kvOverrides ?? {},
    numa: numaStrategy(load.numa),
    verbose: load.verbose ?? false,
    ...(risky ? { risky } : {}),
  }
}

function numaStrategy(given: LoadOptions['numa'] = false): WeightsSpec['numa'] {
  return typeof given === 'string' ? given : (numaStrategies[Number(given)] ?? false)
}

/**
 * The options with `poolingType` among the overrides: the engine reads the pooling off the metadata of the model, where
 * its key begins with the architecture.
 */
export async function withPooling(modelPath: string, load: LoadOptions): Promise<LoadOptions> {
  const { poolingType = -1, kvOverrides } = load
  if (poolingType === -1) return load
  const { architecture } = await checkGgufHeader(modelPath)
  return { ...load, kvOverrides: { ...kvOverrides, [`${architecture}.pooling_type`]: poolingType } }
}
