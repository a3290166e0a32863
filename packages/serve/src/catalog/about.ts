import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Pipeline } from '@millrace/core'
import { isPipelineFile } from './sources.ts'

/** `title` and `description` of the `metadata` of a pipeline; else the comment at the top of its file describes it. */
export function aboutFile(
  { options }: Pipeline,
  file?: string,
): { readonly title?: string; readonly description?: string } {
  const { title, description } = options.metadata ?? {}
  const about = typeof description === 'string' ? description : topCommentOf(file)
  return {
    ...(typeof title === 'string' ? { title } : {}),
    ...(about === '' ? {} : { description: about }),
  }
}

/** The first paragraph of the comment that a file begins with; of what is not a pipeline file, which model it is. */
function topCommentOf(file: string | undefined): string {
  if (file === undefined) return ''
  if (!isPipelineFile(file)) return `The model '${basename(file)}'.`
  const lines = readFileSync(file, 'utf8').split('\n')
  const end = lines.findIndex((line) => !/^#\s*\S/.test(line))
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => line.replace(/^#+\s*/, '').trim())
    .join(' ')
}
