import { OptionError } from '../../errors.ts'
import type { Picture } from '../picture.ts'

const MOST_COMPONENTS = 300
const MOST_STEPS = 3000

/**
 * The time for a layout grows with the boxes, and with the columns that each wire passes; at these limits it
 * is a few seconds.
 *
 * @throws OptionError `PIPELINE_INVALID_OPTION` for a picture that is too large to look at
 */
export function refuseLarge({ boxes, wires }: Picture): void {
  const instead = `Draw it with the format 'mermaid' or 'text'.`
  if (boxes.length > MOST_COMPONENTS) {
    throw new OptionError(
      'PIPELINE_INVALID_OPTION',
      `A pipeline with ${boxes.length} components is too large for an SVG, which holds ${MOST_COMPONENTS}. ${instead}`,
    )
  }
  const layerOf = (box: number) => boxes[box]?.layer as number
  const steps = wires.reduce(
    (sum, { from, to, back }) => sum + (back ? 1 : layerOf(to.box) - layerOf(from.box)),
    0,
  )
  if (steps > MOST_STEPS) {
    throw new OptionError(
      'PIPELINE_INVALID_OPTION',
      `The ${wires.length} connections of the pipeline pass ${steps} steps in all, too many for an SVG, which holds ${MOST_STEPS}. ${instead}`,
    )
  }
}
