import { isDeepStrictEqual } from 'node:util'
import { jsonValue } from './argument-schema.ts'
import type { CallFormat } from './call-format.ts'
import { JsonEnd } from './json-end.ts'
import { sharedLength, wholeMarks } from './thoughts.ts'

/** A call of a probe, and the texts that it was rendered into. */
export interface ProbedCall {
  readonly id: string
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
}

/** Marks of a format are short; longer ones mean that something else was read. */
const LONGEST = 1000
/** What ends a turn behind calls only, so that the end behind words does not tell. */
const TURN_END = /\s*(<\|(eom_id|eot_id|calls|call|eot|end|end_of_text)\|>|<\|tool_response>)\s*$/

/**
 * Reads a format off a rendering of two calls, or of one: whatever it is, with the name before arguments in JSON.
 *
 * @param called - From where the reply begins on.
 * @param spoken - With `zqwords` in place of the calls.
 */
export function learnedCalls(
  called: string,
  spoken: string,
  calls: readonly ProbedCall[],
): CallFormat | undefined {
  const spans: { readonly name: number; readonly start: number; readonly end: number }[] = []
  for (const call of calls) {
    const from = spans.at(-1)?.end ?? 0
    const name = called.indexOf(call.name, from)
    const values = name < 0 ? undefined : findJson(called, name + call.name.length, call.arguments)
    if (!values) return undefined
    spans.push({ name, ...values })
  }
  const [first, second] = spans
  const [one] = calls
  if (!first || !one) return undefined
  const slots = (text: string) => calls.reduce((all, { id }) => all.replaceAll(id, '⟨id⟩'), text)
  const rest = called.slice(spans.at(-1)?.end)
  const suffix = slots(withoutTurnEnd(rest, spoken.split('zqwords')[1] ?? '')).trimEnd()
  const prefix = slots(called.slice(0, first.name)).trimStart()
  const middle = slots(called.slice(first.name + one.name.length, first.start))
  const between = second && slots(called.slice(first.end, second.name))
  const parts = between === undefined ? single(prefix, suffix) : parted(prefix, between, suffix)
  const call = `${parts.head}⟨name⟩${middle}⟨arguments⟩${parts.tail}`
    .replace(/,\s*"[a-z_]*id"\s*:\s*"⟨id⟩"/, '⟪$&⟫')
    .replace(/\[CALL_ID\]⟨id⟩/, '⟪$&⟫')
  const format = {
    name: 'json',
    open: parts.open,
    call,
    between: parts.between,
    close: parts.close,
    values: { kind: 'json' },
  } as const
  const text = JSON.stringify(format)
  return text.includes('zq') || text.length > LONGEST || (prefix + middle).includes('\ufffd')
    ? undefined
    : format
}

function single(head: string, tail: string) {
  return { open: '', head, between: undefined, tail, close: '' }
}

/** What stands between two calls tells what belongs to each call, and what to all. */
function parted(prefix: string, between: string, suffix: string) {
  const tail = wholeMarks(suffix, sharedLength(between, suffix))
  const rest = between.slice(tail.length)
  let length = 0
  while (length < rest.length && rest.at(-1 - length) === prefix.at(-1 - length)) length++
  const head = rest.slice(markStart(rest, rest.length - length))
  return {
    open: prefix.slice(0, prefix.length - head.length),
    head,
    between: rest.slice(0, rest.length - head.length),
    tail,
    close: suffix.slice(tail.length),
  }
}

/** Where the first whole mark begins from a place on. */
function markStart(text: string, place: number): number {
  const open = text.lastIndexOf('<', place)
  const close = text.indexOf('>', place)
  const inside = open >= 0 && open < place && close >= 0 && !/[>\s]/.test(text.slice(open, place))
  return inside ? close + 1 : place
}

function findJson(
  text: string,
  from: number,
  value: unknown,
): { readonly start: number; readonly end: number } | undefined {
  for (let start = text.indexOf('{', from); start >= 0; start = text.indexOf('{', start + 1)) {
    const end = new JsonEnd().push(text.slice(start))
    if (end !== undefined && isDeepStrictEqual(jsonValue(text.slice(start, start + end)), value)) {
      return { start, end: start + end }
    }
  }
  return undefined
}

function withoutTurnEnd(text: string, turnEnd: string): string {
  if (turnEnd !== '' && text.endsWith(turnEnd)) return text.slice(0, text.length - turnEnd.length)
  const mark = turnEnd.trim()
  const place = mark === '' ? -1 : text.lastIndexOf(mark)
  return place < 0 ? text.replace(TURN_END, '') : text.slice(0, place)
}
