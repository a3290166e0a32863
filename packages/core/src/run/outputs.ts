import { typeOf } from '../component/component.ts'
import { RunError } from '../errors.ts'
import { frozenCopy } from '../frozen-copy.ts'
import type { PlannedComponent } from '../graph/plan.ts'
import type { Socket } from '../schema/socket.ts'
import { typeName } from '../schema/socket-type.ts'
import { checkType } from '../schema/validate.ts'
import { listNames } from '../text/names.ts'
import { describeValue } from '../text/show.ts'
import type { Visit } from './trace.ts'

type Values = Record<string, unknown>

/**
 * What a component gave, each output read once, as nobody can change it. What is undefined was not given.
 *
 * @param types whether the values are checked against the types of the outputs
 * @throws RunError `RUN_INVALID_OUTPUT` for what is not an object, an iterator, an output that is missing and not
 * optional, one that is not declared, and one of a wrong type; `RUN_INVALID_PAUSE` for a pause that was not returned
 */
export function takeOutputs(visit: Visit, given: unknown, types: boolean): Values {
  if (visit.pause !== undefined) throw pauseNotReturned(visit)
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw noObject(visit, given)
  const { outputSockets } = visit.component
  const outputs: Values = {}
  let count = 0
  for (const [name, socket] of outputSockets) {
    const value = Object.hasOwn(given, name) ? (given as Values)[name] : undefined
    if (value === undefined) {
      if (!socket.optional) throw missing(visit, given, name, socket)
      continue
    }
    if (value instanceof Promise) throw promised(visit, name, value)
    if (types) checkOutput(visit, name, socket, value)
    outputs[name] = frozenCopy(value)
    count++
  }
  if (count === 0 && isIterable(given)) throw noObject(visit, given)
  // Counted first: names are compared only where there are too many.
  if (Object.keys(given).length > count) checkNames(visit, given as Values)
  return outputs
}

/** It may be inside an object of outputs, where the compiler cannot see it. */
export function pauseNotReturned({ component: { name, type, held: inside }, visit }: Visit): RunError {
  const held = inside.components.map(({ name: place, component }) => `'${place}' (${typeOf(component)})`)
  const others =
    held.length === 0
      ? ''
      : ` If one of the components that it holds did, ${held.join(', ')}: they cannot pause. Run them with runHeld, which says so.`
  const message = `'${name}' (${type}) called context.pause and did not return what that gives: it must be returned itself, as in return context.pause({ … }).${others}`
  return new RunError('RUN_INVALID_PAUSE', message, { component: name, type, visit })
}

/** @throws RunError `RUN_INVALID_INPUT` for lists of several senders that do not fit the socket together */
export function checkJoined({ component, visit, inputs }: Visit): void {
  for (const { gathers, name, path, socket } of component.sockets) {
    if (gathers !== 'join' || inputs[name] === undefined) continue
    const [problem] = checkType(socket.type, inputs[name])
    if (problem === undefined) continue
    const place = [path, ...problem.path].join('.')
    const what = `What was joined for '${place}' (${typeName(socket.type)}) does not fit: ${problem.message}`
    throw new RunError('RUN_INVALID_INPUT', what, { component: component.name, type: component.type, visit })
  }
}

function checkOutput(visit: Visit, name: string, socket: Socket, value: unknown): void {
  const [problem] = checkType(socket.type, value)
  if (problem === undefined) return
  const place = [name, ...problem.path].join('.')
  throw invalidOutput(visit, `returned '${place}' (${typeName(socket.type)}): ${problem.message}`)
}

function checkNames(visit: Visit, given: Values): void {
  const { component } = visit
  const unknown = Object.keys(given).find((name) => !component.outputs.has(name) && given[name] !== undefined)
  if (unknown === undefined) return
  throw invalidOutput(visit, `returned '${unknown}', which is not among its outputs ${namesOf(component)}.`)
}

function isIterable(given: object): boolean {
  return Symbol.iterator in given || Symbol.asyncIterator in given
}

/** A forgotten `await`: what comes next would be blamed for it. */
function promised(visit: Visit, name: string, value: Promise<unknown>): RunError {
  // It may reject, and nobody else listens.
  value.catch(() => {})
  return invalidOutput(
    visit,
    `returned a promise as its output '${name}'. Return what it resolves to: await it.`,
  )
}

function noObject(visit: Visit, given: unknown): RunError {
  const expected = `an object with its outputs ${namesOf(visit.component)}`
  if (typeof given !== 'object' || given === null || !isGenerator(given)) {
    return invalidOutput(visit, `must return ${expected}, but returned ${describeValue(given)}.`)
  }
  return invalidOutput(
    visit,
    `must return ${expected}, but returned an iterator: its 'run' is a generator function, or returns one. What comes in pieces is sent with context.emit.`,
  )
}

function isGenerator(given: object): boolean {
  return isIterable(given) && typeof (given as { readonly next?: unknown }).next === 'function'
}

function missing(visit: Visit, given: object, name: string, socket: Socket): RunError {
  if (isIterable(given)) return noObject(visit, given)
  const what = `returned no '${name}' (${typeName(socket.type)}).`
  return invalidOutput(visit, `${what} An output that is not always given is declared with t.optional.`)
}

function namesOf({ outputs }: PlannedComponent): string {
  return outputs.size === 0 ? '(it has none)' : listNames(outputs)
}

function invalidOutput({ component: { name, type }, visit }: Visit, what: string): RunError {
  return new RunError('RUN_INVALID_OUTPUT', `'${name}' (${type}) ${what}`, { component: name, type, visit })
}
