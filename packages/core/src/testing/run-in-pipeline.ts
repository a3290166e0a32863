import type { Component } from '../component/component.ts'
import { Pipeline } from '../pipeline/pipeline.ts'
import type { Sockets } from '../schema/socket.ts'

type Values = Readonly<Record<string, unknown>>

/**
 * Runs a component with these inputs as part of a pipeline that checks every output. The first value of a variadic
 * input comes from the caller, the others from senders, as in a real pipeline.
 */
export async function runInPipeline(component: Component, inputs: Values): Promise<void> {
  const pipeline: Pipeline = new Pipeline({ component })
  const values: Record<string, unknown> = {}
  try {
    for (const [name, value] of Object.entries(inputs)) {
      if (component.inputs[name]?.receives === 'one') values[name] = value
      else if (Array.isArray(value)) {
        const [first, ...others] = value
        if (first !== undefined) values[name] = first
        others.forEach((other, index) => {
          connectSender(pipeline, name, index, other)
        })
      }
    }
    await pipeline.run({ component: values }, { validate: 'all' })
  } finally {
    pipeline.remove('component')
  }
}

function connectSender(pipeline: Pipeline, input: string, index: number, value: unknown): void {
  const socket = pipeline.get('component').inputs[input]
  if (socket === undefined) return
  const name = `sender${pipeline.names().length}_${index}`
  pipeline.add(name, new Sender({ value: { ...socket, receives: 'one' } }, value))
  pipeline.connect(`${name}.value`, `component.${input}`)
}

class Sender implements Component {
  static readonly type = 'Sender'
  readonly inputs = {}
  readonly outputs: Sockets
  readonly #value: unknown

  constructor(outputs: Sockets, value: unknown) {
    this.outputs = outputs
    this.#value = value
  }

  run(): { readonly value: unknown } {
    return { value: this.#value }
  }
}
