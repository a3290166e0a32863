import {
  asTool,
  ChatMessage,
  type JsonSchema,
  type PipelineComponent,
  type RunContext,
  type Socket,
  type Sockets,
  type Tool,
  type ToolContext,
  t,
  type WarmUpContext,
} from '@millrace/core'
import {
  aloneContext,
  checkValue,
  didYouMean,
  listNames,
  readValue,
  schemaOf,
  typeName,
  type ValueProblem,
} from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { argumentType } from './argument-type.ts'

/** The parameters that tools made of components and of pipelines share. */
export const runnerParameters = {
  /** The inputs that the model gives: a list, or each with what the model reads of it. Without it, all that are open and that a model can write. */
  arguments: t.optional(t.union(t.array(t.string()), t.record(t.string())), {
    description:
      'The inputs that the model gives: a list, or each with what the model reads of it. Without it, all that are open and that a model can write.',
  }),
  /** What the model reads: one of the outputs, and what a callback makes of it. Without it, the only output, or all as JSON. */
  outputsToString: t.optional(
    t.object({
      source: t.optional(t.string()),
      handler: t.optional(t.callback<(value: unknown) => unknown>()),
    }),
    {
      description:
        'What the model reads: one of the outputs, and what a callback makes of it. Without it, the only output, or all as JSON.',
    },
  ),
  /** Inputs that get a part of the state of an agent, by the name of that part. The model does not see them. */
  inputsFromState: t.optional(t.record(t.string()), {
    description:
      'Inputs that get a part of the state of an agent, by the name of that part. The model does not see them.',
  }),
  /** Parts of the state of an agent that get an output (`source`), or all of them. */
  outputsToState: t.optional(t.record(t.object({ source: t.optional(t.string()) })), {
    description: 'Parts of the state of an agent that get an output (`source`), or all of them.',
  }),
  /** Whether what it streams inside is streamed by whoever runs the tool, too. */
  streams: t.boolean({
    default: false,
    description: 'Whether what it streams inside is streamed by whoever runs the tool, too.',
  }),
}

const shared = t.object(runnerParameters)
type SharedParameters = NonNullable<(typeof shared)['~received']>

export interface RunnerFacts extends SharedParameters {
  readonly name: string
  readonly description: string
  readonly sockets: Sockets
  readonly outputs: Sockets
  /** Makes what runs. Called when all else is right: a component then belongs to it. */
  readonly connect: () => PipelineComponent
  /** Inputs with a value of their own. */
  readonly fixed?: Readonly<Record<string, unknown>> | undefined
}

/** A tool that runs a pipeline: arguments are its inputs, and what it returns are its outputs. */
export abstract class ComponentRunner implements Tool {
  declare readonly '~tool': true
  readonly name: string
  readonly description: string
  readonly parameters: JsonSchema
  readonly inputsFromState?: NonNullable<Tool['inputsFromState']>
  readonly outputsToState?: NonNullable<Tool['outputsToState']>
  /** What runs. */
  protected readonly inner: PipelineComponent
  readonly #facts: RunnerFacts
  /** All that a call may give: the arguments of the model, and what comes from a state. */
  readonly #given: Socket

  /**
   * @throws ComponentsError `TOOL_COMPONENT_INVALID`, with the parameter in `option`
   * @throws ToolError `TOOL_INVALID` for a bad name
   */
  protected constructor(facts: RunnerFacts) {
    const { name, description, inputsFromState, outputsToState } = facts
    this.#facts = facts
    this.name = name
    this.description = description
    const inputs = new ArgumentsOf(facts)
    this.parameters = inputs.schema
    this.#given = inputs.given
    checkOutputs(facts)
    if (inputsFromState !== undefined) this.inputsFromState = inputsFromState
    if (outputsToState !== undefined) this.outputsToState = outputsToState
    asTool(this)
    this.inner = facts.connect()
  }

  async warmUp(context?: WarmUpContext): Promise<void> {
    await this.inner.warmUp(context)
  }

  async close(): Promise<void> {
    await this.inner.close()
  }

  /** As a connection would convert them, and checked by the inputs. */
  async validate(
    args: unknown,
  ): Promise<{ readonly value: unknown } | { readonly problems: readonly ValueProblem[] }> {
    const value = readValue(this.#given.type, args)
    const problems = checkValue(this.#given, value)
    return problems.length > 0 ? { problems } : { value }
  }

  async run(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<unknown> {
    const { fixed, streams = false } = this.#facts
    return await this.inner.run({ ...fixed, ...args }, this.#contextOf(context, streams))
  }

  /** Of messages the text, so that a model reads what another one answered. */
  toResult(returned: unknown): unknown {
    const { outputs, outputsToString: { source, handler } = {} } = this.#facts
    const [only, ...others] = Object.keys(outputs)
    const name = source ?? (others.length === 0 ? only : undefined)
    const shown = name === undefined ? returned : (returned as Readonly<Record<string, unknown>>)[name]
    if (handler !== undefined) return handler(shown)
    const messages = Array.isArray(shown) ? shown : [shown]
    const areMessages = messages.length > 0 && messages.every(ChatMessage.is)
    return areMessages ? messages.map((message) => ChatMessage.text(message)).join('\n') : shown
  }

  #contextOf({ signal, run }: ToolContext, streams: boolean): RunContext {
    const alone = aloneContext({ type: this.name })
    const { modelCall, toolCall, warn, component, visit, runId } = run ?? alone
    return {
      ...alone,
      ...{ modelCall, toolCall, warn, component, visit, runId, signal },
      ...(streams && run !== undefined ? { emit: run.emit } : {}),
      pause: ({ questions = [] }) => {
        const asked = questions.map(({ prompt }) => ` It asked: ${prompt}`).join('')
        throw new ComponentsError('TOOL_PAUSED', `It wanted to pause, which a tool cannot.${asked}`, {
          tool: this.name,
        })
      },
    }
  }
}

/** Which inputs a call gives, and what they are. */
class ArgumentsOf {
  /** For the model. */
  readonly schema: JsonSchema
  readonly given: Socket

  constructor(facts: RunnerFacts) {
    const { sockets, fixed = {}, inputsFromState = {}, arguments: asked } = facts
    const names = Object.keys(sockets)
    const chosen = asked === undefined ? undefined : argumentsIn(asked)
    for (const { name, option } of chosen ?? []) refuseUnknown(facts, name, option)
    for (const [key, name] of Object.entries(inputsFromState)) {
      refuseUnknown(facts, name, `inputsFromState.${key}`)
    }
    const elsewhere = new Set([...Object.keys(fixed), ...Object.values(inputsFromState)])
    const open = names.filter((name) => !elsewhere.has(name))
    const writable = new Map(
      open.flatMap((name) => {
        const type = argumentType((sockets[name] as Socket).type)
        return type === undefined ? [] : [[name, type] as const]
      }),
    )
    for (const { name, option } of chosen ?? []) {
      if (writable.has(name)) continue
      const why = elsewhere.has(name)
        ? 'gets its value elsewhere'
        : `is ${typeName((sockets[name] as Socket).type)}, which no model can write`
      throw invalid(facts, `The argument '${name}' ${why}.`, option)
    }
    const given = chosen?.map(({ name }) => name) ?? [...writable.keys()]
    const texts = new Map(chosen?.map(({ name, description }) => [name, description]))
    const starved = open.find((name) => sockets[name]?.optional === false && !given.includes(name))
    if (starved !== undefined) {
      const { type } = sockets[starved] as Socket
      const message = `Its input '${starved}' (${typeName(type)}) must get a value, and neither the model nor a parameter gives one.`
      throw invalid(facts, message)
    }
    this.schema = schemaOf(
      objectOf(given, (name) => {
        const socket = sockets[name] as Socket
        const description = texts.get(name) ?? socket.description
        const type = writable.get(name) ?? socket.type
        return { ...socket, type, ...(description === undefined ? {} : { description }) }
      }),
    )
    this.given = objectOf([...given, ...Object.values(inputsFromState)], (name) => sockets[name] as Socket)
  }
}

interface Argument {
  readonly name: string
  /** What the model reads of it. Undefined: what the component says. */
  readonly description: string | undefined
  /** Where a parameter names it. */
  readonly option: string
}

function argumentsIn(asked: readonly string[] | Readonly<Record<string, string>>): readonly Argument[] {
  if (isList(asked)) {
    return asked.map((name, index) => ({ name, description: undefined, option: `arguments[${index}]` }))
  }
  return Object.entries(asked).map(([name, description]) => ({
    name,
    description,
    option: `arguments.${name}`,
  }))
}

function isList(asked: readonly string[] | Readonly<Record<string, string>>): asked is readonly string[] {
  return Array.isArray(asked)
}

function objectOf(names: readonly string[], socketOf: (name: string) => Socket): Socket {
  const fields = names.map((name) => {
    const { receives: _, ...field } = socketOf(name)
    return [name, field]
  })
  return { type: { kind: 'object', fields: Object.fromEntries(fields) }, receives: 'one', optional: false }
}

function checkOutputs(facts: RunnerFacts): void {
  const { outputs, outputsToString, outputsToState = {} } = facts
  const names = Object.keys(outputs)
  const sources = [
    ['outputsToString.source', outputsToString?.source],
    ...Object.entries(outputsToState).map(([key, { source }]) => [`outputsToState.${key}.source`, source]),
  ]
  for (const [option, source] of sources) {
    if (source === undefined || names.includes(source)) continue
    const message = `It has no output '${source}'. Outputs: ${listNames(names)}.${didYouMean(source, names)}`
    throw invalid(facts, message, option)
  }
}

export function refuseUnknown(
  facts: Pick<RunnerFacts, 'name' | 'sockets'>,
  input: string,
  option: string,
): void {
  const names = Object.keys(facts.sockets)
  if (names.includes(input)) return
  throw invalid(
    facts,
    `It has no input '${input}'. Inputs: ${listNames(names)}.${didYouMean(input, names)}`,
    option,
  )
}

export function invalid(
  { name }: Pick<RunnerFacts, 'name'>,
  message: string,
  option?: string,
): ComponentsError {
  return new ComponentsError('TOOL_COMPONENT_INVALID', `Tool '${name}': ${message}`, { tool: name, option })
}
