import { type CheckContext, type Finding, resolveEnvironment } from '@millrace/core'
import { warningsBeforeLoad } from '../engines/before-load.ts'
import type { Engine, EngineWarningCode } from '../engines/engine.ts'
import type { Isolation } from '../engines/isolated/isolated-engine.ts'
import { LlamaCppError } from '../errors.ts'
import { readChatTemplates } from '../gguf/chat-templates.ts'
import { checkGgufHeader } from '../gguf/gguf-header.ts'
import type { LoadOptions } from '../options/options.ts'
import { checkFile } from './check-file.ts'
import { type ContextParameters, contextSpec } from './context-spec.ts'
import { riskOf, unusualWarning } from './model-risk.ts'
import { judgeMemory } from './session-memory.ts'
import { weightsSpec } from './weights-spec.ts'

/** The parameters of a component that name files, and say how much memory what is in them takes. */
export interface CheckedParameters extends ContextParameters {
  readonly model: string
  readonly modelKwargs?: LoadOptions
  readonly checkMemory?: boolean
  readonly isolation?: Isolation
}

/** The draft model that the options name, which need not be on disk; none where guesses come from the prompt. */
export function draftModelOf({ draftModel }: Pick<LoadOptions, 'draftModel'>): string | undefined {
  if (typeof draftModel === 'string') return draftModel === 'promptLookup' ? undefined : draftModel
  return draftModel?.type === 'model' ? draftModel.model : undefined
}

/** Reads the header of a model. @throws LlamaCppError also for an mmproj, which is GGUF, but no model */
export async function checkModelHeader(path: string): Promise<void> {
  const { architecture } = await checkGgufHeader(path)
  if (architecture !== 'clip') return
  throw new LlamaCppError(
    'MODEL_UNSUPPORTED',
    `'${path}' is an mmproj: the image part of a model, which answers nothing by itself. Name the model it belongs to.`,
    { path },
  )
}

/**
 * What opening the model would fail with, as far as its name and the header of its file tell. Nothing is loaded or
 * fetched: of a model that would be downloaded only that is said. `checkChat` looks at how conversations are written.
 */
export async function checkModel(
  parameters: CheckedParameters,
  context: CheckContext,
  engine: Engine['name'] = 'node-llama-cpp',
  checkChat?: (path: string, given: string | undefined) => Promise<Finding[]>,
): Promise<Finding[]> {
  const { model, modelKwargs = {} } = parameters
  const { modelPath, loraPath } = modelKwargs
  const option = modelPath === undefined ? 'model' : 'modelKwargs.modelPath'
  let ofHeader: Finding[] = []
  const findings = await checkFile(
    option,
    modelPath ?? model,
    async (path) => {
      await checkModelHeader(path)
      ofHeader = [
        ...(await checkMemory(path, option, parameters, engine)),
        ...(await checkRisk(path, option, parameters, engine)),
        ...(checkChat ? await checkChat(path, await givenTemplate(path, parameters)) : []),
      ]
    },
    context,
  )
  findings.push(...ofHeader, ...(await checkEngine(engine, parameters)))
  if (loraPath !== undefined) {
    findings.push(...(await checkFile('modelKwargs.loraPath', loraPath, checkGgufHeader, context)))
  }
  const draft = draftModelOf(modelKwargs)
  if (draft !== undefined) {
    findings.push(...(await checkFile('modelKwargs.draftModel', draft, checkModelHeader, context)))
  }
  return findings
}

const warnedOptions: Partial<Record<EngineWarningCode, string>> = {
  GPU_UNAVAILABLE: 'modelKwargs.nGpuLayers',
  THREADS_EXCEED_CORES: 'modelKwargs.nThreads',
}

/** Whether the engine is installed, and what is to be said of it on this machine. */
async function checkEngine(
  engine: Engine['name'],
  { modelKwargs = {}, modelClipPath }: CheckedParameters,
): Promise<Finding[]> {
  const chosenBy = modelClipPath === undefined ? 'engine' : 'modelClipPath'
  try {
    const warnings = await warningsBeforeLoad(engine, modelKwargs)
    return warnings.map(({ code, message }) => {
      return { level: 'warning', code, message, option: warnedOptions[code] ?? chosenBy }
    })
  } catch (error) {
    if (!LlamaCppError.isInstance(error)) throw error
    return [{ level: 'error', code: error.code, message: error.message, option: chosenBy }]
  }
}

/** The template that the options ask for, which may be one of the file. */
async function givenTemplate(
  path: string,
  { modelKwargs = {}, ...parameters }: CheckedParameters,
): Promise<string | undefined> {
  const templates = await readChatTemplates(path)
  return contextSpec(parameters, resolveEnvironment(modelKwargs), { templates }).chatTemplate
}

/** Says that a model goes into a process of its own, where nobody chose that. */
async function checkRisk(
  path: string,
  option: string,
  { isolation = 'auto', modelKwargs = {} }: CheckedParameters,
  engine: Engine['name'],
): Promise<Finding[]> {
  if (isolation !== 'auto' || engine === 'llama.node') return []
  const risk = await riskOf({ modelPath: path }, modelKwargs)
  if (risk === undefined) return []
  return [{ level: 'warning', ...unusualWarning(risk), option }]
}

async function checkMemory(
  path: string,
  option: string,
  { modelKwargs = {}, ...parameters }: CheckedParameters,
  engine: Engine['name'],
): Promise<Finding[]> {
  if (parameters.checkMemory === false) return []
  const weights = weightsSpec(path, modelKwargs)
  const context = contextSpec(parameters, modelKwargs, {})
  const verdict = await judgeMemory({ engine, weights, context, loaded: false })
  if (verdict === undefined) return []
  const { level, message } = verdict
  return [{ level, code: level === 'error' ? 'OUT_OF_MEMORY' : 'MEMORY_TIGHT', message, option }]
}
