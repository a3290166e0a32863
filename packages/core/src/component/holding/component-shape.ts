import { fits } from '../../schema/fits.ts'
import { checkField, invalid, makeSocket } from '../../schema/make-socket.ts'
import type { ObjectOf, Socket, Sockets, ValueOf } from '../../schema/socket.ts'
import { type ComponentShape, type ObjectField, type SocketType, typeName } from '../../schema/socket-type.ts'
import { describeValue } from '../../text/show.ts'
import { type Component, isComponent, typeOf } from '../component.ts'
import type { RunContext } from '../run-context.ts'

/** A component that has at least these sockets: what a parameter made with `t.component` holds. */
export interface ComponentOf<Inputs extends Sockets, Outputs extends Sockets> extends Component {
  readonly outputs: Sockets & { readonly [Name in keyof Outputs]: Socket<ValueOf<Outputs[Name]>> }
  // A property, since the compiler compares the parameters of methods both ways.
  readonly run: (inputs: ObjectOf<Inputs>, context?: RunContext) => object | Promise<object>
}

export interface ComponentShapeOptions<Inputs extends Sockets, Outputs extends Sockets> {
  /** What messages and documentation call such a component. @defaultValue the sockets, as a type */
  readonly name?: string
  readonly description?: string
  /** What its owner sends. A component may lack those that are optional, and has no other mandatory inputs. */
  readonly inputs: Inputs
  /** What its owner reads. A component may leave out those that are optional. */
  readonly outputs: Outputs
}

/**
 * A component that a parameter holds, of this shape: the generator of an agent, those of a fallback. In a file it is
 * `{ type, initParameters }`. The pipeline of its owner owns it, too: it is checked, warmed up and closed with the others.
 * The owner runs it with `runHeld`.
 *
 * @example
 * const generator = t.component({ inputs: { messages: t.array(t.message()) }, outputs: { replies: t.array(t.message()) } })
 * static readonly parameters = t.object({ generators: t.array(generator, { minItems: 1 }) })
 */
export function component<const Inputs extends Sockets, const Outputs extends Sockets>(
  options: ComponentShapeOptions<Inputs, Outputs>,
): Socket<ComponentOf<Inputs, Outputs>>
/** Any component at all: its holder looks at the sockets that it has. */
export function component(options?: { readonly description?: string }): Socket<Component>
export function component({
  name,
  description,
  inputs,
  outputs,
}: Partial<ComponentShapeOptions<Sockets, Sockets>> = {}): Socket<Component> {
  const isAny = inputs === undefined && outputs === undefined
  const shape = isAny ? undefined : { inputs: fieldsOf(inputs), outputs: fieldsOf(outputs) }
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw invalid("The 'name' of t.component is a text, as messages print it.")
  }
  const sockets = shape && `<${fieldsText(shape.inputs)}, ${fieldsText(shape.outputs)}>`
  return makeSocket(
    't.component',
    {
      kind: 'named',
      name: name ?? `Component${sockets ?? ''}`,
      rule: (value) => shapeFault(shape, value),
      holds: { kind: 'component', shape },
    },
    { ...(description === undefined ? {} : { description }) },
  ) as Socket<Component>
}

function fieldsOf(sockets: Sockets | undefined): Readonly<Record<string, ObjectField>> {
  if (typeof sockets !== 'object' || sockets === null) {
    throw invalid("t.component needs 'inputs' and 'outputs', made with t.")
  }
  const entries = Object.entries(sockets).map(([name, socket]) => {
    checkField('t.component', socket)
    return [name, { type: socket.type, optional: socket.optional }] as const
  })
  return Object.fromEntries(entries)
}

function fieldsText(fields: ComponentShape['inputs']): string {
  return typeName({ kind: 'object', fields })
}

/** What keeps a value from being a component of this shape, as a sentence; undefined when nothing does. */
export function shapeFault(shape: ComponentShape | undefined, value: unknown): string | undefined {
  if (shape === undefined) {
    return isComponent(value) ? undefined : `expected a component, got ${describeValue(value)}.`
  }
  if (!isComponent(value)) {
    return `expected a component with the inputs ${fieldsText(shape.inputs)} and the outputs ${fieldsText(shape.outputs)}, got ${describeValue(value)}.`
  }
  const faults = [...inputFaults(shape.inputs, value), ...outputFaults(shape.outputs, value)]
  return faults.length === 0 ? undefined : `${typeOf(value)} does not fit here: ${faults.join('; ')}.`
}

function inputFaults(wanted: ComponentShape['inputs'], { inputs }: Component): string[] {
  const faults = Object.entries(wanted).flatMap(([name, { type, optional }]) => {
    const socket = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    if (socket === undefined) return optional ? [] : [`it has no input '${name}' (${typeName(type)})`]
    const takes = receivedType(socket)
    return fits(type, takes)
      ? []
      : [`its input '${name}' takes ${typeName(takes)}, and would get ${typeName(type)}`]
  })
  const unfed = Object.entries(inputs).filter(
    ([name, socket]) => !(socket.optional || Object.hasOwn(wanted, name)),
  )
  return [...faults, ...unfed.map(([name]) => `nothing would give its input '${name}' a value`)]
}

function outputFaults(wanted: ComponentShape['outputs'], { outputs }: Component): string[] {
  return Object.entries(wanted).flatMap(([name, { type, optional }]) => {
    const socket = Object.hasOwn(outputs, name) ? outputs[name] : undefined
    if (socket === undefined) return optional ? [] : [`it has no output '${name}' (${typeName(type)})`]
    if (!fits(socket.type, type)) {
      return [`its output '${name}' is ${typeName(socket.type)}, not ${typeName(type)}`]
    }
    return socket.optional && !optional ? [`it may leave out its output '${name}'`] : []
  })
}

/** Of a socket for many senders: a list. */
function receivedType({ type, receives }: Socket): SocketType {
  return receives === 'one' ? type : { kind: 'array', items: type }
}
