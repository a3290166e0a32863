import { isPlainObject, type JsonObject, type JsonValue } from '../../json.ts'
import type { Report } from '../problems.ts'

/**
 * Reports what other tools write in another way, each with what to write here, and takes it out: what else would be said
 * of it only follows from that.
 */
export function withoutOtherNotations(value: JsonObject, report: Report): JsonObject {
  const { components, connections } = value
  if (isSnapshot(value)) {
    const message =
      'This is the snapshot of a run, not a pipeline file. The pipeline file goes first: millrace resume pipeline.yaml snapshot.json.'
    report.atValue('LOAD_SHAPE', message, [])
    report.refuse(['components'])
    return { components: {} }
  }
  if (Array.isArray(components)) {
    const message = `'components' is a mapping from names to components, not a list: ${exampleOf(components[0])}`
    report.atValue('LOAD_SHAPE', message, ['components'])
    report.refuse(['components'])
    // Nothing else can be said of ends when no component has a name.
    return { ...value, components: {}, connections: [], inputs: {}, outputs: {} }
  }
  if (isPlainObject(components)) {
    for (const [name, entry] of Object.entries(components)) {
      if (typeof entry !== 'string') continue
      const message = `A component is a mapping: write '${name}: { type: ${entry} }'.`
      report.atValue('LOAD_SHAPE', message, ['components', name])
      report.refuse(['components', name])
    }
  }
  if (!Array.isArray(connections)) return value
  const known = connections.map((connection: JsonValue, index) => {
    const ends = endsOf(connection)
    if (ends === undefined) return connection
    const message = `A connection is written { sender: ${ends[0]}, receiver: ${ends[1]} }.`
    report.atValue('LOAD_SHAPE', message, ['connections', index])
    return { sender: ends[0], receiver: ends[1] }
  })
  return { ...value, connections: known }
}

function isSnapshot(value: JsonObject): boolean {
  return ['version', 'graph', 'visits', 'pending'].every((key) => Object.hasOwn(value, key))
}

function exampleOf(item: unknown): string {
  const { name, type } = Object(item) as { readonly name?: unknown; readonly type?: unknown }
  const of = typeof type === 'string' ? type : 'PromptBuilder'
  return typeof name === 'string'
    ? `write '${name}: { type: ${of}, … }' in the place of '- name: ${name}'.`
    : `write 'prompt: { type: ${of}, … }' in the place of '- type: ${of}'.`
}

/** The ends of a connection that is written as `a.b -> c.d`, as a list of two, or with `from` and `to`. */
function endsOf(connection: JsonValue): readonly [string, string] | undefined {
  if (typeof connection === 'string') {
    const [, sender, receiver] = /^\s*(\S+)\s*(?:-+>|=+>|→|:)\s*(\S+)\s*$/.exec(connection) ?? []
    return sender === undefined || receiver === undefined ? undefined : [sender, receiver]
  }
  if (Array.isArray(connection)) {
    const [sender, receiver, ...others] = connection
    const isPair = others.length === 0 && typeof sender === 'string' && typeof receiver === 'string'
    return isPair ? [sender as string, receiver as string] : undefined
  }
  if (!isPlainObject(connection)) return undefined
  const { from, to, source, target } = connection
  const [sender, receiver] = from === undefined ? [source, target] : [from, to]
  return typeof sender === 'string' && typeof receiver === 'string' ? [sender, receiver] : undefined
}
