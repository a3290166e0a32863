import { typeName } from '../schema/socket-type.ts'
import { listNames } from '../text/names.ts'
import { describeValue } from '../text/show.ts'
import { conversionWords } from './conversion-words.ts'
import type { Plan, PlannedComponent, PlannedEdge, PlannedSocket } from './plan.ts'
import type { ComponentPolicy } from './policy.ts'

/**
 * The pipeline in words: for each component, in the order in which they come to run, what makes it run, where its
 * inputs come from, what happens to values on the way, and where its outputs go.
 */
export function explainPlan(plan: Plan): string {
  const head = `${count(plan.components.length, 'component')}, ${count(plan.edges.length, 'connection')}.`
  const loops = plan.cycles.map(
    (cycle) => `${listNames(cycle.map((index) => nameAt(plan, index)))} form a loop.`,
  )
  const names = namesOfInputs(plan)
  const parts = plan.order.map((index) =>
    explainComponent(plan, plan.components[index] as PlannedComponent, names),
  )
  return [[head, ...loops].join('\n'), ...parts].join('\n\n')
}

function count(many: number, noun: string): string {
  return `${many} ${noun}${many === 1 ? '' : 's'}`
}

function nameAt(plan: Plan, index: number): string {
  return (plan.components[index] as PlannedComponent).name
}

type InputNames = ReadonlyMap<PlannedSocket, readonly string[]>

/** The names that the pipeline gives its inputs, by socket. */
function namesOfInputs(plan: Plan): InputNames {
  const names = new Map<PlannedSocket, string[]>()
  for (const [name, sockets] of plan.namedInputs) {
    for (const socket of sockets) names.set(socket, [...(names.get(socket) ?? []), name])
  }
  return names
}

function explainComponent(plan: Plan, component: PlannedComponent, names: InputNames): string {
  const lines = [
    ...whenItWaits(plan, component),
    ...component.sockets.map((socket) => explainInput(plan, socket, names.get(socket))),
    ...explainOutputs(component),
    ...explainPolicy(component.policy),
  ]
  return [
    `'${component.name}' (${component.type}) ${whenItRuns(plan, component)}.`,
    ...lines.map((line) => `  ${line}`),
  ].join('\n')
}

function whenItRuns(plan: Plan, component: PlannedComponent): string {
  const connected = component.sockets.filter(({ edges }) => edges.length > 0)
  if (connected.length === 0) return 'runs once, at the start'
  const greedy = connected.filter(({ gathers }) => gathers === 'first')
  const needed = connected.filter(({ mandatory, gathers }) => mandatory && gathers !== 'first')
  if (greedy.length > 0) {
    const also = needed.length === 0 ? '' : `, if it also has ${namesOf(needed)}`
    return `runs as soon as a value comes for ${namesOf(greedy, 'or')}, once for each${also}`
  }
  if (needed.length > 0) {
    const values = needed.length === 1 ? 'a value has' : 'values have'
    return `runs each time ${values} come for ${namesOf(needed)}`
  }
  const senders = `${either(sendersTo(plan, component))} sends to it`
  return component.sockets.some(({ mandatory }) => mandatory)
    ? `runs with what the caller gives, and again each time ${senders}`
    : `runs when the caller gives it something, and each time ${senders}`
}

/** A component with an input that is optional or has several senders does not know whether more will come. */
function whenItWaits(plan: Plan, component: PlannedComponent): string[] {
  const isOpenEnded = component.sockets.some(
    ({ edges, gathers, mandatory }) =>
      gathers !== 'first' && (edges.length > 1 || (edges.length === 1 && !mandatory)),
  )
  if (!isOpenEnded) return []
  return [`waits for ${listNames(sendersTo(plan, component))} to have run, as long as anything else can run`]
}

function sendersTo(plan: Plan, { sockets }: PlannedComponent): string[] {
  const sources = sockets.flatMap((socket) => edgesOf(plan, socket).map(({ source }) => nameAt(plan, source)))
  return [...new Set(sources)]
}

function explainInput(plan: Plan, socket: PlannedSocket, names: readonly string[] | undefined): string {
  const type = typeName(socket.socket.type)
  const edges = edgesOf(plan, socket)
  const senders = edges.map((edge) => {
    const { sender, conversion } = edge.connection
    const how = conversion ? ` (${conversionWords[conversion.name].how})` : ''
    return `'${sender.component}.${sender.socket}'${how}`
  })
  const caller = names === undefined ? 'the caller' : `the caller as ${listNames(names)}`
  const what = `'${socket.name}' (${type})`
  if (edges.length === 0) {
    const list = socket.gathers === 'list' || socket.gathers === 'first' ? ' as a list of one' : ''
    return `${socket.mandatory ? 'needs' : 'may take'} ${what}${list} from ${caller}${fallback(socket)}`
  }
  const takes = `${socket.mandatory ? 'takes' : 'may take'} ${what}`
  switch (socket.gathers) {
    case 'one':
      return `${takes} from ${senders.join('')}${fallback(socket)}`
    case 'first':
      return `${takes} from ${inWords([...senders, caller], 'or')}, one at a time`
    case 'list':
      return `${takes} as a list: from ${caller}, if any, then from ${inWords(senders, 'and')}${fallback(socket)}`
    case 'join': {
      const joined = senders.length > 1 ? ', joined in this order' : ''
      return `${takes} from ${inWords(senders, 'and')}${joined}${fallback(socket)}`
    }
  }
}

function fallback({ mandatory, socket }: PlannedSocket): string {
  return mandatory || socket.default === undefined ? '' : `, otherwise ${briefly(socket.default)}`
}

function briefly(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : describeValue(value)
}

function explainOutputs({ component, leaving, named = [] }: PlannedComponent): string[] {
  return Object.entries(component.outputs).map(([name, socket]) => {
    const gives = socket.optional ? 'may give' : 'gives'
    const receivers = leaving.filter(({ output }) => output === name).map(receiverOf)
    const own = named.filter(({ output }) => output === name).map((output) => output.name)
    const result =
      own.length > 0 ? [`the result as ${listNames(own)}`] : receivers.length === 0 ? ['the result'] : []
    return `${gives} '${name}' (${typeName(socket.type)}) to ${inWords([...receivers, ...result], 'and')}`
  })
}

function explainPolicy({ retry, timeoutMs }: ComponentPolicy): string[] {
  const lines: string[] = []
  if (retry !== undefined && retry.attempts > 1) {
    const only =
      retry.on === undefined
        ? ''
        : ` with ${inWords(
            retry.on.map((name) => `'${name}'`),
            'or',
          )}`
    const wait = retry.backoffMs ? `, at first after ${retry.backoffMs} ms, then twice as long each time` : ''
    lines.push(`is called up to ${retry.attempts} times when it fails${only}${wait}`)
  }
  if (timeoutMs !== undefined) {
    const all = lines.length > 0 ? ', all calls and waits together' : ''
    lines.push(`may take ${timeoutMs} ms for each visit${all}`)
  }
  return lines
}

function edgesOf(plan: Plan, socket: PlannedSocket): PlannedEdge[] {
  return socket.edges.map((edge) => plan.edges[edge] as PlannedEdge)
}

function receiverOf({ connection: { receiver } }: PlannedEdge): string {
  return `'${receiver.component}.${receiver.socket}'`
}

function namesOf(sockets: readonly PlannedSocket[], word: 'and' | 'or' = 'and'): string {
  return inWords(
    sockets.map(({ name }) => `'${name}'`),
    word,
  )
}

function either(names: readonly string[]): string {
  return inWords(
    names.map((name) => `'${name}'`),
    'or',
  )
}

const SHOWN = 20

function inWords(texts: readonly string[], word: 'and' | 'or'): string {
  if (texts.length < 2) return texts.join('')
  if (texts.length > SHOWN) return `${texts.slice(0, SHOWN).join(', ')} ${word} ${texts.length - SHOWN} more`
  return `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)}`
}
