import type { Pipeline } from '../../pipeline/pipeline.ts'
import { makeSocket } from '../../schema/make-socket.ts'
import type { Socket } from '../../schema/socket.ts'

/**
 * A pipeline that a parameter holds, such as that of a tool. In code it is the pipeline itself; in a file `{ file }`, the path
 * of another pipeline file, or `{ definition }`, the pipeline in place. Its holder runs it, warms it up and closes it.
 */
export function pipeline(options?: { readonly description?: string }): Socket<Pipeline> {
  return makeSocket(
    't.pipeline',
    { kind: 'named', name: 'Pipeline', check: isPipeline, holds: { kind: 'pipeline' } },
    { ...options },
  ) as Socket<Pipeline>
}

/** The class is on a floor above; what it puts under this key gives the plan of a pipeline, also of another copy of the package. */
const key = Symbol.for('millrace.plan')

function isPipeline(value: unknown): value is Pipeline {
  return typeof value === 'object' && value !== null && key in value
}
