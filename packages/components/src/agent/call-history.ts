import type { ToolCall } from '@millrace/core'

/** From this time on the same calls are not run again, and their results say so. */
export const REPORTED = 3
/** The time at which they end the run. */
export const ENOUGH = 5

/** The longest block of calls that is seen to come again. */
const LONGEST_BLOCK = 4

/**
 * The calls of one run, in order, to find out that a model goes in circles: small models do. Two calls are the same when their
 * names and arguments are, in whatever order the arguments stand.
 */
export class CallHistory {
  readonly #keys: string[]

  constructor(keys: readonly string[] = []) {
    this.#keys = [...keys]
  }

  get keys(): readonly string[] {
    return this.#keys
  }

  /** Adds a call, and says how often the block of one to four calls that ends with it has come in a row. */
  add(key: string): number {
    this.#keys.push(key)
    let most = 1
    for (let length = 1; length <= LONGEST_BLOCK; length++) most = Math.max(most, this.#repeatsOf(length))
    return most
  }

  #repeatsOf(length: number): number {
    const keys = this.#keys
    let same = 0
    while (same < keys.length - length && keys.at(-1 - same) === keys.at(-1 - same - length)) same++
    return 1 + Math.floor(same / length)
  }
}

/** A call as a text that is the same for the same call. */
export function keyOfCall({ name, arguments: args }: Pick<ToolCall, 'name' | 'arguments'>): string {
  return `${name} ${canonicalJson(args)}`
}

/** JSON with the keys of all objects in order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )
}

/** What a call is answered with that came so often. */
export function repeated(times: number): string {
  return `This call was not run: it, or the calls that it belongs to, came ${times} times with the same arguments. The result is above. Answer with what you know, or call something else.`
}
