import { type ContentPart, FileContent, ImageContent, ReasoningContent } from '@millrace/core'
import type { OwnFunction } from '@millrace/jinja'
import { withoutView } from './message-view.ts'
import { failure, plainFilter } from './prompt-template.ts'

/** A character that is reserved for use within a program. */
const EDGE = '\uFDD0'

/**
 * The parts that one rendering places among its texts. A filter prints a mark; `split` puts the part in its place. A
 * mark has a random number of its own in it, so that no text from outside can pass for one. It is made of digits,
 * which the filters that change letters leave alone.
 */
export class PartMarks {
  #nonce = ''
  readonly #parts: ContentPart[] = []

  mark(parts: readonly ContentPart[]): string {
    this.#nonce ||= crypto.getRandomValues(new Uint32Array(4)).join('-')
    return parts.map((part) => `${EDGE}${this.#nonce}:${this.#parts.push(part) - 1}${EDGE}`).join('')
  }

  /**
   * Texts and other parts in their order. A text of white space alone is left out beside another part.
   *
   * @throws ComponentsError `TEMPLATE_FAILED` when a filter has damaged a mark
   */
  split(text: string): ContentPart[] {
    if (this.#parts.length === 0) return [{ type: 'text', text }]
    const pieces = text.split(new RegExp(`${EDGE}${this.#nonce}:(\\d+)${EDGE}`))
    const isMissing = (pieces.length - 1) / 2 < this.#parts.length
    return pieces.flatMap((piece, index): ContentPart[] => {
      const part = this.#parts[Number(piece)]
      if (index % 2 === 1 && part) return [part]
      // The edge of a mark whose number was changed: a text from outside may have one, too, but then no part is missing.
      if (index % 2 === 1 || piece.includes(this.#nonce) || (isMissing && piece.includes(EDGE))) {
        throw failure(
          'An image or another part was changed by a filter. Print it as {{ x | image }}, and leave what it prints alone.',
        )
      }
      return piece.trim() === '' ? [] : [{ type: 'text', text: piece }]
    })
  }
}

/** The text without the marks in it, for messages. */
export function withoutMarks(text: string): string {
  return text.replace(new RegExp(`${EDGE}[\\d:-]*${EDGE}`, 'g'), '[…]')
}

/** The filters that place parts; `templatize_part` is Haystack's name for all of them. */
export function partFilters(marks: () => PartMarks): Readonly<Record<string, OwnFunction>> {
  const placing = (parts: (value: unknown) => readonly ContentPart[]) =>
    plainFilter((value) => marks().mark(parts(value)))
  return {
    image: placing((value) => toImages(value, "The filter 'image' works on")),
    file: placing((value) => toFiles(value, "The filter 'file' works on")),
    reasoning: placing(toReasonings),
    templatize_part: placing(toParts),
  }
}

/**
 * The images in the value of a variable: one, several, or none where it is missing.
 *
 * @throws ComponentsError `TEMPLATE_FAILED`
 */
export function toImages(value: unknown, subject: string): ImageContent[] {
  return checkedParts(value, ImageContent.is, `${subject} an ImageContent or a list of them`)
}

/** As `toImages`, for files. */
export function toFiles(value: unknown, subject: string): FileContent[] {
  return checkedParts(value, FileContent.is, `${subject} a FileContent or a list of them`)
}

function toReasonings(value: unknown): ReasoningContent[] {
  const texts = value === undefined ? [] : Array.isArray(value) ? value : [value]
  return texts
    .filter((text) => text !== '')
    .map((text) => (typeof text === 'string' ? ReasoningContent.create(text) : reasoningPart(text)))
}

function reasoningPart(value: unknown): ReasoningContent {
  if (ReasoningContent.is(value)) return value
  throw failure(`The filter 'reasoning' works on a text or a ReasoningContent, not ${describe(value)}.`)
}

function toParts(value: unknown): ContentPart[] {
  const isPart = (part: unknown): part is ContentPart =>
    ImageContent.is(part) || FileContent.is(part) || ReasoningContent.is(part)
  return checkedParts(
    value,
    isPart,
    "The filter 'templatize_part' works on images, files and reasoning parts",
  )
}

function checkedParts<Part>(
  value: unknown,
  isPart: (value: unknown) => value is Part,
  expected: string,
): Part[] {
  if (value === undefined || value === null) return []
  const parts: unknown[] = (Array.isArray(value) ? value : [value]).map(withoutView)
  const stranger = parts.find((part) => !isPart(part))
  if (stranger === undefined) return parts as Part[]
  throw failure(`${expected}, not ${Array.isArray(value) ? 'a list with ' : ''}${describe(stranger)}.`)
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return `a ${typeof value}`
  const type = 'type' in value ? String(value.type) : undefined
  if (type === undefined && 'base64' in value) return "an object without a 'type', such as type: 'image'"
  if (type === 'image' || type === 'file')
    return `a part of the type '${type}' whose fields are wrong, or that cannot stand here`
  return Array.isArray(value) ? 'a list' : 'another object'
}
