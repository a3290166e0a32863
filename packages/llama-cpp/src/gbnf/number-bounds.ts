import type { JsonObject } from '@millrace/core'
import type { Refuse } from './compiling.ts'

/** A limit of a number. */
export interface Bound {
  readonly value: number
  /** Whether the limit itself is beyond. */
  readonly open: boolean
}

/** What a number may not be below and above. */
interface Bounds {
  readonly low: Bound | undefined
  readonly high: Bound | undefined
}

/** The narrower of the limits with and without the limit itself. */
export function boundsOf(schema: JsonObject, path: string, refuse: Refuse): Bounds {
  const bound = (keyword: string, open: boolean): Bound[] => {
    const value = schema[keyword]
    if (value === undefined) return []
    if (typeof value !== 'number') {
      throw refuse(path, `has ${JSON.stringify(value)} for '${keyword}', which is no number`)
    }
    return [{ value, open }]
  }
  const lows = [...bound('exclusiveMinimum', true), ...bound('minimum', false)]
  const highs = [...bound('exclusiveMaximum', true), ...bound('maximum', false)]
  return {
    low: lows.toSorted((a, b) => b.value - a.value)[0],
    high: highs.toSorted((a, b) => a.value - b.value)[0],
  }
}
