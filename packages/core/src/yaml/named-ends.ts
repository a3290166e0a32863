import { takesMany } from '../graph/connect.ts'
import { Graph } from '../graph/graph.ts'
import { type PipelineNames, resolveNames } from '../graph/names.ts'
import { parsePath } from '../graph/path.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'

/** The sockets of a pipeline, as names that a file gives them lead there. Made when the connections are. */
export class NamedEnds {
  /** The components alone: what is needed to look a socket up. */
  readonly #graph = new Graph()
  /** The sockets that take one value and have a sender, each with that sender. */
  readonly #taken = new Map<string, string>()

  constructor(pipeline: Pipeline) {
    for (const name of pipeline.names()) {
      this.#graph.add({ name, component: pipeline.get(name), policy: {} })
    }
    for (const { sender, receiver } of pipeline.connections()) {
      const socket = pipeline.get(receiver.component).inputs[receiver.socket]
      if (socket === undefined || takesMany(socket)) continue
      this.#taken.set(`${receiver.component}.${receiver.socket}`, `${sender.component}.${sender.socket}`)
    }
  }

  /** @throws DefinitionError for names that a pipeline cannot give, and for sockets that are not there */
  check(names: PipelineNames): void {
    resolveNames(this.#graph, names)
  }

  /** @throws DefinitionError for an end that is no socket of that side */
  checkEnd(end: string, side: 'inputs' | 'outputs'): void {
    parsePath(end)
    // With its dot it is a name that no component can have.
    this.check(side === 'inputs' ? { inputs: { [end]: [end] } } : { outputs: { [end]: end } })
  }

  /** Says why no other value can reach an input; undefined when one can. */
  whyTaken(end: string, name: string): string | undefined {
    const sender = this.#taken.get(end)
    return (
      sender &&
      `'${end}' gets its value from '${sender}' and takes one only, so that '${name}' could not reach it.`
    )
  }
}
