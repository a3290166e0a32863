import type { Refuse } from './compiling.ts'

const deepest = 300
const mostValues = 200_000

/** @throws LlamaCppError for what is too deep or too much to look through, or goes round in a circle */
export function checkSize(schema: unknown, path: string, refuse: Refuse): void {
  let level: readonly unknown[] = [schema]
  let values = 0
  for (let depth = 0; level.length > 0; depth += 1) {
    values += level.length
    if (values > mostValues) throw refuse(path, `has more than ${mostValues} values`)
    if (depth > deepest) throw refuse(path, `is more than ${deepest} values deep`)
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  }
}
