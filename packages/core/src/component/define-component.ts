import { DefinitionError } from '../errors.ts'
import { frozenCopy } from '../frozen-copy.ts'
import { isPlainObject } from '../json.ts'
import { isSocket, type ObjectOf, type Socket, type Sockets } from '../schema/socket.ts'
import { withDefaults } from '../schema/with-defaults.ts'
import { describeValue } from '../text/show.ts'
import { type Component, type ComponentClass, checkComponent } from './component.ts'
import { readParameters } from './read-parameters.ts'
import { aloneContext, type RunContext } from './run-context.ts'
import { t } from './t.ts'

/** The parameters that a declaration describes: fields, or a socket for an object. */
type ParametersIn<Declared> =
  Declared extends Socket<infer Parameters extends object>
    ? Parameters
    : Declared extends Sockets
      ? ObjectOf<Declared>
      : Record<never, never>

export interface ComponentDefinition<
  Inputs extends Sockets,
  Outputs extends Sockets,
  Declared extends Sockets | Socket<object>,
> {
  /** The name in pipeline files. */
  readonly type: string
  readonly description?: string
  /** Written as the inputs are, or made with `t.object`. Absent: the component has no parameters. */
  readonly parameters?: Declared
  readonly inputs: Inputs
  readonly outputs: Outputs
  /** Gets the defaults of the inputs and parameters that have one and were not given. */
  readonly run: (
    inputs: ObjectOf<Inputs>,
    context: RunContext,
    parameters: ParametersIn<Declared>,
  ) => ObjectOf<Outputs> | Promise<ObjectOf<Outputs>>
}

/** A component of the class that `defineComponent` returns. */
export interface DefinedInstance<Inputs extends Sockets, Outputs extends Sockets, Parameters extends object>
  extends Component {
  readonly inputs: Inputs
  readonly outputs: Outputs
  readonly initParameters: Parameters
  run(inputs: ObjectOf<Inputs>, context?: RunContext): ObjectOf<Outputs> | Promise<ObjectOf<Outputs>>
}

/** The class that `defineComponent` returns. */
export interface DefinedComponent<
  Inputs extends Sockets,
  Outputs extends Sockets,
  Parameters extends object,
> {
  readonly type: string
  readonly description: string
  readonly parameters: Socket<Parameters>
  /** @throws DefinitionError `COMPONENT_PARAMETERS` */
  new (
    ...parameters: object extends Parameters ? [parameters?: Parameters] : [parameters: Parameters]
  ): DefinedInstance<Inputs, Outputs, Parameters>
}

/**
 * A component class from a function, for a component that keeps nothing between its runs.
 *
 * @example
 * const Shout = defineComponent({
 *   type: 'Shout',
 *   inputs: { text: t.string() },
 *   outputs: { text: t.string() },
 *   run: ({ text }) => ({ text: text.toUpperCase() }),
 * })
 * const pipeline = new Pipeline({ shout: new Shout() })
 */
export function defineComponent<
  const Inputs extends Sockets,
  const Outputs extends Sockets,
  Declared extends Sockets | Socket<object> = Record<never, never>,
>(
  definition: ComponentDefinition<Inputs, Outputs, Declared>,
): DefinedComponent<Inputs, Outputs, ParametersIn<Declared>> {
  type Parameters = ParametersIn<Declared>
  if (!isPlainObject(definition) || typeof definition.run !== 'function') {
    const given = isPlainObject(definition) ? "an object without a function 'run'" : describeValue(definition)
    throw new DefinitionError(
      'COMPONENT_INVALID',
      `defineComponent takes { type, inputs, outputs, run }, as in its example, not ${given}.`,
    )
  }
  const { type, description = '', inputs, outputs, run, parameters: declared = {} } = definition
  const parameters = (isSocket(declared)
    ? declared
    : t.object(declared as Sockets)) as Socket<object> as Socket<Parameters>
  const fields = parameters.type.kind === 'object' ? parameters.type.fields : {}
  class Defined implements Component {
    static readonly type = type
    static readonly description = description
    static readonly parameters = parameters
    readonly inputs = inputs
    readonly outputs = outputs
    readonly initParameters: Parameters
    readonly #complete: Parameters

    constructor(given: Parameters = {} as Parameters) {
      this.initParameters = readParameters(Defined, given)
      checkComponent(type, this)
      this.#complete = withDefaults(fields, frozenCopy(this.initParameters))
    }

    run(values: ObjectOf<Inputs>, context: RunContext = aloneContext(Defined)) {
      return run(withDefaults(inputs, values), context, this.#complete)
    }
  }
  Object.defineProperty(Defined, 'name', { value: type })
  return Defined as ComponentClass as unknown as DefinedComponent<Inputs, Outputs, Parameters>
}
