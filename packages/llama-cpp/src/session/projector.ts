import { type CheckContext, didYouMean, type Finding, listNames, t } from '@millrace/core'
import { chatHandlerNames, chatHandlerTemplate } from '../chat-formats/chat-handlers.ts'
import type { ContextSpec } from '../engines/engine.ts'
import { LlamaCppError } from '../errors.ts'
import { checkGgufHeader } from '../gguf/gguf-header.ts'
import type { LoadOptions } from '../options/options.ts'
import { checkFile } from './check-file.ts'

/** The parameters of a component for images and sound. */
export const projectorParameters = {
  chatHandlerName: t.optional(t.string({ minLength: 1 }), {
    description:
      "How conversations with images are written: a class of llama-cpp-python, as in 'Llava15ChatHandler', or its name on the server, as in 'llava-1-5'. Needs modelClipPath.",
  }),
  modelClipPath: t.optional(t.string({ minLength: 1 }), {
    description:
      'The mmproj that belongs to the model, named as the model is. Alone it means that the template of the model is used.',
  }),
}

export interface ProjectorNames {
  readonly chatHandlerName?: string
  readonly modelClipPath?: string
  readonly modelKwargs?: Pick<LoadOptions, 'chatTemplate' | 'chatFormat' | 'nGpuLayers'>
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
    `'${path}' is no mmproj: its architecture is '${architecture ?? 'unknown'}', where 'clip' was expected. Name the file with 'mmproj' in its name that belongs to the model.`,
    { path, actual: architecture ?? 'unknown', expected: 'clip' },
  )
}

/** What opening the mmproj would fail with, as far as its name and its header tell. Nothing is loaded or fetched. */
export async function checkProjector(
  { modelClipPath }: ProjectorNames,
  context: CheckContext,
): Promise<Finding[]> {
  if (modelClipPath === undefined) return []
  return checkFile('modelClipPath', modelClipPath, checkProjectorHeader, context)
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
