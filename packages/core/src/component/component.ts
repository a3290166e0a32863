import { DefinitionError } from '../errors.ts'
import { isPlainObject } from '../json.ts'
import { isSocket, type ObjectOf, type Socket, type Sockets } from '../schema/socket.ts'
import { checkValue } from '../schema/validate.ts'
import { describeValue } from '../text/show.ts'
import type { CheckContext, Finding } from './finding.ts'
import type { RunContext } from './run-context.ts'

/** What `warmUp` gets: a way to stop it, and a place to report how far it is. */
export interface WarmUpContext {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: WarmUpProgress) => void
  /** Where relative paths in the parameters start: the folder of the pipeline file, or undefined. */
  readonly baseDir?: string
  /** Folders, or URLs of files, whose installed packages parameters may name, after those seen from `baseDir`. */
  readonly resolveFrom?: readonly string[]
}

export interface WarmUpProgress {
  /** What is being done, as in `downloading` or `loading`. */
  readonly stage: 'downloading' | 'loading'
  /** What it is done to, such as the name of a model file. */
  readonly subject: string
  /** From 0 to 1; absent when it is not known. */
  readonly fraction?: number
  readonly doneBytes?: number
  readonly totalBytes?: number
}

/**
 * A part of a pipeline: named, typed inputs and outputs, and a function between them.
 *
 * `inputs` and `outputs` are instance fields, so that a component may derive them from its parameters. `run` may
 * return at once or a promise; it leaves out the outputs that it has no value for. Values it receives are shared
 * with other components, and frozen; what it returns is copied. The constructor touches no file and loads nothing; that is for `warmUp`.
 */
export interface Component {
  readonly inputs: Sockets
  readonly outputs: Sockets
  /** The parameters exactly as they were given: what a dumped file says. */
  readonly initParameters?: object
  // `any`, because a component declares its own inputs: a method parameter that is wider than them would refuse
  // every component there is.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  run(inputs: any, context?: RunContext): object | Promise<object>
  /** Loads what is heavy. Called before every run, so a second call must cost nothing. */
  warmUp?(context?: WarmUpContext): void | Promise<void>
  /** Finds what will go wrong, such as a file that is missing, without loading or running anything. */
  check?(context?: CheckContext): readonly Finding[] | Promise<readonly Finding[]>
  /** How busy the model is that it has loaded; undefined while there is none. For whoever watches a server: it takes no time. */
  slotUse?(): SlotUse | undefined
  /** Frees what `warmUp` took. A later `warmUp` must work again. */
  close?(): void | Promise<void>
  /** The parameters that a dumped file gets, when they are not `initParameters`. */
  toJSON?(): object
}

/** How busy a model is. */
export interface SlotUse {
  /** As calls of the model name it. */
  readonly model: string
  /** How many requests it can work on at once. */
  readonly slots: number
  /** How many it works on. */
  readonly busy: number
  /** How many wait for a slot. */
  readonly waiting: number
}

export type Components = { readonly [name: string]: Component }

/** A component class as the registry and the loader see it. */
export interface ComponentClass {
  /** The name in pipeline files, such as `ChatPromptBuilder`. */
  readonly type: string
  readonly description?: string
  /** The parameters of the constructor, made with `t.object`. Absent: there are none. */
  readonly parameters?: Socket<object>
  /** The parameters in which the component replaces `${env:NAME}` at `warmUp`; a file may use it nowhere else. */
  readonly environment?: readonly string[]
  /**
   * The parameters that may name what is fetched, as in `modelKwargs.loraPath`: in a file an `http:` URL is refused in
   * them, unless the caller of the loader allows it.
   */
  readonly urls?: readonly string[]
  /**
   * The parameters that name a program that is started: in a file a program is refused in them, unless the caller of the
   * loader allows it. The refusal shows the parameters `args` and `env` beside it, the latter without its values.
   */
  readonly commands?: readonly string[]
  /**
   * The parameters that name a server that is asked. As `urls`, but for servers of this machine (`localhost`, 127.0.0.1, [::1]),
   * which a file may name with `http:`. What is asked there ends in a path of the component's own, so refuse a query in them.
   */
  readonly servers?: readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: each class has other parameters; the loader checks them first.
  new (parameters?: any): Component
}

/** The type of a component's run inputs; sockets that are optional or have a default are optional keys. */
export type InputsOf<C extends { readonly inputs: Sockets }> = ObjectOf<C['inputs']>

/** The type of what a component's `run` returns. */
export type OutputsOf<C extends { readonly outputs: Sockets }> = ObjectOf<C['outputs']>

/** The type of a component class's parameters: `ParametersOf<typeof WordCount>`. */
export type ParametersOf<Class extends { readonly parameters?: Socket<object> }> = Class['parameters'] extends
  | Socket<infer P>
  | undefined
  ? P
  : never

/** The registered name of a component; the name of its class when it has none. */
export function typeOf(component: object): string {
  const made = classOf(component)
  return typeof made?.type === 'string' ? made.type : made?.name || 'Object'
}

/** Undefined for an object without a prototype. */
function classOf(component: object): (Partial<ComponentClass> & { readonly name?: string }) | undefined {
  return component.constructor as (Partial<ComponentClass> & { readonly name?: string }) | undefined
}

/** Whether a value has the parts of a component, its sockets made with `t`. */
export function isComponent(value: unknown): value is Component {
  if (typeof value !== 'object' || value === null) return false
  const { inputs, outputs, run } = value as Partial<Component>
  return typeof run === 'function' && [inputs, outputs].every(areSockets)
}

function areSockets(sockets: unknown): boolean {
  return typeof sockets === 'object' && sockets !== null && Object.values(sockets).every(isSocket)
}

/**
 * Refuses what is not a component, and parameters that the declaration does not allow.
 *
 * @throws DefinitionError `COMPONENT_INVALID` or `COMPONENT_PARAMETERS`
 */
export function checkComponent(name: string, value: unknown): asserts value is Component {
  if (typeof value === 'function') {
    throw invalid(
      `'${name}' is the class ${value.name || '(anonymous)'}, not a component. Give an instance: new ${value.name || 'Component'}(…).`,
    )
  }
  const missing = ['inputs', 'outputs', 'run'].filter((key) => {
    const part = (value as Record<string, unknown> | null | undefined)?.[key]
    return key === 'run' ? typeof part !== 'function' : typeof part !== 'object' || part === null
  })
  if (missing.length > 0) {
    throw invalid(
      `'${name}' is not a component: it has no ${missing.map((key) => `'${key}'`).join(', ')}. A component has 'inputs' and 'outputs' (made with t) and a 'run' method.`,
    )
  }
  const component = value as Component
  checkSockets(name, 'input', component.inputs)
  checkSockets(name, 'output', component.outputs)
  checkParameters(name, component)
}

function checkSockets(name: string, kind: 'input' | 'output', sockets: Sockets): void {
  for (const [socketName, socket] of Object.entries(sockets)) {
    const path = `'${name}.${socketName}'`
    if (!isSocket(socket)) {
      throw invalid(
        `The ${kind} ${path} is ${describeValue(socket)}, not a socket. Make it with t, as in t.string().`,
      )
    }
    if (kind === 'output' && socket.receives !== 'one') {
      throw invalid(
        `The output ${path} is t.${socket.receives}: only an input has many senders. Use t.array for a list.`,
      )
    }
  }
}

function checkParameters(name: string, component: Component): void {
  const parameters = classOf(component)?.parameters
  const given = component.initParameters
  if (!parameters || given === undefined || (isEmpty(given) && needsNothing(parameters))) return
  const problems = checkValue(parameters, given)
  if (problems.length === 0) return
  const list = problems.map(
    (problem) => `\n  ${['initParameters', ...problem.path].join('.')}: ${problem.message}`,
  )
  throw new DefinitionError(
    'COMPONENT_PARAMETERS',
    `'${name}' (${typeOf(component)}) was made with parameters it does not accept:${list.join('')}`,
  )
}

function isEmpty(value: object): boolean {
  return isPlainObject(value) && Object.keys(value).length === 0
}

/** Found without a validator, which takes longer to make than a small pipeline. */
function needsNothing({ type }: Socket): boolean {
  return type.kind === 'object' && Object.values(type.fields).every((field) => field.optional)
}

function invalid(message: string): DefinitionError {
  return new DefinitionError('COMPONENT_INVALID', message)
}
