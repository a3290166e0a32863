/// <reference lib="esnext.disposable" preserve="true" />
import {
  type Component,
  type Components,
  checkComponent,
  typeOf,
  type WarmUpContext,
} from '../component/component.ts'
import type { CheckContext, Finding } from '../component/finding.ts'
import { heldParts } from '../component/holding/held.ts'
import { DefinitionError } from '../errors.ts'
import { frozenCopy } from '../frozen-copy.ts'
import { checkPipeline } from '../graph/check.ts'
import { checkConnection } from '../graph/connect.ts'
import { type Connection, Graph, type GraphNode } from '../graph/graph.ts'
import {
  describeMatched,
  type MatchedInputs,
  openInputs,
  openOutputs,
  type PipelineInput,
  type PipelineOutput,
  resolveInput,
} from '../graph/inputs.ts'
import { checkComponentName, checkSocketNames, resolveNames } from '../graph/names.ts'
import type { Fit, NamedRunInputs } from '../graph/path.ts'
import { compilePlan, type Plan, providePlan } from '../graph/plan.ts'
import { type ComponentPolicy, checkPolicy } from '../graph/policy.ts'
import { readInputs } from '../run/inputs.ts'
import { closeAll, warmUpAll } from '../run/loading.ts'
import { OngoingRuns } from '../run/ongoing-runs.ts'
import type { RunResult } from '../run/result.ts'
import {
  checkGrace,
  checkRunOptions,
  checkSignal,
  type ResumeOptions,
  type RunOptions,
} from '../run/run-options.ts'
import { GRACE_MS } from '../run/stopping.ts'
import { RunStream } from '../run/stream.ts'
import { readSnapshot } from '../snapshot/read-snapshot.ts'
import { unknownName } from '../text/names.ts'
import { PipelineComponent } from './as-component.ts'
import { withPlaces } from './finding-places.ts'
import type { KnownOutputs, MappedInputs, MappedOutputs, MappingOf, PipelineMapping } from './mapping.ts'
import { checkOutside, claimNode, releaseNode } from './ownership.ts'
import { checkPipelineOptions, type PipelineOptions } from './pipeline-options.ts'
import { checkResources, partsToClose, partsToLoad } from './resources.ts'

/** The graph of a pipeline. For the loader, which checks what it will connect and name; nobody else may change it. */
export let graphOf: (pipeline: Pipeline) => Graph

/**
 * Components, and the connections between their sockets. Holds and delegates: it has no state of a run, so one
 * pipeline serves any number of runs at once.
 *
 * @example
 * const pipeline = new Pipeline({
 *   prompt: new PromptBuilder({ template: 'What is the capital of {{ country }}?' }),
 *   llm: new LlamaCppChatGenerator({ model: 'model.gguf' }),
 * }).connect('prompt.prompt', 'llm.messages')
 * const result = await pipeline.run({ prompt: { country: 'France' } })
 * console.log(result.get('llm.replies'))
 */
export class Pipeline<const C extends Components = Components, Named extends string = never> {
  readonly options: PipelineOptions<C>
  readonly #graph = new Graph()
  #plan: Plan | undefined
  readonly #ongoing = new OngoingRuns(this)

  static {
    graphOf = (pipeline) => pipeline.#graph
  }

  #node(name: string): GraphNode {
    const node = this.#graph.node(name)
    if (node) return node
    throw new DefinitionError(
      'CONNECT_UNKNOWN_COMPONENT',
      unknownName('component', name, this.#graph.names()),
    )
  }

  /** @throws DefinitionError for a bad name, a value that is not a component, or one that another pipeline owns */
  constructor(components: C = {} as C, options: PipelineOptions<C, Named> = {}) {
    checkPipelineOptions(options as PipelineOptions, components)
    this.options = options
    for (const [name, resource] of Object.entries(options.resources ?? {})) resource.useName?.(name)
    providePlan(this, () => this.#compiled())
    const policies = (options.policies ?? {}) as Record<string, ComponentPolicy>
    try {
      for (const [name, component] of Object.entries(components)) {
        this.#add(name, component, Object.hasOwn(policies, name) ? policies[name] : undefined)
      }
    } catch (error) {
      // There is no pipeline: what it took is free again.
      for (const node of this.#graph.nodes()) releaseNode(node)
      throw error
    }
  }

  /**
   * Adds a component; for graphs that are built in a loop. The components given to the constructor cost the compiler
   * less.
   */
  add<const Name extends string, Added extends Component>(
    name: Name,
    component: Added,
    policy?: ComponentPolicy,
  ): Pipeline<C & { readonly [N in Name]: Added }> {
    this.#add(name, component, policy)
    return this as unknown as Pipeline<C & { readonly [N in Name]: Added }>
  }

  #add(name: string, component: Component, policy: ComponentPolicy = {}): void {
    checkComponentName(name)
    const present = this.#graph.node(name)
    if (present?.component === component) return
    if (present) {
      throw new DefinitionError(
        'CONNECT_NAME_TAKEN',
        `The pipeline already has a component '${name}' (${typeOf(present.component)}).`,
      )
    }
    checkComponent(name, component)
    checkSocketNames(name, 'input', component.inputs)
    checkSocketNames(name, 'output', component.outputs)
    checkPolicy(name, policy)
    const held = heldParts(component)
    for (const part of held.components) checkComponent(`${name}.${part.name}`, part.component)
    const node = { name, component, policy, held }
    checkOutside(node, this)
    claimNode(node, this)
    this.#graph.add(node)
    this.#plan = undefined
  }

  /** Takes a component out, with its connections. It is then free for another pipeline. */
  remove(name: keyof C & string): Component {
    const node = this.#node(name)
    this.#graph.remove(name)
    releaseNode(node)
    this.#plan = undefined
    return node.component
  }

  /**
   * Connects an output to an input, both written `component.socket`. Connecting the same two twice changes nothing.
   *
   * @throws DefinitionError with the code and the possibilities when the ends do not exist or do not fit
   */
  connect<
    const From extends { [N in keyof C & string]: `${N}.${keyof C[N]['outputs'] & string}` }[keyof C &
      string],
    const To extends { [N in keyof C & string]: `${N}.${keyof C[N]['inputs'] & string}` }[keyof C & string],
  >(from: From, to: To & Fit<C, From, To>): this {
    const connection = checkConnection(this.#graph, from, to)
    if (connection) {
      this.#graph.connect(connection)
      this.#plan = undefined
    }
    return this
  }

  /** The component of this name. */
  get<const Name extends keyof C & string>(name: Name): C[Name] {
    return this.#node(name).component as C[Name]
  }

  /** The names of the components in the order of declaration. */
  names(): string[] {
    return this.#graph.names()
  }

  /** The connections in the order of declaration. */
  connections(): readonly Connection[] {
    return this.#graph.connections()
  }

  policy(name: string): ComponentPolicy {
    return this.#node(name).policy
  }

  /** The inputs that a caller may give values for: those without a sender, and those that take several values. */
  inputs(): readonly PipelineInput[] {
    return openInputs(this.#compiled())
  }

  /** What the result of a run has: the outputs that no connection consumes, and those that the pipeline names. */
  outputs(): readonly PipelineOutput[] {
    return openOutputs(this.#compiled())
  }

  /**
   * The input that a name stands for: one that the pipeline gives, a path, or the name of a socket.
   *
   * @throws InputError `INPUT_UNKNOWN`, `INPUT_OCCUPIED`, or `INPUT_AMBIGUOUS` when it stands for several
   */
  resolveInput(name: string): PipelineInput {
    return resolveInput(this.#compiled(), name)
  }

  /**
   * Finds the inputs that values are for, as `run` does, and what is wrong with their names. The values are not looked
   * at: for programs that read them, from a command line or a form, before they run.
   *
   * @throws InputError `INPUT_INVALID` for what is not an object
   */
  matchInputs(given: object): MatchedInputs<PipelineInput> {
    return describeMatched(this.#compiled(), given)
  }

  /**
   * Checks what `run` would be given, as it does, and runs nothing: for a server that answers for wrong inputs before a run
   * waits for its turn.
   *
   * @throws InputError with everything that is wrong; its code is that of the first
   */
  checkInputs(given: object): void {
    readInputs(this.#compiled(), given)
  }

  /** The graph in the form that runs; made anew after a change. */
  #compiled(): Plan {
    this.#plan ??= compilePlan(this.#graph, resolveNames(this.#graph, this.options))
    return this.#plan
  }

  /** What will go wrong, found without running or loading anything. Empty when nothing is known to. */
  async check(context: CheckContext = {}): Promise<Finding[]> {
    const { baseDir } = this.options
    const whole = baseDir === undefined ? context : { ...context, baseDir }
    const findings = await checkPipeline(this.#compiled(), whole)
    const ofResources = await checkResources(this.#graph.nodes(), this.options.resources, whole)
    return withPlaces(this, [...findings, ...ofResources])
  }

  /**
   * This pipeline as a component of another one, with the sockets that it has now. Without a mapping it shows its named
   * inputs and outputs, or all that are open. It stays usable by itself, and can be made a component several times.
   *
   * @example
   * outer.add('answerer', pipeline.asComponent({
   *   inputs: { question: ['prompt.question'] },
   *   outputs: { 'llm.replies': 'answers' },
   * }))
   *
   * @throws DefinitionError `PIPELINE_INVALID_NAME` for a bad name, one that is given twice, or a socket that two names
   * lead to; `CONNECT_…` for a socket that does not exist or is taken, or several that no one type fits
   */
  asComponent<const M extends MappingOf<C>>(
    mapping?: M & KnownOutputs<C, M>,
  ): PipelineComponent<MappedInputs<C, M, Named>, MappedOutputs<C, M>> {
    return new PipelineComponent(this as unknown as Pipeline, mapping as PipelineMapping | undefined)
  }

  /**
   * Loads what the components need, one after the other in the order of declaration. `run` does it too; call it
   * to load ahead of time or to follow the progress. `graceMs` as for `run`.
   */
  async warmUp({
    graceMs = GRACE_MS,
    ...context
  }: WarmUpContext & Pick<RunOptions, 'graceMs'> = {}): Promise<void> {
    checkGrace(graceMs)
    checkSignal(context.signal)
    const { baseDir, resources } = this.options
    const parts = partsToLoad(this, this.#graph.nodes(), resources)
    await warmUpAll(parts, baseDir === undefined ? context : { ...context, baseDir }, graceMs)
  }

  /**
   * Runs the pipeline once. Inputs are given by component, `{ prompt: { country } }`, or by socket name alone,
   * `{ country }`, which reaches every open socket of that name (or the sockets behind a name of `options.inputs`).
   *
   * @throws InputError before anything is loaded, when the inputs do not fit
   * @throws RunError when a component fails, the run is blocked or takes too long
   * @throws the reason of the signal, untouched, when that aborts
   */
  async run(inputs: NamedRunInputs<C, Named> = {}, options: RunOptions<C> = {}): Promise<RunResult<C>> {
    checkSignal(options.signal)
    options.signal?.throwIfAborted()
    checkRunOptions(options)
    const plan = this.#compiled()
    const values = readInputs(plan, inputs, { types: options.validate !== 'nothing' })
    return this.#ongoing.start(plan, { values }, options)
  }

  /**
   * Goes on where a run paused or failed; `snapshot` comes from the result or the error, or from JSON that was stored.
   * What was running then runs again; what had paused, with the `answers` to its questions. `includeOutputsFrom` is the
   * snapshot's. Visits count on, and outputs, warnings and `maxRunsPerComponent` are those of the whole run.
   *
   * @example
   * const paused = await pipeline.run(inputs)
   * if (paused.status === 'paused') await writeFile('run.json', JSON.stringify(paused.snapshot))
   * // Later, in any process:
   * const snapshot = JSON.parse(await readFile('run.json', 'utf8'))
   * const result = await pipeline.resume(snapshot, { answers: { 'approval.send': true } })
   *
   * @throws InputError `INPUT_SNAPSHOT` for what is not a snapshot, for one of another graph, saying what differs, and for
   * one that lacks a value because it was not JSON; `INPUT_ANSWERS` when an answer is missing, or is to no question
   * @throws what `run` throws
   */
  async resume(snapshot: unknown, { answers, ...options }: ResumeOptions<C> = {}): Promise<RunResult<C>> {
    checkSignal(options.signal)
    options.signal?.throwIfAborted()
    checkRunOptions(options)
    const plan = this.#compiled()
    const read = readSnapshot(plan, frozenCopy(snapshot), answers)
    const includeOutputsFrom = read.snapshot.includeOutputsFrom as readonly (keyof C & string)[]
    return this.#ongoing.start(plan, { values: [], read }, { ...options, includeOutputsFrom })
  }

  /** Runs the pipeline and gives its events as they happen; `stream.result` is what `run` returns. */
  stream(inputs: NamedRunInputs<C, Named> = {}, options: RunOptions<C> = {}): RunStream<C> {
    checkSignal(options.signal)
    return new RunStream<C>(
      (listener, signal) =>
        this.run(inputs, {
          ...options,
          signal,
          onEvent: (event) => {
            listener(event)
            return options.onEvent?.(event)
          },
        }),
      options.signal,
    )
  }

  /**
   * Stops the runs that are going on (they reject with `RUN_CLOSED`) and frees what the components hold. A later run
   * loads again. All components are closed, even where one fails. A component that still runs is waited for as long as
   * the `graceMs` of its run says, and one that does not end closing as long as that which is given here, 5000 when none is.
   *
   * @throws RunError `RUN_CLOSE_INSIDE` in a component of the pipeline itself, before it awaits anything
   * @throws RunError `RUN_COMPONENT_FAILED` with what failed
   */
  async close({ graceMs = GRACE_MS }: Pick<RunOptions, 'graceMs'> = {}): Promise<void> {
    checkGrace(graceMs)
    await this.#ongoing.stop()
    await closeAll(partsToClose(this, this.#graph.nodes(), this.options.resources), graceMs)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
