import { DefinitionError } from '../errors.ts'
import type { PipelineNames } from '../graph/names.ts'
import { parsePath } from '../graph/path.ts'
import { isPlainObject } from '../json.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { didYouMean, listNames } from '../text/names.ts'
import { asDefinitionError } from './as-definition-error.ts'
import type { DocumentPath } from './document-path.ts'
import { NamedEnds } from './named-ends.ts'
import type { PipelineDefinition } from './read-document.ts'

/**
 * Makes the connections of a file and checks the names that it gives to inputs and outputs. Says nothing about
 * components that could not be made: what is wrong with those is reported already.
 */
export function connectComponents({ value, report }: PipelineDefinition, pipeline: Pipeline): void {
  const { components, connections, inputs, outputs } = value
  const declared = new Set(Object.keys(recordOf(components)))
  const made = new Set(pipeline.names())

  for (const [index, connection] of listOf(connections).entries()) {
    const { sender, receiver } = Object(connection) as { sender?: unknown; receiver?: unknown }
    const path = ['connections', index]
    const sends = isUsable(sender, [...path, 'sender'], 'sender')
    const receives = isUsable(receiver, [...path, 'receiver'], 'receiver')
    if (sends && receives) connect(sender as string, receiver as string, path)
  }
  const ends = new NamedEnds(pipeline)
  for (const [name, given] of Object.entries(recordOf(inputs))) {
    if (!areNames({ inputs: { [name]: [] } }, ['inputs', name], 'key')) continue
    for (const [index, end] of listOf(given).entries()) {
      const path = ['inputs', name, index]
      if (!isUsable(end, path) || !areNames({ inputs: { [name]: [end as string] } }, path)) continue
      const message = ends.whyTaken(end as string, name)
      if (message !== undefined) report.atValue('LOAD_CONNECTION', message, path)
    }
  }
  for (const [name, end] of Object.entries(recordOf(outputs))) {
    const path = ['outputs', name]
    if (isUsable(end, path)) areNames({ outputs: { [name]: end as string } }, path)
  }

  /** Whether an end names a component that could be made. */
  function isUsable(end: unknown, path: DocumentPath, side?: 'sender' | 'receiver'): boolean {
    if (typeof end !== 'string') return false
    return attempt(path, () => {
      const { component } = parsePath(end, side)
      if (!declared.has(component)) throw unknownComponent(end, component, declared, report.whole)
      return made.has(component)
    })
  }

  function connect(sender: string, receiver: string, path: DocumentPath): void {
    try {
      // The types of a loaded pipeline aren't known to the compiler: the same checks happen here, at run time.
      pipeline.connect(sender as never, receiver as never)
    } catch (error) {
      const refusal = asDefinitionError(error)
      const end = ('end' in refusal ? refusal.end : undefined) ?? 'receiver'
      const { message } = refusal
      report.atValue('LOAD_CONNECTION', message, [...path, end], error)
    }
  }

  function areNames(names: PipelineNames, path: DocumentPath, at?: 'key'): boolean {
    return attempt(
      path,
      () => {
        ends.check(names)
        return true
      },
      at,
    )
  }

  function attempt(path: DocumentPath, act: () => boolean, at?: 'key'): boolean {
    try {
      return act()
    } catch (error) {
      const { message } = asDefinitionError(error)
      if (at === 'key') report.atKey('LOAD_CONNECTION', message, path, error)
      else report.atValue('LOAD_CONNECTION', message, path, error)
      return false
    }
  }
}

function unknownComponent(
  end: string,
  component: string,
  declared: ReadonlySet<string>,
  whole: string,
): DefinitionError {
  return new DefinitionError(
    'CONNECT_UNKNOWN_COMPONENT',
    `'${end}' names no component of this ${whole}. Components: ${listNames(declared)}.${didYouMean(component, declared)}`,
  )
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isPlainObject(value) ? value : {}
}
