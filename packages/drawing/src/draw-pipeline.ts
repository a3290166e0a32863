import { type Components, OptionError, type Pipeline, type VisitTrace } from '@millrace/core'
import { didYouMean, listNames, planOf } from '@millrace/core/component'
import { drawMermaid } from './mermaid.ts'
import { makePicture, type Picture } from './picture.ts'
import { readOverlay } from './run-overlay.ts'
import { drawSvg } from './svg/draw-svg.ts'
import { drawText } from './text.ts'

export interface DrawOptions {
  /**
   * `svg`: a picture that needs no other file, in light or dark as its viewer is; at most 200 components with
   * 500 connections, 2,000 inputs and outputs, and 400 names for those.
   * `mermaid`: a flowchart for Markdown; Mermaid itself draws at most 500 connections unless its `maxEdges` is raised.
   * `text`: a listing for terminals, 100 columns wide, without colours.
   *
   * @defaultValue 'text'
   */
  readonly format?: 'mermaid' | 'svg' | 'text'
  /**
   * What a run did: its result, or the trace of it. Each component shows its visits, its time and its share of the time
   * of all; what failed or did not run is marked.
   */
  readonly trace?: readonly VisitTrace[] | { readonly trace: readonly VisitTrace[] }
}

const formats: { readonly [Format in NonNullable<DrawOptions['format']>]: (picture: Picture) => string } = {
  mermaid: drawMermaid,
  svg: drawSvg,
  text: drawText,
}

/**
 * Draws a pipeline: components, sockets with their types, connections with their conversions, loops, and what is open to
 * the caller. Needs no network and changes nothing; one pipeline always gives the same text. Names are escaped in every
 * format, so the drawing of an untrusted pipeline is safe to show.
 *
 * @throws OptionError `PIPELINE_INVALID_OPTION` for an unknown format, a trace of another pipeline, or a pipeline that
 * is too large for `svg`
 *
 * @example
 * const result = await pipeline.run({ country: 'France' })
 * await writeFile('capital.svg', drawPipeline(pipeline, { format: 'svg', trace: result }))
 */
export function drawPipeline<C extends Components>(pipeline: Pipeline<C>, options: DrawOptions = {}): string {
  const { format = 'text', trace } = options
  if (!Object.hasOwn(formats, format)) {
    const known = Object.keys(formats)
    throw new OptionError(
      'PIPELINE_INVALID_OPTION',
      `A pipeline cannot be drawn as '${String(format)}'. Formats: ${listNames(known)}.${didYouMean(String(format), known)}`,
    )
  }
  const plan = planOf(pipeline)
  const visits = trace === undefined || 'trace' in trace ? trace?.trace : trace
  return formats[format](makePicture(plan, visits && readOverlay(plan, visits)))
}
