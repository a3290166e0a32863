import { OptionError, type Pipeline } from '@millrace/core'
import { type DrawOptions, drawPipeline } from '@millrace/drawing'
import { CliError } from '../errors.ts'

/** A pipeline as a picture or a listing; ends with a line end. @throws CliError `USAGE_INVALID` for one too large */
export function drawing(pipeline: Pipeline, options: DrawOptions): string {
  try {
    const text = drawPipeline(pipeline, options)
    return text.endsWith('\n') ? text : `${text}\n`
  } catch (cause) {
    if (!OptionError.isInstance(cause)) throw cause
    throw new CliError('USAGE_INVALID', cause.message, { cause })
  }
}
