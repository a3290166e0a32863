import { typeName } from '../component/socket-type.ts'
import { listNames } from '../suggest.ts'
import type { Plan, PlannedComponent, PlannedEdge, PlannedSocket } from './plan.ts'

/**
 * The pipeline in words: for each component, in the order in which they come to run, what makes it run, where its
 * inputs come from, what happens to values on the way, and where its outputs go.
 */
export function explainPlan(plan: Plan): string {
  const count = (many: number, noun: string) => `${many} ${noun}${many === 1 ? '' : 's'}`
  const head = `${count(plan.components.length, 'component')}, ${count(plan.edges.length, 'connection')}.`
  const loops = plan.cycles.map((cycle) => `A loop: ${listNames(cycle.map((index) => nameAt(plan, index)))}.`)
  const parts = plan.order.map((index) => explainComponent(plan, plan.components[index] as PlannedComponent))
  return [[head, ...loops].join('\n'), ...parts].join('\n\n')
}

function nameAt(plan: Plan, index: number): string {
  return (plan.components[index] as PlannedComponent).name
}

function explainComponent(plan: Plan, component: PlannedComponent): string {
  const inputs = component.sockets.map((socket) => `  ${explainInput(plan, socket)}`)
  const outputs = Object.entries(component.component.outputs).map(([name, socket]) => {
    const edges = component.leaving.filter((edge) => edge.output === name)
    const sometimes = socket.optional ? ', not always' : ''
    return `  gives ${name} (${typeName(socket.type)}${sometimes}) to ${edges.length === 0 ? 'the result' : listNames(edges.map(receiverOf))}`
  })
  return [
    `'${component.name}' (${component.type}) ${whenItRuns(plan, component)}.`,
    ...inputs,
    ...outputs,
  ].join('\n')
}

function whenItRuns(plan: Plan, component: PlannedComponent): string {
  if (component.arriving === 0) return 'runs at the start'
  const greedy = component.sockets.filter((socket) => socket.gathers === 'first' && socket.edges.length > 0)
  const senders = [
    ...new Set(
      component.sockets.flatMap((socket) => edgesOf(plan, socket).map((edge) => nameAt(plan, edge.source))),
    ),
  ]
  if (greedy.length > 0) {
    return `runs as soon as one of ${listNames(senders)} sends to ${listNames(greedy.map(({ name }) => name))}`
  }
  return `runs when ${listNames(senders)} ${senders.length === 1 ? 'has' : 'have'} run and sent what it needs`
}

function explainInput(plan: Plan, socket: PlannedSocket): string {
  const kind = { one: '', join: '', list: 'a list of ', first: 'the first of ' }[socket.gathers]
  const type = `${socket.name} (${kind}${typeName(socket.socket.type)})`
  const edges = edgesOf(plan, socket)
  if (edges.length === 0) return `takes ${type} from the caller${fallback(socket)}`
  const senders = edges.map((edge) => {
    const { sender, conversion } = edge.connection
    return `'${sender.component}.${sender.socket}'${conversion ? ` by ${conversion.name}` : ''}`
  })
  const joined = socket.gathers === 'join' && edges.length > 1 ? ', joined in this order' : ''
  return `takes ${type} from ${senders.join(', then ')}${joined}${socket.mandatory ? '' : fallback(socket)}`
}

function fallback(socket: PlannedSocket): string {
  if (socket.mandatory) return ''
  return socket.socket.default === undefined
    ? ', or does without'
    : `, or ${JSON.stringify(socket.socket.default) ?? 'its default'}`
}

function edgesOf(plan: Plan, socket: PlannedSocket): PlannedEdge[] {
  return socket.edges.map((edge) => plan.edges[edge] as PlannedEdge)
}

function receiverOf(edge: PlannedEdge): string {
  const { receiver } = edge.connection
  return `${receiver.component}.${receiver.socket}`
}
