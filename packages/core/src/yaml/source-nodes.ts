import { type Alias, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import type { DocumentPath } from './document-path.ts'
import type { ParsedDocument } from './parse.ts'

/** A place in a document: its offset in the text, and its path with keys and indexes told apart. */
export interface Place {
  readonly offset: number
  readonly path: DocumentPath
}

/** The nodes of a parsed file: finds what aliases stand for, and where in the text a path leads. */
export class SourceNodes {
  readonly root: Node | null
  /** What each alias stands for; one without an anchor before it is not here. */
  readonly targets = new Map<Alias, Node>()
  readonly #indexes = new WeakMap<YAMLMap, Map<string, Pair>>()

  constructor(document: ParsedDocument) {
    this.root = document.contents
  }

  /** The node itself, or what it stands for. Undefined for an alias of nothing. */
  follow(node: unknown): Node | null | undefined {
    return isAlias(node) ? this.targets.get(node) : (node as Node | null)
  }

  /** Where the value at a path is; where there is none, the nearest thing above it. */
  valueAt(path: DocumentPath): Place {
    return this.#find(path, false)
  }

  /** Where the key is that a path ends in; for an item of a list, its value. */
  keyAt(path: DocumentPath): Place {
    return this.#find(path, true)
  }

  #find(path: DocumentPath, wantsKey: boolean): Place {
    let node: unknown = this.root
    let offset = startOf(this.root) ?? 0
    const found: (string | number)[] = []
    for (const [depth, segment] of path.entries()) {
      const collection = this.follow(node)
      if (isMap(collection)) {
        const pair = this.#index(collection).get(String(segment))
        if (pair === undefined) return { offset, path: [...found, ...path.slice(depth)] }
        found.push(String(segment))
        offset = this.#offsetOf(pair, wantsKey && depth === path.length - 1)
        node = pair.value
      } else if (isSeq(collection) && typeof segment === 'number' && segment < collection.items.length) {
        found.push(segment)
        node = collection.items[segment]
        offset = startOf(isPair(node) ? node.key : node) ?? offset
      } else return { offset, path: [...found, ...path.slice(depth)] }
    }
    return { offset, path: found }
  }

  /** A block collection starts on the line after its key: there the key is the better place to point at. */
  #offsetOf(pair: Pair, wantsKey: boolean): number {
    const key = startOf(pair.key) ?? 0
    const { value } = pair
    if (wantsKey || isEmpty(value)) return key
    if ((isMap(value) || isSeq(value)) && value.flow !== true) return key
    return startOf(value) ?? key
  }

  #index(map: YAMLMap): Map<string, Pair> {
    let index = this.#indexes.get(map)
    if (index === undefined) {
      index = new Map()
      for (const pair of map.items) {
        if (isScalar(pair.key) && !index.has(String(pair.key.value))) index.set(String(pair.key.value), pair)
      }
      this.#indexes.set(map, index)
    }
    return index
  }
}

/** A value that nobody wrote, as in `key:`. */
function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null && node.source === '')
}

export function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0]
}
