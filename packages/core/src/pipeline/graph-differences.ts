import type { Snapshot } from './snapshot.ts'

type Graph = Snapshot['graph']

/** What differs between the graph of a snapshot and the one here, in words. The order of declaration does not count. */
export function graphDifferences(before: Graph, here: Graph): string[] {
  return [
    ...componentDifferences(before.components, here.components),
    ...connectionDifferences(before.connections, here.connections),
  ]
}

function componentDifferences(before: Graph['components'], here: Graph['components']): string[] {
  const lost = Object.entries(before).flatMap(([name, type]) => {
    if (!Object.hasOwn(here, name)) return [`component '${name}' (${type}) is missing here`]
    return here[name] === type
      ? []
      : [`component '${name}' is of type ${here[name]} here, and was of type ${type}`]
  })
  const added = Object.entries(here)
    .filter(([name]) => !Object.hasOwn(before, name))
    .map(([name, type]) => `component '${name}' (${type}) was not there`)
  return [...lost, ...added]
}

function connectionDifferences(before: Graph['connections'], here: Graph['connections']): string[] {
  const [old, own] = [byKey(before), byKey(here)]
  const only = (some: typeof old, others: typeof old, what: string) =>
    [...some]
      .filter(([key]) => !others.has(key))
      .map(([, [sender, receiver]]) => `the connection from '${sender}' to '${receiver}' ${what}`)
  return [...only(old, own, 'is missing here'), ...only(own, old, 'was not there')]
}

function byKey(connections: Graph['connections']): Map<string, Graph['connections'][number]> {
  return new Map(connections.map((ends) => [connectionKey(...ends), ends]))
}

/** One text for the two ends; socket names may have any characters. */
export function connectionKey(sender: string, receiver: string): string {
  return JSON.stringify([sender, receiver])
}
