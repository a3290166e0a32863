import type { Pipeline, PipelineInput, SocketType } from '@millrace/core'
import type { Assignment } from './assignment.ts'
import { readAssignment, type Sources } from './read-assignment.ts'

/** `--set llm.generationKwargs.temperature=1`: one entry of an input that is an object. */
export interface EntryTarget {
  readonly assignment: Assignment
  readonly input: PipelineInput
  /** `['temperature']` */
  readonly keys: readonly string[]
}

/**
 * The inputs that an entry is for, mostly one: what stands before one of the dots names an input that takes an object,
 * and the whole names none. Empty for any other assignment.
 */
export function entryTargets(pipeline: Pipeline, assignment: Assignment): EntryTarget[] {
  const parts = assignment.name.split('.')
  for (let end = parts.length; end > 0; end -= 1) {
    const { inputs } = pipeline.matchInputs({ [parts.slice(0, end).join('.')]: null })
    if (inputs.length === 0) continue
    if (end === parts.length || !inputs.every(({ input }) => holdsEntries(input.type))) return []
    return inputs.map(({ input }) => ({ assignment, input, keys: parts.slice(end) }))
  }
  return []
}

function holdsEntries(type: SocketType): boolean {
  if (type.kind === 'union') return type.members.some(holdsEntries)
  return ['object', 'record', 'json'].includes(type.kind)
}

/** The object with the entry in it; a new one where there is none. */
export async function withEntry(
  object: unknown,
  { assignment, input, keys }: EntryTarget,
  sources: Sources,
): Promise<unknown> {
  const type = keys.reduce(typeOfEntry, input.type)
  const name = `${input.name}.${keys.join('.')}`
  const isLoose = type.kind === 'json' && !assignment.isJson
  const entry = { ...input, name, type: isLoose ? TEXT : type }
  const value = await readAssignment(entry, assignment, sources)
  return put(object, keys, isLoose ? jsonOrText(value as string) : value)
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function put(object: unknown, [key, ...deeper]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  const entries = new Map(Object.entries(Object(object)))
  entries.set(key, put(entries.get(key), deeper, value))
  return Object.fromEntries(entries)
}

/** Of a key that the type does not have, any JSON: the check of the whole object says what keys there are. */
function typeOfEntry(type: SocketType, key: string): SocketType {
  switch (type.kind) {
    case 'object':
      return (Object.hasOwn(type.fields, key) ? type.fields[key]?.type : undefined) ?? JSON_TYPE
    case 'record':
      return type.values
    case 'union': {
      const holder = type.members.find(holdsEntries)
      return holder === undefined ? JSON_TYPE : typeOfEntry(holder, key)
    }
    default:
      return JSON_TYPE
  }
}

const JSON_TYPE: SocketType = { kind: 'json' }
const TEXT: SocketType = { kind: 'string' }
