import { ImageContent, type TextContent } from '@millrace/core'
import { TemplateFailure } from './template-failure.ts'

/** A character that is reserved for use within a program. */
const EDGE = '\uFDD0'

/**
 * The images of one rendering. The filter `image` prints a mark; `split` puts the image in its place. A mark has a
 * random number of its own in it, so that no text from outside can pass for one. It is made of digits, which the
 * filters that change letters leave alone.
 */
export class ImageMarks {
  readonly #nonce = crypto.getRandomValues(new Uint32Array(4)).join('-')
  readonly #images: ImageContent[] = []

  /** The filter. @throws TemplateFailure `TEMPLATE_FAILED` for what is no image */
  readonly mark = (value: unknown): string =>
    toImages(value, "The filter 'image' works on")
      .map((image) => `${EDGE}${this.#nonce}:${this.#images.push(image) - 1}${EDGE}`)
      .join('')

  /**
   * Texts and images in their order. A text of white space alone is left out beside an image.
   *
   * @throws TemplateFailure `TEMPLATE_FAILED` when a filter has damaged a mark
   */
  split(text: string): (TextContent | ImageContent)[] {
    const pieces = text.split(new RegExp(`${EDGE}${this.#nonce}:(\\d+)${EDGE}`))
    if (pieces.length === 1 && !text.includes(this.#nonce)) return [{ type: 'text', text }]
    return pieces.flatMap((piece, index): (TextContent | ImageContent)[] => {
      if (index % 2 === 1) return [this.#images[Number(piece)] as ImageContent]
      if (piece.includes(this.#nonce)) {
        throw new TemplateFailure(
          'TEMPLATE_FAILED',
          'An image was changed by a filter. Print it as {{ x | image }}, and leave what it prints alone.',
        )
      }
      return piece.trim() === '' ? [] : [{ type: 'text', text: piece }]
    })
  }
}

/**
 * The images in the value of a variable: one, several, or none where it is missing.
 *
 * @throws TemplateFailure `TEMPLATE_FAILED`
 */
export function toImages(value: unknown, subject: string): ImageContent[] {
  if (value === undefined) return []
  const images = Array.isArray(value) ? value : [value]
  const stranger = images.find((image) => !ImageContent.is(image))
  if (stranger === undefined) return images
  throw new TemplateFailure(
    'TEMPLATE_FAILED',
    `${subject} an ImageContent or a list of them, not ${Array.isArray(value) ? 'a list with ' : ''}${describe(stranger)}.`,
  )
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return `a ${typeof value}`
  const type = 'type' in value ? String(value.type) : undefined
  if (type === 'image') return 'an image whose fields are wrong; make it with ImageContent'
  return Array.isArray(value) ? 'a list' : 'another object'
}
