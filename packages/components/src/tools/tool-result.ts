import { FileContent, ImageContent, TextContent, type ToolCallResult } from '@millrace/core'
import { messageOf } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'

type Result = ToolCallResult['result']

/**
 * What a tool returned, as a model gets to see it. As in Haystack a text stays as it is, and anything else becomes JSON
 * in which letters of all scripts stay. Parts of a message (texts, images, files), one or a list, stay parts. Nothing is
 * `null`. What JSON lacks is written as people would: a `bigint`, `NaN` and an error as text, a `Map` as an object, a
 * `Set` as a list.
 *
 * @throws ComponentsError `TOOL_RESULT_INVALID` for what has no JSON: a function, an object that holds itself
 */
export function toolResult(tool: string, returned: unknown): Result {
  if (typeof returned === 'string') return returned
  if (isPart(returned)) return [returned]
  if (Array.isArray(returned) && returned.length > 0 && returned.every(isPart)) return returned
  return toText(tool, returned)
}

function isPart(value: unknown): value is Exclude<Result, string>[number] {
  return TextContent.is(value) || ImageContent.is(value) || FileContent.is(value)
}

function toText(tool: string, returned: unknown): string {
  const plain = plainValue(returned === undefined ? null : returned)
  if (typeof plain === 'string') return plain
  let text: string | undefined
  try {
    text = JSON.stringify(plain, (_, value) => plainValue(value))
  } catch (cause) {
    const [reason] = messageOf(cause).split('\n')
    throw invalid(tool, `${reason}.`, cause)
  }
  if (text === undefined) throw invalid(tool, `a ${typeof returned} has none.`)
  return text
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
    return String(value)
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Set) return [...value]
  return value instanceof Error ? String(value) : value
}

function invalid(tool: string, reason: string, cause?: unknown): ComponentsError {
  const message = `The result of tool '${tool}' cannot be turned into JSON: ${reason} Return a text, or a value that JSON has.`
  return new ComponentsError('TOOL_RESULT_INVALID', message, {
    tool,
    ...(cause === undefined ? {} : { cause }),
  })
}
