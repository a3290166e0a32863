import type { WarmUpContext } from '@millrace/core'
import { resolveEnvironment } from '@millrace/core/component'
import { isEmbeddedFormat } from '../chat-formats/chat-format.ts'
import { readChatTemplates } from '../gguf/chat-templates.ts'
import { checkGgufHeader } from '../gguf/gguf-header.ts'
import { resolveModelFile } from '../model-file/model-uri.ts'
import type { LoadOptions } from '../options/options.ts'
import { checkModelHeader, draftModelOf } from './check-model.ts'
import type { ContextFiles } from './context-spec.ts'
import { checkProjectorFits, checkProjectorHeader } from './projector.ts'

/** Where the model and what belongs to it are on disk. */
export interface ModelFiles extends ContextFiles {
  readonly modelPath: string
}

/** Finds or downloads the files that the options name, one after the other, and reads their headers. */
export async function findModelFiles(
  { model, modelClipPath }: { readonly model: string; readonly modelClipPath?: string },
  load: LoadOptions,
  context: WarmUpContext,
): Promise<ModelFiles> {
  const modelPath = await findFile(load.modelPath ?? resolveEnvironment(model), context)
  await checkModelHeader(modelPath)
  const loraPath = load.loraPath === undefined ? undefined : await findFile(load.loraPath, context)
  if (loraPath !== undefined) await checkGgufHeader(loraPath)
  const draft = draftModelOf(load)
  const draftPath = draft === undefined ? undefined : await findFile(draft, context)
  if (draftPath !== undefined) await checkModelHeader(draftPath)
  const projectorPath =
    modelClipPath === undefined ? undefined : await findFile(resolveEnvironment(modelClipPath), context)
  if (projectorPath !== undefined) {
    await checkProjectorHeader(projectorPath)
    await checkProjectorFits(projectorPath, modelPath)
  }
  const { chatFormat } = load
  const templates =
    chatFormat !== undefined && isEmbeddedFormat(chatFormat) ? await readChatTemplates(modelPath) : undefined
  return { modelPath, loraPath, draftPath, projectorPath, templates }
}

function findFile(
  model: string,
  { baseDir, resolveFrom, signal, onProgress }: WarmUpContext,
): Promise<string> {
  return resolveModelFile(model, {
    baseDir,
    resolveFrom,
    signal,
    onProgress: ({ downloadedBytes, totalBytes }) =>
      onProgress?.({
        stage: 'downloading',
        subject: model,
        doneBytes: downloadedBytes,
        ...(totalBytes === undefined ? {} : { totalBytes, fraction: downloadedBytes / totalBytes }),
      }),
  })
}
