import { createHash } from 'node:crypto'

/** The most characters that a name of a tool may have. */
const LONGEST = 64
const HASH_LENGTH = 8

/** A text as a part of the name of a tool: letters, digits, `_` and `-`. */
export function namePart(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^_+|_+$/g, '')
}

/**
 * What models call the tools of a server: its prefix, `_` and the name that the server gives, with `_` in the place of
 * characters that models cannot write. A name that is too long ends in a hash of the whole, and so does one that another
 * tool would have, too: the same tool always has the same name.
 */
export function modelNames(names: readonly string[], prefix: string): ReadonlyMap<string, string> {
  const plain = names.map((name) =>
    [prefix, namePart(name) || 'tool'].filter((part) => part !== '').join('_'),
  )
  return new Map(
    names.map((name, index) => {
      const own = plain[index] as string
      const isShared = plain.some((other, at) => other === own && names[at] !== name)
      const isPlain = own.length <= LONGEST && (!isShared || namePart(name) === name)
      if (isPlain) return [name, own]
      const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH)
      return [name, `${own.slice(0, LONGEST - HASH_LENGTH - 1)}_${hash}`]
    }),
  )
}
