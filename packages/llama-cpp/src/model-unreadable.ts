import { messageOf } from '@millrace/core/component'
import { LlamaCppError } from './errors.ts'

/** Turns what the file system said about a model into an error that says what to do. */
export function unreadable(path: string, error: unknown): LlamaCppError {
  const code = errnoOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new LlamaCppError('MODEL_NOT_FOUND', `There is no file '${path}'.`, { path, cause: error })
  }
  const reason =
    code === 'EISDIR'
      ? 'it is a folder. Name the .gguf file in it'
      : code === 'EACCES' || code === 'EPERM'
        ? 'this user has no permission to read it'
        : messageOf(error)
  return new LlamaCppError('MODEL_UNREADABLE', `The model '${path}' cannot be read: ${reason}.`, {
    path,
    cause: error,
  })
}

/** The code of a system error, as in `ENOENT`, also where fetch wrapped it in others. */
export function errnoOf(error: unknown): string | undefined {
  for (let inner = error, depth = 0; depth < 5 && typeof inner === 'object' && inner !== null; depth += 1) {
    if ('code' in inner && typeof inner.code === 'string') return inner.code
    inner = 'cause' in inner ? inner.cause : undefined
  }
  return undefined
}
