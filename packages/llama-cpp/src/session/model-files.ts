import type { WarmUpContext } from '@millrace/core'
import { resolveEnvironment } from '@millrace/core/component'
import { isEmbeddedFormat } from '../chat-formats/chat-format.ts'
import { LlamaCppError } from '../errors.ts'
import { readChatTemplates } from '../gguf/chat-templates.ts'
import { checkGgufHeader } from '../gguf/gguf-header.ts'
import { purposeOf } from '../gguf/model-purpose.ts'
import { resolveModelFile } from '../model-file/model-uri.ts'
import type { LoadOptions } from '../options/options.ts'
import { checkProjectorFits, checkProjectorHeader } from './projector.ts'
import type { ContextFiles } from './specs.ts'

/** The parameters of a component that name files. */
export interface FileParameters {
  readonly model: string
  readonly modelClipPath?: string
  readonly modelKwargs?: LoadOptions
}

/** A file that the parameters name, and what its header must be like. */
export interface NamedFile {
  readonly role: 'model' | 'lora' | 'draft' | 'projector'
  readonly option: string
  /** As it is written: it may refer to the environment. */
  readonly name: string
  checkHeader(path: string): Promise<unknown>
}

/** What is asked of a model: to write, or to read texts, which gives vectors and scores. */
export type ModelUse = 'writes' | 'reads'

/** What has to be on disk before the model can be loaded, the model first. */
export function namedFiles(
  { model, modelClipPath, modelKwargs = {} }: FileParameters,
  use: ModelUse,
): NamedFile[] {
  const { modelPath, loraPath } = modelKwargs
  const draft = draftModelOf(modelKwargs)
  const option = modelPath === undefined ? 'model' : 'modelKwargs.modelPath'
  const checkHeader = (path: string) => checkModelHeader(path, use)
  const files: NamedFile[] = [{ role: 'model', option, name: modelPath ?? model, checkHeader }]
  if (loraPath !== undefined)
    files.push({
      role: 'lora',
      option: 'modelKwargs.loraPath',
      name: loraPath,
      checkHeader: checkGgufHeader,
    })
  if (draft !== undefined)
    files.push({
      role: 'draft',
      option: 'modelKwargs.draftModel',
      name: draft,
      checkHeader,
    })
  if (modelClipPath !== undefined)
    files.push({
      role: 'projector',
      option: 'modelClipPath',
      name: modelClipPath,
      checkHeader: checkProjectorHeader,
    })
  return files
}

/** The draft model that the options name; none where guesses come from the prompt. */
function draftModelOf({ draftModel }: Pick<LoadOptions, 'draftModel'>): string | undefined {
  if (typeof draftModel === 'string') return draftModel === 'promptLookup' ? undefined : draftModel
  return draftModel?.type === 'model' ? draftModel.model : undefined
}

/**
 * Reads the header of a model.
 *
 * @throws LlamaCppError also for an mmproj, which is GGUF, but not a model, and for a model that shall write and cannot
 */
async function checkModelHeader(path: string, use: ModelUse): Promise<void> {
  const header = await checkGgufHeader(path)
  if (header.architecture === 'clip') throw isProjector(path)
  const purpose = purposeOf(header)
  if (use === 'writes' && purpose !== 'writing') throw cannotWrite(path, purpose)
}

function isProjector(path: string): LlamaCppError {
  return new LlamaCppError(
    'MODEL_UNSUPPORTED',
    `'${path}' is an mmproj: the image part of a model, which answers nothing by itself. Name the model it belongs to.`,
    { path },
  )
}

function cannotWrite(path: string, purpose: 'embedding' | 'ranking'): LlamaCppError {
  const [kind, components] =
    purpose === 'embedding'
      ? ['an embedding model', 'LlamaCppTextEmbedder or LlamaCppDocumentEmbedder']
      : ['a reranker', 'LlamaCppRanker']
  return new LlamaCppError(
    'MODEL_UNSUPPORTED',
    `'${path}' is ${kind}: it does not write. Use ${components}, serve it with 'millrace serve', or name another model.`,
    { path },
  )
}

/** Where the model and what belongs to it are on disk. */
export interface ModelFiles extends ContextFiles {
  readonly modelPath: string
}

/** Finds or downloads the files that the parameters name, one after the other, and reads their headers. */
export async function findModelFiles(
  parameters: FileParameters,
  context: WarmUpContext,
  use: ModelUse = 'writes',
): Promise<ModelFiles> {
  const paths: Partial<Record<NamedFile['role'], string>> = {}
  for (const { role, name, checkHeader } of namedFiles(parameters, use)) {
    const path = await findFile(name, context)
    await checkHeader(path)
    paths[role] = path
  }
  const { model: modelPath = '', lora: loraPath, draft: draftPath, projector: projectorPath } = paths
  if (projectorPath !== undefined) await checkProjectorFits(projectorPath, modelPath)
  const { chatFormat } = parameters.modelKwargs ?? {}
  const templates =
    chatFormat !== undefined && isEmbeddedFormat(chatFormat) ? await readChatTemplates(modelPath) : undefined
  return { modelPath, loraPath, draftPath, projectorPath, templates }
}

function findFile(
  written: string,
  { baseDir, resolveFrom, signal, onProgress }: WarmUpContext,
): Promise<string> {
  return resolveModelFile(resolveEnvironment(written), {
    baseDir,
    resolveFrom,
    signal,
    onProgress: ({ downloadedBytes, totalBytes }) =>
      onProgress?.({
        stage: 'downloading',
        // What the environment holds is nobody's to read.
        subject: written,
        doneBytes: downloadedBytes,
        ...(totalBytes === undefined ? {} : { totalBytes, fraction: downloadedBytes / totalBytes }),
      }),
  })
}
