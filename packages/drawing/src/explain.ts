import type { Components, Pipeline } from '@millrace/core'
import {
  type ComponentPolicy,
  countOf,
  describeValue,
  listNames,
  type Plan,
  type PlannedComponent,
  type PlannedSocket,
  planOf,
  typeName,
  typeOf,
} from '@millrace/core/component'
import { conversionWords } from './explain-connection.ts'

/**
 * The pipeline in words: for each component, in the order in which they come to run, what makes it run, where its
 * inputs come from, what happens to values on the way, and where its outputs go. Runs and loads nothing.
 *
 * @example
 * console.log(explain(pipeline))
 */
export function explain<C extends Components>(pipeline: Pipeline<C>): string {
  const plan = planOf(pipeline)
  const { components, edges, cycles, order } = plan
  const head = `${countOf(components.length, 'component')}, ${countOf(edges.length, 'connection')}.`
  const loops = cycles.map((cycle) => `${listNames(cycle.map(({ name }) => name))} form a loop.`)
  const names = namesOfInputs(plan)
  const parts = order.map((component) => explainComponent(component, names))
  return [[head, ...loops].join('\n'), ...parts].join('\n\n')
}

type InputNames = ReadonlyMap<PlannedSocket, readonly string[]>

/** The names that the pipeline gives its inputs, by socket. */
function namesOfInputs({ namedInputs }: Plan): InputNames {
  const names = new Map<PlannedSocket, string[]>()
  for (const [name, sockets] of namedInputs) {
    for (const socket of sockets) names.set(socket, [...(names.get(socket) ?? []), name])
  }
  return names
}

function explainComponent(component: PlannedComponent, names: InputNames): string {
  const lines = [
    ...whatItWaitsFor(component),
    ...whatItHolds(component),
    ...component.sockets.map((socket) => explainInput(socket, names.get(socket))),
    ...explainOutputs(component),
    ...explainPolicy(component.policy),
  ]
  return [
    `'${component.name}' (${component.type}) ${whenItRuns(component)}.`,
    ...lines.map((line) => `  ${line}`),
  ].join('\n')
}

function whenItRuns({ sockets }: PlannedComponent): string {
  const connected = sockets.filter(({ edges }) => edges.length > 0)
  if (connected.length === 0) return 'runs once, at the start'
  const greedy = connected.filter(({ gathers }) => gathers === 'first')
  const needed = connected.filter(({ mandatory, gathers }) => mandatory && gathers !== 'first')
  if (greedy.length > 0) {
    const also = needed.length === 0 ? '' : `, if it also has ${namesOf(needed, 'and')}`
    return `runs as soon as a value comes for ${namesOf(greedy, 'or')}, once for each${also}`
  }
  if (needed.length > 0) {
    const values = needed.length === 1 ? 'a value has' : 'values have'
    return `runs each time ${values} come for ${namesOf(needed, 'and')}`
  }
  const senders = `${inWords(quoted(sendersTo(sockets)), 'or')} sends to it`
  return sockets.some(({ mandatory }) => mandatory)
    ? `runs with what the caller gives, and again each time ${senders}`
    : `runs when the caller gives it something, and each time ${senders}`
}

/** A component with an input that is optional or has several senders does not know whether more will come. */
function whatItWaitsFor({ sockets }: PlannedComponent): string[] {
  const isOpenEnded = sockets.some(
    ({ edges, gathers, mandatory }) =>
      gathers !== 'first' && (edges.length > 1 || (edges.length === 1 && !mandatory)),
  )
  if (!isOpenEnded) return []
  return [`waits for ${listNames(sendersTo(sockets))} to have run, as long as anything else can run`]
}

function whatItHolds({ held }: PlannedComponent): string[] {
  const tools = [...new Set(held.tools.map(({ tool }) => tool.name))]
  return [
    ...held.components.map(({ name, component }) => `holds '${name}' (${typeOf(component)})`),
    ...(tools.length === 0 ? [] : [`has the tools ${listNames(tools)}`]),
  ]
}

function sendersTo(sockets: readonly PlannedSocket[]): string[] {
  return [...new Set(sockets.flatMap(({ edges }) => edges.map(({ source }) => source.name)))]
}

function explainInput(
  { name, socket, edges, gathers, mandatory }: PlannedSocket,
  publicNames: readonly string[] | undefined,
): string {
  const what = `'${name}' (${typeName(socket.type)})`
  const caller = publicNames === undefined ? 'the caller' : `the caller as ${listNames(publicNames)}`
  const hasDefault = !mandatory && socket.default !== undefined
  const otherwise = hasDefault ? `, otherwise ${describeDefault(socket.default)}` : ''
  if (edges.length === 0) {
    const list = gathers === 'list' || gathers === 'first' ? ' as a list of one' : ''
    return `${mandatory ? 'needs' : 'may take'} ${what}${list} from ${caller}${otherwise}`
  }
  const takes = `${mandatory ? 'takes' : 'may take'} ${what}`
  const senders = edges.map(({ from, conversion }) => {
    const how = conversion ? ` (${conversionWords[conversion.name].how})` : ''
    return `'${from}'${how}`
  })
  switch (gathers) {
    case 'one':
      return `${takes} from ${senders.join('')}${otherwise}`
    case 'first':
      return `${takes} from ${inWords([...senders, caller], 'or')}, one at a time`
    case 'list':
      return `${takes} as a list: from ${caller}, if any, then from ${inWords(senders, 'and')}${otherwise}`
    case 'join': {
      const joined = senders.length > 1 ? ', joined in this order' : ''
      return `${takes} from ${inWords(senders, 'and')}${joined}${otherwise}`
    }
  }
}

function describeDefault(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : describeValue(value)
}

function explainOutputs({ component, leaving, named = [] }: PlannedComponent): string[] {
  return Object.entries(component.outputs).map(([name, socket]) => {
    const gives = socket.optional ? 'may give' : 'gives'
    const receivers = leaving.filter(({ output }) => output === name).map(({ to }) => `'${to}'`)
    const publicNames = named.filter(({ output }) => output === name).map((output) => output.name)
    if (publicNames.length > 0) receivers.push(`the result as ${listNames(publicNames)}`)
    else if (receivers.length === 0) receivers.push('the result')
    return `${gives} '${name}' (${typeName(socket.type)}) to ${inWords(receivers, 'and')}`
  })
}

function explainPolicy({ retry, timeoutMs }: ComponentPolicy): string[] {
  const lines: string[] = []
  if (retry !== undefined && retry.attempts > 1) {
    const only = retry.on === undefined ? '' : ` with ${inWords(quoted(retry.on), 'or')}`
    const wait = retry.backoffMs ? `, at first after ${retry.backoffMs} ms, then twice as long each time` : ''
    lines.push(`is called up to ${retry.attempts} times when it fails${only}${wait}`)
  }
  if (timeoutMs !== undefined) {
    const all = lines.length > 0 ? ', all calls and waits together' : ''
    lines.push(`may take ${timeoutMs} ms for each visit${all}`)
  }
  return lines
}

function namesOf(sockets: readonly PlannedSocket[], word: 'and' | 'or'): string {
  return inWords(quoted(sockets.map(({ name }) => name)), word)
}

function quoted(names: readonly string[]): string[] {
  return names.map((name) => `'${name}'`)
}

/** `listNames` writes at most as many. */
const MOST_LISTED = 20

function inWords(texts: readonly string[], word: 'and' | 'or'): string {
  if (texts.length < 2) return texts.join('')
  const more = texts.length - MOST_LISTED
  return more > 0
    ? `${texts.slice(0, MOST_LISTED).join(', ')} ${word} ${more} more`
    : `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)}`
}
