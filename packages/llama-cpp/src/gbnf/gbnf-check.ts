import { didYouMean, listNames } from '@millrace/core/component'
import { GbnfReader, type GbnfRule, type Item, type Sequence } from './gbnf-reader.ts'

/** Rules that begin with one another: llama.cpp follows them with a function that calls itself. */
const DEEPEST = 500

/**
 * Refuses a grammar that llama.cpp cannot read. Some of them would end the process.
 *
 * @throws LlamaCppError `OPTION_INVALID` with the line
 */
export function checkGbnf(gbnf: string): void {
  const reader = new GbnfReader(gbnf)
  const rules = reader.read()
  const names = [...rules.keys()]
  if (!rules.has('root')) throw reader.problem(`it has no rule 'root'. Its rules: ${listNames(names)}`)
  for (const { uses } of rules.values()) {
    for (const name of uses) {
      if (!rules.has(name))
        throw reader.problem(`it uses the rule '${name}', which it does not define${didYouMean(name, names)}`)
    }
  }
  checkLeftRecursion(rules, reader)
}

/** A rule that begins with itself would be read without end. */
function checkLeftRecursion(rules: ReadonlyMap<string, GbnfRule>, reader: GbnfReader): void {
  const empty = emptyRules(rules)
  const depths = new Map<string, number>()
  const tooDeep = () => reader.problem(`more than ${DEEPEST} rules begin with one another`)
  const visit = (name: string, path: readonly string[]): number => {
    if (path.includes(name)) throw reader.problem(`the rule '${name}' begins with itself`)
    const known = depths.get(name)
    if (known !== undefined) return known
    if (path.length >= DEEPEST) throw tooDeep()
    let depth = 0
    for (const first of firstNames(rules.get(name)?.alternatives ?? [], empty)) {
      depth = Math.max(depth, visit(first, [...path, name]))
    }
    if (depth >= DEEPEST) throw tooDeep()
    depths.set(name, depth + 1)
    return depth + 1
  }
  for (const name of rules.keys()) visit(name, [])
}

function emptyRules(rules: ReadonlyMap<string, GbnfRule>): Set<string> {
  const empty = new Set<string>()
  for (let before = -1; before < empty.size; ) {
    before = empty.size
    for (const [name, { alternatives }] of rules) if (mayBeEmpty(alternatives, empty)) empty.add(name)
  }
  return empty
}

function mayBeEmpty(alternatives: readonly Sequence[], empty: ReadonlySet<string>): boolean {
  return alternatives.some((items) => items.every((item) => maySkip(item, empty)))
}

function maySkip({ inner, mayBeMissing }: Item, empty: ReadonlySet<string>): boolean {
  if (mayBeMissing) return true
  if (inner === undefined) return false
  return typeof inner === 'string' ? empty.has(inner) : mayBeEmpty(inner, empty)
}

/** The rules that something can begin with. */
function firstNames(alternatives: readonly Sequence[], empty: ReadonlySet<string>): Set<string> {
  const names = new Set<string>()
  for (const items of alternatives) {
    for (const item of items) {
      if (typeof item.inner === 'string') names.add(item.inner)
      else if (item.inner) for (const name of firstNames(item.inner, empty)) names.add(name)
      if (!maySkip(item, empty)) break
    }
  }
  return names
}
