import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import type { DocumentPath } from './document-path.ts'
import type { LoadLimits } from './limits.ts'
import { failTooDeep } from './parse.ts'
import type { ProblemList } from './problem-list.ts'
import { type SourceNodes, startOf } from './source-nodes.ts'

/** The tags of the core schema: written out, they change nothing. */
const TAGS = new Set(
  ['map', 'seq', 'str', 'null', 'bool', 'int', 'float'].map((name) => `tag:yaml.org,2002:${name}`),
)

const INTEGER = /^(?:[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+)$/

/**
 * Refuses what YAML can express and a pipeline file must not: tags, keys that aren't strings, keys twice, `<<`,
 * `__proto__`, numbers that aren't exact, aliases that lead nowhere or back to themselves. Fills `nodes.targets`.
 *
 * @returns the paths of the nodes that were refused
 * @throws LoadError `LOAD_LIMIT`
 */
export function checkNodes(
  nodes: SourceNodes,
  limits: Required<LoadLimits>,
  problems: ProblemList,
): DocumentPath[] {
  const check = new NodeCheck(nodes, limits, problems)
  check.node(nodes.root, [])
  return check.refused
}

class NodeCheck {
  readonly refused: DocumentPath[] = []
  readonly #nodes: SourceNodes
  readonly #limits: Required<LoadLimits>
  readonly #problems: ProblemList
  readonly #anchors = new Map<string, Node>()
  /** The collections that the walk is inside of. */
  readonly #open = new Set<Node>()

  constructor(nodes: SourceNodes, limits: Required<LoadLimits>, problems: ProblemList) {
    this.#nodes = nodes
    this.#limits = limits
    this.#problems = problems
  }

  node(node: Node | null, path: DocumentPath): void {
    if (node === null) return
    if (isAlias(node)) {
      this.#alias(node, path)
      return
    }
    const { anchor } = node as { anchor?: string }
    if (anchor !== undefined) this.#anchors.set(anchor, node)
    this.#tag(node, path)
    if (isScalar(node)) this.#number(node, path)
    else this.#collection(node, path)
  }

  #collection(node: Node, path: DocumentPath): void {
    this.#open.add(node)
    if (this.#open.size > this.#limits.maxDepth)
      failTooDeep(this.#limits.maxDepth, this.#problems, startOf(node))
    if (isMap(node)) this.#map(node, path)
    else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) this.node(item as Node | null, [...path, index])
    }
    this.#open.delete(node)
  }

  #map(map: YAMLMap, path: DocumentPath): void {
    const lines = new Map<string, number>()
    for (const pair of map.items) {
      const name = this.#key(pair, path)
      if (name !== undefined) {
        const line = lines.get(name)
        const offset = startOf(pair.key) ?? 0
        if (line !== undefined) {
          this.#refuse(
            'LOAD_SYNTAX',
            `The key '${name}' is there already, on line ${line}. Remove one of the two.`,
            offset,
            [...path, name],
          )
        } else lines.set(name, this.#problems.source.positionAt(offset).line)
      }
      this.node(pair.value as Node | null, [...path, isScalar(pair.key) ? String(pair.key.value) : '?'])
    }
  }

  /** The text of a key, or undefined when it was refused. */
  #key({ key, value }: Pair, path: DocumentPath): string | undefined {
    const offset = startOf(key) ?? startOf(value) ?? 0
    if (!isScalar(key)) {
      const kind = isAlias(key) ? 'an alias' : isMap(key) ? 'a mapping' : isSeq(key) ? 'a list' : 'empty'
      this.#refuse('LOAD_SHAPE', `A key must be a string, and this one is ${kind}.`, offset, path)
      return undefined
    }
    if (key.anchor !== undefined) this.#anchors.set(key.anchor, key as Node)
    this.#tag(key, path)
    if (typeof key.value !== 'string') {
      const written = key.source ?? ''
      const advice = written === '' ? 'Write one before the colon.' : `Write it in quotes: '${written}'.`
      this.#refuse(
        'LOAD_SHAPE',
        `A key must be a string, and ${written === '' ? 'this one is empty' : `${written} is ${kindOf(key.value)}`}. ${advice}`,
        offset,
        path,
      )
      return undefined
    }
    if (key.value === '__proto__') {
      this.#refuse(
        'LOAD_SHAPE',
        "The key '__proto__' is not possible: in JavaScript it is no ordinary key.",
        offset,
        [...path, key.value],
      )
      return undefined
    }
    if (key.value === '<<' && key.type === 'PLAIN') {
      this.#refuse(
        'LOAD_SYNTAX',
        "'<<' merges mappings in YAML 1.1, but not in YAML 1.2. Write the keys out, or use an alias for the whole value.",
        offset,
        path,
      )
      return undefined
    }
    return key.value
  }

  #number({ value, source = '', range }: Scalar, path: DocumentPath): void {
    if (typeof value !== 'number') return
    if (!Number.isFinite(value)) {
      this.#refuse(
        'LOAD_SHAPE',
        `${source} is not a finite number, and only those are possible.`,
        range?.[0] ?? 0,
        path,
      )
    } else if (INTEGER.test(source) && BigInt(source) !== BigInt(value) && source !== String(value)) {
      this.#refuse(
        'LOAD_SHAPE',
        `${source} has more digits than a number can hold; it would become ${value}. Write it in quotes if it is a name.`,
        range?.[0] ?? 0,
        path,
      )
    }
  }

  #tag(node: Node, path: DocumentPath): void {
    const { tag } = node as { tag?: string }
    if (tag === undefined || TAGS.has(tag)) return
    const written = tag.replace('tag:yaml.org,2002:', '!!')
    this.#refuse(
      'LOAD_SYNTAX',
      `The tag '${written}' is not possible: a file holds plain strings, numbers, true, false, null, lists and mappings.`,
      this.#tagOffset(node),
      path,
    )
  }

  /** Where the tag before a node is written, as far as nothing but an anchor is between the two. */
  #tagOffset(node: Node): number {
    const start = startOf(node) ?? 0
    const before = this.#problems.source.text.slice(Math.max(0, start - 200), start)
    return start - (/!\S*(?:\s+&\S+)?\s*$/.exec(before)?.[0].length ?? 0)
  }

  #alias(alias: Alias, path: DocumentPath): void {
    const offset = startOf(alias) ?? 0
    const target = this.#anchors.get(alias.source)
    if (target === undefined) {
      this.#refuse(
        'LOAD_SYNTAX',
        `The alias '*${alias.source}' stands for nothing: there is no '&${alias.source}' before it.`,
        offset,
        path,
      )
    } else if (this.#open.has(target)) {
      this.#refuse(
        'LOAD_SYNTAX',
        `The alias '*${alias.source}' is inside of what it stands for, which would have no end.`,
        offset,
        path,
      )
    } else this.#nodes.targets.set(alias, target)
  }

  #refuse(code: 'LOAD_SYNTAX' | 'LOAD_SHAPE', message: string, offset: number, path: DocumentPath): void {
    this.refused.push(path)
    this.#problems.add(code, message, { offset, path })
  }
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : `a ${typeof value}`
}
