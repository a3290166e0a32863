import { shorten } from '@millrace/core/component'

interface Level {
  /** The keys of an object so far. Undefined in a list. */
  readonly keys?: Set<string>
  /** Where the next value belongs. */
  key: string | number
  isKeyNext: boolean
}

/** Nobody mends more at once. */
const MOST = 20

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/**
 * What `JSON.parse` would lose of a text that it reads, in sentences that a model can act on: the first of two equal keys,
 * digits of large whole numbers, and numbers that are too large.
 */
export function lossesIn(json: string): readonly string[] {
  const losses: string[] = []
  const levels: Level[] = []
  for (let at = 0; at < json.length && losses.length < MOST; at++) {
    const level = levels.at(-1)
    switch (json[at]) {
      case '{':
        levels.push({ keys: new Set(), key: '', isKeyNext: true })
        break
      case '[':
        levels.push({ key: 0, isKeyNext: false })
        break
      case '}':
      case ']':
        levels.pop()
        break
      case ',':
        if (typeof level?.key === 'number') level.key++
        else if (level) level.isKeyNext = true
        break
      case '"': {
        const end = endOfText(json, at)
        if (level?.keys && level.isKeyNext) {
          level.key = JSON.parse(json.slice(at, end)) as string
          level.isKeyNext = false
          if (level.keys.has(level.key)) losses.push(`${placeOf(levels)} is there twice. Write it once.`)
          level.keys.add(level.key)
        }
        at = end - 1
        break
      }
      default: {
        NUMBER.lastIndex = at
        const [number] = NUMBER.exec(json) ?? []
        if (number === undefined) break
        const fault = faultOf(number)
        if (fault) losses.push(`${placeOf(levels)}: the number ${shorten(number, 40)} ${fault}`)
        at += number.length - 1
      }
    }
  }
  return losses
}

function endOfText(json: string, begin: number): number {
  for (let end = json.indexOf('"', begin + 1); ; end = json.indexOf('"', end + 1)) {
    let backslashes = 0
    while (json[end - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return end + 1
  }
}

function faultOf(number: string): string | undefined {
  const value = Number(number)
  if (!Number.isFinite(value)) return 'is too large. Write a smaller one, or a text.'
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(number) || BigInt(number) === BigInt(value))
    return undefined
  return `has more digits than numbers keep, and would become ${value}. Write it as a text.`
}

/** The keys down to a value, as the problems of a schema are written. */
function placeOf(levels: readonly Level[]): string {
  return levels.length === 0 ? 'the text' : levels.map(({ key }) => key).join('.')
}
