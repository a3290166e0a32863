import { isPlainObject } from '../json.ts'
import { messageOf } from '../text/show.ts'
import { schemaMaps, schemaParts } from './keywords.ts'
import { LinearPattern } from './linear-pattern.ts'
import type { JsonSchema } from './socket-type.ts'

/** A schema without the patterns that cannot be matched in linear time. */
export interface CheckableSchema {
  readonly schema: JsonSchema
  /** Why each of the others is not checked. */
  readonly unchecked: readonly string[]
}

/** What refuses more where a schema in it refuses less, and goes as a whole with what depends on it. */
const turning: Readonly<Record<string, readonly string[]>> = {
  not: [],
  oneOf: [],
  contains: ['minContains', 'maxContains'],
  if: ['then', 'else'],
}

/**
 * For schemas whose author is not there to change them, such as those of the tools of a server: patterns that need
 * backtracking are left out, and so is what could refuse a right value without them.
 */
export function checkableSchema(whole: JsonSchema): CheckableSchema {
  const unchecked = new Set<string>()
  let found = 0
  const schema = relaxed(whole) as JsonSchema
  return { schema, unchecked: [...unchecked] }

  function isChecked(pattern: string): boolean {
    try {
      new LinearPattern(pattern)
      return true
    } catch (error) {
      // What is not a regular expression at all is a fault of the schema, which Ajv reports.
      if (error instanceof SyntaxError) return true
      unchecked.add(messageOf(error))
      found++
      return false
    }
  }

  function relaxed(part: unknown): unknown {
    if (Array.isArray(part)) return part.map(relaxed)
    if (!isPlainObject(part)) return part
    const made: Record<string, unknown> = { ...part }
    if (typeof part['pattern'] === 'string' && !isChecked(part['pattern'])) delete made['pattern']
    for (const key of schemaMaps) {
      const schemas = part[key]
      if (!isPlainObject(schemas)) continue
      made[key] = Object.fromEntries(Object.entries(schemas).map(([name, each]) => [name, relaxed(each)]))
    }
    const dropped: string[] = []
    for (const key of schemaParts) {
      if (!(key in part)) continue
      const before = found
      made[key] = relaxed(part[key])
      if (found > before && key in turning) dropped.push(key, ...(turning[key] as readonly string[]))
    }
    const named = isPlainObject(part['patternProperties']) ? Object.keys(part['patternProperties']) : []
    if (!named.every(isChecked)) {
      dropped.push('patternProperties', 'additionalProperties', 'unevaluatedProperties')
    }
    for (const key of dropped) delete made[key]
    return made
  }
}
