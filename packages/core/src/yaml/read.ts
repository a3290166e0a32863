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
import { isPlainObject, type JsonObject, type JsonValue } from '../json.ts'
import type { LoadLimits, Usage } from './bounds/limits.ts'
import { minimalFile } from './file-shape.ts'
import { snakeCase } from './hints/haystack.ts'
import { programMistake, unquoted } from './hints/syntax.ts'
import { parseText, stopTooDeep } from './parse.ts'
import { type DocumentPath, type FileProblems, type Place, type Places, Report } from './problems.ts'

/** A text that is one mapping in the YAML of a pipeline file. What the mapping holds isn't checked. */
export interface PipelineDocument {
  readonly value: JsonObject
  /** Takes paths from the top of the mapping. May have problems already: those that leave the rest readable. */
  readonly report: Report
  /** How many values the mapping holds, those that aliases stand for included. */
  readonly size: number
}

/**
 * Reads the text of a file. Undefined when that leaves nothing to go on with, which is then reported.
 *
 * @throws LoadError `LOAD_LIMIT`
 */
export function readText(
  problems: FileProblems,
  limits: Required<LoadLimits>,
  usage: Usage,
): PipelineDocument | undefined {
  const document = parseText(limits, problems, usage)
  if (document === undefined) return undefined
  const reader = new NodeReader(document.contents, problems, limits, usage)
  const { value, report, size } = reader
  if (isPlainObject(value)) return { value: value as JsonObject, report, size }
  if (report.has([])) return undefined
  const program = value === null ? undefined : programMistake(problems.text, problems.name)
  if (program !== undefined) {
    problems.add('LOAD_SYNTAX', program.message, { offset: program.offset })
    return undefined
  }
  const offset = value === null ? undefined : reader.valueAt([]).offset
  problems.add(
    'LOAD_SHAPE',
    `${notMapping(value)} For example:\n${minimalFile}${offset === undefined ? '' : '\n'}`,
    { offset },
  )
  return undefined
}

function notMapping(value: JsonValue): string {
  if (value === null) return 'A pipeline file is a mapping, and this one is empty.'
  const found = Array.isArray(value) ? 'a list' : `a ${typeof value}`
  const isPath = typeof value === 'string' && /\.ya?ml$/.test(value)
  return `A pipeline file is a mapping, not ${found}.${isPath ? ' To load a file by its path, use loadPipelineFile.' : ''}`
}

/** The tags of the core schema: written out, they change nothing. */
const TAGS = new Set(
  ['map', 'seq', 'str', 'null', 'bool', 'int', 'float'].map((name) => `tag:yaml.org,2002:${name}`),
)

const INTEGER = /^(?:[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+)$/

/**
 * The plain value of a document, and where its parts are. Refuses what YAML can express and a pipeline file must not:
 * tags, keys that aren't strings, keys twice, `<<`, `__proto__`, numbers that aren't exact, aliases that lead nowhere or
 * back to themselves. What was refused is left out, or null.
 *
 * Keys and anchors are looked up in maps, because the library searches the mapping for each key and the document for each
 * alias: for a hostile file that takes minutes.
 */
class NodeReader implements Places {
  readonly value: JsonValue
  readonly report: Report
  size = 0
  readonly #root: Node | null
  readonly #problems: FileProblems
  readonly #limits: Required<LoadLimits>
  readonly #usage: Usage
  readonly #keys = new Map<YAMLMap, Map<string, Pair>>()
  readonly #anchors = new Map<string, Node>()
  /** What each alias stands for; one that was refused is not here. */
  readonly #targets = new Map<Alias, Node>()
  /** The collections that are being read. */
  readonly #open = new Set<Node>()

  constructor(root: Node | null, problems: FileProblems, limits: Required<LoadLimits>, usage: Usage) {
    this.#root = root
    this.#problems = problems
    this.#limits = limits
    this.#usage = usage
    this.report = Report.of(problems, this)
    this.value = this.#read(root, [])
  }

  valueAt(path: DocumentPath): Place {
    return this.#find(path, false)
  }

  keyAt(path: DocumentPath): Place {
    return this.#find(path, true)
  }

  #find(path: DocumentPath, wantsKey: boolean): Place {
    let node: unknown = this.#root
    let offset = startOf(node) ?? 0
    const found: (string | number)[] = []
    for (const [depth, segment] of path.entries()) {
      const collection = isAlias(node) ? this.#targets.get(node) : node
      const keys = isMap(collection) ? this.#keys.get(collection) : undefined
      // A key that is in snake_case was read as the one in camelCase.
      const pair = keys?.get(String(segment)) ?? keys?.get(snakeCase(String(segment)))
      if (pair !== undefined) {
        found.push(String(segment))
        offset = offsetOf(pair, wantsKey && depth === path.length - 1)
        node = pair.value
      } else if (isSeq(collection) && typeof segment === 'number' && segment < collection.items.length) {
        found.push(segment)
        node = collection.items[segment]
        offset = startOf(node) ?? offset
      } else return { offset, path: [...found, ...path.slice(depth)] }
    }
    return { offset, path: found }
  }

  /** @param alias what leads to the node, which was then read and checked before; the path is then that of the alias */
  #read(node: Node | null, path: DocumentPath, alias?: Alias, depth = path.length + 1): JsonValue {
    this.size += 1
    if (alias !== undefined) this.#countCopy(alias)
    if (node === null) return null
    if (isAlias(node)) return this.#readAlias(node, path, alias, depth)
    if (alias === undefined) this.#checkNode(node, path)
    if (isScalar(node)) return alias === undefined ? this.#readScalar(node, path) : plainScalar(node.value)
    if (depth > this.#limits.maxDepth) {
      stopTooDeep(this.#limits.maxDepth, this.#problems, startOf(alias ?? node))
    }
    if (isSeq(node)) {
      this.#open.add(node)
      const list = node.items.map((item, index) =>
        this.#read(item as Node | null, alias === undefined ? [...path, index] : path, alias, depth + 1),
      )
      this.#open.delete(node)
      return list
    }
    return isMap(node) ? this.#readMap(node, path, alias, depth) : null
  }

  #readMap(map: YAMLMap, path: DocumentPath, alias: Alias | undefined, depth: number): JsonValue {
    const value: Record<string, JsonValue> = {}
    const known = this.#keys.get(map)
    if (known !== undefined) {
      for (const [key, pair] of known) {
        value[key] = this.#read(pair.value as Node | null, path, alias, depth + 1)
      }
      return value
    }
    const keys = new Map<string, Pair>()
    this.#keys.set(map, keys)
    this.#open.add(map)
    for (const pair of map.items) {
      const key = this.#readKey(pair, path, keys)
      const part = this.#read(pair.value as Node | null, [...path, segmentOf(pair)], alias, depth + 1)
      if (key === undefined) continue
      keys.set(key, pair)
      value[key] = part
    }
    this.#open.delete(map)
    return value
  }

  /** The text of a key, or undefined when it was refused. */
  #readKey(pair: Pair, path: DocumentPath, known: ReadonlyMap<string, Pair>): string | undefined {
    const { key } = pair
    const offset = startOf(key) ?? startOf(pair.value) ?? 0
    const refuse = (code: 'LOAD_SYNTAX' | 'LOAD_SHAPE', message: string, place: DocumentPath = path) =>
      this.#refuse(code, message, offset, place)
    if (!isScalar(key)) {
      const mistake = unquoted(this.#problems.text, offset)
      if (mistake !== undefined) return refuse('LOAD_SYNTAX', mistake.message)
      const kind = isAlias(key) ? 'an alias' : isMap(key) ? 'a mapping' : isSeq(key) ? 'a list' : 'empty'
      return refuse('LOAD_SHAPE', `A key must be a string, and this one is ${kind}.`)
    }
    this.#checkNode(key as Scalar.Parsed, path)
    const name = key.value
    if (typeof name !== 'string') {
      const written = key.source ?? ''
      const message =
        written === ''
          ? 'A key must be a string, and this one is empty. Write one before the colon.'
          : `A key must be a string, and ${written} is ${name === null ? 'null' : `a ${typeof name}`}. Write it in quotes: '${written}'.`
      return refuse('LOAD_SHAPE', message)
    }
    if (name === '__proto__') {
      const message = "The key '__proto__' is not possible: in JavaScript it is not an ordinary key."
      return refuse('LOAD_SHAPE', message, [...path, name])
    }
    if (name === '<<' && key.type === 'PLAIN') {
      return refuse(
        'LOAD_SYNTAX',
        "'<<' merges mappings in YAML 1.1, but not in YAML 1.2. Write the keys out, or use an alias for the whole value.",
      )
    }
    const first = known.get(name)
    if (first === undefined) return name
    const line = this.#problems.lineOf(startOf(first.key) ?? 0)
    const message = `The key '${name}' is there already, on line ${line}. Remove one of the two.`
    return refuse('LOAD_SYNTAX', message, [...path, name])
  }

  #readScalar({ value, source = '', range }: Scalar, path: DocumentPath): JsonValue {
    if (typeof value !== 'number') return plainScalar(value)
    const offset = range?.[0] ?? 0
    if (!Number.isFinite(value)) {
      const message = `${source} is not a finite number, and only those are possible.`
      this.#refuse('LOAD_SHAPE', message, offset, path)
      return null
    }
    if (INTEGER.test(source) && BigInt(source) !== BigInt(value) && source !== String(value)) {
      const message = `${source} has more digits than a number can hold; it would become ${value}. Write it in quotes if it is a name.`
      this.#refuse('LOAD_SHAPE', message, offset, path)
    }
    return value
  }

  /** Every alias becomes a copy of what it stands for. */
  #readAlias(node: Alias, path: DocumentPath, around: Alias | undefined, depth: number): JsonValue {
    const offset = startOf(node)
    if (around === undefined) {
      const target = this.#anchors.get(node.source)
      const message =
        target === undefined
          ? `The alias '*${node.source}' stands for nothing: there is no '&${node.source}' before it.`
          : `The alias '*${node.source}' is inside what it stands for, which would have no end.`
      if (target === undefined || this.#open.has(target)) {
        this.#refuse('LOAD_SYNTAX', message, offset ?? 0, path)
        return null
      }
      this.#targets.set(node, target)
    }
    const target = this.#targets.get(node)
    if (target === undefined) return null
    this.#usage.aliases += 1
    if (this.#usage.aliases > this.#limits.maxAliases) {
      const message = `Aliases are followed more often than the ${this.#limits.maxAliases} times of 'maxAliases'.`
      this.#problems.stop(message, { offset })
    }
    return this.#read(target, path, node, depth)
  }

  /** Aliases multiply: a small file could stand for more values than there is memory. */
  #countCopy(alias: Alias): void {
    this.#usage.expansions += 1
    if (this.#usage.expansions <= this.#limits.maxExpansions) return
    const message = `The aliases of this file stand for more than the ${this.#limits.maxExpansions} values of 'maxExpansions'.`
    this.#problems.stop(message, { offset: startOf(alias) })
  }

  /** Keeps its anchor, refuses its tag. */
  #checkNode(node: Node, path: DocumentPath): void {
    const { anchor, tag } = node as { anchor?: string; tag?: string }
    if (anchor !== undefined) this.#anchors.set(anchor, node)
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
    const before = this.#problems.text.slice(Math.max(0, start - 200), start)
    return start - (/!\S*(?:\s+&\S+)?\s*$/.exec(before)?.[0].length ?? 0)
  }

  #refuse(
    code: 'LOAD_SYNTAX' | 'LOAD_SHAPE',
    message: string,
    offset: number,
    path: DocumentPath,
  ): undefined {
    this.report.refuse(path)
    this.#problems.add(code, message, { offset, path })
  }
}

/** Also for a key that was refused. */
function segmentOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '?'
}

/** A block collection starts on the line after its key: there the key is the better place to point at. */
function offsetOf({ key, value }: Pair, wantsKey: boolean): number {
  const start = startOf(key) ?? 0
  if (wantsKey || isEmpty(value)) return start
  if ((isMap(value) || isSeq(value)) && value.flow !== true) return start
  return startOf(value) ?? start
}

/** A value that nobody wrote, as in `key:`. */
function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null && node.source === '')
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0]
}

/** Anything else was refused. */
function plainScalar(value: unknown): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}
