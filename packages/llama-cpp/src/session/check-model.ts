import { type CheckContext, DefinitionError, type Finding } from '@millrace/core'
import { HiddenValues, resolveEnvironment } from '@millrace/core/component'
import { warningsBeforeLoad } from '../engines/before-load.ts'
import type { Engine, EngineWarningCode } from '../engines/engine.ts'
import type { Isolation } from '../engines/isolated/isolated-engine.ts'
import { LlamaCppError } from '../errors.ts'
import { readChatTemplates } from '../gguf/chat-templates.ts'
import { findModelOnDisk } from '../model-file/model-uri.ts'
import { type FileParameters, type ModelUse, type NamedFile, namedFiles } from './model-files.ts'
import { riskOf, unusualWarning } from './model-risk.ts'
import { checkProjectorFits } from './projector.ts'
import { judgeMemory } from './session-memory.ts'
import { type ContextParameters, contextSpec, weightsSpec } from './specs.ts'

/** The parameters of a component that name files, and say how much memory what is in them takes. */
interface CheckedParameters extends ContextParameters, FileParameters {
  readonly checkMemory?: boolean
  readonly isolation?: Isolation
}

/**
 * What opening the model would fail with, as far as its name and the header of its file tell. Nothing is loaded or
 * fetched: of a model that would be downloaded only that is said. `checkChat` looks at how conversations are written.
 */
export async function checkModel(
  parameters: CheckedParameters,
  context: CheckContext,
  engine: Engine['name'] = 'node-llama-cpp',
  use: ModelUse = 'writes',
  checkChat?: (path: string, given: string | undefined) => Promise<Finding[]>,
): Promise<Finding[]> {
  const findings: Finding[] = []
  let modelPath: string | undefined
  for (const file of namedFiles(parameters, use)) {
    findings.push(
      ...(await checkFile(file, context, async (path) => {
        if (file.role === 'projector' && modelPath !== undefined) await checkProjectorFits(path, modelPath)
        if (file.role !== 'model') return []
        modelPath = path
        return [
          ...(await checkMemory(path, file.option, parameters, engine)),
          ...(await checkRisk(path, file.option, parameters, engine)),
          ...(checkChat ? await checkChat(path, await givenTemplate(path, parameters)) : []),
        ]
      })),
    )
  }
  findings.push(...(await checkEngine(engine, parameters)))
  const hidden = new HiddenValues(parameters)
  return findings.map((finding) => ({ ...finding, message: hidden.hide(finding.message) }))
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
    return [findingOf(error, chosenBy)]
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

/** What opening one file would fail with; for a sound one, what else is to be said of it. */
async function checkFile(
  { option, name: written, checkHeader }: NamedFile,
  { baseDir, resolveFrom }: CheckContext,
  checkSound: (path: string) => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    const name = resolveEnvironment(written)
    const path = await findModelOnDisk(name, { baseDir, resolveFrom })
    if (path === undefined) return [notDownloaded(option, written)]
    await checkHeader(path)
    return await checkSound(path)
  } catch (error) {
    return [findingOf(error, option)]
  }
}

function notDownloaded(option: string, name: string): Finding {
  const message = `The model '${name}' is not on this machine yet: the first run downloads it.`
  return { level: 'warning', code: 'MODEL_NOT_DOWNLOADED', message, option }
}

function findingOf(error: unknown, option: string): Finding {
  if (LlamaCppError.isInstance(error)) {
    const code = error.code === 'MODEL_NOT_FOUND' ? 'MISSING_FILE' : error.code
    return { level: 'error', code, message: error.message, option }
  }
  if (!DefinitionError.isInstance(error)) throw error
  return { level: 'warning', code: 'MISSING_ENVIRONMENT', message: error.message, option }
}
