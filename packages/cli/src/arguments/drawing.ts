import { extname } from 'node:path'
import { didYouMean, listNames } from '@millrace/core/component'
import type { DrawOptions } from '@millrace/drawing'
import { CliError } from '../errors.ts'

export type DrawingFormat = NonNullable<DrawOptions['format']>

/** A file that a drawing goes to. */
export interface DrawingFile {
  readonly path: string
  readonly format: DrawingFormat
}

const formats: readonly DrawingFormat[] = ['text', 'mermaid', 'svg']

const ofExtension: Readonly<Record<string, DrawingFormat>> = {
  '.txt': 'text',
  '.mmd': 'mermaid',
  '.svg': 'svg',
}

/** The format of `--format`. @throws CliError `USAGE_INVALID` */
export function parseDrawingFormat(written: string): DrawingFormat {
  const format = formats.find((known) => known === written)
  if (format !== undefined) return format
  throw new CliError(
    'USAGE_INVALID',
    `--format is one of ${listNames(formats)}, not '${written}'.${didYouMean(written, formats)}`,
  )
}

/** The file of `option`, drawn as its extension says. @throws CliError `USAGE_INVALID` */
export function parseDrawingFile(option: string, path: string): DrawingFile {
  const extension = extname(path).toLowerCase()
  const format = Object.hasOwn(ofExtension, extension) ? ofExtension[extension] : undefined
  if (format !== undefined) return { path, format }
  throw new CliError(
    'USAGE_INVALID',
    `${option} takes a file that ends in ${listNames(Object.keys(ofExtension))}, which says how to draw, not '${path}'.`,
  )
}
