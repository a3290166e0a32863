import type { Pipeline } from '@millrace/core'
import { didYouMean, listNames } from '@millrace/core/component'
import { CliError } from '../errors.ts'

/** What `--include` names: outputs that are shown although a connection took them. */
export interface Included {
  /** For the option `includeOutputsFrom` of a run. */
  readonly components: readonly string[]
  /** Whether the result shows an output of one of these components. */
  shows(component: string, socket: string): boolean
}

/**
 * Reads `prompt` or `prompt.messages`.
 *
 * @throws CliError `USAGE_INVALID` for a component or an output that the pipeline does not have
 */
export function parseIncluded(written: readonly string[], pipeline: Pipeline): Included {
  const paths = new Set(pipeline.outputs().map(({ path }) => path))
  const components = new Set<string>()
  for (const name of written) {
    const [component, sockets] = find(name, pipeline)
    components.add(component)
    for (const socket of sockets) paths.add(`${component}.${socket}`)
  }
  return {
    components: [...components],
    shows: (component, socket) => paths.has(`${component}.${socket}`),
  }
}

function find(written: string, pipeline: Pipeline): [component: string, sockets: readonly string[]] {
  const names = pipeline.names()
  if (names.includes(written)) return [written, Object.keys(pipeline.get(written).outputs)]
  const dot = written.lastIndexOf('.')
  const component = written.slice(0, Math.max(0, dot))
  const socket = written.slice(dot + 1)
  if (!names.includes(component)) {
    throw usage(
      `--include: '${written}' is not a component, nor an output of one. Components: ${listNames(names)}.${didYouMean(component || written, names)}`,
    )
  }
  const outputs = Object.keys(pipeline.get(component).outputs)
  if (outputs.includes(socket)) return [component, [socket]]
  throw usage(
    `--include: '${component}' has no output '${socket}'. Its outputs: ${listNames(outputs)}.${didYouMean(socket, outputs)}`,
  )
}

function usage(message: string): CliError {
  return new CliError('USAGE_INVALID', message)
}
