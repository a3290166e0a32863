import { isAlias, isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml'
import type { JsonValue } from '../json.ts'
import { type LoadLimits, Spent } from './limits.ts'
import { failTooDeep } from './parse.ts'
import type { ProblemList } from './problem-list.ts'
import { type SourceNodes, startOf } from './source-nodes.ts'

/** Aliases multiply: a small file could stand for more values than there is memory. */
const MOST_VALUES = 1_000_000

/**
 * The plain value of a document whose nodes were checked, or of one of its nodes. Every alias becomes a copy. What was
 * refused is left out, or null.
 *
 * @param spent how much the files before have used up; this one adds to it
 * @throws LoadError `LOAD_LIMIT` where aliases make the value too large
 */
export function toValue(
  nodes: SourceNodes,
  limits: Required<LoadLimits>,
  problems: ProblemList,
  root: Node | null = nodes.root,
  spent = new Spent(),
): JsonValue {
  function convert(node: Node | null, depth: number, alias: number | undefined): JsonValue {
    if (alias !== undefined) spent.values += 1
    if (spent.values > MOST_VALUES) {
      problems.fail('LOAD_LIMIT', `The aliases of this file stand for more than ${MOST_VALUES} values.`, {
        offset: alias,
      })
    }
    if (isAlias(node)) {
      const target = nodes.follow(node)
      if (target === undefined) return null
      spent.aliases += 1
      if (spent.aliases > limits.maxAliases) {
        problems.fail(
          'LOAD_LIMIT',
          `Aliases are followed more often than the ${limits.maxAliases} times of 'maxAliases'.`,
          {
            offset: startOf(node),
          },
        )
      }
      return convert(target, depth, startOf(node))
    }
    if (isScalar(node)) return scalarOf(node.value)
    if (depth > limits.maxDepth) failTooDeep(limits.maxDepth, problems, alias)
    if (isSeq(node)) return node.items.map((item) => convert(item as Node | null, depth + 1, alias))
    return isMap(node) ? convertMap(node, depth, alias) : null
  }

  function convertMap(map: YAMLMap, depth: number, alias: number | undefined): JsonValue {
    const value: Record<string, JsonValue> = {}
    for (const pair of map.items) {
      if (!isScalar(pair.key) || typeof pair.key.value !== 'string' || pair.key.value === '__proto__')
        continue
      if (Object.hasOwn(value, pair.key.value)) continue
      value[pair.key.value] = convert(pair.value as Node | null, depth + 1, alias)
    }
    return value
  }

  return convert(root, 1, undefined)
}

/** Anything else was refused. */
function scalarOf(value: unknown): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
