import { DefinitionError } from '../errors.ts'
import { findConnection, takesMany } from '../graph/connect.ts'
import { checkName, findSocket, isSocketName } from '../graph/names.ts'
import { readPath } from '../graph/path.ts'
import { isPlainObject } from '../json.ts'
import { graphOf, type Pipeline } from '../pipeline/pipeline.ts'
import { didYouMean, listNames } from '../text/names.ts'
import type { Definition } from './definition.ts'
import type { DocumentPath, Report } from './problems.ts'

/**
 * Makes the connections of a file and checks the names that it gives to inputs and outputs. Reports nothing about
 * components that could not be made: what is wrong with those is reported already.
 */
export function connectComponents({ value, report }: Definition, pipeline: Pipeline): void {
  const { components, connections, inputs, outputs } = value
  const graph = graphOf(pipeline)
  const declared = new Set(Object.keys(recordOf(components)))

  for (const [index, connection] of listOf(connections).entries()) {
    const { sender, receiver } = Object(connection) as { sender?: unknown; receiver?: unknown }
    const path = ['connections', index]
    const sends = isUsable(sender, [...path, 'sender'], 'sender')
    const receives = isUsable(receiver, [...path, 'receiver'], 'receiver')
    if (sends && receives) connect(sender as string, receiver as string, path)
    else if (sends) isSocket(sender as string, 'outputs', [...path, 'sender'])
    else if (receives) isSocket(receiver as string, 'inputs', [...path, 'receiver'])
  }
  const takenBy = senders(pipeline)
  for (const [name, given] of Object.entries(recordOf(inputs))) {
    const fault = checkName(name, 'inputs', (other) => declared.has(other))
    if (fault) report.atKey('LOAD_CONNECTION', fault.message, ['inputs', name], fault)
    const known = new Set<unknown>()
    for (const [index, end] of fault ? [] : endsOf(given).entries()) {
      const path = ['inputs', name, ...(typeof given === 'string' ? [] : [index])]
      if (known.has(end)) report.atValue('LOAD_CONNECTION', twice(end as string, name), path)
      if (known.has(end)) continue
      known.add(end)
      if (!isUsable(end, path) || !isSocket(end as string, 'inputs', path)) continue
      const sender = takenBy.get(end as string)
      if (sender) report.atValue('LOAD_CONNECTION', taken(end as string, sender, name), path)
    }
  }
  for (const [name, end] of Object.entries(recordOf(outputs))) {
    const path = ['outputs', name]
    const fault = checkName(name, 'outputs', (other) => declared.has(other))
    if (fault) report.atValue('LOAD_CONNECTION', fault.message, path, fault)
    if (isUsable(end, path)) isSocket(end as string, 'outputs', path)
  }

  /** Whether an end names a component that could be made. */
  function isUsable(end: unknown, path: DocumentPath, side?: 'sender' | 'receiver'): boolean {
    if (typeof end !== 'string') return false
    const short = side === undefined ? undefined : socketless(end, side)
    if (short !== undefined) {
      report.atValue('LOAD_CONNECTION', short, path)
      return false
    }
    const read = readPath(end, side)
    const fault =
      read instanceof DefinitionError || declared.has(read.component)
        ? read
        : unknownComponent(end, read.component)
    if (!(fault instanceof DefinitionError)) return graph.node(fault.component) !== undefined
    report.atValue('LOAD_CONNECTION', fault.message, path, fault)
    return false
  }

  /** What to write for a component without a socket, as Haystack's `connect` takes it. */
  function socketless(end: string, side: 'sender' | 'receiver'): string | undefined {
    if (end.includes('.') || !declared.has(end)) return undefined
    const component = graph.node(end)?.component
    const kind = side === 'sender' ? 'output' : 'input'
    const sockets = Object.keys((side === 'sender' ? component?.outputs : component?.inputs) ?? {})
    const what = `'${end}' is a component: name an ${kind} of it, too`
    if (sockets.length === 1) return `${what}, as in '${end}.${sockets[0]}'.`
    return `${what}${sockets.length === 0 ? '.' : `: ${listNames(sockets.map((name) => `${end}.${name}`))}.`}`
  }

  function unknownComponent(end: string, component: string): DefinitionError {
    return new DefinitionError(
      'CONNECT_UNKNOWN_COMPONENT',
      `'${end}' names no component of this ${report.whole}. Components: ${listNames(declared)}.${didYouMean(component, declared)}`,
    )
  }

  function connect(sender: string, receiver: string, path: DocumentPath): void {
    const found = findConnection(graph, sender, receiver)
    if (found instanceof DefinitionError) {
      report.atValue('LOAD_CONNECTION', found.message, [...path, found.end ?? 'receiver'], found)
      // The types of a loaded pipeline aren't known to the compiler.
    } else if (found !== undefined) pipeline.connect(sender as never, receiver as never)
  }

  function isSocket(end: string, side: 'inputs' | 'outputs', path: DocumentPath): boolean {
    const found = findSocket(graph, end, side)
    if (!(found instanceof DefinitionError)) return true
    report.atValue('LOAD_CONNECTION', found.message, path, found)
    return false
  }
}

/** The inputs that take one value and have a sender, each with that sender. */
function senders(pipeline: Pipeline): ReadonlyMap<string, string> {
  const taken = new Map<string, string>()
  for (const { sender, receiver } of pipeline.connections()) {
    const socket = pipeline.get(receiver.component).inputs[receiver.socket]
    if (socket === undefined || takesMany(socket)) continue
    taken.set(`${receiver.component}.${receiver.socket}`, `${sender.component}.${sender.socket}`)
  }
  return taken
}

function taken(end: string, sender: string, name: string): string {
  return `'${end}' gets its value from '${sender}' and takes one only, so that '${name}' could not reach it.`
}

/**
 * Reports what is wrong with the sockets that a sub-pipeline shows: ends that lead nowhere or are taken, names that
 * are none or are given twice. Wrong kinds of values, and components that could not be made, are passed over: those are
 * reported already.
 *
 * @param declared the components that the pipeline should have
 * @param report takes paths from the parameters of the sub-pipeline
 */
export function checkMapping(
  inner: Pipeline,
  declared: ReadonlySet<string>,
  { inputs, outputs }: { readonly inputs: unknown; readonly outputs: unknown },
  report: Report,
): void {
  const graph = graphOf(inner)
  const takenBy = senders(inner)
  for (const [name, given] of Object.entries(recordOf(inputs))) {
    checkInput(name, typeof given === 'string' || Array.isArray(given) ? endsOf(given) : [undefined])
  }
  const ofNames = new Map<string, string>()
  for (const [end, name] of Object.entries(recordOf(outputs))) {
    if (typeof name === 'string') checkOutput(end, name)
  }

  /** Whether an end is one of a component in which something is wrong. */
  function isNotMade(end: string): boolean {
    const read = readPath(end)
    if (read instanceof DefinitionError) return false
    return declared.has(read.component) && graph.node(read.component) === undefined
  }

  function checkInput(name: string, given: readonly unknown[]): void {
    if (!isSocketName(name)) report.atKey('LOAD_CONNECTION', notAName(name), ['inputs', name])
    if (given.length === 0) {
      const message = `'${name}' reaches no input inside. Name one, or remove '${name}'.`
      report.atValue('LOAD_CONNECTION', message, ['inputs', name])
    }
    const known = new Set<unknown>()
    for (const [index, end] of given.entries()) {
      if (typeof end !== 'string') continue
      const path = ['inputs', name, ...(typeof recordOf(inputs)[name] === 'string' ? [] : [index])]
      if (known.has(end)) report.atValue('LOAD_CONNECTION', twice(end, name), path)
      if (known.has(end)) continue
      known.add(end)
      if (isNotMade(end)) continue
      const found = findSocket(graph, end, 'inputs')
      const sender = takenBy.get(end)
      if (found instanceof DefinitionError) report.atValue('LOAD_CONNECTION', found.message, path, found)
      else if (sender) report.atValue('LOAD_CONNECTION', taken(end, sender, name), path)
    }
  }

  function checkOutput(end: string, name: string): void {
    const path = ['outputs', end]
    if (!end.includes('.') && name.includes('.')) {
      const message = `Here the output inside comes first, then its name outside: write '${name}: ${end}'.`
      report.atKey('LOAD_CONNECTION', message, path)
      return
    }
    if (!isSocketName(name)) report.atValue('LOAD_CONNECTION', notAName(name), path)
    const twin = ofNames.get(name)
    if (twin === undefined) ofNames.set(name, end)
    else {
      const message = `'${twin}' has the name '${name}' already. Give each output its own.`
      report.atValue('LOAD_CONNECTION', message, path)
    }
    const found = isNotMade(end) ? undefined : findSocket(graph, end, 'outputs')
    if (found instanceof DefinitionError) report.atKey('LOAD_CONNECTION', found.message, path, found)
  }
}

function notAName(name: string): string {
  return `An input or output cannot be called '${name}'. Choose another name.`
}

function twice(end: string, name: string): string {
  return `'${name}' leads to '${end}' twice. Remove one of the two.`
}

/** The ends behind the name of an input: one may stand without a list. */
export function endsOf(given: unknown): readonly unknown[] {
  return typeof given === 'string' ? [given] : listOf(given)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isPlainObject(value) ? value : {}
}
