import type { JsonValue } from '@millrace/core'

/** How much of a text is shown. */
const LONGEST = 48

/** Where two values of JSON differ, each as `request.topK (asked 1, recorded 2)`. */
export function differencesOf(asked: JsonValue, recorded: JsonValue): string[] {
  const [one, other] = [leavesOf(asked), leavesOf(recorded)]
  const paths = [...new Set([...one.keys(), ...other.keys()])]
  return paths
    .filter((path) => one.get(path) !== other.get(path))
    .map((path) => `${path} (asked ${excerpt(one, other, path)}, recorded ${excerpt(other, one, path)})`)
}

/** The values that are neither objects nor lists, as JSON, by their places. */
function leavesOf(value: JsonValue, path = '', leaves = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) leavesOf(element, `${path}[${index}]`, leaves)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, field] of Object.entries(value))
      leavesOf(field, path ? `${path}.${name}` : name, leaves)
  } else leaves.set(path, JSON.stringify(value))
  return leaves
}

/** The part of a text where it begins to differ from the other. */
function excerpt(
  texts: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, string>,
  path: string,
): string {
  const text = texts.get(path)
  if (text === undefined) return 'nothing'
  if (text.length <= LONGEST) return text
  const other = others.get(path) ?? ''
  let same = 0
  while (same < text.length && text[same] === other[same]) same++
  const start = Math.max(0, Math.min(same - 16, text.length - LONGEST))
  const end = start + LONGEST
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`
}
