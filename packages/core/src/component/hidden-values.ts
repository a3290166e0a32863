import { environmentOfProcess } from '#platform'
import { isPlainObject } from '../json.ts'
import { messageOf, onOneLine } from '../text/show.ts'
import type { ComponentClass } from './component.ts'
import { environmentReferences } from './environment.ts'
import { heldParts } from './holding/held.ts'
import type { Resource } from './holding/resource.ts'

/** Shorter pieces of a value tell nobody anything, and would be found in any sentence. */
const SHORTEST_PIECE = 6
/** What is in many addresses and no secret. */
const WELL_KNOWN = /^(?:localhost|https?)$/i
const REFERENCE = /(\$\{env:\w+\})/

/**
 * Keeps what the environment holds out of messages: they show the references as they are written. What else is left of
 * a value, such as the last part of a path or a host in small letters, becomes `…`.
 *
 * @param parameters those with the references
 * @param secrets texts that are secret and stand in no reference: shown as `***`
 */
export class HiddenValues {
  /** What to look for and what to show, the longest first. */
  readonly #shown: readonly (readonly [value: string, written: string])[]
  readonly #pieces: readonly RegExp[]

  constructor(parameters: unknown, secrets: readonly (string | undefined)[] = []) {
    const environment = environmentOfProcess()
    const names = new Set(textsIn(parameters).flatMap(environmentReferences))
    const found = [...names].flatMap((name) => {
      const value = Object.hasOwn(environment, name) ? environment[name] : undefined
      return value === undefined || value.length < 3 ? [] : [[value, `\${env:${name}}`] as const]
    })
    const others = secrets.flatMap((secret) => (secret ? [[secret, '***'] as const] : []))
    this.#shown = [...found, ...others]
      .flatMap(([value, written]) => formsOf(value).map((form) => [form, written] as const))
      .sort(([a], [b]) => b.length - a.length)
    const pieces = new Set(found.flatMap(([value]) => value.split(/[^\p{L}\p{N}_]+/u)))
    this.#pieces = [...pieces]
      .filter((piece) => piece.length >= SHORTEST_PIECE && !WELL_KNOWN.test(piece))
      .map((piece) => new RegExp(piece, 'giu'))
  }

  hide(text: string): string {
    const shown = this.#shown.reduce((rest, [value, written]) => rest.replaceAll(value, () => written), text)
    // The references themselves must stay, though a value may be in the name of a variable.
    return shown
      .split(REFERENCE)
      .map((part, index) =>
        index % 2 === 1 ? part : this.#pieces.reduce((rest, piece) => rest.replace(piece, '…'), part),
      )
      .join('')
  }

  /**
   * The error with none of it in its message, its stack, its details and its causes. It is changed itself, so that whoever
   * knows it still does; one that cannot be changed is replaced.
   */
  hideIn(error: unknown): unknown {
    if (this.#shown.length === 0) return error
    return this.#hidden(error, new Set())
  }

  #hidden(value: unknown, seen: Set<object>): unknown {
    if (typeof value === 'string') return this.hide(value)
    if (typeof value !== 'object' || value === null || seen.has(value)) return value
    seen.add(value)
    try {
      if (Array.isArray(value)) return value.map((item) => this.#hidden(item, seen))
      if (value instanceof Error) return this.#changed(value, seen)
      if (!isPlainObject(value)) return value
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#hidden(item, seen)]))
    } catch {
      // It is frozen, or a proxy.
      return new Error(this.hide(messageOf(value)))
    }
  }

  #changed(error: Error, seen: Set<object>): Error {
    const keys = new Set<string | symbol>([...Reflect.ownKeys(error), 'message', 'stack'])
    for (const key of keys) {
      const before: unknown = Reflect.get(error, key)
      const after = this.#hidden(before, seen)
      if (after === before) continue
      const enumerable = Object.getOwnPropertyDescriptor(error, key)?.enumerable ?? false
      Object.defineProperty(error, key, { value: after, enumerable, writable: true, configurable: true })
    }
    return error
  }
}

/** What the parameters of a part refer to, those among them in which it replaces references, and of what it holds. */
export function hiddenValuesOf(part: Resource): HiddenValues {
  const { components, tools, resources } = heldParts(part)
  const parts = [part, ...components.map(({ component }) => component), ...tools.map(({ tool }) => tool)]
  return new HiddenValues([...parts, ...resources].map(replacedParameters))
}

function replacedParameters(part: Resource): readonly unknown[] {
  const { environment = [] } = Object(part.constructor) as Partial<ComponentClass>
  const parameters = Object(part.initParameters) as Readonly<Record<string, unknown>>
  return environment.map((name) => parameters[name])
}

function textsIn(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [value]
  if (seen.has(value)) return []
  seen.add(value)
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item, seen))
  return isPlainObject(value) ? Object.values(value).flatMap((item) => textsIn(item, seen)) : []
}

/** As messages and URLs have it. */
function formsOf(value: string): string[] {
  const forms = [value, onOneLine(value), JSON.stringify(value).slice(1, -1)]
  try {
    forms.push(encodeURI(value), encodeURIComponent(value))
  } catch {
    // Half a character has no encoding.
  }
  return [...new Set(forms)].filter((form) => form !== '')
}
