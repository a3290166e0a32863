import { isJsonObject, type JsonObject, listNames } from '@millrace/core'
import type { Refuse } from './compiling.ts'

/**
 * The schema that a `$ref` means: a place in the same document.
 *
 * @throws LlamaCppError for other documents, and places that do not exist
 */
export function referredTo(reference: unknown, root: unknown, path: string, refuse: Refuse): unknown {
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
