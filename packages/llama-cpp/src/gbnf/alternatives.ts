import type { JsonObject, JsonValue } from '@millrace/core'
import { isJsonObject, listNames } from '@millrace/core/component'
import { neverFits } from './apart.ts'
import type { Refuse } from './compiling.ts'
import { meantBy } from './keywords.ts'
import { mergeSchemas } from './merge-schemas.ts'

/** One of the schemas of which a value must fit one. */
interface Alternative {
  readonly schema: unknown
  readonly path: string
  /** Whether it is as it was written, and may be made of others itself. */
  readonly isWhole: boolean
}

const APPLICATORS = ['$ref', 'anyOf', 'oneOf', 'allOf'] as const
const mostAlternatives = 200
const mostSteps = 20_000

/** Makes alternatives of `$ref`, `anyOf`, `oneOf` and `allOf`, which may stand beside each other and other keywords. */
export class Alternatives {
  readonly #root: unknown
  readonly #refuse: Refuse
  readonly #known = new Map<unknown, readonly JsonObject[]>()
  #steps = 0

  constructor(root: unknown, refuse: Refuse) {
    this.#root = root
    this.#refuse = refuse
  }

  of(schema: JsonObject, path: string): readonly Alternative[] {
    const [key, ...more] = Object.keys(schema)
    // What stands alone keeps its own rule, which may be used by others and by itself.
    if (more.length === 0 && key === '$ref') return [this.#target(schema, path)]
    if (more.length === 0 && key === 'allOf') {
      const members = this.#members(schema, 'allOf', path)
      if (members.length === 1) return members
    }
    if (more.length === 0 && (key === 'anyOf' || key === 'oneOf')) {
      const members = this.#members(schema, key, path)
      if (key === 'oneOf') this.#checkApart(members, path)
      return members.filter(({ schema }) => schema !== false)
    }
    return this.#flat(schema, path, []).map((schema) => ({ schema, path, isWhole: false }))
  }

  #target(schema: JsonObject, path: string): Alternative {
    return { schema: referredTo(schema['$ref'], this.#root, path, this.#refuse), path, isWhole: true }
  }

  #members(schema: JsonObject, keyword: 'anyOf' | 'oneOf' | 'allOf', path: string): Alternative[] {
    const members = schema[keyword]
    if (!Array.isArray(members) || members.length === 0) throw this.#refuse(path, `has an empty '${keyword}'`)
    return (members as readonly unknown[]).map((member, index) => ({
      schema: member,
      path: `${path}.${keyword}.${index}`,
      isWhole: true,
    }))
  }

  /** The schemas without any of the four keywords, of which a value must fit one. */
  #flat(schema: unknown, path: string, through: readonly unknown[]): readonly JsonObject[] {
    const known = through.length === 0 ? this.#known.get(schema) : undefined
    if (known) return known
    this.#steps += 1
    if (this.#steps > mostSteps)
      throw this.#refuse(path, `is the last of more than ${mostSteps} alternatives`)
    const flat = this.#flatten(schema, path, through)
    if (through.length === 0) this.#known.set(schema, flat)
    return flat
  }

  #flatten(schema: unknown, path: string, through: readonly unknown[]): readonly JsonObject[] {
    if (schema === true) return [{}]
    if (schema === false) return []
    if (!isJsonObject(schema)) throw this.#refuse(path, `is ${JSON.stringify(schema)}, which is no schema`)
    const meant = meantBy(schema, this.#root, path, this.#refuse)
    const rest = Object.entries(meant).filter(([key]) => !APPLICATORS.some((name) => name === key))
    let flat: readonly JsonObject[] = [Object.fromEntries(rest)]
    if (meant['$ref'] !== undefined) {
      const { schema: target } = this.#target(meant, path)
      if (through.includes(target))
        throw this.#refuse(path, 'leads back to itself before anything is written')
      flat = this.#product(flat, this.#flat(target, path, [...through, target]), path)
    }
    if (meant['allOf'] !== undefined) {
      for (const member of this.#members(meant, 'allOf', path)) {
        flat = this.#product(flat, this.#flat(member.schema, member.path, through), path)
      }
    }
    for (const keyword of ['anyOf', 'oneOf'] as const) {
      if (meant[keyword] === undefined) continue
      const members = this.#members(meant, keyword, path)
      if (keyword === 'oneOf') this.#checkApart(members, path)
      const options = members.flatMap((member) => this.#flat(member.schema, member.path, through))
      flat = this.#product(flat, options, path)
    }
    return flat
  }

  #product(ones: readonly JsonObject[], twos: readonly JsonObject[], path: string): JsonObject[] {
    if (ones.length * twos.length > mostAlternatives) {
      throw this.#refuse(path, `has more than ${mostAlternatives} alternatives beside other keywords`)
    }
    const merged = ones.flatMap((one) => twos.map((two) => mergeSchemas(one, two, path, this.#refuse)))
    return merged.filter((schema) => schema !== undefined)
  }

  /** Of `oneOf` only one may fit: where a value could fit two, it would be more than the schema allows. */
  #checkApart(members: readonly Alternative[], path: string): void {
    if (members.length > mostAlternatives) {
      throw this.#refuse(path, `has more than ${mostAlternatives} alternatives in 'oneOf'. Possible: 'anyOf'`)
    }
    const flat = members.map(({ schema, path }) => this.#flat(schema, path, []))
    const plain = (schema: unknown) => this.#plain(schema as JsonValue, path)
    for (const [index, one] of flat.entries()) {
      for (const [second, two] of flat.entries()) {
        if (index === second || one.every((a) => two.every((b) => neverFits(a, b, plain)))) continue
        const both = [Math.min(index, second), Math.max(index, second)].join(' and ')
        throw this.#refuse(
          path,
          `has a 'oneOf' of which ${both} may fit at once. Possible: 'anyOf', or a key that both require with different values`,
        )
      }
    }
  }

  /** A schema that is one, or undefined. */
  #plain(schema: JsonValue | undefined, path: string): JsonObject | undefined {
    if (schema === undefined) return undefined
    const flat = this.#flat(schema, path, [])
    return flat.length === 1 ? flat[0] : undefined
  }
}

/**
 * The schema that a `$ref` means: a place in the same document.
 *
 * @throws LlamaCppError for other documents, and places that do not exist
 */
function referredTo(reference: unknown, root: unknown, path: string, refuse: Refuse): unknown {
  const target = typeof reference === 'string' ? placeIn(reference, root) : undefined
  if (target !== undefined) return target
  throw refuse(path, `refers to ${shown(reference)}. Possible: ${listNames(definitionsIn(root))}`)
}

function placeIn(reference: string, root: unknown): unknown {
  if (reference === '#') return root
  if (!reference.startsWith('#/')) return undefined
  let place = root
  for (const step of stepsOf(reference)) {
    if (Array.isArray(place)) place = place[Number(step)]
    else if (isJsonObject(place) && Object.hasOwn(place, step)) place = place[step]
    else return undefined
  }
  return place
}

function stepsOf(reference: string): string[] {
  const steps = reference.slice(2).split('/')
  try {
    return steps.map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
  } catch {
    return steps
  }
}

function definitionsIn(root: unknown): string[] {
  if (!isJsonObject(root)) return []
  const of = (key: string) => Object.keys((isJsonObject(root[key]) ? root[key] : {}) as JsonObject)
  return ['$defs', 'definitions'].flatMap((key) => of(key).map((name) => `#/${key}/${name}`))
}

function shown(reference: unknown): string {
  return typeof reference === 'string' ? `'${reference}'` : JSON.stringify(reference)
}
