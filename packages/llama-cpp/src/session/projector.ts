import { t } from '@millrace/core'
import { didYouMean, listNames } from '@millrace/core/component'
import { chatHandlerNames, chatHandlerTemplate } from '../chat-formats/chat-handlers.ts'
import type { ContextSpec } from '../engines/engine.ts'
import { LlamaCppError } from '../errors.ts'
import { checkGgufHeader } from '../gguf/gguf-header.ts'
import type { LoadOptions } from '../options/options.ts'

/** The parameters of a component for images and sound. */
export const projectorParameters = {
  /**
   * How conversations with images are written: a class of llama-cpp-python, as in 'Llava15ChatHandler', or its name
   * on the server, as in 'llava-1-5'. Needs modelClipPath.
   */
  chatHandlerName: t.optional(t.string({ minLength: 1 }), {
    description:
      "How conversations with images are written: a class of llama-cpp-python, as in 'Llava15ChatHandler', or its name on the server, as in 'llava-1-5'. Needs modelClipPath.",
  }),
  /**
   * The mmproj that belongs to the model, named as the model is. Alone it means that the template of the model is
   * used.
   */
  modelClipPath: t.optional(t.string({ minLength: 1 }), {
    description:
      'The mmproj that belongs to the model, named as the model is. Alone it means that the template of the model is used.',
  }),
}

export interface ProjectorNames {
  readonly chatHandlerName?: string
  readonly modelClipPath?: string
  readonly modelKwargs?: Pick<LoadOptions, 'chatTemplate' | 'chatFormat' | 'nGpuLayers' | 'modelPath'>
}

/**
 * Refuses what cannot be meant, without looking at files.
 *
 * @throws LlamaCppError `OPTION_INVALID`
 */
export function checkProjectorNames({ chatHandlerName, modelClipPath, modelKwargs }: ProjectorNames): void {
  if (chatHandlerName === undefined) return
  if (modelClipPath === undefined) {
    throw invalid(
      'modelClipPath',
      `modelClipPath must be provided when chatHandlerName is specified: '${chatHandlerName}' needs the mmproj of its model.`,
    )
  }
  if (!chatHandlerNames.includes(chatHandlerName)) {
    throw invalid(
      'chatHandlerName',
      `Failed to import chat handler '${chatHandlerName}'. Possible: ${listNames(chatHandlerNames, 30)}.${didYouMean(chatHandlerName, chatHandlerNames)}`,
    )
  }
  const other = (['chatTemplate', 'chatFormat'] as const).find((name) => modelKwargs?.[name] !== undefined)
  if (other === undefined || chatHandlerTemplate(chatHandlerName) === undefined) return
  throw invalid(
    'chatHandlerName',
    `Parameter 'chatHandlerName' brings a template of its own, and so does 'modelKwargs.${other}'. Leave one of them out.`,
  )
}

function invalid(option: string, message: string): LlamaCppError {
  return new LlamaCppError('OPTION_INVALID', message, { option })
}

/** Reads the header of an mmproj. @throws LlamaCppError also for a file that is GGUF, but another kind of model */
export async function checkProjectorHeader(path: string): Promise<void> {
  const { architecture } = await checkGgufHeader(path)
  if (architecture === 'clip') return
  throw new LlamaCppError(
    'MODEL_UNSUPPORTED',
    `'${path}' is not an mmproj: its architecture is '${architecture ?? 'unknown'}', where 'clip' was expected. Name the file with 'mmproj' in its name that belongs to the model.`,
    { path, actual: architecture ?? 'unknown', expected: 'clip' },
  )
}

/** The tensor of each kind of projector that says how wide what it makes is, and in which of its dimensions. */
const lastTensors: Readonly<Record<string, readonly [tensor: string, dimension: number]>> = {
  mlp: ['mm.2.weight', 1],
  pixtral: ['mm.2.weight', 1],
  lfm2: ['mm.2.weight', 1],
  kimivl: ['mm.2.weight', 1],
  qwen2vl_merger: ['mm.2.bias', 0],
  'qwen2.5vl_merger': ['mm.2.bias', 0],
  gemma3: ['mm.input_projection.weight', 0],
  idefics3: ['mm.model.fc.weight', 1],
  internvl: ['mm.model.mlp.3.weight', 1],
}

/**
 * Refuses an mmproj that makes images as wide as tokens of another model are. Of kinds whose width is not known here
 * llama.cpp says it when it loads them.
 *
 * @throws LlamaCppError `MODEL_UNSUPPORTED`
 */
export async function checkProjectorFits(path: string, modelPath: string): Promise<void> {
  const [projector, model] = [await checkGgufHeader(path), await checkGgufHeader(modelPath)]
  const [name, dimension] = lastTensors[String(projector.values['clip.projector_type'])] ?? ['', 0]
  const actual = projector.tensors.find((tensor) => tensor.name === name)?.shape[dimension]
  const expected = model.values[`${model.architecture}.embedding_length`]
  if (actual === undefined || typeof expected !== 'number' || actual === expected) return
  throw new LlamaCppError(
    'MODEL_UNSUPPORTED',
    `'${path}' belongs to another model: it makes embeddings of ${actual} values, and '${modelPath}' takes ${expected}. Name the mmproj that was published with the model.`,
    { path, actual, expected },
  )
}

/** What a context with a projector is made with, given where its file is. Without a template where the handler brings none. */
export function projectorSpec(
  { chatHandlerName, modelKwargs = {} }: ProjectorNames,
  path: string,
): Pick<ContextSpec, 'projector'> & Partial<Pick<ContextSpec, 'chatTemplate'>> {
  const ofHandler = chatHandlerName === undefined ? undefined : chatHandlerTemplate(chatHandlerName)
  return {
    projector: {
      path,
      useGpu: (modelKwargs.nGpuLayers ?? 0) !== 0,
    },
    ...(ofHandler === undefined ? {} : { chatTemplate: ofHandler }),
  }
}
