import { ImageContent, TextContent, type ToolCallResult } from '@millrace/core'
import { cutText, isJsonObject, messageOf } from '@millrace/core/component'

type Result = ToolCallResult['result']
type Part = Exclude<Result, string>[number]

export interface ResultOptions {
  /** Whether images stay images, or are described in words for models that cannot see. */
  readonly images: 'keep' | 'describe'
  /** The most characters of all texts together. */
  readonly maxLength: number
}

/**
 * What a tool answered, as the model gets it: one text as a text, else texts and images. Of data that come both as
 * `structuredContent` and as text, which says the same, the text. What is only for the user is left out.
 */
export function resultParts(answer: Readonly<Record<string, unknown>>, options: ResultOptions): Result {
  const content = Array.isArray(answer['content']) ? answer['content'] : []
  const forModel = content.filter(isForModel)
  const parts = (forModel.length > 0 ? forModel : content).map((block) => partOf(block, options.images))
  if (parts.length === 0) parts.push(textPart(withoutContent(answer)))
  const bounded = withinLength(parts, options.maxLength)
  const [first, ...others] = bounded
  return others.length === 0 && first?.type === 'text' ? first.text : bounded
}

/** What a tool that failed says, as one text. */
export function failureText(answer: Readonly<Record<string, unknown>>, maxLength: number): string {
  const result = resultParts(answer, { images: 'describe', maxLength })
  if (typeof result === 'string') return result
  return result.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
}

/** Before 2024-11-05 there was `toolResult`. */
function withoutContent({ structuredContent, toolResult }: Readonly<Record<string, unknown>>): string {
  const data = structuredContent ?? toolResult
  if (data === undefined) return ''
  return typeof data === 'string' ? data : JSON.stringify(data)
}

function isForModel(block: unknown): boolean {
  const audience: unknown = Object(Object(block).annotations).audience
  return !Array.isArray(audience) || audience.length === 0 || audience.includes('assistant')
}

function partOf(block: unknown, images: ResultOptions['images']): Part {
  if (!isJsonObject(block)) return textPart(String(block))
  switch (block['type']) {
    case 'text':
      return textPart(String(block['text'] ?? ''))
    case 'image':
      return imagePart(block, 'an image', images)
    case 'audio':
      return textPart(`[a sound, ${sizeText(block['data'], block['mimeType'])}, which is not shown here]`)
    case 'resource':
      return resourcePart(isJsonObject(block['resource']) ? block['resource'] : {}, images)
    case 'resource_link':
      return textPart(linkText(block))
    default:
      return textPart(JSON.stringify(block))
  }
}

function textPart(text: string): Part {
  return TextContent.create(text)
}

function imagePart(
  { data, mimeType }: Readonly<Record<string, unknown>>,
  what: string,
  images: ResultOptions['images'],
): Part {
  if (images === 'describe')
    return textPart(`[${what}, ${sizeText(data, mimeType)}, which is not shown here]`)
  try {
    return ImageContent.create({
      base64: String(data ?? ''),
      ...(typeof mimeType === 'string' && { mimeType }),
    })
  } catch (error) {
    return textPart(`[${what} that cannot be read: ${messageOf(error)}]`)
  }
}

function resourcePart(resource: Readonly<Record<string, unknown>>, images: ResultOptions['images']): Part {
  const { uri, mimeType, text, blob } = resource
  const name = `the resource ${String(uri ?? '')}`.trim()
  if (typeof text === 'string') return textPart(`[${name}]\n${text}`)
  if (typeof blob !== 'string') return textPart(`[${name}, without content]`)
  const kind = typeof mimeType === 'string' ? mimeType : ''
  if (/^image\//i.test(kind)) return imagePart({ data: blob, mimeType }, name, images)
  if (/^text\/|[/+](json|xml|yaml)\b/i.test(kind)) {
    return textPart(`[${name}]\n${Buffer.from(blob, 'base64').toString('utf8')}`)
  }
  return textPart(`[${name}, ${sizeText(blob, mimeType)}, which is not shown here]`)
}

function linkText({ name, uri, mimeType, description }: Readonly<Record<string, unknown>>): string {
  const details = [uri, mimeType].filter((detail) => typeof detail === 'string').join(', ')
  const about = typeof description === 'string' ? `: ${description}` : ''
  return `[a link to the resource '${String(name ?? '')}' (${details})${about}]`
}

function sizeText(base64: unknown, mimeType: unknown): string {
  const bytes = typeof base64 === 'string' ? Math.floor((base64.replace(/=+$/, '').length * 3) / 4) : 0
  return `${typeof mimeType === 'string' ? mimeType : 'of an unknown kind'}, ${bytes} bytes`
}

/** The parts with at most so many characters of text: the text that is too much is cut in its middle, those after it go. */
function withinLength(parts: readonly Part[], maxLength: number): Part[] {
  let left = maxLength
  let omitted = 0
  const kept = parts.flatMap((part) => {
    if (part.type !== 'text') return [part]
    if (left <= 0) {
      omitted++
      return []
    }
    const text = cutText(part.text, left)
    left -= part.text.length
    return [textPart(text)]
  })
  if (omitted > 0) kept.push(textPart(`[… ${omitted} more texts are left out. Ask for less. …]`))
  return kept
}
