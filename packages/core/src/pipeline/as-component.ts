import type { ModelCall, ToolCallEnd } from '../component/calls.ts'
import type { Component, WarmUpContext } from '../component/component.ts'
import type { CheckContext, Finding } from '../component/finding.ts'
import { aloneContext, type RunContext } from '../component/run-context.ts'
import type { StreamingChunk } from '../data/streaming-chunk.ts'
import { DefinitionError } from '../errors.ts'
import type { SocketPath } from '../graph/path.ts'
import { pathText } from '../graph/path.ts'
import { planOf } from '../graph/plan.ts'
import { surelyRunning } from '../graph/reachable.ts'
import type { RunEvent } from '../run/events.ts'
import { settingsFor } from '../run/visit.ts'
import { fits } from '../schema/fits.ts'
import type { Socket, Sockets } from '../schema/socket.ts'
import { typeName } from '../schema/socket-type.ts'
import { didYouMean, listNames } from '../text/names.ts'
import type { PipelineMapping } from './mapping.ts'
import { type Ends, mappedEnds } from './mapping.ts'
import type { Pipeline } from './pipeline.ts'

export type { MappedInputs, MappedOutputs, PipelineMapping } from './mapping.ts'

type Values = Readonly<Record<string, unknown>>

const brand = Symbol.for('millrace.pipeline-component')

/**
 * A pipeline as a component of another one, with the sockets that it has when this is made. Streams, aborts, loads and
 * closes through; an error inside is the inner component's own. The inner pipeline stays usable by itself.
 */
export class PipelineComponent<Inputs extends Sockets = Sockets, Outputs extends Sockets = Sockets>
  implements Component
{
  static readonly type = 'Pipeline'
  static readonly description = 'A pipeline as a component.'
  readonly inputs: Inputs
  readonly outputs: Outputs
  readonly pipeline: Pipeline
  /** The mapping as it was given. */
  readonly mapping: PipelineMapping
  readonly #ends: Ends
  readonly #included: readonly string[]

  static {
    Object.defineProperty(PipelineComponent.prototype, brand, { value: true })
  }

  /** Like `instanceof`, but also true for a pipeline of another copy of the package. */
  static isInstance(value: unknown): value is PipelineComponent {
    return typeof value === 'object' && value !== null && brand in value
  }

  /**
   * @throws DefinitionError `PIPELINE_INVALID_NAME` for a bad name, one that is given twice, or a socket that two names
   * lead to; `CONNECT_…` for a socket that does not exist or is taken, or several that no one type fits
   */
  constructor(pipeline: Pipeline, mapping: PipelineMapping = {}) {
    this.pipeline = pipeline
    this.mapping = mapping
    this.#ends = mappedEnds(pipeline, mapping)
    this.inputs = outerInputs(pipeline, this.#ends.inputs) as Inputs
    this.outputs = outerOutputs(pipeline, this.#ends.outputs) as Outputs
    this.#included = [...new Set([...this.#ends.outputs.values()].map(({ component }) => component))]
  }

  async warmUp(context?: WarmUpContext): Promise<void> {
    await this.pipeline.warmUp(context)
  }

  /** The findings inside, each saying where, and the inputs inside that must get a value and never will. */
  async check(context?: CheckContext): Promise<Finding[]> {
    const findings = await this.pipeline.check(context)
    return [
      ...this.#unreached(),
      ...findings.map(({ component: inner, socket: _, ...finding }) => ({
        ...finding,
        message: inner === undefined ? finding.message : `Inside, at '${inner}': ${finding.message}`,
      })),
    ]
  }

  #unreached(): Finding[] {
    const reached = new Set([...this.#ends.inputs.values()].flat().map(pathText))
    const names = Object.keys(this.inputs)
    const none =
      names.length === 0
        ? 'the component has no inputs'
        : `none of the inputs ${listNames(names)} leads to it`
    return this.pipeline
      .inputs()
      .filter((open) => open.mandatory && !reached.has(pathText(open)))
      .map((open) => ({
        level: 'error',
        code: 'MISSING_INPUT',
        message: `Inside, '${pathText(open)}' must get a value, and ${none}.`,
      }))
  }

  async close(): Promise<void> {
    await this.pipeline.close()
  }

  async run(
    values: Values,
    context: RunContext = aloneContext(PipelineComponent),
  ): Promise<Record<string, unknown>> {
    const { resumed, signal } = context
    const settings = settingsFor(context)
    const options = {
      signal,
      ...(settings === undefined ? {} : { graceMs: settings.graceMs }),
      onEvent: (event: RunEvent) => passOn(event, context),
      // Between two components nothing is checked either, but for runs that check everything.
      validate: settings?.validateOutputs ? 'all' : 'nothing',
    } as const
    const result = resumed
      ? await this.pipeline.resume(resumed.state, { ...options, answers: resumed.answers })
      : await this.pipeline.run(this.#inside(values), { ...options, includeOutputsFrom: this.#included })
    const { status, snapshot, questions, outputs } = result
    return status === 'paused' ? context.pause({ state: snapshot, questions }) : this.#outside(outputs)
  }

  #inside(values: Values): Record<string, Values> {
    const inputs = new Map<string, Record<string, unknown>>()
    for (const [name, paths] of this.#ends.inputs) {
      const value = at(values, name)
      if (value === undefined) continue
      for (const { component, socket } of paths) {
        inputs.set(component, { ...inputs.get(component), [socket]: value })
      }
    }
    return Object.fromEntries(inputs)
  }

  #outside(given: Readonly<Record<string, Values | undefined>>): Record<string, unknown> {
    const outputs: Record<string, unknown> = {}
    for (const [name, { component, socket }] of this.#ends.outputs) {
      const value = at(at(given, component) ?? {}, socket)
      if (value !== undefined) outputs[name] = value
    }
    return outputs
  }
}

/** Names may be those of properties that every object has. */
function at<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

/** What a component inside sends goes on as sent by this one, and says which component inside it was. */
function passOn(event: RunEvent, context: RunContext): void {
  if (event.type === 'chunk') context.emit(signed(event.chunk, event))
  else if (event.type === 'modelCall') context.modelCall(signed(event.call, event))
  else if (event.type === 'warning') context.warn(event.warning.code, event.warning.message)
  else if (event.type === 'toolCall') context.toolCall(signed(event.call, event))
}

/** What was sent with the component inside that sent it, unless it says so itself. */
function signed<Sent extends StreamingChunk | ModelCall | ToolCallEnd>(
  sent: Sent,
  { component: name, componentType: type }: Extract<RunEvent, { readonly component: string }>,
): Sent {
  return sent.component === undefined ? { ...sent, component: { name, type } } : sent
}

/** The inputs outside: for several sockets the narrowest of their types, mandatory if any is. */
function outerInputs(pipeline: Pipeline, ends: Ends['inputs']): Sockets {
  const open = new Map(pipeline.inputs().map((input) => [pathText(input), input]))
  return Object.fromEntries(
    [...ends].map(([name, paths]) => {
      const sockets = paths.map((path) => {
        const socket = socketAt(pipeline, path, 'inputs')
        const state = open.get(pathText(path))
        if (state) return { path: pathText(path), socket, mandatory: state.mandatory }
        throw new DefinitionError(
          'CONNECT_OCCUPIED',
          `The input '${name}' cannot reach '${pathText(path)}': a connection feeds it already.`,
        )
      })
      return [name, merge(name, sockets)]
    }),
  )
}

interface Reached {
  readonly path: string
  readonly socket: Socket
  readonly mandatory: boolean
}

/** What is not given outside is not given inside either, so that the defaults there apply: the outer input has none. */
function merge(name: string, sockets: readonly Reached[]): Socket {
  const narrowest = sockets.find(({ socket: { type } }) =>
    sockets.every(({ socket }) => fits(type, socket.type)),
  )
  if (narrowest === undefined) {
    const types = sockets.map(({ path, socket }) => `\n  ${path}: ${typeName(socket.type)}`)
    throw new DefinitionError(
      'CONNECT_TYPE_MISMATCH',
      `The input '${name}' would reach sockets of which no type fits all the others. Name each by itself with inputs.${types.join('')}`,
    )
  }
  const { type, description } = narrowest.socket
  return Object.freeze({
    type,
    receives: 'one',
    optional: !sockets.some(({ mandatory }) => mandatory),
    ...(description === undefined ? {} : { description }),
  })
}

/** The outputs outside: optional if the component inside may leave it out, or may not run at all. */
function outerOutputs(pipeline: Pipeline, ends: Ends['outputs']): Sockets {
  if (ends.size === 0) return {}
  const sure = new Set([...surelyRunning(planOf(pipeline))].map(({ name }) => name))
  return Object.fromEntries(
    [...ends].map(([name, path]) => {
      const socket = socketAt(pipeline, path, 'outputs')
      const isSure = sure.has(path.component)
      return [name, socket.optional || isSure ? socket : Object.freeze({ ...socket, optional: true })]
    }),
  )
}

function socketAt(pipeline: Pipeline, path: SocketPath, side: 'inputs' | 'outputs'): Socket {
  const sockets = pipeline.get(path.component)[side]
  if (Object.hasOwn(sockets, path.socket)) return sockets[path.socket] as Socket
  const names = Object.keys(sockets)
  throw new DefinitionError(
    'CONNECT_UNKNOWN_SOCKET',
    `'${path.component}' has no '${path.socket}' among its ${side} ${listNames(names)}.${didYouMean(path.socket, names)}`,
  )
}
