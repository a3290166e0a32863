import type { ToolCallResult } from '@millrace/core'
import { cutText } from '@millrace/core/component'

type Result = ToolCallResult['result']

/**
 * A result with no more than about `most` characters of text: of a longer text the beginning and the end, with a mark between
 * them that says what is missing. Several texts share `most`; images and files are not counted.
 */
export function cutResult(result: Result, most: number): Result {
  if (typeof result === 'string') return cutText(result, most)
  let left = most
  return result.map((part) => {
    if (part.type !== 'text') return part
    const text = cutText(part.text, Math.max(0, left))
    left -= part.text.length
    return text === part.text ? part : { ...part, text }
  })
}
